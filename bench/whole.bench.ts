/**
 * Whole things: the command `fit` as a process, and the size of the training loop in a browser
 * bundle.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { bundledByVite, TRAINING_LOOP } from "../test/support/bundle.ts";
import { milliseconds, report } from "./report.ts";

async function withEsbuild(): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: TRAINING_LOOP, resolveDir: process.cwd(), loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    alias: {
      nabla: "./src/doors/index.ts",
      "#host": "./src/host/web.ts",
      "#native": "./src/backend/native/absent.ts",
    },
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length / 1000;
}

function fitSeconds(): number | null {
  if (!existsSync("dist/cli/main.js")) {
    console.log("skipped: nabla fit (run npm run build first)");
    return null;
  }
  const folder = mkdtempSync(join(tmpdir(), "nabla-bench-"));
  const run = (): void => {
    const args = ["dist/cli/main.js", "fit", "data/n2_cp.csv", "--out", join(folder, "run")];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
  };
  const value = milliseconds(5, run) / 1000;
  rmSync(folder, { recursive: true });
  return value;
}

const seconds = fitSeconds();
await report("whole", "Whole processes and bundles", [
  ...(seconds === null
    ? []
    : [{ name: "nabla fit data/n2_cp.csv, files written", value: seconds, unit: "s" }]),
  {
    name: "the training loop, bundled by Vite, gzipped",
    value: (await bundledByVite(TRAINING_LOOP)).all / 1000,
    unit: "kB",
  },
  {
    name: "the training loop, bundled by esbuild, gzipped",
    value: await withEsbuild(),
    unit: "kB",
  },
]);
