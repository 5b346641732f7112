/** Tensors from data and from rules: `tensor`, `fromArray`, `zeros`, `arange`, … */
import type { DType, TypedArray } from "../core/dtype.ts";
import { allocate, elementOf } from "../core/dtype.ts";
import { argumentError, dtypeError, shapeError } from "../core/errors.ts";
import { asGiven, readNamed, show } from "../core/options.ts";
import type { Shape } from "../core/shape.ts";
import { showShape, sizeOf } from "../core/shape.ts";
import { typeOf } from "../ir/node.ts";
import type { Device, DeviceName } from "../runtime/device.ts";
import { deviceNamed } from "../runtime/device.ts";
import { Storage } from "../runtime/storage.ts";
import { defaultDevice } from "./device.ts";
import { Tensor } from "./tensor.ts";
import { context } from "./value.ts";

const OPTIONS = {
  dtype: asGiven(undefined),
  requiresGrad: false,
  device: asGiven(undefined),
  shape: asGiven(undefined),
};

/** Numbers or truth values in rows of equal length, nested as deep as the shape is long. */
export type NestedArray = number | boolean | readonly NestedArray[];

/** Options that every maker of tensors takes. */
export interface TensorOptions {
  /** Default: float32, or that of the data where it is a typed array or boolean. */
  readonly dtype?: DType;
  /** Default: false. */
  readonly requiresGrad?: boolean;
  /** Default: the default device. */
  readonly device?: DeviceName;
}

/**
 * Makes a tensor from a number, nested arrays, or a typed array (copied). `tensor([1, 2, 3])` is
 * float32; booleans give bool, an Int32Array int32, a Float64Array float64. Throws a shape error
 * for rows of different lengths. (PyTorch: `torch.tensor`.)
 */
export function tensor(
  data: NestedArray | TypedArray | Tensor,
  options: TensorOptions & { readonly shape?: Shape } = {},
): Tensor {
  if (data instanceof Tensor) {
    const { dtype = data.dtype, device = data.device, shape } = options;
    const value = data.storage?.shared ? data.detach().clone() : data.detach();
    const made = value.to(dtype).to(device);
    return finish(shape === undefined ? made : made.reshape(shape), options);
  }
  const given = context.tracer?.ofArray(data, (array) => tensor(array, options));
  if (given) return finish(given as Tensor, options);
  if (ArrayBuffer.isView(data)) {
    const dtype = options.dtype ?? dtypeOfArray(data);
    return make(convertArray(data, dtype), options.shape ?? [data.length], dtype, options);
  }
  if (typeof data === "number" && context.tracer !== null)
    return full(options.shape ?? [], data, options);
  const shape = shapeOfNested(data);
  const flat: (number | boolean)[] = [];
  flatten(data, shape, 0, flat);
  const truth = flat.length > 0 && flat.every((x) => typeof x === "boolean");
  const dtype = options.dtype ?? (truth ? "bool" : "float32");
  if (options.shape !== undefined && sizeOf(options.shape) !== flat.length) {
    throw shapeError(
      `tensor: ${flat.length} elements do not fill ${showShape(options.shape)}, ` +
        `which has ${sizeOf(options.shape)}.`,
    );
  }
  return make(convertArray(flat.map(Number), dtype), options.shape ?? shape, dtype, options);
}

/**
 * Makes a tensor that uses a typed array as it is, without a copy: later writes to the array show
 * in every operation that follows them, on every device. So each use on a device uploads what it
 * reads; `tensor(array)` copies, and uploads once. A Uint8Array holds bools, 0 or 1.
 */
export function fromArray(data: TypedArray, shape?: Shape, options: TensorOptions = {}): Tensor {
  const given = context.tracer?.ofArray(data, (array) => fromArray(array, shape, options));
  if (given) return finish(given as Tensor, options);
  const dtype = data instanceof Uint8Array ? "bool" : dtypeOfArray(data);
  const odd = dtype === "bool" ? data.findIndex((byte) => byte > 1) : -1;
  if (odd >= 0 || (dtype === "int32" && !(data instanceof Int32Array))) {
    const what = odd < 0 ? `a ${data.constructor.name}` : `element ${odd}, a bool, is ${data[odd]}`;
    throw dtypeError(`fromArray: ${what}; use tensor(array), which copies and converts.`);
  }
  const made = make(data, shape ?? [data.length], dtype, options);
  if (made.storage!.host === data) made.storage!.share();
  return made;
}

/** An array of one value; zeros are there as soon as they are read. */
function filled(dtype: DType, size: number, value: number): TypedArray {
  const data = allocate(dtype, size);
  return Object.is(value, 0) ? data : data.fill(value);
}

/** Makes a tensor filled with one value. */
export function full(shape: Shape, value: number | boolean, options: TensorOptions = {}): Tensor {
  const dtype = options.dtype ?? (typeof value === "boolean" ? "bool" : "float32");
  const size = sizeOf(checkShape("full", shape));
  if (value === undefined) throw argumentError("full: there is no value; need full(shape, value).");
  const rounded = elementOf("full", dtype, Number(value));
  const { tracer } = context;
  if (tracer === null) return make(filled(dtype, size, rounded), shape, dtype, options);
  const made = Tensor.fromNode(tracer.frozen(rounded), homeOf(options));
  return finish(made.to(dtype).expand(shape), options);
}

/** Makes a tensor of zeros. */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  return full(checkShape("zeros", shape, options), 0, options);
}

/** Makes a tensor of ones. */
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return full(checkShape("ones", shape, options), 1, options);
}

/** Makes a tensor of zeros with the shape and, unless given, the dtype of another. */
export function zerosLike(x: Tensor, options: TensorOptions = {}): Tensor {
  return fullLike(x, 0, options);
}

/** Makes a tensor of ones with the shape and, unless given, the dtype of another. */
export function onesLike(x: Tensor, options: TensorOptions = {}): Tensor {
  return fullLike(x, 1, options);
}

/** Makes a tensor of one value with the shape and, unless given, the dtype of another. */
export function fullLike(x: Tensor, value: number | boolean, options: TensorOptions = {}): Tensor {
  return full(x.shape, value, { dtype: x.dtype, device: x.device, ...options });
}

/** The range of `arange` by name. */
export interface RangeOptions extends TensorOptions {
  readonly end?: number;
  readonly step?: number;
}

/** The arguments of `arange` after its first. */
export type RangeArguments =
  | [options?: RangeOptions]
  | [end: number | undefined, options?: RangeOptions]
  | [end: number | undefined, step: number | undefined, options?: TensorOptions];

/**
 * Counts from `start` up to, not including, `end`: `arange(5)`, `arange(1, 5)`, `arange(0, 1,
 * 0.1)`.
 */
export function arange(start: number, ...args: RangeArguments): Tensor {
  const last = args.at(-1);
  const options: RangeOptions = typeof last === "object" ? last : {};
  const [second, third] = args.map((x) =>
    typeof x === "object" || x === undefined ? undefined : +x,
  );
  const { end = second, step = third ?? 1, ...made } = options;
  const [from, to] = end === undefined ? [0, start] : [start, end];
  const length = Math.ceil((to - from) / step);
  if (!Number.isFinite(length) || length < 0) {
    throw argumentError(
      `arange: from ${from} to ${to} in steps of ${step} does not end; ` +
        `need a step that is not 0 and leads from start to end.`,
    );
  }
  return generate(length, (i) => from + i * step, made);
}

/** Divides the interval from `start` to `end` (both included) into `steps` points. */
export function linspace(
  start: number,
  end: number,
  steps: number,
  options: TensorOptions = {},
): Tensor {
  if (!Number.isInteger(steps) || steps < 0) {
    throw argumentError(`linspace: steps is ${steps}; need an integer from 0 on.`);
  }
  const width = steps > 1 ? (end - start) / (steps - 1) : 0;
  // from both ends, as PyTorch, so that the last point is exact
  const half = steps / 2;
  const at = (i: number): number => (i < half ? start + i * width : end - (steps - 1 - i) * width);
  return generate(steps, at, options);
}

/** Makes the identity matrix `[n, m]` (m = n unless given). */
export function eye(
  n: number,
  ...args: [m?: number, options?: TensorOptions] | [options: TensorOptions]
): Tensor {
  const [first, last = {}] = args;
  const [m, options] = typeof first === "object" ? [n, first] : [first ?? n, last];
  const dtype = options.dtype ?? "float32";
  const data = allocate(dtype, n * m);
  for (let i = 0; i < Math.min(n, m); i++) data[i * m + i] = 1;
  return byRule(make(data, [n, m], dtype, options));
}

function generate(length: number, at: (i: number) => number, options: TensorOptions): Tensor {
  const dtype = options.dtype ?? "float32";
  const data = allocate(dtype, length);
  for (let i = 0; i < length; i++) data[i] = elementOf("arange", dtype, at(i));
  return byRule(make(data, [length], dtype, options));
}

/**
 * Makes it a constant of the program inside a compiled function. Tensors of a user's arrays are
 * refused there: a batch would stay what it was at the first call.
 */
function byRule(made: Tensor): Tensor {
  const { tracer } = context;
  if (tracer === null) return made;
  return made.like(made.type, null, tracer.constant(made)).requireGrad(made.requiresGrad);
}

function make(data: TypedArray, shape: Shape, dtype: DType, options: TensorOptions): Tensor {
  checkShape("tensor", shape);
  if (sizeOf(shape) !== data.length) {
    throw shapeError(
      `tensor: ${data.length} elements do not fill ${showShape(shape)}, which has ${sizeOf(shape)}.`,
    );
  }
  if (options.dtype !== undefined && options.dtype !== dtype) {
    return make(convertArray(data, options.dtype), shape, options.dtype, options);
  }
  const storage = new Storage(dtype, data.length, data);
  return finish(Tensor.fromStorage(typeOf(dtype, shape), homeOf(options), storage), options);
}

function homeOf({ device }: TensorOptions): Device {
  return device === undefined ? defaultDevice() : deviceNamed(device);
}

function finish(x: Tensor, options: TensorOptions): Tensor {
  readNamed("tensor", OPTIONS, options);
  return options.requiresGrad ? x.requireGrad() : x;
}

/** Throws for what is no shape; `next` is the argument after it: extents may come one by one. */
export function checkShape(name: string, shape: Shape, next?: unknown): Shape {
  const list = Array.isArray(shape);
  if (list && shape.every((extent) => Number.isInteger(extent) && extent >= 0)) return shape;
  const given = list ? showShape(shape) : show(shape);
  const meant = typeof next === "number" ? `: ${name}([${given}, ${next}])` : "";
  throw shapeError(`${name}: ${given} is no shape; need a list of integers from 0 on${meant}.`);
}

function dtypeOfArray(data: ArrayBufferView): DType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (!/ U?int\d/i.test(Object.prototype.toString.call(data))) {
    throw argumentError(
      `tensor: a ${data.constructor.name} has no dtype here; ` +
        `use Float32Array, Float64Array or Int32Array.`,
    );
  }
  return "int32";
}

function convertArray(data: ArrayLike<number>, dtype: DType): TypedArray {
  const out = allocate(dtype, data.length);
  for (let i = 0; i < data.length; i++) out[i] = elementOf("tensor", dtype, data[i]!);
  return out;
}

function shapeOfNested(data: NestedArray): number[] {
  const shape: number[] = [];
  let level: NestedArray = data;
  while (Array.isArray(level)) {
    shape.push(level.length);
    level = level[0] as NestedArray;
    if (level === undefined) break;
  }
  return shape;
}

function flatten(data: NestedArray, shape: Shape, depth: number, out: (number | boolean)[]): void {
  if (!Array.isArray(data)) {
    if ((data as unknown) instanceof Tensor) {
      throw argumentError("tensor: found a tensor in the list; stack([…]) makes one of several.");
    }
    if (typeof data !== "number" && typeof data !== "boolean") {
      throw argumentError(
        `tensor: found ${String(data)} (${typeof data}); need numbers or booleans.`,
      );
    }
    if (depth !== shape.length) ragged(shape, depth);
    out.push(data);
    return;
  }
  if (data.length !== shape[depth]) ragged(shape, depth);
  for (const item of data as readonly NestedArray[]) flatten(item, shape, depth + 1, out);
}

function ragged(shape: Shape, depth: number): never {
  throw shapeError(
    `tensor: the rows have different lengths at depth ${depth}; ` +
      `the first row suggests ${showShape(shape)}.`,
  );
}
