/** Bundles the command line from the sources and runs it as a process, as a shell would. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import { build } from "esbuild";
import { ROOT } from "../support/files.ts";

/** The nitrogen data, by its full path. */
export const NITROGEN = join(ROOT, "data/n2_cp.csv");

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A bundled command line and a folder of its own. */
export interface Cli {
  readonly folder: string;
  start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> };
  run(...args: string[]): Promise<Ended>;
  /** Ends what a failed test left running. */
  stopAll(): void;
}

/** Pictures are not drawn where no test looks at them; files that differ still do. */
const QUICK_PICTURES: Plugin = {
  name: "quick-pictures",
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/png\.ts$/ }, ({ resolveDir }) =>
      resolveDir === join(ROOT, "src/cli") // src/io/png.ts reads pictures
        ? { path: join(ROOT, "test/support/quick-png.ts") }
        : undefined,
    ),
};

/**
 * Bundles src/cli/main.ts; `name` keeps the bundles of test files apart. Only with `pictures` are
 * the PNG files drawn, which takes three quarters of a small fit's time.
 */
export async function makeCli(name: string, { pictures = false } = {}): Promise<Cli> {
  const outfile = join(ROOT, `.cache/test-cli-${name}/dist/cli/main.mjs`);
  await build({
    absWorkingDir: ROOT,
    entryPoints: ["src/cli/main.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    tsconfig: join(ROOT, "tsconfig.json"),
    plugins: pictures ? [] : [QUICK_PICTURES],
    external: [
      ...["@resvg/resvg-wasm", "commander", "papaparse"],
      ...["hyparquet", "hyparquet-compressors", "read-excel-file"],
    ],
    logLevel: "warning",
  });
  // The pictures' fonts lie beside dist/ in the package.
  cpSync(join(ROOT, "assets"), join(outfile, "../../../assets"), { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "nabla-cli-"));
  const running = new Set<ChildProcess>();
  const start: Cli["start"] = (...args) => {
    const child = spawn(process.execPath, [outfile, ...args], { cwd: folder });
    running.add(child);
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data) => (stdout += data));
    child.stderr.on("data", (data) => (stderr += data));
    const ended = new Promise<Ended>((resolve) => {
      child.on("close", (code) => {
        running.delete(child);
        resolve({ code, stdout, stderr });
      });
    });
    return { child, ended };
  };
  return {
    folder,
    start,
    run: (...args) => start(...args).ended,
    stopAll: () => running.forEach((child) => child.kill("SIGKILL")),
  };
}
