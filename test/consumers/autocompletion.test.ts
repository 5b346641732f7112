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

/** Compiles the declarations as the build does; returns them by path, in memory. */
function declarations(stripInternal: boolean): Map<string, string> {
  const path = join(ROOT, "tsconfig.build.json");
  const { config } = ts.readConfigFile(path, (name) => ts.sys.readFile(name)) as {
    config: { compilerOptions: Record<string, unknown> };
  };
  Object.assign(config.compilerOptions, { emitDeclarationOnly: true, stripInternal });
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT);
  const program = ts.createProgram([join(ROOT, "src/doors/index.ts")], options);
  const made = new Map<string, string>();
  program.emit(undefined, (name, text) => made.set(name.replace(/\.d\.ts$/, ".ts"), text));
  return made;
}

/** The names that the language service offers at the end of `code`. */
function offered(made: ReadonlyMap<string, string>, code: string): string[] {
  const user = join(ROOT, "dist/user.ts");
  const files = new Map([...made, [user, code]]);
  const read = (name: string): string | undefined => files.get(name) ?? ts.sys.readFile(name);
  const service = ts.createLanguageService({
    getCompilationSettings: () => ({
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      strict: true,
      allowImportingTsExtensions: true,
      noEmit: true,
      types: [],
    }),
    getScriptFileNames: () => [user],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const text = read(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => ROOT,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => files.has(name) || ts.sys.fileExists(name),
    readFile: read,
  });
  const found = service.getCompletionsAtPosition(user, code.length, {});
  return (found?.entries ?? []).map(({ name }) => name);
}

const OF_A_TENSOR = 'import { tensor } from "./doors/index.ts"; const x = tensor(1); x.';
const OF_THE_CLASS = 'import { Tensor } from "./doors/index.ts"; Tensor.';

it("offers the public members of a tensor alone", { timeout: 300_000 }, ({ task }) => {
  const made = declarations(true);
  const names = offered(made, OF_A_TENSOR);
  looked(task, `an editor offers ${names.length} members of a tensor`);
  expect(names).toEqual(expect.arrayContaining(["add", "backward", "grad", "requiresGrad"]));
  for (const list of [names, offered(made, OF_THE_CLASS)]) {
    expect(list.filter((name) => INTERNALS.includes(name))).toEqual([]);
  }
  // the check itself: declarations that keep the internals are caught
  const kept = declarations(false);
  expect(offered(kept, OF_A_TENSOR)).toEqual(expect.arrayContaining(["record", "storage"]));
  expect(offered(kept, OF_THE_CLASS)).toContain("fromNode");
});
