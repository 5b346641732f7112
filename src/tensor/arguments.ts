/**
 * The arguments of a compiled function: tensors, arrays and numbers wherever they stand in lists,
 * plain objects, Maps and Sets are inputs of the program; all else is part of its key.
 */
import type { TypedArray } from "../core/dtype.ts";
import { argumentError } from "../core/errors.ts";
import { tensor } from "./create.ts";
import { sameContents, sameItems } from "./lines.ts";
import { Tensor } from "./tensor.ts";

/** A call, taken apart. */
export interface Given {
  /** What `this` is. */
  readonly self: unknown;
  /** Spells what is neither tensor, number nor object: texts, truth values, lengths, names. */
  readonly key: string;
  /** Objects of classes and functions, which count by identity. */
  readonly objects: readonly unknown[];
  /** Lists, plain objects, Maps and Sets, which count by what they hold. */
  readonly frames: readonly object[];
  /** Which tensors stand in each frame: from here, up to there. */
  readonly spans: readonly (readonly [number, number])[];
  readonly tensors: readonly Tensor[];
  readonly arrays: readonly TypedArray[];
  readonly numbers: readonly number[];
  /** Whether the arguments are tensors and nothing else. */
  readonly plain: boolean;
}

const NOTHING: readonly never[] = [];

/** How deep arguments may be nested. */
const DEEPEST = 32;

/** How long a list may be for its names to be counted. */
const LONGEST = 256;

/** Takes arguments apart. */
export function takeApart(args: readonly unknown[], self?: unknown): Given {
  for (let k = 0; k < args.length; k++) {
    const arg = args[k];
    if (!(arg instanceof Tensor) || hasFields(arg)) return walk(args, self);
  }
  return {
    self,
    key: plainKey(args.length),
    objects: NOTHING,
    frames: NOTHING,
    spans: NOTHING,
    tensors: args as readonly Tensor[],
    arrays: NOTHING,
    numbers: NOTHING,
    plain: true,
  };
}

const plainKeys: string[] = [];

function plainKey(count: number): string {
  return (plainKeys[count] ??= `[${"T,".repeat(count)}]`);
}

let ownFields = 0;

/** Whether a user gave a tensor fields. */
function hasFields(x: Tensor): boolean {
  if (ownFields === 0) ownFields = Object.keys(Tensor.fromReading(() => 0)).length;
  return Object.keys(x).length !== ownFields;
}

/** The fields that a user gave a tensor. */
export function fieldsOf(x: Tensor): [string, unknown][] {
  return hasFields(x) ? Object.entries(x).slice(ownFields) : [];
}

interface Parts {
  key: string;
  readonly objects: unknown[];
  readonly frames: object[];
  /** The number of each frame. */
  readonly places: Map<object, number>;
  readonly spans: [number, number][];
  readonly tensors: Tensor[];
  readonly arrays: TypedArray[];
  readonly numbers: number[];
}

function walk(args: readonly unknown[], self: unknown): Given {
  const parts: Parts = {
    key: "",
    objects: [],
    frames: [],
    places: new Map(),
    spans: [],
    tensors: [],
    arrays: [],
    numbers: [],
  };
  visitList(args, parts, 0);
  return { ...parts, self, plain: false };
}

/** The same arguments with tensors in the place of typed arrays, where the first tensor is. */
export function withTensors(args: readonly unknown[], given: Given): readonly unknown[] {
  const options = given.tensors.length === 0 ? {} : { device: given.tensors[0]!.device };
  const isFlat = given.arrays.every((array) => args.includes(array));
  if (isFlat) return args.map((arg) => (isArray(arg) ? tensor(arg, options) : arg));
  return putTogether(args, { ...given, arrays: given.arrays.map((one) => tensor(one, options)) })
    .args;
}

/** `withTensors` for tensors and arrays alone; null where there is something else. */
export function flatTensors(args: readonly unknown[]): readonly Tensor[] | null {
  const first = args.find((arg) => arg instanceof Tensor);
  const options = first === undefined ? {} : { device: first.device };
  const made = new Array<Tensor>(args.length);
  for (let k = 0; k < args.length; k++) {
    const arg = args[k];
    if (arg instanceof Tensor) made[k] = arg;
    else if (isArray(arg)) made[k] = tensor(arg, options);
    else return null;
  }
  return made;
}

function visit(value: unknown, parts: Parts, depth: number): void {
  if (depth > DEEPEST) {
    throw argumentError(
      `compile: an argument is nested more than ${DEEPEST} deep, or holds itself; ` +
        `need lists and plain objects of tensors, numbers and texts.`,
    );
  }
  if (value instanceof Tensor) visitTensor(value, parts, depth);
  else if (typeof value === "number") {
    parts.numbers.push(value);
    parts.key += "N,";
  } else if (typeof value === "string") parts.key += `${JSON.stringify(value)},`;
  else if (typeof value === "function" || typeof value === "symbol") visitOther(value, parts);
  else if (typeof value !== "object" || value === null) {
    parts.key += `${typeof value} ${String(value)},`;
  } else if (isArray(value)) visitArray(value, parts);
  else if (isFrame(value)) visitFrame(value, parts, depth);
  else visitOther(value, parts);
}

function visitOther(value: unknown, parts: Parts): void {
  parts.objects.push(value);
  parts.key += "O,";
}

function visitTensor(value: Tensor, parts: Parts, depth: number): void {
  parts.tensors.push(value);
  parts.key += "T,";
  if (!hasFields(value)) return;
  for (const [name, item] of fieldsOf(value)) {
    parts.key += `.${JSON.stringify(name)}:`;
    // as they are: what a user keeps beside a tensor is seldom an operand
    if (typeof item === "number") parts.key += `${Object.is(item, -0) ? "-0" : item},`;
    else if (typeof item === "object" && item !== null) visitOther(item, parts);
    else visit(item, parts, depth + 1);
  }
}

function visitArray(value: TypedArray, parts: Parts): void {
  const known = parts.arrays.indexOf(value);
  parts.arrays.push(value);
  parts.key += known < 0 ? `${value[Symbol.toStringTag]} ${value.length},` : `A${known},`;
}

function visitFrame(value: object, parts: Parts, depth: number): void {
  const { frames, places, spans, tensors } = parts;
  const known = places.get(value);
  if (known !== undefined) {
    parts.key += `#${known},`;
    return;
  }
  places.set(value, frames.push(value) - 1);
  const span: [number, number] = [tensors.length, 0];
  spans.push(span);
  if (Array.isArray(value)) visitList(value, parts, depth);
  else if (value instanceof Map) {
    parts.key += "M(";
    for (const [key, item] of value) {
      visit(key, parts, depth + 1);
      visit(item, parts, depth + 1);
    }
    parts.key += ")";
  } else if (value instanceof Set) {
    parts.key += "S(";
    for (const item of value) visit(item, parts, depth + 1);
    parts.key += ")";
  } else {
    parts.key += Object.getPrototypeOf(value) === null ? "0{" : "{";
    for (const [name, item] of Object.entries(value)) {
      parts.key += `${JSON.stringify(name)}:`;
      visit(item, parts, depth + 1);
    }
    parts.key += "}";
  }
  span[1] = tensors.length;
}

function visitList(list: readonly unknown[], parts: Parts, depth: number): void {
  parts.key += "[";
  for (let k = 0; k < list.length; k++) {
    const item = list[k];
    if (item === undefined && !(k in list)) parts.key += "_,";
    else visit(item, parts, depth + 1);
  }
  parts.key += "]";
}

const TypedArrays = Object.getPrototypeOf(Float32Array) as new () => TypedArray;

/** Whether it is a typed array, or stands for one. */
export function isArray(value: unknown): value is TypedArray {
  return value instanceof TypedArrays;
}

/** Whether it is a list, a plain object, a Map or a Set that is nothing else besides. */
function isFrame(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === Array.prototype) {
    const { length } = value as unknown[];
    return length > LONGEST || Reflect.ownKeys(value).length <= length + 1;
  }
  if (prototype !== Map.prototype && prototype !== Set.prototype) return isRecord(value);
  return Reflect.ownKeys(value).length === 0;
}

/** Whether it is an object of names and values alone, of no class. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Reflect.ownKeys(value).length === Object.keys(value).length;
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

/** Whether a function may read `this`. */
export function readsThis(fn: (...args: never[]) => unknown): boolean {
  return /\bthis\b|\bsuper\b|\beval\b|\[native code\]/.test(Function.prototype.toString.call(fn));
}

/** What stands in the place of tensors, arrays and numbers, in the order of `takeApart`. */
export interface Stand {
  readonly tensors: readonly Tensor[];
  readonly arrays: readonly unknown[];
  readonly numbers: readonly number[];
}

/**
 * Puts arguments together again with others in the place of tensors, arrays and numbers; lists and
 * plain objects are copies, and the frames of what it returns, in order.
 */
export function putTogether(
  args: readonly unknown[],
  stand: Stand,
): { readonly args: unknown[]; readonly frames: readonly object[] } {
  let [t, a, n] = [0, 0, 0];
  const copies = new Map<object, object>();
  const copy = (value: unknown): unknown => {
    if (value instanceof Tensor) return stand.tensors[t++];
    if (typeof value === "number") return stand.numbers[n++];
    if (isArray(value)) return stand.arrays[a++];
    if (typeof value !== "object" || value === null || !isFrame(value)) return value;
    return copies.get(value) ?? copyFrame(value);
  };
  const copyFrame = (value: object): object => {
    if (Array.isArray(value)) {
      const list = new Array<unknown>(value.length);
      copies.set(value, list);
      value.forEach((item, k) => (list[k] = copy(item)));
      return list;
    }
    if (value instanceof Map) {
      const map = new Map<unknown, unknown>();
      copies.set(value, map);
      for (const [key, item] of value) {
        const own = copy(key);
        map.set(own, copy(item));
      }
      return map;
    }
    if (value instanceof Set) {
      const set = new Set<unknown>();
      copies.set(value, set);
      for (const item of value) set.add(copy(item));
      return set;
    }
    const made = Object.create(Object.getPrototypeOf(value) as object | null) as object;
    copies.set(value, made);
    for (const [key, item] of Object.entries(value)) setField(made, key, copy(item));
    return made;
  };
  return { args: args.map(copy), frames: [...copies.values()] };
}

/** Sets a field of an object that is being made, also one named `__proto__`. */
export function setField(made: object, key: string, value: unknown): void {
  if (key !== "__proto__") (made as Record<string, unknown>)[key] = value;
  else
    Object.defineProperty(made, key, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
}

/** Whether two calls hold the same things in the same places. */
export function sameGiven(a: Given, b: Given): boolean {
  return (
    a.key === b.key &&
    sameItems(a.objects, b.objects) &&
    sameItems(a.frames, b.frames) &&
    sameItems(a.tensors, b.tensors) &&
    sameItems(a.arrays, b.arrays) &&
    sameContents(a.numbers, b.numbers)
  );
}

/** All objects among the arguments, as results number them. */
export function objectsOf({ frames, objects, arrays }: Given): unknown[] {
  return [...frames, ...objects, ...arrays];
}
