/** Runs the cases of kind `op` in test/golden/torch on a device and collects what is wrong. */
import type { DType } from "../../src/core/dtype.ts";
import { isFloat } from "../../src/core/dtype.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import type { Tolerance } from "../support/compare.ts";
import type { CaseBase, JsonTensor, OpCase } from "../support/torch-json.ts";
import { loadTensor, readArgument, readValues } from "../support/torch-json.ts";
import { Args } from "./bind.ts";
import { problemsOf, tensorsOf } from "./check.ts";
import { ORDER, TORCH_OPS } from "./torch-ops.ts";

/** Expected values have nine significant digits: what a float64 computation is held to. */
const TIGHT: Tolerance = { rtol: 6e-9, atol: 1e-9 };

/** What a group gave. */
export interface GroupReport {
  passed: number;
  readonly failures: string[];
  /** Operations that have no entry in the table. */
  readonly unmapped: Set<string>;
}

/** The tolerance of a case in a dtype. */
export function toleranceOf(c: CaseBase, float: DType): Tolerance {
  if (float === "float32") return { rtol: c.rtol, atol: c.atol };
  return { rtol: c.rtol64 ?? TIGHT.rtol, atol: c.atol64 ?? TIGHT.atol };
}

function asList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** Which inputs of a case are differentiated. */
function differentiated(c: OpCase, i: number): boolean {
  const { grads } = c;
  return grads !== null && (grads[i] ?? null) !== null && isFloat(c.inputs[i]!.dtype);
}

/** Runs one case on the default device with floats of `float`; returns what is wrong. */
export async function runTorchCase(c: OpCase, float: DType): Promise<string[]> {
  const loaded = c.inputs.map((json, i) => loadTensor(json, float, differentiated(c, i)));
  const inputs = loaded.map(({ value }) => value);
  const args = c.args.map((arg) => readArgument(arg, inputs));
  const kwargs = Object.fromEntries(
    Object.entries(c.kwargs).map(([name, value]) => [name, readArgument(value, inputs)]),
  );
  const entry = TORCH_OPS[c.op]!;
  const order = ORDER[c.op];
  const positional = order === undefined ? positionalOf(c, inputs, args) : order(inputs, args);
  const outputs = await tensorsOf(entry.run(new Args(entry.signature, positional, kwargs)));
  const cotangents = c.gradOutput === null ? [] : asList<JsonTensor | null>(c.gradOutput);
  const tolerance = toleranceOf(c, float);
  return problemsOf(
    outputs,
    {
      outputs: asList(c.output).map((json) => readValues(json, float)),
      cotangents: cotangents.map((json) => json && loadTensor(json, float, false).value),
      gradients: (c.grads ?? []).map((json, i) =>
        json !== null && differentiated(c, i) ? readValues(json, float) : null,
      ),
      forward: tolerance,
      backward: tolerance,
    },
    (i) => loaded[i]!.gradient(),
  );
}

/** Inputs that a keyword argument names are not positional. */
function positionalOf(c: OpCase, inputs: readonly Tensor[], args: readonly unknown[]): unknown[] {
  const named = new Set(
    Object.values(c.kwargs).map((v) =>
      v !== null && typeof v === "object" && "$input" in v ? v.$input : -1,
    ),
  );
  return [...inputs.filter((_, i) => !named.has(i)), ...args];
}

/** Runs all cases of a group; an exception is a failure of its case. */
export async function runTorchGroup(cases: readonly OpCase[], float: DType): Promise<GroupReport> {
  const report: GroupReport = { passed: 0, failures: [], unmapped: new Set() };
  for (const c of cases) {
    if (!Object.hasOwn(TORCH_OPS, c.op)) {
      report.unmapped.add(c.op);
      continue;
    }
    const problems = await runTorchCase(c, float).catch((error: unknown) => [String(error)]);
    if (problems.length === 0) report.passed++;
    else report.failures.push(`${c.name}: ${problems.join("; ")}`);
  }
  return report;
}
