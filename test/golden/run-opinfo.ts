/** Runs cases of PyTorch's operator test database on a device and collects what is wrong. */
import type { DType } from "../../src/core/dtype.ts";
import { isFloat } from "../../src/core/dtype.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import type { Tolerance, Values } from "../support/compare.ts";
import type { OpInfoCase } from "../support/opinfo.ts";
import { caseKey, loadCase, readExpected } from "../support/opinfo.ts";
import { makeTensor } from "../support/tensors.ts";
import { aligned } from "./aligned.ts";
import { Args } from "./bind.ts";
import { problemsOf, tensorsOf } from "./check.ts";
import { findOpInfoCall } from "./opinfo-ops.ts";

const FORWARD: Readonly<Record<string, Tolerance>> = {
  float32: { rtol: 1.3e-6, atol: 1e-5 },
  float64: { rtol: 1e-7, atol: 1e-7 },
};

const BACKWARD: Readonly<Record<string, Tolerance>> = {
  float32: { rtol: 1.3e-5, atol: 1e-4 },
  float64: { rtol: 1e-7, atol: 1e-7 },
};

/** What the database gave on one device. */
export interface OpInfoReport {
  cases: number;
  passed: number;
  /** Operations with an entry, and those without. */
  readonly provided: Set<string>;
  readonly missing: Set<string>;
  readonly failures: string[];
}

/** Runs one case on the default device with floats of `float`; returns what is wrong. */
export async function runOpInfoCase(c: OpInfoCase, float: DType): Promise<string[]> {
  const entry = findOpInfoCall(c.op, c.variant)!;
  return runCaseBy(c, float, (args, kwargs) => entry.run(new Args(entry.signature, args, kwargs)));
}

/** Runs one case by a call of the caller's on the default device; returns what is wrong. */
export async function runCaseBy(
  c: OpInfoCase,
  float: DType,
  run: (args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>) => unknown,
): Promise<string[]> {
  const { args, kwargs, leaves } = loadCase(c, float);
  const results = await tensorsOf(run(args, kwargs));
  const outputs = aligned(
    c.op,
    results,
    c.out.map((value) => readExpected(value, float)),
  );
  const cotangents: (Tensor | null)[] = c.out.map(() => null);
  for (const [o, packed] of Object.entries(c.cotangent ?? {})) {
    const { shape, data } = readExpected(packed, float);
    cotangents[Number(o)] = makeTensor(float, shape, data);
  }
  const expected = c.out.map((value, o) => named(readExpected(value, float), outputs[o]));
  return problemsOf(
    outputs,
    {
      outputs: expected,
      cotangents,
      gradients: (c.grads ?? []).map((value) => value && readExpected(value, float)),
      forward: FORWARD[outputs.some((y) => y.dtype === "float32") ? "float32" : float]!,
      backward: BACKWARD[float]!,
    },
    (i) => leaves[i]?.grad ?? null,
  );
}

/** The database does not say which float a result has: a `dtype` argument decides. */
function named(expected: Values, actual: Tensor | undefined): Values {
  if (actual === undefined || !isFloat(actual.dtype) || !expected.dtype.startsWith("float")) {
    return expected;
  }
  return { ...expected, dtype: actual.dtype };
}

/** Runs all cases; those that PyTorch's own float32 fails are left out. */
export async function runOpInfo(cases: readonly OpInfoCase[], float: DType): Promise<OpInfoReport> {
  const report: OpInfoReport = {
    cases: 0,
    passed: 0,
    provided: new Set(),
    missing: new Set(),
    failures: [],
  };
  for (const c of cases) {
    const key = caseKey(c);
    if (findOpInfoCall(c.op, c.variant) === undefined) {
      report.missing.add(key);
      continue;
    }
    report.provided.add(key);
    if (!c.torch_f32_ok) continue;
    report.cases++;
    const problems = await runOpInfoCase(c, float).catch((error: unknown) => [String(error)]);
    if (problems.length === 0) report.passed++;
    else report.failures.push(`${key} #${c.id}: ${problems.join("; ")}`);
  }
  return report;
}
