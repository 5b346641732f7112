/** Runs commands for the scripts: quiet when they succeed, in full when they fail. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

const require = createRequire(import.meta.url);

/** Finds the script behind a package's command, so that no shell is needed on any system. */
export function commandOf(packageName, bin = packageName) {
  const manifest = require.resolve(`${packageName}/package.json`);
  const entry = require(manifest).bin;
  return join(dirname(manifest), typeof entry === "string" ? entry : entry[bin]);
}

/** Runs a Node script; resolves to its exit code, its output and the seconds it took. */
export function runNode(args, { inherit = false, env = {} } = {}) {
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: inherit ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout?.on("data", (data) => (output += data));
    child.stderr?.on("data", (data) => (output += data));
    child.on("close", (code) => {
      resolve({ code: code ?? 1, output, seconds: (performance.now() - start) / 1000 });
    });
  });
}
