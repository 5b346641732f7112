/**
 * Measures the house: how long, how tangled and how large it is. `npm run house` prints it, and
 * test/architecture.test.ts holds the limits.
 */
import { build } from "esbuild";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { stepsOf } from "./added-operation.ts";
import { importsOf } from "./architecture.ts";
import {
  bundledByEsbuild,
  bundledByVite,
  LOOP_BY_DOORS,
  ONE_ADDITION,
  TRAINING_LOOP,
} from "./bundle.ts";

/** Measured numbers by what they are. */
export type Figures = Readonly<Record<string, number>>;

/** The functions whose definitions are counted: each is to stand in one place. */
const FUNCTIONS = ["softplus", "gelu", "tanh", "atan2", "cumsum"] as const;

/** An operation like all that work element by element: an added one would stand where it does. */
const LIKE_AN_ADDED_ONE = "asinh";

/** Measures a checkout. */
export async function measureHouse(root: string): Promise<Record<string, Figures>> {
  const files = sourcesOf(root);
  const tour = tourOf(readFileSync(join(root, "ARCHITECTURE.md"), "utf8"));
  return {
    "lines of src": linesByLayer(files),
    "the table": { rows: (await rowsOf(root)).length },
    "files of src that name": {
      ...Object.fromEntries(FUNCTIONS.map((name) => [name, naming(files, name).length])),
      "an operation like one added": naming(files, LIKE_AN_ADDED_ONE).length,
    },
    "an added elementwise operation": {
      files: stepsOf(readFileSync(join(root, "CONTRIBUTING.md"), "utf8")).length,
    },
    "the tour": { files: tour.length, lines: tourLines(root, tour) },
    imports: edgesOf(files),
    "gzipped bytes": await bundles(root),
  };
}

/** Reads the modules of a checkout's src by path (`src/ir/node.ts`). */
export function sourcesOf(root: string): ReadonlyMap<string, string> {
  const names = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  const paths = names.map((name) => `src/${name.replaceAll("\\", "/")}`);
  const sources = paths.filter((path) => path.endsWith(".ts")).sort();
  return new Map(sources.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

/** Lines of each layer, of both backends, and of all. */
function linesByLayer(files: ReadonlyMap<string, string>): Figures {
  const lines = new Map<string, number>();
  const add = (name: string, count: number): unknown =>
    lines.set(name, (lines.get(name) ?? 0) + count);
  let native = 0;
  let total = 0;
  for (const [path, text] of files) {
    const count = lineCount(text);
    const folders = path.split("/").slice(1, -1);
    add(folders[0] === "backend" ? folders.join("/") : (folders[0] ?? "index.ts"), count);
    if (path.startsWith("src/backend/native/")) native += count;
    total += count;
  }
  const named = Object.fromEntries([...lines].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...named, "total without backend/native": total - native, total };
}

/** The number of lines of a text. */
export function lineCount(text: string): number {
  return text.split("\n").length - 1;
}

/** The names of the rows of a checkout's table. */
export async function rowsOf(root: string): Promise<readonly string[]> {
  const { outputFiles } = await build({
    entryPoints: [join(root, "src/ir/ops.ts")],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    tsconfigRaw: "{}",
    logLevel: "error",
  });
  const url = `data:text/javascript;base64,${Buffer.from(outputFiles[0]!.contents).toString("base64")}`;
  const { OPS } = (await import(url)) as { OPS: Readonly<Record<string, unknown>> };
  return Object.keys(OPS);
}

/** The files that name a function, whatever its capitals. */
function naming(files: ReadonlyMap<string, string>, name: string): string[] {
  const word = new RegExp(`\\b${name}\\b`, "i");
  return [...files].filter(([, text]) => word.test(text)).map(([path]) => path);
}

/** The files that ARCHITECTURE.md leads through in half an hour. */
export function tourOf(architecture: string): string[] {
  const section =
    /^## Half an hour$(.*?)(?=^## |\n\n`docs|$(?![^]))/ms.exec(architecture)?.[1] ?? "";
  const named = [...section.matchAll(/`([\w/-]+\.(?:ts|md))`/g)].map(([, path]) => path!);
  return named.map((path) => (path.endsWith(".md") ? path : `src/${path}`));
}

/** How many lines the tour is. */
export function tourLines(root: string, tour: readonly string[]): number {
  const texts = tour.map((path) => readFileSync(join(root, path), "utf8"));
  return texts.reduce((sum, text) => sum + lineCount(text), 0);
}

/** Imports that lead from one folder of src to another. */
function edgesOf(files: ReadonlyMap<string, string>): Figures {
  const edges = [...files].flatMap(([path, text]) =>
    importsOf(path, text).flatMap(({ paths }) =>
      [...new Set(paths.map(folderOf))].map((to) => [folderOf(path), to] as const),
    ),
  );
  const across = edges.filter(([from, to]) => from !== to);
  const pairs = new Set(across.map(([from, to]) => `${from} → ${to}`));
  return { "between folders": across.length, "pairs of folders": pairs.size };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

async function bundles(root: string): Promise<Figures> {
  const programs = {
    "training loop, Vite": await bundledByVite(TRAINING_LOOP, root),
    "training loop by doors, esbuild": await bundledByEsbuild(LOOP_BY_DOORS, root),
    "one addition, Vite": await bundledByVite(ONE_ADDITION, root),
  };
  return Object.fromEntries(
    Object.entries(programs).flatMap(([name, { first, all }]) => [
      [name, all],
      [`${name}, before it runs`, first],
    ]),
  );
}
