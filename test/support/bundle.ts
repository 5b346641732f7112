/** The size of programs once they are bundled for a page. */
import { build as esbuild } from "esbuild";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import type * as vite from "vite";
import { ROOT } from "./files.ts";

const LOOP = `
manualSeed(42);
const x = tensor([[0], [1]]);
const y = tensor([[0], [1]]);
const model = new nn.Sequential(new nn.Linear(1, 10), new nn.Tanh(), new nn.Linear(10, 1));
const lossFn = new nn.MSELoss();
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
for (let epoch = 0; epoch < 5000; epoch++) {
  const loss = lossFn.forward(model.forward(x), y);
  loss.backward();
  optimizer.step();
  optimizer.zeroGrad();
  if (epoch % 500 === 0) console.log(epoch, await loss.item());
}`;

/** The training loop that the README shows. */
export const TRAINING_LOOP = `import { tensor, nn, optim, manualSeed } from "nabla";${LOOP}`;

/** The same, with layers and optimizers from doors of their own. */
export const LOOP_BY_DOORS = `
import { tensor, manualSeed } from "nabla";
import * as nn from "nabla/nn";
import * as optim from "nabla/optim";${LOOP}`;

/** One addition, read and printed. */
export const ONE_ADDITION = `
import { tensor } from "nabla";
console.log(await tensor([1, 2]).add(tensor([3, 4])).data());`;

/** The source file behind each door of a checkout, by what users import. */
export function doorsOf(root: string): ReadonlyMap<string, string> {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    exports: Record<string, string | { default: string }>;
  };
  const doors = Object.entries(manifest.exports).flatMap(([name, door]) =>
    typeof door === "string"
      ? []
      : [[`nabla${name.slice(1)}`, sourceOf(root, door.default)] as const],
  );
  return new Map([
    ...doors,
    ["#host", join(root, "src/host/web.ts")],
    ["#native", join(root, "src/backend/native/absent.ts")],
  ]);
}

function sourceOf(root: string, built: string): string {
  const path = join(root, built.replace("./dist/", "src/").replace(/\.js$/, ".ts"));
  if (!existsSync(path)) throw new Error(`${built} of package.json has no source ${path}`);
  return path;
}

/** Gzipped bytes of a bundled program. */
export interface Bundled {
  /** What a page loads before it runs. */
  readonly first: number;
  /** The same and all that `import()` could load later. */
  readonly all: number;
}

/** One file of a bundle; `imports` are those that load with it. */
interface Chunk {
  readonly path: string;
  readonly entry: boolean;
  readonly imports: readonly string[];
  readonly code: string;
}

/** Bundles a program by Vite, in the version that the lab uses. */
export async function bundledByVite(program: string, root = ROOT): Promise<Bundled> {
  const lab = createRequire(join(ROOT, "lab/package.json"));
  const url = pathToFileURL(lab.resolve("vite")).href;
  const { build } = (await import(url)) as typeof vite;
  const entry = "virtual:program";
  const doors = doorsOf(root);
  const result = await build({
    root,
    configFile: false,
    logLevel: "error",
    plugins: [
      {
        name: "program",
        enforce: "pre",
        resolveId: (id) => (id === entry ? `\0${id}` : doors.get(id)),
        load: (id) => (id === `\0${entry}` ? program : null),
      },
    ],
    build: { write: false, target: "es2022", rolldownOptions: { input: entry } },
  });
  if (!("output" in result)) throw new Error("vite did not return one bundle");
  const chunks = result.output.flatMap((part): Chunk[] => {
    if (part.type !== "chunk") return [];
    const { fileName, isEntry, imports, code } = part;
    return [{ path: fileName, entry: isEntry, imports, code }];
  });
  return sizesOf(chunks);
}

/** Bundles a program by esbuild. */
export async function bundledByEsbuild(program: string, root = ROOT): Promise<Bundled> {
  const { outputFiles, metafile } = await esbuild({
    absWorkingDir: root,
    stdin: { contents: program, resolveDir: root },
    alias: Object.fromEntries(doorsOf(root)),
    outdir: join(root, "dist"),
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    tsconfigRaw: "{}",
    logLevel: "error",
  });
  const chunks = outputFiles.map(({ path: file, text }): Chunk => {
    const path = relative(root, file).replaceAll("\\", "/");
    const { entryPoint, imports } = metafile.outputs[path]!;
    const loaded = imports.filter(({ kind }) => kind !== "dynamic-import");
    return {
      path,
      entry: entryPoint === "<stdin>",
      imports: loaded.map((one) => one.path),
      code: text,
    };
  });
  return sizesOf(chunks);
}

function sizesOf(chunks: readonly Chunk[]): Bundled {
  const first = new Set(chunks.filter(({ entry }) => entry));
  if (first.size === 0) throw new Error("the bundler returned no program");
  for (const { imports } of first) {
    for (const chunk of chunks) if (imports.includes(chunk.path)) first.add(chunk);
  }
  return { first: gzipped([...first]), all: gzipped(chunks) };
}

function gzipped(chunks: readonly Chunk[]): number {
  return gzipSync(chunks.map(({ code }) => code).join(""), { level: 9 }).length;
}
