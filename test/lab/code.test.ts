/** The programs of the lessons print what the pages say they print. */
import { readdirSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { ROOT, readFile } from "../support/files.ts";
import { looked } from "../support/guard.ts";
import { pythonWith, runPython } from "../support/python.ts";

const LESSONS = readdirSync(`${ROOT}lab/lessons`);

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

/** Programs for Python, all of a library in one test: a process that imports torch is slow. */
test.for([
  { library: "numpy", file: "by_numpy.py" },
  { library: "torch", file: "by_pytorch.py" },
] as const)("all with $library", { timeout: 120_000 }, async ({ library, file }, context) => {
  const python = pythonWith(library, context);
  const runs = LESSONS.map(async (lesson) => {
    const folder = `lab/lessons/${lesson}/code`;
    const printed = await runPython(python, [`${folder}/${file}`], ROOT);
    expect(printed, lesson).toBe(readFile(`${folder}/output.txt`));
  });
  await Promise.all(runs);
  looked(context.task, `lab: ${runs.length} programs with ${library} print what the pages say`);
});
