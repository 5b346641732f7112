/** Runs the cases of test/golden/more: what PyTorch computed in float64, values and gradients. */
import { readFileSync } from "node:fs";
import type { DType } from "../../src/core/dtype.ts";
import { isFloat } from "../../src/core/dtype.ts";
import { compile } from "../../src/tensor/compile.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import type { Tolerance } from "../support/compare.ts";
import { bitsOf } from "../support/tensors.ts";
import type { JsonTensor } from "../support/torch-json.ts";
import { loadTensor, readValues } from "../support/torch-json.ts";
import { problemsOf } from "./check.ts";

/** One case; gradients are those of sum(output · cotangent). */
export interface MoreCase {
  readonly name: string;
  readonly op: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly inputs: readonly JsonTensor[];
  readonly outputs: readonly JsonTensor[];
  readonly cotangents: readonly (JsonTensor | null)[];
  readonly grads: readonly (JsonTensor | null)[];
}

/** What a case is computed by. */
export type Run = (c: MoreCase, inputs: readonly Tensor[]) => Tensor | readonly Tensor[];

/** Reads the cases of one file. */
export function readMore(name: string): readonly MoreCase[] {
  const url = new URL(`./more/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { cases: MoreCase[] }).cases;
}

const listOf = (result: Tensor | readonly Tensor[]): readonly Tensor[] =>
  Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor];

/** Computes a case with floats of `float` and says what is wrong. */
export function moreProblems(
  c: MoreCase,
  run: Run,
  float: DType,
  forward: Tolerance,
  backward = forward,
): string[] {
  const loaded = c.inputs.map((json, i) => loadTensor(json, float, c.grads[i] !== null));
  const results = listOf(
    run(
      c,
      loaded.map(({ value }) => value),
    ),
  );
  const expected = {
    outputs: c.outputs.map((json) => readValues(json, float)),
    cotangents: c.cotangents.map((json) => json && loadTensor(json, float, false).value),
    gradients: c.grads.map((json) => json && readValues(json, float)),
    forward,
    backward,
  };
  const problems = problemsOf(results, expected, (i) => loaded[i]!.gradient());
  return problems.map((problem) => `${c.name}: ${problem}`);
}

/** Says where a compiled function of the case's inputs, gradients too, differs from plain code. */
export function compiledProblems(c: MoreCase, run: Run, float: DType = "float32"): string[] {
  const all = (inputs: readonly Tensor[]): readonly Tensor[] => {
    const leaves = inputs.map((x, i) =>
      c.grads[i] !== null && isFloat(x.dtype) ? x.detach().requireGrad() : x,
    );
    const results = listOf(run(c, leaves));
    const smooth = results.filter((y) => y.requiresGrad);
    const total = smooth.map((y) => y.mul(y).sum()).reduce<Tensor | null>(sumOf, null);
    total?.backward();
    return [...results.map((y) => y.detach()), ...leaves.flatMap((x) => x.grad ?? [])];
  };
  const inputs = c.inputs.map((json) => loadTensor(json, float, false).value);
  const plain = all(inputs).map(bitsOf);
  const compiled = compile((...given: Tensor[]) => all(given))(...inputs).map(bitsOf);
  return plain.flatMap((bits, i) =>
    bits === compiled[i] ? [] : [`${c.name}: compiled result ${i} differs`],
  );
}

const sumOf = (sum: Tensor | null, part: Tensor): Tensor => (sum === null ? part : sum.add(part));

/** How many cases differentiate something: a check of none would always pass. */
export const gradientCases = (cases: readonly MoreCase[]): number =>
  cases.filter(({ grads }) => grads.some((g) => g !== null)).length;
