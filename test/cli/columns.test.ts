/** Columns by name: names with commas, names of very many columns, keys that nobody knows. */
import { describe, expect, it } from "vitest";
import { chooseColumns } from "../../src/cli/choose-columns.ts";
import { parseRunConfig } from "../../src/cli/run-config.ts";
import { alignRows, columnNames, spellNames } from "../../src/cli/words.ts";
import { parseCsv } from "../../src/data/csv.ts";

const SECOND = 1000;

/** Returns what it took in milliseconds; what throws has to throw what is expected. */
function timed(work: () => unknown, error?: RegExp): number {
  const start = performance.now();
  if (error === undefined) work();
  else expect(work).toThrow(error);
  return performance.now() - start;
}

describe("a list of column names", () => {
  const known = ["a", "b", "a,b", "time, s", 'the "x"', '"q"'];

  it.each<[string, string[]]>([
    ["a", ["a"]],
    [" a , b ", ["a", "b"]],
    ['"a,b"', ["a,b"]],
    ['"a","b"', ["a", "b"]],
    ["time, s", ["time, s"]],
    ['"time, s",a', ["time, s", "a"]],
    ['"the ""x""" , b', ['the "x"', "b"]],
    ['the "x"', ['the "x"']],
    ['"q"', ['"q"']],
    ["nothing,b", ["nothing", "b"]],
  ])("%s is read as %j", (text, names) => {
    expect(columnNames(text, known)).toEqual(names);
  });

  it("that is a column as well is refused with both spellings, and both are read", () => {
    expect(() => columnNames("a,b", known)).toThrow(
      `"a,b" is a column, and a list of other columns too: write '"a,b"' for the one, ` +
        `'"a","b"' for the others, with all quotes.`,
    );
    expect(columnNames("a,b", ["a,b", "c"])).toEqual(["a,b"]);
    expect(columnNames("a,b", ["a", "b"])).toEqual(["a", "b"]);
    expect(() => columnNames('"a",a', known)).toThrow("the column a is named twice");
  });

  it("that a run wrote down is read as the same names", () => {
    const names = ["a", "time, s", 'the "x"', '"q"'];
    expect(columnNames(spellNames(names), names)).toEqual(names);
    expect(spellNames("typed, so")).toBe("typed, so");
  });

  it("chooses between the two in a table", () => {
    const table = parseCsv('"a,b",a,b,y\n1,2,3,4\n2,5,6,7\n');
    const inputs = (x: string | string[]): string[] =>
      chooseColumns(table, { x, y: "y" }).dataset.inputs.map(({ name }) => name);
    expect(() => inputs("a,b")).toThrow(/list of other columns too/);
    expect([inputs('"a,b"'), inputs('"a","b"'), inputs(["a", "b"])]).toEqual([
      ["a,b"],
      ["a", "b"],
      ["a", "b"],
    ]);
  });
});

describe("very much of it", () => {
  it("20 000 columns are read and chosen within a second", () => {
    const line = (cell: (i: number) => string): string =>
      Array.from({ length: 20_000 }, (_, i) => cell(i)).join();
    const text = [line((i) => `column${i}`), line((i) => `${i % 7}`), line((i) => `${i % 5}`)];
    const took = timed(() => {
      const table = parseCsv(text.join("\n"));
      expect(chooseColumns(table, { y: "column1" }).dataset.inputs.length).toBeGreaterThan(10_000);
      expect(chooseColumns(table, {}).dataset.outputs).toHaveLength(1);
      expect(
        columnNames(
          line((i) => `column${i}`),
          table.names,
        ),
      ).toHaveLength(20_000);
    });
    expect(took).toBeLessThan(SECOND);
  });

  it("columns without end are refused within a second, with their number", () => {
    const text = Array.from({ length: 300_000 }, (_, i) => i.toString(36) + "x").join();
    const message = /line 1: 300000 columns; at most 100000 can be read/;
    expect(timed(() => parseCsv(`${text}\n1\n`), message)).toBeLessThan(SECOND);
  });

  it("unknown settings are named and counted within a second", () => {
    const keys = Array.from({ length: 100_000 }, (_, i) => [`epoch${i}`, 1]);
    const text = JSON.stringify(Object.fromEntries(keys));
    const message = /key "epoch0" \(epochs\?\); .*and 99980 more/;
    expect(timed(() => parseRunConfig(text, "config.json"), message)).toBeLessThan(SECOND);
  });

  it("rows of any number are lined up", () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => [String(i), "x"]);
    expect(alignRows(rows)[7]).toBe("7       x");
  });
});
