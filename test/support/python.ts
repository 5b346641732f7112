/** Finds a Python with a package; where there is none, skips aloud, or fails if REQUIRE_TORCH=1. */
import { execFile, execFileSync } from "node:child_process";
import type { TestContext } from "vitest";

/** A Python that a shell may find, and Debian's, which holds Debian's packages. */
const COMMANDS = ["python3", "/usr/bin/python3", "python"];

const found = new Map<string, string | undefined>();

function find(name: string): string | undefined {
  return COMMANDS.find((command) => {
    try {
      execFileSync(command, ["-c", `import ${name}`], { stdio: "ignore" });
      return true;
    } catch {
      return false; // not there, or without the package
    }
  });
}

/** Returns the command of a Python that can import a package. */
export function pythonWith(name: "numpy" | "torch", { task, skip }: TestContext): string {
  if (!found.has(name)) found.set(name, find(name));
  const command = found.get(name);
  if (command !== undefined) return command;
  const text =
    `no python3 with ${name} found, so the exported programs were not run; ` +
    `install one (Debian: apt-get install python3-${name})`;
  if (process.env["REQUIRE_TORCH"] === "1") throw new Error(text);
  task.meta.skipped = text;
  return skip(text);
}

/** Runs a Python program; resolves to what it printed, rejects with what it complained about. */
export function runPython(command: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, [...args], { cwd, timeout: 120_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}`));
      else resolve(stdout);
    });
  });
}
