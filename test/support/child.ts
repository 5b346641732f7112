/** Bundles a program of ours with esbuild and runs it in a Node process of its own. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** How the entry points of the package resolve, for bundles of the sources. */
export function sourceAlias(host: "node" | "web"): Record<string, string> {
  const native = host === "node" ? "backend" : "absent";
  return {
    "#host": join(root, `src/host/${host}.ts`),
    "#native": join(root, `src/backend/native/${native}.ts`),
    nabla: join(root, "src/doors/index.ts"),
  };
}

/** Bundles `program` (a path under test/), runs it with arguments, and returns what it printed. */
export async function runProgram(program: string, args: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nabla-test-"));
  try {
    const outfile = join(folder, "program.mjs");
    await build({
      entryPoints: [join(root, "test", program)],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "es2022",
      alias: sourceAlias("node"),
      logLevel: "error",
    });
    const { stdout } = await promisify(execFile)(process.execPath, [outfile, ...args]);
    return stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a device's cache of values may hold: the default budget. */
export const CACHE_MEGABYTES = 512;

/** What the memory program reports. */
export interface MemoryReport {
  readonly name: string;
  readonly count: number;
  readonly before: number;
  /** Megabytes by which the process grew after its warm-up, at the highest point. */
  readonly growth: number;
  readonly seconds: number;
}

/** Runs one scenario of the memory program. */
export async function runMemory(name: string, count: number): Promise<MemoryReport> {
  const text = await runProgram("support/memory-program.ts", [name, String(count)]);
  const report = JSON.parse(text) as MemoryReport;
  console.log(
    `memory ${name}: ${count} in ${report.seconds.toFixed(1)} s, ` +
      `${report.before.toFixed(0)} MB + ${report.growth.toFixed(1)} MB`,
  );
  return report;
}
