/** Finds the fenced code blocks of Markdown files and runs those in TypeScript. */
import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { listFiles, ROOT } from "./files.ts";

/** A fenced block: ```` ```ts continues ```` has language `ts` and the flag `continues`. */
export interface Block {
  readonly path: string;
  /** The line of its first line of code, counted from 1. */
  readonly line: number;
  readonly language: string;
  readonly flags: readonly string[];
  readonly code: string;
}

/** Lists the fenced blocks of a Markdown text, in order. */
export function blocksOf(path: string, text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split("\n");
  for (let k = 0; k < lines.length; k++) {
    const fence = /^(\s*)(`{3,}|~{3,})\s*(.*)$/.exec(lines[k]!);
    if (fence === null) continue;
    const [indent, mark] = [fence[1]!, fence[2]!];
    const [language = "", ...flags] = fence[3]!.trim().split(/\s+/);
    const start = k + 1;
    do k++;
    while (k < lines.length && lines[k]!.trim() !== mark);
    const code = lines.slice(start, k).map((line) => line.replace(indent, ""));
    blocks.push({ path, line: start + 1, language, flags, code: code.join("\n") });
  }
  return blocks;
}

/** A block that runs as a module: those that continue an earlier one come after its code. */
export interface Example {
  readonly name: string;
  readonly code: string;
  /** The block that it continues. */
  readonly before?: Example;
}

/** Makes examples of `ts` blocks: each stands alone unless flagged `continues`. */
export function examplesOf(blocks: readonly Block[]): Example[] {
  const examples: Example[] = [];
  for (const { path, line, language, flags, code } of blocks) {
    if (language !== "ts" || flags.includes("no-run")) continue;
    const before = flags.includes("continues") ? examples.at(-1) : undefined;
    const name = `${path}:${line}`;
    examples.push(before ? { name, code: `${before.code}\n${code}`, before } : { name, code });
  }
  return examples;
}

/** What became of an example: its exit code and everything that it printed. */
export interface Outcome extends Example {
  readonly exit: number;
  readonly output: string;
}

/**
 * Runs examples as Node modules, `nabla` being this repository's source; two at a time. One that
 * others continue runs as part of the last of them, and alone where that fails.
 */
export async function runExamples(
  folder: string,
  examples: readonly Example[],
): Promise<Outcome[]> {
  const at = `${ROOT}.cache/${folder}`;
  rmSync(at, { recursive: true, force: true });
  mkdirSync(at, { recursive: true });
  const outcomes = new Map<Example, Outcome>();
  const run = async (example: Example): Promise<void> => {
    const entry = `${at}/${examples.indexOf(example)}.ts`;
    writeFileSync(entry, example.code);
    outcomes.set(example, { ...example, ...(await bundleAndRun(entry)) });
  };
  const continued = new Set(examples.map(({ before }) => before));
  const last = examples.filter((example) => !continued.has(example));
  const work = async (): Promise<void> => {
    for (let end = last.shift(); end !== undefined; end = last.shift()) {
      await run(end);
      for (let one = end.before; one !== undefined; one = one.before) {
        if (outcomes.get(end)!.exit !== 0) await run(one);
        else outcomes.set(one, { ...one, exit: 0, output: "" });
      }
    }
  };
  await Promise.all([work(), work()]);
  return examples.map((example) => outcomes.get(example)!);
}

/** The aliases with which esbuild finds `nabla`, `nabla/nn` and so on in src. */
function aliases(): Record<string, string> {
  const table: Record<string, string> = {
    "#host": "./src/host/node.ts",
    "#native": "./src/backend/native/backend.ts",
  };
  for (const door of listFiles(["src/doors"], ".ts")) {
    table[door.replace("src/doors", "nabla").replace(/(\/index)?\.ts$/, "")] = `./${door}`;
  }
  return table;
}

async function bundleAndRun(entry: string): Promise<{ exit: number; output: string }> {
  try {
    return await runModule(await bundleForNode(entry));
  } catch (error) {
    return { exit: 1, output: String((error as Error).message) };
  }
}

/** Bundles a TypeScript file with this repository's source; returns the path of the module. */
export async function bundleForNode(entry: string): Promise<string> {
  const outfile = entry.replace(/\.ts$/, ".mjs");
  await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    alias: aliases(),
    logLevel: "silent",
  });
  return outfile;
}

function runModule(path: string): Promise<{ exit: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path], { cwd: ROOT, timeout: 60_000 });
    let output = "";
    child.stdout.on("data", (data) => (output += String(data)));
    child.stderr.on("data", (data) => (output += String(data)));
    child.on("close", (code) => resolve({ exit: code ?? 1, output }));
  });
}
