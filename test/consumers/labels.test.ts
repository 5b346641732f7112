/** What an editor shows inside the parentheses: each argument of a constructor by its name. */
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";
import { ROOT } from "../support/files.ts";
import { looked } from "../support/guard.ts";

/** An editor that has the library and one file of a user. */
function serviceFor(user: string, code: () => string): ts.LanguageService {
  const path = join(ROOT, "tsconfig.json");
  const { config } = ts.readConfigFile(path, (name) => ts.sys.readFile(name)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT);
  return ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [user],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const text = name === user ? code() : ts.sys.readFile(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => ROOT,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === user || ts.sys.fileExists(name),
    readFile: (name) => ts.sys.readFile(name),
  });
}

it("names the arguments of every layer and optimizer", { timeout: 300_000 }, async ({ task }) => {
  const doors = { nn: await import("nabla/nn"), optim: await import("nabla/optim") };
  const classes = Object.entries(doors).flatMap(([door, names]) =>
    Object.keys(names)
      .filter((name) => /^[A-Z]/.test(name) && name !== "Module" && name !== "Loss")
      .map((name) => `${door}.${name}`),
  );
  const code = `import { nn, optim } from "./src/doors/index.ts";\n${classes
    .map((name) => `new ${name}();`)
    .join("\n")}\nfunction seeded(...args: [number]) {}\nseeded();\n`;
  const user = join(ROOT, "user.ts");
  const service = serviceFor(user, () => code);
  const labelsOf = (call: string): string[] => {
    const help = service.getSignatureHelpItems(user, code.indexOf(call) + call.length, {});
    return (help?.items ?? []).flatMap((item) => item.parameters.map(({ name }) => name));
  };
  const found = classes.map((name) => [name, labelsOf(`new ${name}(`)] as const);
  looked(
    task,
    `${found.flatMap(([, labels]) => labels).length} labels of ${classes.length} classes`,
  );
  expect(labelsOf("new nn.Linear(")).toEqual(
    expect.arrayContaining(["inFeatures", "outFeatures", "bias", "options"]),
  );
  const nameless = (label: string): boolean => /^(args|given|rest)|_\d+$/.test(label);
  expect(found.filter(([, labels]) => labels.some(nameless))).toEqual([]);
  expect(labelsOf("\nseeded(").filter(nameless)).toEqual(["args_0"]);
});
