/** What \`import "nabla"\` loads: the engine alone, nothing of the command line. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { bundledByVite, TRAINING_LOOP } from "../support/bundle.ts";
import { ROOT, readFile } from "../support/files.ts";
import { looked } from "../support/guard.ts";

/** Where the imports of package.json lead in the source, under Node. */
const PATHS = {
  "#host": ["./src/host/node.ts"],
  "#native": ["./src/backend/native/backend.ts"],
};

/** Lists the modules that a door loads, by asking a bundler that follows the imports. */
async function modulesOf(door: string, condition: string[]): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [door],
    bundle: true,
    write: false,
    metafile: true,
    treeShaking: false,
    format: "esm",
    platform: "node",
    conditions: condition,
    packages: "external",
    tsconfigRaw: { compilerOptions: { paths: PATHS, baseUrl: "." } },
    logLevel: "silent",
  });
  const externals = Object.values(metafile.inputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external).map(({ path }) => path),
  );
  return [...Object.keys(metafile.inputs), ...new Set(externals)].sort();
}

it("loads no command line and no package", async ({ task }) => {
  const modules = await modulesOf("src/doors/index.ts", ["node"]);
  looked(task, `import "nabla" loads ${modules.length} modules`);
  expect(modules.length).toBeGreaterThan(20);
  expect(modules.filter((path) => /src\/(cli|export|train|data|plot|io)\//.test(path))).toEqual([]);
  expect(modules.filter((path) => !path.startsWith("src/") && !path.startsWith("node:"))).toEqual(
    [],
  );
});

it("would see a package: the door of tables loads one", async () => {
  expect(await modulesOf("src/doors/data.ts", ["node"])).toContain("papaparse");
});

it("ships what the package needs at run time, and names only its own folders", () => {
  const { files, dependencies } = JSON.parse(readFile("package.json")) as {
    files: string[];
    dependencies: Record<string, string>;
  };
  expect(files).toEqual(expect.arrayContaining(["dist", "data", "assets"]));
  expect(Object.keys(dependencies).sort()).toEqual([
    ...["@resvg/resvg-wasm", "commander"],
    ...["hyparquet", "hyparquet-compressors", "papaparse", "read-excel-file"],
  ]);
  for (const [name, version] of Object.entries(dependencies)) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    const manifest = readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8");
    expect((JSON.parse(manifest) as { version: string }).version).toBe(version);
  }
});

it("makes a training loop of at most 90 kB, bundled by Vite and gzipped", async ({ task }) => {
  const { all: bytes } = await bundledByVite(TRAINING_LOOP);
  looked(task, `the training loop is ${(bytes / 1000).toFixed(1)} kB`);
  expect(bytes).toBeGreaterThan(20_000);
  expect(bytes).toBeLessThanOrEqual(90_000);
});

const SMALL = `
import { compile, tensor } from "nabla";
globalThis.answer = compile((x) => x.add(1))(tensor([1])).itemSync();`;

for (const format of ["cjs", "iife"] as const) {
  it(`loads and compiles when bundled as ${format}, where no module has an address`, async () => {
    const { outputFiles } = await build({
      absWorkingDir: ROOT,
      stdin: { contents: SMALL, resolveDir: ROOT },
      bundle: true,
      write: false,
      format,
      platform: "browser",
      tsconfigRaw: {
        compilerOptions: {
          paths: {
            nabla: ["./src/doors/index.ts"],
            "#host": ["./src/host/web.ts"],
            "#native": ["./src/backend/native/absent.ts"],
          },
          baseUrl: ".",
        },
      },
      logLevel: "error",
    });
    const scope = { WebAssembly, console, module: {}, answer: NaN };
    runInNewContext(outputFiles[0]!.text, scope);
    expect(scope.answer).toBe(2);
  });
}
