/** Packs the package as npm would publish it, and installs it into fresh projects. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../support/files.ts";

const made: string[] = [];

function makeFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), name));
  made.push(folder);
  return folder;
}

/** Removes all that was packed and installed. */
export function removeProjects(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** What a command printed; it ended with 0. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command; rejects with all that it printed where it fails. */
export function run(command: string, args: readonly string[], cwd: string): Promise<Output> {
  const env = { ...process.env, npm_config_loglevel: "error", NO_COLOR: "1" };
  // npm is a script on Windows, which only a shell starts.
  const shell = process.platform === "win32";
  return new Promise((resolve, reject) => {
    const options = { cwd, env, shell, maxBuffer: 64_000_000, timeout: 300_000 };
    execFile(command, [...args], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${command} ${args.join(" ")}\n${stdout}\n${stderr}`));
      else resolve({ stdout, stderr });
    });
  });
}

/** What `npm pack` says about the package. */
export interface Packed {
  readonly path: string;
  readonly bytes: number;
  readonly files: readonly string[];
}

/** Packs the package from the built dist/. */
export async function pack(): Promise<Packed> {
  const folder = makeFolder("nabla-pack-");
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const { stdout } = await run("npm", args, ROOT);
  const found = JSON.parse(stdout) as Record<string, unknown> | unknown[];
  const [one] = (Array.isArray(found) ? found : Object.values(found)) as {
    filename: string;
    size: number;
    files: { path: string }[];
  }[];
  const { filename, size, files } = one!;
  return { path: join(folder, filename), bytes: size, files: files.map(({ path }) => path) };
}

/** Makes a project of files and installs packages into it. */
export async function project(
  files: Readonly<Record<string, string>>,
  packages: readonly string[],
): Promise<string> {
  const folder = makeFolder("nabla-consumer-");
  const manifest = JSON.stringify({ name: "consumer", private: true, type: "module" });
  for (const [name, text] of Object.entries({ "package.json": manifest, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"];
  await run("npm", ["install", ...quiet, ...packages], folder);
  return folder;
}
