/**
 * Reads the expected values in test/golden/torch and makes tensors of them. A tensor with a
 * `viewPerm` becomes a permuted view of a leaf, so that operations meet memory that is not
 * contiguous.
 */
import { readFileSync } from "node:fs";
import type { DType } from "../../src/core/dtype.ts";
import { isFloat } from "../../src/core/dtype.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import type { Values } from "./compare.ts";
import { makeTensor } from "./tensors.ts";

/** A number as the files spell it: JSON has none for NaN and the infinities. */
export type JsonNumber = number | boolean | "NaN" | "Infinity" | "-Infinity";

/** A tensor as the files spell it. */
export interface JsonTensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly data: readonly JsonNumber[];
  readonly viewPerm?: readonly number[];
}

/** A plain argument, or `{ $input: k }` for input k. */
export type JsonArgument = null | string | number | boolean | JsonArgument[] | { $input: number };

/** What every case has. */
export interface CaseBase {
  readonly name: string;
  readonly rtol: number;
  readonly atol: number;
  readonly rtol64?: number;
  readonly atol64?: number;
  readonly optional?: boolean;
}

/** A case of kind `op`. */
export interface OpCase extends CaseBase {
  readonly op: string;
  readonly args: readonly JsonArgument[];
  readonly kwargs: Readonly<Record<string, JsonArgument>>;
  readonly inputs: readonly JsonTensor[];
  readonly gradOutput: JsonTensor | readonly (JsonTensor | null)[] | null;
  readonly output: JsonTensor | readonly JsonTensor[];
  readonly grads: readonly (JsonTensor | null)[] | null;
  readonly wrt?: readonly number[];
}

/** One file. */
export interface Group<Case extends CaseBase = OpCase> {
  readonly group: string;
  readonly kind: string;
  readonly expressions?: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
}

/** Reads one group, such as `03_reductions`. */
export function readGroup<Case extends CaseBase = OpCase>(name: string): Group<Case> {
  const url = new URL(`../golden/torch/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")) as Group<Case>;
}

/** Reads one number. */
export function readNumber(value: JsonNumber): number {
  return Number(value);
}

/** Turns the spelled-out special numbers of an argument into numbers and inputs into tensors. */
export function readArgument(value: JsonArgument, inputs: readonly Tensor[]): unknown {
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  if (Array.isArray(value)) return value.map((item) => readArgument(item, inputs));
  if (value !== null && typeof value === "object") {
    const input = inputs[value.$input];
    if (input === undefined) throw new Error(`the case has no input ${value.$input}`);
    return input;
  }
  return value;
}

/**
 * The expected values, with floats called `float`: what a computation in that dtype should give.
 */
export function readValues(json: JsonTensor, float: DType): Values {
  return {
    shape: json.shape,
    dtype: isFloat(json.dtype) ? float : json.dtype,
    data: json.data.map(readNumber),
  };
}

/** An input: `value` is what the operation gets, `gradient` finds its gradient after backward. */
export interface LoadedTensor {
  readonly leaf: Tensor;
  readonly value: Tensor;
  readonly gradient: () => Tensor | null;
}

/**
 * Makes the tensor, its floats in the dtype `float`; float32 data is rounded first, as it was
 * given.
 */
export function loadTensor(json: JsonTensor, float: DType, requiresGrad: boolean): LoadedTensor {
  const dtype = isFloat(json.dtype) ? float : json.dtype;
  const read = json.dtype === "float32" ? (x: JsonNumber) => Math.fround(Number(x)) : readNumber;
  const data = json.data.map(read);
  const perm = json.viewPerm;
  if (perm === undefined) {
    const leaf = makeTensor(dtype, json.shape, data, requiresGrad);
    return { leaf, value: leaf, gradient: () => leaf.grad };
  }
  const inverse = perm.map((_, axis) => perm.indexOf(axis));
  const stored = permuted(data, json.shape, inverse);
  const leaf = makeTensor(
    dtype,
    inverse.map((axis) => json.shape[axis]!),
    stored,
    requiresGrad,
  );
  return { leaf, value: leaf.permute(perm), gradient: () => leaf.grad?.permute(perm) ?? null };
}

/** Lays data out as `permute(axes)` followed by a copy would. */
function permuted(data: readonly number[], shape: readonly number[], axes: readonly number[]) {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const extents = axes.map((axis) => shape[axis]!);
  return data.map((_, flat) => {
    let source = 0;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      source += (flat % extents[axis]!) * strides[axes[axis]!]!;
      flat = Math.floor(flat / extents[axis]!);
    }
    return data[source]!;
  });
}
