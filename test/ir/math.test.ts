/**
 * Accuracy of the scalar trees: every bound in docs/accuracy.md is measured here, over the whole
 * range of float32, and on samples, NumPy's tables and values in 50 digits in float64.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { threefry as hostThreefry } from "../../src/core/threefry.ts";
import { compileScalar } from "../../src/ir/evaluate.ts";
import * as exponential from "../../src/ir/math/exponential.ts";
import * as logarithm from "../../src/ir/math/logarithm.ts";
import * as special from "../../src/ir/math/special.ts";
import { threefry } from "../../src/ir/math/threefry.ts";
import * as trigonometric from "../../src/ir/math/trigonometric.ts";
import { argument, literal, scalar } from "../../src/ir/scalar.ts";
import type { Scalar } from "../../src/ir/scalar.ts";
import { digamma, erf, erfc, floatsBetween, lgamma, singleError } from "./ulp.ts";

type Float = "float32" | "float64";
type Unary = (x: Scalar) => Scalar;

const { exp, expm1, sigmoid, sinh, cosh, tanh } = exponential;
const { log, log1p, asinh, acosh, atanh } = logarithm;
const { sin, cos, tan, asin, acos, atan } = trigonometric;

/** Each function with its reference in float64. */
const UNARY: Readonly<Record<string, readonly [Unary, (x: number) => number]>> = {
  exp: [exp, Math.exp],
  expm1: [expm1, Math.expm1],
  sigmoid: [sigmoid, (x) => 1 / (1 + Math.exp(-x))],
  sinh: [sinh, Math.sinh],
  cosh: [cosh, Math.cosh],
  tanh: [tanh, Math.tanh],
  log: [log, Math.log],
  log1p: [log1p, Math.log1p],
  asinh: [asinh, Math.asinh],
  acosh: [acosh, Math.acosh],
  atanh: [atanh, Math.atanh],
  sin: [sin, Math.sin],
  cos: [cos, Math.cos],
  tan: [tan, Math.tan],
  asin: [asin, Math.asin],
  acos: [acos, Math.acos],
  atan: [atan, Math.atan],
  erf: [special.erf, erf],
  erfc: [special.erfc, erfc],
  lgamma: [special.lgamma, lgamma],
  digamma: [special.digamma, digamma],
};

const BINARY = {
  pow: [exponential.pow, (x: number, y: number) => (x === 1 ? 1 : unitPower(x, y))],
  atan2: [trigonometric.atan2, Math.atan2],
} as const;

/** C's pow, which differs from JavaScript's at ±1 to the power ±∞ and at NaN. */
function unitPower(x: number, y: number): number {
  return Math.abs(x) === 1 && Math.abs(y) === Infinity ? 1 : Math.pow(x, y);
}

function unary(f: Unary, dtype: Float): (x: number) => number {
  const run = compileScalar(f(argument(0, dtype)));
  return (x) => run([x]);
}

function binary(name: keyof typeof BINARY, dtype: Float): (x: number, y: number) => number {
  const run = compileScalar(BINARY[name][0](argument(0, dtype), argument(1, dtype)));
  return (x, y) => run([x, y]);
}

/** The table of docs/accuracy.md: function → bounds in float32 and float64. */
function documentedBounds(): Map<string, { float32: number; float64: number }> {
  const text = readFileSync(new URL("../../docs/accuracy.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `(\w+)` *\| *([\d.]+) *\|[^|]*\| *([\d.]+) *\|/gm)];
  return new Map(
    rows.map((row) => [row[1]!, { float32: Number(row[2]), float64: Number(row[3]) }]),
  );
}

const bounds = documentedBounds();

interface Worst {
  error: number;
  at: string;
  count: number;
}

function expectWithin(worst: Worst, bound: number | undefined): void {
  expect(worst.count).toBeGreaterThan(20);
  const told = `${worst.error.toFixed(2)} ulp at ${worst.at} of ${worst.count}`;
  expect(worst.error, told).toBeLessThanOrEqual(bound ?? 0);
}

function note(worst: Worst, error: number, at: () => string): void {
  worst.count++;
  if (error <= worst.error) return;
  worst.error = error;
  worst.at = at();
}

const word = new Float32Array(1);
const wordBits = new Int32Array(word.buffer);
const STRIDE = 20011;

/** The least size to which errors are relative: what the reference itself loses by cancelling. */
function leastSize(name: string, x: number): number {
  if (name !== "lgamma" && name !== "digamma") return 0;
  if (x > 0) return 1e-6;
  return 1e-6 * Math.max(1, Math.abs(name === "lgamma" ? lgamma(-x) : digamma(-x)));
}

const SPECIAL = [
  0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1e-40, -1e-40, 1.4e-45, -1.4e-45, 1e30, -1e30,
];
SPECIAL.push(Infinity, -Infinity, NaN, 1.1754943508222875e-38, 3.4028234663852886e38, 88.72, 88.73);

describe("float32, over its whole range", () => {
  test.each(Object.keys(UNARY))("%s", (name) => {
    const [tree, exact] = UNARY[name]!;
    const run = unary(tree, "float32");
    const worst: Worst = { error: 0, at: "", count: 0 };
    const check = (x: number): void => {
      note(worst, singleError(run(x), exact(x), leastSize(name, x)), () => String(x));
    };
    for (let bits = -2147483648; bits < 2147483648; bits += STRIDE) {
      wordBits[0] = bits;
      check(word[0]!);
    }
    SPECIAL.map(Math.fround).forEach(check);
    expectWithin(worst, bounds.get(name)?.float32);
  });
});

/** Uniform numbers in [0, 1), the same in every run. */
function uniform(count: number): number {
  return (hostThreefry([count, 1], [3, 5])[0] >>> 0) / 4294967296;
}

const SCALES = [1, 4, 40, 800, 1e7, 1e18];

describe("float64, on samples", () => {
  const names = Object.keys(UNARY).filter((name) => !(name in special));
  test.each(names)("%s", (name) => {
    const [tree, exact] = UNARY[name]!;
    const run = unary(tree, "float64");
    const worst: Worst = { error: 0, at: "", count: 0 };
    const samples = Array.from({ length: 10_000 }, (_, i) => (2 * uniform(i) - 1) * SCALES[i % 6]!);
    for (const x of [...samples, ...SPECIAL, 5e-324, -5e-324, 1.7e308]) {
      // the reference of sigmoid underflows early
      const skipped = name === "sigmoid" && x < -700;
      if (!skipped) note(worst, floatsBetween(run(x), exact(x), "float64"), () => String(x));
    }
    expectWithin(worst, bounds.get(name)?.float64);
  });

  test.each(Object.keys(special))("%s against values in 50 digits", (name) => {
    const run = unary(UNARY[name]![0], "float64");
    const url = new URL("./special-values.json", import.meta.url);
    const all = JSON.parse(readFileSync(url, "utf8")) as Record<string, [number, number][]>;
    const worst: Worst = { error: 0, at: "", count: 0 };
    for (const [x, exact] of all[name]!) {
      const size = Math.max(Math.abs(exact), leastSize(name, x));
      const error = run(x) === exact ? 0 : Math.abs(run(x) - exact) / (size * 2 ** -53);
      note(worst, error, () => String(x));
    }
    expectWithin(worst, bounds.get(name)?.float64);
  });
});

describe("functions of two arguments", () => {
  test.each(["pow", "atan2"] as const)("%s", (name) => {
    const exact = BINARY[name][1];
    const single = binary(name, "float32");
    const double = binary(name, "float64");
    const worst32: Worst = { error: 0, at: "", count: 0 };
    const worst64: Worst = { error: 0, at: "", count: 0 };
    const check = (x: number, y: number): void => {
      const [a, b] = [Math.fround(x), Math.fround(y)];
      note(worst32, singleError(single(a, b), exact(a, b)), () => `${a}, ${b}`);
      note(worst64, floatsBetween(double(x, y), exact(x, y), "float64"), () => `${x}, ${y}`);
    };
    for (let i = 0; i < 40_000; i++) {
      const [u, v] = [uniform(2 * i), uniform(2 * i + 1)];
      if (i % 4 === 0) check(u * 4, (v - 0.5) * 400);
      else if (i % 4 === 1) check(u * 100 - 50, Math.floor(v * 60 - 30));
      else if (i % 4 === 2) check(Math.exp((u - 0.5) * 170), (v - 0.5) * 3);
      else check((u - 0.5) * 4, name === "pow" ? Math.floor(v * 9) : v - 0.5);
    }
    for (const x of SPECIAL) for (const y of SPECIAL) check(x, y);
    expectWithin(worst32, bounds.get(name)?.float32);
    expectWithin(worst64, bounds.get(name)?.float64);
  });
});

const NUMPY = { arccos: "acos", arccosh: "acosh", arcsin: "asin", arcsinh: "asinh" } as const;
const MORE = { arctan: "atan", arctanh: "atanh" } as const;
const tables = [
  new URL("../../shared/golden/umath/", import.meta.url),
  new URL("../../../shared/golden/umath/", import.meta.url),
].find((url) => existsSync(url));

function ofBits(hex: string, dtype: Float): number {
  if (dtype === "float32") {
    wordBits[0] = Number(BigInt.asIntN(32, BigInt(hex)));
    return word[0]!;
  }
  return new Float64Array(new BigUint64Array([BigInt(hex)]).buffer)[0]!;
}

describe("NumPy's tables", () => {
  if (!tables) console.warn("skipped: no shared/golden/umath beside this checkout");
  const files = tables ? readdirSync(tables).filter((file) => file.endsWith(".csv.gz")) : [];
  const names: Record<string, string> = { ...NUMPY, ...MORE };
  test.skipIf(!tables)("are there", () => expect(files.length).toBeGreaterThanOrEqual(20));
  for (const file of files) {
    const theirs = /set-(\w+)\.csv/.exec(file)![1]!;
    const name = names[theirs] ?? theirs;
    const entry = UNARY[name];
    if (!entry) continue; // cbrt, exp2, log2, log10: not rows of the table of operations
    test(theirs, () => {
      const text = gunzipSync(readFileSync(fileURLToPath(new URL(file, tables)))).toString();
      const rows = text.split("\n").filter((line) => line.startsWith("np.float"));
      const run = {
        float32: unary(entry[0], "float32"),
        float64: unary(entry[0], "float64"),
      };
      for (const row of rows) {
        const [type, input, output, allowed] = row.split(",") as [string, string, string, string];
        const dtype: Float = type === "np.float32" ? "float32" : "float64";
        const x = ofBits(input, dtype);
        const error = floatsBetween(run[dtype](x), ofBits(output, dtype), dtype);
        expect(error, `${name}(${x}) in ${dtype}`).toBeLessThanOrEqual(Number(allowed));
      }
      expect(rows.length).toBeGreaterThan(200);
    });
  }
});

test("odd functions keep the sign of zero", () => {
  const odd = { expm1, sinh, tanh, log1p, asinh, atanh, sin, tan, asin, atan, erf: special.erf };
  for (const [name, tree] of Object.entries(odd)) {
    for (const dtype of ["float32", "float64"] as const) {
      expect(unary(tree, dtype)(-0), name).toBe(-0);
      expect(unary(tree, dtype)(0), name).toBe(0);
    }
  }
});

test("threefry as a tree gives the host's words", () => {
  const key = [0x13198a2e, 0x03707344] as const;
  const word0 = threefry(
    argument(0, "int32"),
    argument(1, "int32"),
    literal("int32", key[0]),
    literal("int32", key[1]),
    0,
  );
  const word1 = threefry(
    argument(0, "int32"),
    argument(1, "int32"),
    literal("int32", key[0]),
    literal("int32", key[1]),
    1,
  );
  const counter = [0x243f6a88, 0x85a308d3 | 0] as const;
  const words = [compileScalar(word0)(counter), compileScalar(word1)(counter)];
  expect(words).toEqual([0xc4923a9c | 0, 0x483df7a0]);
  expect(words).toEqual(hostThreefry(counter, key));
});

test("instructions mean what they say", () => {
  const x = argument(0, "float32");
  const run = (op: Parameters<typeof scalar>[0], value: number): number =>
    compileScalar(scalar(op, x))([value]);
  expect([-2.5, -0.5, 0.5, 1.5, 2.5, -0.2].map((v) => run("nearest", v))).toEqual([
    -2, -0, 0, 2, 2, -0,
  ]);
  expect(run("exponent", 10)).toBe(3);
  expect(run("mantissa", -10)).toBe(1.25);
  expect(run("exp2i", -126)).toBe(1.1754943508222875e-38);
  const low = scalar("min", argument(0, "float64"), argument(1, "float64"));
  expect(compileScalar(low)([0, -0])).toBe(-0);
  expect(compileScalar(low)([NaN, 1])).toBe(NaN);
});
