/** Lines for terminals of any width. */
import { expect, it } from "vitest";
import { fillText, wrapLine } from "../../src/cli/wrap.ts";

const widthOf = (lines: readonly string[]): number => Math.max(...lines.map((line) => line.length));

it("cuts no word, and keeps what fits as it is", () => {
  const text = `  warning: ${"some words of a finding ".repeat(9)}end`;
  for (const width of [40, 80, 200]) {
    const lines = wrapLine(text, width);
    expect(widthOf(lines)).toBeLessThanOrEqual(width);
    expect(lines.map((line) => line.trim()).join(" ")).toBe(text.trim());
    expect(lines[0]!.startsWith("  warning:")).toBe(true);
  }
  expect(wrapLine("a   b", 80)).toEqual(["a   b"]);
  expect(wrapLine(`see ${"x".repeat(90)} there`, 80)[1]!.trim()).toBe("x".repeat(90));
});

it("puts what goes on below the text of a list", () => {
  expect(wrapLine("excel     formulas of a spreadsheet", 24)).toEqual([
    "excel     formulas of a",
    "          spreadsheet",
  ]);
});

it("breaks commands so that a shell takes them, and never inside of quotes", () => {
  const command =
    "Next: nabla fit 'my own table.csv' --x 'one column,other' --epochs 100 --lr 0.05";
  const lines = wrapLine(command, 40);
  expect(widthOf(lines)).toBeLessThanOrEqual(42);
  expect(lines.slice(0, -1).every((line) => line.endsWith(" \\"))).toBe(true);
  expect(lines.join("\n").replaceAll(/ \\\n +/g, " ")).toBe(command);
  expect(lines.filter((line) => (line.split("'").length - 1) % 2 === 1)).toEqual([]);
});

it("fills paragraphs and leaves lists and examples as lines", () => {
  const text = "\nOne two three\nfour five.\n\nExamples:\n  nabla a\n  nabla b\nx  list";
  expect(fillText(text, 200)).toBe(
    "\nOne two three four five.\n\nExamples:\n  nabla a\n  nabla b\nx  list",
  );
  expect(fillText(text, 10)).toMatch(/^\nOne two\nthree four\nfive\.\n/);
});
