/** The programs of the lessons print what the pages say they print. */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { ROOT, readFile } from "../support/files.ts";

const LESSONS = readdirSync(`${ROOT}lab/lessons`);

function hasNumpy(): boolean {
  try {
    execFileSync("python3", ["-c", "import numpy"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

test("there are lessons", () => {
  expect(LESSONS.length).toBeGreaterThan(0);
});

test.for(LESSONS)("%s with Nabla", async (lesson) => {
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...parts: unknown[]) => {
    lines.push(parts.map(String).join(" "));
  });
  try {
    await import(`../../lab/lessons/${lesson}/code/nabla.ts`);
  } finally {
    log.mockRestore();
  }
  expect(lines.join("\n")).toBe(readFile(`lab/lessons/${lesson}/code/output.txt`).trimEnd());
});

test.for(LESSONS)("%s with NumPy", (lesson, { task, skip }) => {
  if (!hasNumpy()) {
    task.meta.skipped = "no python3 with numpy; the lessons' NumPy programs were not run";
    return skip(task.meta.skipped);
  }
  const program = `${ROOT}lab/lessons/${lesson}/code/by_numpy.py`;
  const output = execFileSync("python3", [program], { cwd: ROOT, encoding: "utf8" });
  expect(output).toBe(readFile(`lab/lessons/${lesson}/code/output.txt`));
});
