/** Reads modules and says where they break the house's import rules. */
import { transformSync } from "esbuild";
import ts from "typescript";

/** Layers from the lowest to the highest; folders of one row have one rank. */
export const LAYERS: readonly (readonly string[])[] = [
  ["core"],
  ["host"],
  ["ir"],
  ["autograd", "compiler"],
  ["backend"],
  ["runtime"],
  ["tensor"],
  ["nn", "optim", "data", "io", "text", "plot"],
  ["models", "distributions"],
  ["train", "export"],
  ["cli", "doors"],
];

/** Whether a module is one of the barrels that package.json's doors lead to. */
export function isDoor(path: string): boolean {
  return path.startsWith("src/doors/");
}

/** A door's namespace that several modules make up. */
const NAMESPACES: ReadonlySet<string> = new Set(["src/optim/lr-scheduler.ts"]);

/** Which packages a folder may import; no other third-party import is allowed. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  cli: [
    ...["@resvg/resvg-wasm", "commander"],
    ...["hyparquet", "hyparquet-compressors", "read-excel-file/universal"],
  ],
  data: ["papaparse"],
};

/** Modules by path (`src/ir/node.ts`), each with its text. */
export type Modules = ReadonlyMap<string, string>;

/** What an import leads to: files of ours, or a package. */
interface Import {
  readonly specifier: string;
  /** Paths inside the repository; none for a package. */
  readonly paths: readonly string[];
}

/** Returns one line for each broken rule, in the order of the modules. */
export function findFaults(modules: Modules): string[] {
  const faults: string[] = [];
  const imports = new Map<string, readonly Import[]>();
  for (const [path, text] of modules) {
    const list = importsOf(path, text);
    imports.set(path, list);
    for (const one of list) faults.push(...faultsOfImport(path, one, modules));
    faults.push(...faultsOfBarrel(path, text));
  }
  return [...faults, ...findCycles(imports)];
}

/** Lists what a module imports: types, re-exports, `import()` and `import("…").T` too. */
export function importsOf(path: string, text: string): Import[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => ({ specifier: fileName, paths: resolve(path, fileName) }));
}

function resolve(from: string, specifier: string): string[] {
  if (specifier === "#host") return ["src/host/node.ts", "src/host/web.ts"];
  if (specifier === "#native") {
    return ["src/backend/native/backend.ts", "src/backend/native/absent.ts"];
  }
  if (!specifier.startsWith(".")) return [];
  return [new URL(specifier, `file:///${from}`).pathname.slice(1)];
}

function rankOf(path: string): number {
  const folder = folderOf(path);
  return LAYERS.findIndex((row) => row.includes(folder));
}

function folderOf(path: string): string {
  return path.split("/").length > 2 ? path.split("/")[1]! : "";
}

function faultsOfImport(path: string, one: Import, modules: Modules): string[] {
  const faults: string[] = [];
  if (one.paths.length === 0) return faultsOfPackage(path, one.specifier);
  for (const target of one.paths) {
    if (!modules.has(target)) faults.push(`${path}: ${one.specifier} leads to no module`);
    if (isDoor(path) && isDoor(target)) continue;
    if (isDoor(target)) faults.push(`${path}: imports the door ${target}; import the file`);
    const [from, to] = [rankOf(path), rankOf(target)];
    if (from < 0) faults.push(`${path}: lies in no layer`);
    else if (to > from) faults.push(`${path}: imports upward: ${target}`);
    else if (to === from && folderOf(path) !== folderOf(target)) {
      faults.push(`${path}: imports a sibling folder: ${target}`);
    }
    if (folderOf(path) === "backend" && /^src\/ir\/(ops|builder)(\.ts|\/)/.test(target)) {
      faults.push(`${path}: a backend sees kernels, not the table: ${target}`);
    }
  }
  return faults;
}

function faultsOfPackage(path: string, specifier: string): string[] {
  const folder = folderOf(path);
  if (specifier.startsWith("node:") && folder === "host") return [];
  if (PACKAGES[folder]?.includes(specifier) === true) return [];
  return [`${path}: may not import ${specifier}`];
}

function faultsOfBarrel(path: string, text: string): string[] {
  if (isDoor(path) || NAMESPACES.has(path)) return [];
  if (path.endsWith("/index.ts")) return [`${path}: a barrel belongs in src/doors`];
  return /^export\s+(type\s+)?(\*|\{[^}]*\})\s*(as\s+\w+\s*)?from\b/m.test(text)
    ? [`${path}: re-exports; only doors do`]
    : [];
}

/** Lists the exported declarations of a module that no doc comment of their own precedes. */
export function undocumented(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  return file.statements.flatMap((statement, k) => {
    if (!ts.canHaveModifiers(statement)) return [];
    const modifiers = ts.getModifiers(statement) ?? [];
    if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
    const docs = (statement as { jsDoc?: readonly unknown[] }).jsDoc?.length ?? 0;
    // The head comment of the file is not the doc comment of what happens to come first.
    if (docs > (k === 0 ? 1 : 0)) return [];
    const line = file.getLineAndCharacterOfPosition(statement.getStart()).line + 1;
    return [`${path}:${line}`];
  });
}

/** Finds one cycle through each group of modules that reach each other. */
function findCycles(imports: ReadonlyMap<string, readonly Import[]>): string[] {
  const state = new Map<string, "open" | "done">();
  const trail: string[] = [];
  const cycles: string[] = [];
  const visit = (path: string): void => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      cycles.push(`cycle: ${[...trail.slice(trail.indexOf(path)), path].join(" → ")}`);
      return;
    }
    state.set(path, "open");
    trail.push(path);
    for (const { paths } of imports.get(path) ?? []) for (const target of paths) visit(target);
    trail.pop();
    state.set(path, "done");
  };
  for (const path of imports.keys()) visit(path);
  return cycles;
}

/** Lists the packages that loading `entry` loads under Node: followed through imports of values. */
export function packagesReached(entry: string, modules: Modules): string[] {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const source = modules.get(path);
    if (source === undefined) continue;
    for (const { specifier, paths } of importsOf(path, valuesOf(source))) {
      if (paths.length === 0 && !specifier.startsWith("node:")) packages.add(specifier);
      waiting.push(...paths);
    }
  }
  return [...packages].sort();
}

/** The module as it is loaded: without its types. */
function valuesOf(source: string): string {
  const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true } };
  return transformSync(source, { loader: "ts", tsconfigRaw }).code;
}
