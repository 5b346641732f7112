/**
 * The arguments of a compiled function: tensors and numbers wherever they stand in lists and plain
 * objects are inputs of the program; all else is part of its key.
 */
import type { TypedArray } from "../core/dtype.ts";
import { argumentError } from "../core/errors.ts";
import type { DeviceName } from "../runtime/device.ts";
import { tensor } from "./create.ts";
import { Tensor } from "./tensor.ts";

/** A call, taken apart. */
export interface Given {
  /** What `this` is. */
  readonly self: unknown;
  /** Spells what is neither tensor, number nor object: texts, truth values, lengths, names. */
  readonly key: string;
  /** Objects of classes and functions, which count by identity. */
  readonly objects: readonly unknown[];
  readonly tensors: readonly Tensor[];
  readonly numbers: readonly number[];
  /** Whether the arguments are tensors and nothing else. */
  readonly plain: boolean;
}

const NOTHING: readonly never[] = [];

/** How deep arguments may be nested. */
const DEEPEST = 32;

/** Takes arguments apart; typed arrays become tensors where the first tensor is. */
export function takeApart(args: readonly unknown[], self?: unknown): Given {
  for (let k = 0; k < args.length; k++) if (!(args[k] instanceof Tensor)) return walk(args, self);
  const tensors = args as readonly Tensor[];
  const key = plainKey(args.length);
  return { self, key, objects: NOTHING, tensors, numbers: NOTHING, plain: true };
}

const plainKeys: string[] = [];

function plainKey(count: number): string {
  return (plainKeys[count] ??= `[${"T,".repeat(count)}]`);
}

interface Parts {
  key: string;
  readonly objects: unknown[];
  readonly tensors: (Tensor | TypedArray)[];
  readonly numbers: number[];
}

function walk(args: readonly unknown[], self: unknown): Given {
  const parts: Parts = { key: "", objects: [], tensors: [], numbers: [] };
  visit(args, parts, 0);
  const { tensors, ...rest } = parts;
  const device = tensors.find((one) => one instanceof Tensor)?.device;
  return { ...rest, self, tensors: tensors.map((one) => asTensor(one, device)), plain: false };
}

function asTensor(one: Tensor | TypedArray, device: DeviceName | undefined): Tensor {
  if (one instanceof Tensor) return one;
  return tensor(one, device === undefined ? {} : { device });
}

function visit(value: unknown, parts: Parts, depth: number): void {
  if (depth > DEEPEST) {
    throw argumentError(
      `compile: an argument is nested more than ${DEEPEST} deep, or holds itself; ` +
        `need lists and plain objects of tensors, numbers and texts.`,
    );
  }
  if (value instanceof Tensor || ArrayBuffer.isView(value)) {
    parts.tensors.push(value as Tensor | TypedArray);
    parts.key += "T,";
  } else if (typeof value === "number") {
    parts.numbers.push(value);
    parts.key += "N,";
  } else if (Array.isArray(value)) {
    parts.key += "[";
    for (const item of value as readonly unknown[]) visit(item, parts, depth + 1);
    parts.key += "]";
  } else if (isRecord(value)) {
    parts.key += "{";
    for (const [name, item] of Object.entries(value)) {
      parts.key += `${JSON.stringify(name)}:`;
      visit(item, parts, depth + 1);
    }
    parts.key += "}";
  } else if (typeof value === "string") {
    parts.key += `${JSON.stringify(value)},`;
  } else if (typeof value === "function" || (typeof value === "object" && value !== null)) {
    parts.objects.push(value);
    parts.key += "O,";
  } else {
    parts.key += `${typeof value} ${String(value)},`;
  }
}

/** Whether it is an object of names and values alone, of no class. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.getOwnPropertySymbols(value).length === 0;
}

/**
 * How many arguments a function can see: those beyond, as `list.map(fn)` passes, decide nothing.
 * Infinity where that cannot be told: with a rest or default parameter, or with `arguments`.
 */
export function arityOf(fn: (...args: never[]) => unknown): number {
  const text = Function.prototype.toString.call(fn).replace(/\/\*[^]*?\*\/|\/\/.*$/gm, "");
  if (/\barguments\b|\[native code\]/.test(text)) return Infinity;
  const open = text.indexOf("(");
  const arrow = text.indexOf("=>");
  if (open < 0 || (arrow >= 0 && arrow < open)) return fn.length;
  let [end, depth] = [open, 0];
  do {
    if (text[end] === "(") depth++;
    if (text[end] === ")") depth--;
  } while (depth > 0 && ++end < text.length);
  return /=|\.\.\./.test(text.slice(open, end)) ? Infinity : fn.length;
}

/** Puts arguments together again with other tensors and numbers, in the order of `takeApart`. */
export function putTogether(
  args: readonly unknown[],
  tensors: readonly Tensor[],
  numbers: readonly number[],
): unknown[] {
  let [t, n] = [0, 0];
  const copy = (value: unknown): unknown => {
    if (value instanceof Tensor || ArrayBuffer.isView(value)) return tensors[t++];
    if (typeof value === "number") return numbers[n++];
    if (Array.isArray(value)) return value.map(copy);
    if (!isRecord(value)) return value;
    const entries = Object.entries(value).map(([name, item]) => [name, copy(item)] as const);
    const made: unknown = Object.fromEntries(entries);
    return Object.setPrototypeOf(made, Object.getPrototypeOf(value) as object | null);
  };
  return args.map(copy);
}
