/** The words of the doctor: every rule has them, and its page has the same. */
import { describe, expect, it } from "vitest";
import { found, showFinding, worstFirst } from "../../../src/train/doctor/finding.ts";
import { WORDS } from "../../../src/train/doctor/words.ts";
import { readFile } from "../../support/files.ts";
import { looked } from "../../support/guard.ts";

describe("the words", () => {
  it("stand on the doctor's page, rule by rule, and no others", ({ task }) => {
    const page = readFile("docs/doctor.md");
    const sections = page.split("\n### ").slice(1);
    const rules = sections.map((section) => section.split("\n", 1)[0]!);
    expect(rules.sort()).toEqual(Object.keys(WORDS).sort());
    looked(task, `doctor: ${rules.length} rules on their page`);
    for (const [rule, { why, cure }] of Object.entries(WORDS)) {
      const section = sections.find((text) => text.startsWith(`${rule}\n`))!;
      const quoted = section.match(/^> .*$/gm)!.map((line) => line.slice(2));
      expect(quoted, rule).toEqual([why, cure]);
    }
  });

  it("are sentences", () => {
    for (const { why, cure } of Object.values(WORDS)) {
      for (const text of [why, cure]) expect(text).toMatch(/^[A-Z].*\.$/);
    }
  });

  it("put foreign names in harmless: columns may be called anything", () => {
    const { message } = found(
      "constant-column",
      "warning",
      { value: "\u001b[2J" },
      { column: "a\nb" },
    );
    expect(message).toBe("Column a\\x0ab is \\x1b[2J in every row.");
  });

  it("come with the worst first, in one line each", () => {
    const figures = { rows: 1, all: 9 };
    const all = (["note", "error", "warning", "error"] as const).map((severity, step) =>
      found("duplicate-rows", severity, figures, { step }),
    );
    expect(worstFirst(all).map(({ step }) => step)).toEqual([1, 3, 2, 0]);
    expect(showFinding(all[1]!)).toBe(
      "error: 1 of 9 rows repeats an earlier row. Remove them, or hold out all copies of a row together.",
    );
  });
});
