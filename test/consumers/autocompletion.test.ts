/** What an editor offers after `x.`: the public members of a tensor, nothing of the engine's. */
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";
import { ROOT } from "../support/files.ts";
import { looked } from "../support/guard.ts";

const INTERNALS = [
  ...["type", "home", "storage", "node", "tracer", "record", "output", "settable", "reading"],
  ...["number", "hooks", "gradient", "like", "isValue", "fromStorage", "fromReading", "fromNode"],
];

/** Sources that were read stay read, whichever program asks. */
const registry = ts.createDocumentRegistry();
/** The program of before. */
let read: ts.Program | undefined;

/**
 * Compiles the declarations as the build does, or those of some files alone; returns them by path,
 * in memory.
 */
function declarations(stripInternal: boolean, only?: readonly string[]): Map<string, string> {
  const path = join(ROOT, "tsconfig.build.json");
  const { config } = ts.readConfigFile(path, (name) => ts.sys.readFile(name)) as {
    config: { compilerOptions: Record<string, unknown> };
  };
  Object.assign(config.compilerOptions, { emitDeclarationOnly: true, stripInternal });
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT);
  const program = ts.createProgram([join(ROOT, "src/doors/index.ts")], options, undefined, read);
  read = program;
  const made = new Map<string, string>();
  for (const file of only?.map((name) => program.getSourceFile(join(ROOT, name))) ?? [undefined]) {
    program.emit(file, (name, text) => made.set(name.replace(/\.d\.ts$/, ".ts"), text));
  }
  return made;
}

/** Answers which names the language service offers at the end of a program. */
function offers(kind: string, made: ReadonlyMap<string, string>): (code: string) => string[] {
  const user = join(ROOT, "dist/user.ts");
  const files = new Map(made);
  let asked = 0;
  const textOf = (name: string): string | undefined => files.get(name) ?? ts.sys.readFile(name);
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => ({
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      lib: ["lib.es2022.d.ts"],
      strict: true,
      allowImportingTsExtensions: true,
      noEmit: true,
      types: [],
    }),
    getScriptFileNames: () => [user],
    getScriptVersion: (name) => (name === user ? `${kind} ${asked}` : made.has(name) ? kind : "1"),
    getScriptSnapshot: (name) => {
      const text = textOf(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => ROOT,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => files.has(name) || ts.sys.fileExists(name),
    readFile: textOf,
  };
  const service = ts.createLanguageService(host, registry);
  return (code) => {
    files.set(user, code);
    asked++;
    const found = service.getCompletionsAtPosition(user, code.length, {});
    return (found?.entries ?? []).map(({ name }) => name);
  };
}

const OF_A_TENSOR = 'import { tensor } from "./doors/index.ts"; const x = tensor(1); x.';
const OF_THE_CLASS = 'import { Tensor } from "./doors/index.ts"; Tensor.';

it("offers the public members of a tensor alone", { timeout: 300_000 }, ({ task }) => {
  const made = declarations(true);
  const offered = offers("published", made);
  const names = offered(OF_A_TENSOR);
  looked(task, `an editor offers ${names.length} members of a tensor`);
  expect(names).toEqual(expect.arrayContaining(["add", "backward", "grad", "requiresGrad"]));
  for (const list of [names, offered(OF_THE_CLASS)]) {
    expect(list.filter((name) => INTERNALS.includes(name))).toEqual([]);
  }
  // the check itself: declarations that keep the internals are caught
  const whole = declarations(false, ["src/tensor/tensor.ts", "src/tensor/value.ts"]);
  const kept = offers("whole", new Map([...made, ...whole]));
  expect(kept(OF_A_TENSOR)).toEqual(expect.arrayContaining(["record", "storage"]));
  expect(kept(OF_THE_CLASS)).toContain("fromNode");
});
