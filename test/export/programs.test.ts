/** Predictors in C and as formulas of a spreadsheet: run, and compared with the model itself. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as functions from "@formulajs/formulajs";
import { beforeAll, describe, expect, it } from "vitest";
import { describeNetwork } from "../../src/cli/read-run.ts";
import { exportC } from "../../src/export/c.ts";
import { excelFormulas, exportExcel } from "../../src/export/excel.ts";
import type { Network } from "../../src/export/network.ts";
import { exportSchema } from "../../src/export/schema.ts";
import type { Activation } from "../../src/models/activations.ts";
import { ACTIVATION_NAMES } from "../../src/models/activations.ts";
import { encodeInputs, makeDataset } from "../../src/train/table/dataset.ts";
import type { FitResult } from "../../src/train/table/fit.ts";
import { fitTable } from "../../src/train/table/fit.ts";
import type { FittedModel } from "../../src/train/table/fitted.ts";
import { mostLikely, probabilities } from "../../src/train/table/fitted.ts";
import { FIT_DEFAULTS } from "../../src/train/table/options.ts";

type Row = readonly [size: number, kind: string];

const KINDS = ['say "+-"', "a, b?", "äö\u{1f600}"];
const ROWS: readonly Row[] = Array.from({ length: 24 }, (_, i) => [1900.5 + 7 * i, KINDS[i % 3]!]);
/** Rows inside the data, and two that are not. */
const ASKED: readonly Row[] = [
  [1903, KINDS[0]!],
  [2000.25, KINDS[2]!],
  [1990, KINDS[1]!],
];
const BESIDE: readonly Row[] = [
  [1890, KINDS[1]!],
  [2100, "new"],
];

async function fitOf(activation: Activation, classes: boolean): Promise<FitResult> {
  const inputs = [
    { name: "size, m", values: Float64Array.from(ROWS, ([size]) => size) },
    { name: "kind", texts: ROWS.map(([, kind]) => kind) },
  ];
  const high = ROWS.map(([size], i) => size > 1970 || i % 3 === 1);
  const target = classes
    ? { name: "label", texts: high.map((yes) => (yes ? 'high "1"' : "low")) }
    : { name: "y", values: Float64Array.from(high, (yes, i) => (yes ? 90 : 20) + i) };
  const options = { ...FIT_DEFAULTS, activation, hidden: [5, 4], epochs: 60, lr: 0.05 };
  return fitTable(makeDataset(inputs, [target]), options);
}

interface Case {
  readonly model: FittedModel;
  readonly network: Network;
}

const cases = new Map<string, Case>();

beforeAll(async () => {
  for (const name of [...ACTIVATION_NAMES, "classes"] as const) {
    const { model } = await fitOf(name === "classes" ? "tanh" : name, name === "classes");
    const network = await describeNetwork(model, "nabla fit odd.csv --y /*y*/", "0");
    cases.set(name, { model, network });
  }
});

/** What the model itself says of rows: numbers, or scores of classes. */
async function said({ parts, predict }: FittedModel, rows: readonly Row[], model: FittedModel) {
  const columns = [
    { name: "size, m", values: Float64Array.from(rows, ([size]) => size) },
    { name: "kind", texts: rows.map(([, kind]) => kind) },
  ];
  return predict.call(model, encodeInputs(parts.inputs, columns, rows.length));
}

const near = (found: readonly number[], wanted: ArrayLike<number>): void => {
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, i) =>
    expect(Math.abs(value - wanted[i]!)).toBeLessThan(2e-5 * Math.max(1, Math.abs(wanted[i]!))),
  );
};

describe("a program in C", () => {
  const folder = mkdtempSync(join(tmpdir(), "nabla-c-"));
  const made = new Map<string, string>();
  const programOf = (name: string): string => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const [source, program] = [`${name}.c`, name].map((file) => join(folder, file));
    writeFileSync(source!, exportC(cases.get(name)!.network));
    const flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O1"];
    execFileSync("gcc", [...flags, source!, "-o", program!, "-lm"]);
    made.set(name, program!);
    return program!;
  };
  const run = (name: string, rows: readonly Row[]) =>
    spawnSync(programOf(name), rows.flat().map(String), { encoding: "utf8" });

  it.each([...ACTIVATION_NAMES])("answers as the model does (%s)", async (name) => {
    const { model } = cases.get(name)!;
    const { stdout, stderr, status } = run(name, ASKED);
    expect([status, stderr]).toEqual([0, ""]);
    near(stdout.trim().split("\n").map(Number), await said(model, ASKED, model));
  });

  it("names classes, and how sure it is", async () => {
    const { model } = cases.get("classes")!;
    const scores = await said(model, ASKED, model);
    const lines = run("classes", ASKED).stdout.trim().split("\n");
    const best = mostLikely(scores, 2);
    ASKED.forEach((_, i) => {
      const [, name, share] = /^(.*) ([\d.]+)$/.exec(lines[i]!)!;
      expect(name).toBe(model.classes![best[i]!]);
      const wanted = probabilities(scores.subarray(2 * i, 2 * i + 2))[best[i]!]!;
      expect(Number(share)).toBeCloseTo(wanted, 4);
    });
  });

  it("says what lies outside, what is no number, and what it takes", () => {
    const beside = run("tanh", BESIDE);
    expect(beside.stderr.split("\n")).toEqual([
      "size, m = 1890 is outside the training data",
      "size, m = 2100 is outside the training data",
      "kind = new is outside the training data",
      "",
    ]);
    const wrong = spawnSync(programOf("tanh"), ["12x", KINDS[0]!], { encoding: "utf8" });
    expect([wrong.status, wrong.stderr]).toEqual([2, 'size, m: "12x" is not a number\n']);
    const few = spawnSync(programOf("tanh"), ["12"], { encoding: "utf8" });
    expect([few.status, few.stderr]).toEqual([2, "give 2 values for each row: size, m kind\n"]);
  });
});

/** Computes a formula as a spreadsheet does, with the functions of a library for them. */
function evaluate(formula: string, cells: Readonly<Record<string, unknown>>): unknown {
  const texts: string[] = [];
  const script = formula
    .slice(1)
    .replaceAll(/"((?:[^"]|"")*)"/g, (_, text: string) => {
      return `texts[${texts.push(text.replaceAll('""', '"')) - 1}]`;
    })
    .replaceAll(/([A-Z])2:([A-Z])2/g, (_, from: string, to: string) => {
      const places = Array.from(
        { length: to.charCodeAt(0) - from.charCodeAt(0) + 1 },
        (__, k) => k,
      );
      return `[${places.map((k) => `cells.${String.fromCharCode(from.charCodeAt(0) + k)}2`).join()}]`;
    })
    .replaceAll(/(?<![\w.])([A-Z])2\b/g, "cells.$12")
    .replaceAll(/([A-Z]+)\(/g, "functions.$1(");
  const compute = new Function("functions", "cells", "texts", `return ${script};`);
  return (compute as (...given: unknown[]) => unknown)(functions, cells, texts);
}

function asked(network: Network, [size, kind]: Row): Record<string, unknown> {
  const cells: Record<string, unknown> = { A2: size, B2: kind };
  // What others need stands to their right.
  for (const { cell, formula } of excelFormulas(network).toReversed()) {
    cells[cell] = evaluate(formula, cells);
  }
  return cells;
}

describe("formulas of a spreadsheet", () => {
  it.each([...ACTIVATION_NAMES])("answer as the model does (%s)", async (name) => {
    const { model, network } = cases.get(name)!;
    const found = ASKED.map((row) => asked(network, row));
    near(
      found.map(({ C2 }) => C2 as number),
      await said(model, ASKED, model),
    );
    expect(found.map(({ D2 }) => D2)).toEqual([0, 0, 0]);
    expect(BESIDE.map((row) => asked(network, row)["D2"])).toEqual([1, 2]);
  });

  it("name classes", async () => {
    const { model, network } = cases.get("classes")!;
    const best = mostLikely(await said(model, ASKED, model), 2);
    const found = ASKED.map((row) => asked(network, row)["C2"]);
    expect(found).toEqual(Array.from(best, (k) => model.classes![k]));
  });

  it("are refused where a cell does not hold them", () => {
    const { network } = cases.get("tanh")!;
    const some = (length: number): Float32Array => new Float32Array(length).fill(0.123456);
    const wide = { inputs: 4, outputs: 200, weight: some(800), bias: some(200) };
    const last = { inputs: 200, outputs: 1, weight: some(200), bias: some(1) };
    expect(() => exportExcel({ ...network, layers: [wide, last] })).toThrow(
      /the formula would have \d+ characters, and a cell takes 8192/,
    );
    expect(exportExcel(network)).toMatch(/\nC2 {2}y\n=.*\n\nD2 {2}outside the training data\n=/);
  });
});

it("a schema of inputs has their ranges and their texts", () => {
  const { network } = cases.get("tanh")!;
  expect(JSON.parse(exportSchema(network))).toMatchObject({
    type: "object",
    properties: {
      "size, m": { type: "number", minimum: 1900.5, maximum: 2061.5 },
      kind: { enum: KINDS.toSorted() },
    },
    required: ["size, m", "kind"],
  });
});
