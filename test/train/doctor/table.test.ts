/** The rules about tables: each with a table that has the fault, beside one that has not. */
import { describe, expect, it } from "vitest";
import { parseCsv } from "../../../src/data/csv.ts";
import { examineTable } from "../../../src/train/doctor/table-rules.ts";
import type { Dataset } from "../../../src/train/table/dataset.ts";
import { makeDataset } from "../../../src/train/table/dataset.ts";
import { readFile } from "../../support/files.ts";
import { only, rulesOf } from "../../support/patients.ts";

const ROWS = 60;

/** A column of numbers without any pattern, the same at every run. */
function noise(seed: number, rows = ROWS): Float64Array {
  let state = seed;
  return Float64Array.from({ length: rows }, () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  });
}

const a = { name: "a", values: noise(7) };
const b = { name: "b", values: noise(8) };
const y = { name: "y", values: a.values.map((v, i) => v * b.values[i]! + noise(9)[i]! / 10) };
const column = (name: string, of: (row: number) => number) => ({
  name,
  values: Float64Array.from({ length: ROWS }, (_, row) => of(row)),
});
const texts = (name: string, of: (row: number) => string) => ({
  name,
  texts: Array.from({ length: ROWS }, (_, row) => of(row)),
});

describe("a healthy table", () => {
  it("of numbers, of classes, and the nitrogen table", () => {
    expect(examineTable(makeDataset([a, b], [y]))).toEqual([]);
    const kind = texts("kind", (row) => (a.values[row]! > 0.5 ? "high" : "low"));
    expect(examineTable(makeDataset([a, b], [kind]))).toEqual([]);
    const read = parseCsv(readFile("data/n2_cp.csv"), { source: "n2_cp" });
    const columns = read.names.map((name) => {
      return { name, values: Float64Array.from(read.texts(name), Number) };
    });
    const table = makeDataset([columns[0]!], [columns[1]!]);
    expect(rulesOf(examineTable(table, { scaled: true }))).toEqual([]);
  });

  it("of a straight line, whose one input determines the target", () => {
    expect(examineTable(makeDataset([a], [column("y", (row) => 2 * a.values[row]! + 1)]))).toEqual(
      [],
    );
  });
});

describe("columns", () => {
  it("that never change", () => {
    const found = examineTable(makeDataset([a, column("c", () => 4), texts("d", () => "x")], [y]));
    expect(found.map(({ message }) => message)).toEqual([
      "Column c is 4 in every row.",
      "Column d is x in every row.",
    ]);
  });

  it("that are not scaled, unless training scales them", () => {
    const kelvin = column("T", (row) => 300 + 1700 * a.values[row]!);
    const table = makeDataset([kelvin, b], [y]);
    expect(only(examineTable(table), "unscaled-column")).toMatchObject({
      ...{ severity: "warning", column: "T" },
    });
    expect(examineTable(table, { scaled: true })).toEqual([]);
  });

  it.each([
    ["equals", (v: number) => v, "warning"],
    ["is a straight line of", (v: number) => 1.8 * v + 32, "warning"],
    ["orders", (v: number) => Math.sqrt(v), "note"],
  ] as const)("that leak: one %s the target", (how, of, severity) => {
    const leak = column("copy", (row) => of(y.values[row]!));
    const finding = only(examineTable(makeDataset([a, leak], [y])), "leaking-column");
    expect(finding).toMatchObject({ severity, column: "copy", figures: { target: "y", how } });
  });

  it("that leak a class: each of their values has one", () => {
    const kind = texts("kind", (row) => "uvw"[Math.floor(3 * a.values[row]!)]!);
    const code = column("code", (row) => "uvw".indexOf(kind.texts[row]!) + 10);
    const place = texts("place", (row) => `${kind.texts[row]!}${row % 2}`);
    for (const leak of [code, place]) {
      const finding = only(examineTable(makeDataset([b, leak], [kind])), "leaking-column");
      expect(finding.message).toContain(
        `Column ${leak.name} decides kind: each of its values has one class.`,
      );
    }
    const mixed = texts("mixed", (row) => (row % 9 === 0 ? "p" : "q"));
    expect(examineTable(makeDataset([b, mixed], [kind]))).toEqual([]);
  });
});

describe("rows", () => {
  const repeat = ({ inputs, outputs }: Dataset, every: number): Dataset => {
    const again = (values: Float64Array): Float64Array =>
      values.map((v, row) => (row > 0 && row % every === 0 ? values[row - 1]! : v));
    const all = [...inputs, ...outputs].map((one) => ({
      name: one.name,
      values: again((one as typeof a).values),
    }));
    return makeDataset(all.slice(0, -1), all.slice(-1));
  };
  const table = makeDataset([a, b], [y]);

  it("that repeat others: a few, and many", () => {
    const few = only(examineTable(repeat(table, 20)), "duplicate-rows");
    expect(few).toMatchObject({ severity: "note", figures: { rows: 2, all: 60 } });
    const many = only(examineTable(repeat(table, 3)), "duplicate-rows");
    expect(many).toMatchObject({ severity: "warning", figures: { rows: 19 } });
  });

  it("that are held out and trained on", () => {
    const held = [3, 6, 9, 19];
    const found = examineTable(repeat(table, 3), { held });
    expect(only(found, "shared-rows")).toMatchObject({
      severity: "warning",
      figures: { rows: 3, held: 4 },
    });
    expect(examineTable(table, { held })).toEqual([]);
  });

  it("are told apart by every cell, of 100,000 rows within a second", () => {
    const rows = 100_000;
    const columns = Array.from({ length: 20 }, (_, j) => ({
      name: `c${j}`,
      values: noise(j + 1, rows),
    }));
    columns[3]!.values[99_999] = columns[3]!.values[0]!;
    const started = performance.now();
    expect(examineTable(makeDataset(columns.slice(1), columns.slice(0, 1)))).toEqual([]);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
