/** Every fenced `ts` block of the README and of docs/ runs. */
import { describe, expect, it } from "vitest";
import { blocksOf, examplesOf, runExamples } from "./support/documents.ts";
import { looked } from "./support/guard.ts";
import { listFiles, readFile } from "./support/files.ts";

const pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", ...listFiles(["docs"], ".md")];

describe("documents", () => {
  it("run, block by block", { timeout: 300_000 }, async ({ task }) => {
    const examples = examplesOf(pages.flatMap((path) => blocksOf(path, readFile(path))));
    looked(task, `documents: ran ${examples.length} blocks of ${pages.length} pages`);
    expect(examples.length).toBeGreaterThan(0);
    const outcomes = await runExamples("docs", examples);
    const failed = outcomes.filter(({ exit }) => exit !== 0);
    expect(failed.map(({ name, output }) => `${name}\n${output}`).join("\n")).toBe("");
  });

  it("leave no block out", () => {
    const blocks = pages.flatMap((path) => blocksOf(path, readFile(path)));
    const out = blocks.filter((block) => block.flags.includes("no-run"));
    expect(out.map((block) => `${block.path}:${block.line}`)).toEqual([]);
  });
});

describe("the check itself", () => {
  const page = [
    "```ts",
    'import { NablaError } from "nabla";',
    "const answer: number = 42;",
    "```",
    "text",
    "```ts continues",
    "if (answer !== 42 || NablaError === undefined) throw new Error();",
    "```",
    "```ts",
    'throw new Error("seeded");',
    "```",
    "```json",
    "{}",
    "```",
    "```ts",
    'import { nothing } from "nabla/nowhere"; nothing;',
    "```",
  ].join("\n");

  it("runs blocks, continues them, and catches those that throw or do not resolve", async () => {
    const outcomes = await runExamples("docs-check", examplesOf(blocksOf("page.md", page)));
    expect(outcomes.map(({ name, exit }) => [name, exit])).toEqual([
      ["page.md:2", 0],
      ["page.md:7", 0],
      ["page.md:10", 1],
      ["page.md:16", 1],
    ]);
    expect(outcomes[2]!.output).toContain("seeded");
  });
});
