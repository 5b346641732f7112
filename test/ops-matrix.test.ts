/**
 * Writes docs/ops.md: every operation of the table, the devices it runs on and whether its gradient
 * holds, as measured here. Fails where there is a hole, or where the file differs (UPDATE=1 writes
 * it).
 */
import { readFileSync, writeFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import type { OpName } from "../src/ir/attrs.ts";
import { OPS } from "../src/ir/ops.ts";
import { gradientError, smoothRecipes } from "./parity/finite.ts";
import { checkCase, parityCases, runCase } from "./parity/parity.ts";
import { RECIPES } from "./parity/recipes.ts";

const FILE = new URL("../docs/ops.md", import.meta.url);
const NAMES = (Object.keys(OPS) as OpName[]).filter((op) => op !== "input");

/** What was measured of one operation: how many cases failed, null where there are none. */
interface Measured {
  readonly dtypes: Set<string>;
  interpret: number | null;
  interpretGradient: number | null;
  wasm: number | null;
  wasmGradient: number | null;
}

function measure(): Map<OpName, Measured> {
  const all = new Map<OpName, Measured>();
  for (const op of NAMES) {
    const dtypes = new Set(RECIPES[op].map((recipe) => recipe.dtype));
    const errors = smoothRecipes(op).map((recipe, i) => gradientError(op, recipe, i + 1));
    const known = errors.filter((error) => !Number.isNaN(error));
    const wrong = known.filter((error) => !(error < 1e-6)).length;
    const interpretGradient = known.length === 0 ? null : wrong;
    all.set(op, { dtypes, interpret: null, interpretGradient, wasm: null, wasmGradient: null });
  }
  for (const c of parityCases()) {
    const row = c.op === "fused" ? undefined : all.get(c.op);
    if (row === undefined) continue;
    if (!c.gradient)
      row.interpret = (row.interpret ?? 0) + Number(throws(() => runCase(c, "interpret")));
    const failed = Number(checkCase(c).failure !== null);
    if (c.gradient) row.wasmGradient = (row.wasmGradient ?? 0) + failed;
    else row.wasm = (row.wasm ?? 0) + failed;
  }
  return all;
}

function throws(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch {
    return true;
  }
}

/** The sentence of each operation: the comment over its attributes in src/ir/attrs.ts. */
function readSentences(): ReadonlyMap<string, string> {
  const text = readFileSync(new URL("../src/ir/attrs.ts", import.meta.url), "utf8");
  const file = ts.createSourceFile("attrs.ts", text, ts.ScriptTarget.ES2022, true);
  const attrs = file.statements.filter(ts.isInterfaceDeclaration).at(-1)!;
  expect(attrs.name.text).toBe("OpAttrs");
  return new Map(
    attrs.members.map((member) => {
      const [doc] = ts.getJSDocCommentsAndTags(member);
      const sentence = ts.getTextOfJSDocComment(doc?.comment) ?? "";
      return [member.name!.getText(), sentence.replaceAll("\n", " ")];
    }),
  );
}

function mark(failures: number | null): string {
  return failures === null ? "–" : failures === 0 ? "yes" : "FAILS";
}

function render(rows: ReadonlyMap<OpName, Measured>): string {
  const sentences = readSentences();
  const lines = [...rows].map(([op, row]) => {
    const doc = sentences.get(op)!.replaceAll("|", "\\|");
    const dtypes = [...row.dtypes].sort().join(", ");
    const marks = [row.interpret, row.interpretGradient, row.wasm, row.wasmGradient].map(mark);
    return `| \`${op}\` | ${doc} | ${dtypes} | ${marks.join(" | ")} |`;
  });
  return [
    "# Operations",
    "",
    `The ${rows.size} primitive operations of \`src/ir/ops.ts\`; everything else is composed from them.`,
    "The test run measures this table and fails where the file differs (`UPDATE=1 npx vitest run",
    "test/ops-matrix.test.ts` writes it). On `interpret` a gradient holds where it agrees with central",
    "differences in float64; on `wasm` a value or gradient holds where it has the bits of `interpret`",
    "for every dtype, shape and memory layout tried. A dash: there is no gradient to have.",
    "",
    "| operation | what it does | dtypes | `interpret` | gradient | `wasm` | gradient |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...lines,
    "",
  ].join("\n");
}

/** Cells that say neither "yes" nor that there is nothing to say. */
function holes(rows: ReadonlyMap<OpName, Measured>): string[] {
  return [...rows].flatMap(([op, row]) => {
    const smooth = OPS[op].vjp !== null;
    const found: string[] = [];
    if (row.interpret !== 0) found.push(`${op}: forward on interpret`);
    if (row.wasm !== 0) found.push(`${op}: forward on wasm`);
    if (smooth && row.interpretGradient !== 0) found.push(`${op}: gradient on interpret`);
    if (smooth && row.wasmGradient !== 0) found.push(`${op}: gradient on wasm`);
    return found;
  });
}

describe("the matrix of operations, devices and gradients", () => {
  test("has no hole and is what docs/ops.md says", { timeout: 120_000 }, () => {
    const rows = measure();
    console.log(`ops matrix: ${rows.size} operations × 2 devices`);
    expect(rows.size).toBeGreaterThan(60);
    expect([...readSentences()].filter(([, text]) => text === "")).toEqual([]);
    const text = render(rows);
    if (process.env["UPDATE"] === "1") writeFileSync(FILE, text);
    expect(holes(rows)).toEqual([]);
    expect(readFileSync(FILE, "utf8")).toBe(text);
  });

  test("a hole is seen", () => {
    const missing: Measured = {
      dtypes: new Set(),
      interpret: 0,
      interpretGradient: 1,
      wasm: null,
      wasmGradient: 0,
    };
    expect(holes(new Map([["add", missing]]))).toEqual([
      "add: forward on wasm",
      "add: gradient on interpret",
    ]);
    expect(mark(1)).toBe("FAILS");
  });
});
