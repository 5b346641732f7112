/**
 * Reads PyTorch's operator test database in test/golden/opinfo. Python's values become ours: tuples
 * and lists arrays, slices and the ellipsis objects, int64 tensors int32 ones (range-checked).
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { DType } from "../../src/core/dtype.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import type { Values } from "./compare.ts";
import { makeTensor } from "./tensors.ts";

interface PackedTensor {
  readonly t: string;
  readonly shape: readonly number[];
  readonly b64: string;
  readonly req?: boolean;
}

/** A case as it is stored, one JSON object a line. */
export interface OpInfoCase {
  readonly op: string;
  readonly variant: string;
  readonly id: number;
  readonly input: unknown;
  readonly args: readonly unknown[];
  readonly kwargs: { readonly dict: Readonly<Record<string, unknown>> };
  readonly out: readonly unknown[];
  readonly cotangent?: Readonly<Record<string, PackedTensor>>;
  readonly grads?: readonly (PackedTensor | null)[];
  readonly torch_f32_ok: boolean;
}

/** `start:stop:step` of an index. */
export interface Slice {
  readonly slice: readonly [number | null, number | null, number | null];
}

/** A case made ready: `leaves` are the tensors that require gradients, in the order of `grads`. */
export interface LoadedCase {
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly leaves: readonly Tensor[];
}

/** Reads one group, such as `elementwise`. */
export function readOpInfo(group: string): OpInfoCase[] {
  const url = new URL(`../golden/opinfo/${group}.jsonl.gz`, import.meta.url);
  const text = gunzipSync(readFileSync(url)).toString("utf8");
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as OpInfoCase);
}

/** The operation's name with its variant, `div.floor_rounding`. */
export function caseKey(c: OpInfoCase): string {
  return c.variant === "" ? c.op : `${c.op}.${c.variant}`;
}

/** Makes the tensors of a case, floats in `float`; the input is the first of the arguments. */
export function loadCase(c: OpInfoCase, float: DType): LoadedCase {
  const leaves: Tensor[] = [];
  const load = (value: unknown): unknown => convert(value, float, leaves);
  const args = [c.input, ...c.args].map(load);
  const kwargs = Object.fromEntries(
    Object.entries(c.kwargs.dict).map(([name, value]) => [name, load(value)]),
  );
  return { args, kwargs, leaves };
}

/** Reads an expected value; floats are called `float`, a plain number is a scalar. */
export function readExpected(value: unknown, float: DType): Values {
  if (isPacked(value)) {
    const { dtype, data } = unpack(value);
    return { shape: value.shape, dtype: dtype.startsWith("float") ? float : dtype, data };
  }
  throw new Error(`no tensor: ${JSON.stringify(value)}`);
}

function convert(value: unknown, float: DType, leaves: Tensor[]): unknown {
  if (Array.isArray(value)) return value.map((item) => convert(item, float, leaves));
  if (value === null || typeof value !== "object") return value;
  if (isPacked(value)) {
    const { dtype, data } = unpack(value);
    const kind = dtype.startsWith("float") ? float : dtype;
    const made = makeTensor(kind, value.shape, data, value.req === true);
    if (value.req === true) leaves.push(made);
    return made;
  }
  const [key, inner] = Object.entries(value)[0]!;
  switch (key) {
    case "tuple":
      return convert(inner, float, leaves);
    case "dict":
      return Object.fromEntries(
        Object.entries(inner as object).map(([k, v]) => [k, convert(v, float, leaves)]),
      );
    case "dtype":
      return DTYPES[inner as string] ?? inner;
    case "f":
      return inner === "nan" ? NaN : inner === "inf" ? Infinity : -Infinity;
    default:
      return value; // slices and the ellipsis
  }
}

const DTYPES: Readonly<Record<string, DType>> = {
  float32: "float32",
  float64: "float64",
  int32: "int32",
  int64: "int32",
  uint8: "int32",
  bool: "bool",
};

function isPacked(value: unknown): value is PackedTensor {
  return value !== null && typeof value === "object" && "b64" in value;
}

function unpack(packed: PackedTensor): { dtype: DType; data: ArrayLike<number> } {
  const dtype = DTYPES[packed.t];
  if (dtype === undefined) throw new Error(`dtype ${packed.t} is not supported`);
  const bytes = Uint8Array.from(Buffer.from(packed.b64, "base64"));
  return { dtype, data: elements(packed.t, bytes) };
}

function elements(dtype: string, bytes: Uint8Array<ArrayBuffer>): ArrayLike<number> {
  switch (dtype) {
    case "float32":
      return new Float32Array(bytes.buffer);
    case "float64":
      return new Float64Array(bytes.buffer);
    case "int32":
      return new Int32Array(bytes.buffer);
    case "int64":
      return Array.from(new BigInt64Array(bytes.buffer), narrow);
    default:
      return bytes;
  }
}

function narrow(value: bigint): number {
  if (BigInt.asIntN(32, value) !== value) throw new Error(`${value} does not fit int32`);
  return Number(value);
}
