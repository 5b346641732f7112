/** Tensors as `postMessage` and `structuredClone` take them, and back. */
import type { DType, TypedArray } from "../core/dtype.ts";
import { DTYPES } from "../core/dtype.ts";
import { argumentError, NablaError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import type { Shape } from "../core/shape.ts";
import { sizeOf } from "../core/shape.ts";
import { tensor } from "../tensor/create.ts";
import { Tensor } from "../tensor/tensor.ts";

/** A tensor on its way: plain data. */
export interface SentTensor {
  readonly tensor: DType;
  readonly shape: Shape;
  readonly data: TypedArray;
}

/** A value with its tensors as plain data. */
export type Sent<T> = T extends Tensor
  ? SentTensor
  : T extends object
    ? { [K in keyof T]: Sent<T[K]> }
    : T;

/** A value whose tensors arrived as plain data. */
export type Received<T> = T extends SentTensor
  ? Tensor
  : T extends object
    ? { [K in keyof T]: Received<T[K]> }
    : T;

/** What to give `postMessage`: the value, and the buffers that go over without a copy. */
export interface Transfer<T> {
  readonly value: Sent<T>;
  readonly transfer: ArrayBuffer[];
}

/**
 * Makes of tensors, and of lists and plain objects that hold them, what `postMessage` takes:
 *
 *     const { value, transfer } = await toTransferable(model.stateDict());
 *     worker.postMessage(value, transfer);
 *
 * The tensors stay as they are: what goes over is one copy of their numbers. Throws for functions
 * and objects of other classes.
 */
export async function toTransferable<T>(value: T): Promise<Transfer<T>> {
  const tensors = new Set<Tensor>();
  mapped(value, (item) => (item instanceof Tensor ? tensors.add(item) : undefined));
  const sent = new Map<unknown, SentTensor>();
  for (const one of tensors) {
    sent.set(one, { tensor: one.dtype, shape: [...one.shape], data: await one.data() });
  }
  const transfer = [...sent.values()].map(({ data }) => data.buffer as ArrayBuffer);
  return { value: mapped(value, (item) => sent.get(item)) as Sent<T>, transfer };
}

/**
 * Makes tensors, on the default device, of what {@link toTransferable} made; all else stays as it
 * is. Throws a format error where a tensor is not as it was sent.
 */
export function fromTransferable<T>(value: T): Received<T> {
  const received = new Map<unknown, Tensor>();
  const receive = (item: unknown): Tensor | undefined => {
    if (!isSent(item)) return undefined;
    const known = received.get(item) ?? tensorOf(item);
    received.set(item, known);
    return known;
  };
  return mapped(value, receive) as Received<T>;
}

/** Changes items of lists and plain objects; where `change` gives undefined it looks inside. */
function mapped(item: unknown, change: (item: unknown) => unknown): unknown {
  const changed = change(item);
  if (changed !== undefined) return changed;
  if (Array.isArray(item)) return item.map((one) => mapped(one, change));
  if (typeof item === "function") return refuse("a function");
  if (typeof item !== "object" || item === null || ArrayBuffer.isView(item)) return item;
  const made = Object.getPrototypeOf(item) as object | null;
  if (made !== null && made.constructor.name !== "Object")
    return refuse(`a ${made.constructor.name}`);
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, one] of Object.entries(item)) copy[key] = mapped(one, change);
  return copy;
}

function refuse(what: string): never {
  throw argumentError(
    `toTransferable: ${what} cannot be sent; need tensors, values, and lists and plain objects of ` +
      `them, such as model.stateDict().`,
  );
}

function isSent(item: unknown): item is SentTensor {
  return typeof item === "object" && item !== null && "tensor" in item && "data" in item;
}

function tensorOf({ tensor: dtype, shape, data }: SentTensor): Tensor {
  const isShape = Array.isArray(shape) && shape.every((n) => Number.isInteger(n) && n >= 0);
  const isWhole = DTYPES.includes(dtype) && isShape && ArrayBuffer.isView(data);
  if (isWhole && dtypeOf(data) === dtype && data.length === sizeOf(shape)) {
    return tensor(data, { dtype, shape });
  }
  throw new NablaError(
    "format",
    `fromTransferable: ${show(data)} is no ${String(dtype)} tensor of shape ${show(shape)}.`,
  );
}

function dtypeOf(data: TypedArray): DType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  return data instanceof Int32Array ? "int32" : "bool";
}
