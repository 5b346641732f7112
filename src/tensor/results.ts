/** What a compiled function returns: tensors in lists and plain objects, and values of the host. */
import { NablaError } from "../core/errors.ts";
import { isThenable } from "../core/thenable.ts";
import type { Given } from "./arguments.ts";
import { objectsOf, setField } from "./arguments.ts";
import { Tensor } from "./tensor.ts";
import type { Value } from "./value.ts";

/** Where the tensors of a result stand in it. What it holds twice is one object here, too. */
export type ResultShape =
  | { readonly kind: "tensor"; readonly index: number }
  | ({ readonly kind: "list"; readonly items: (ResultShape | null)[] } & Made)
  | ({
      readonly kind: "record";
      readonly prototype: object | null;
      readonly items: [string, ResultShape][];
    } & Made)
  | { readonly kind: "given"; readonly index: number }
  | { readonly kind: "other"; readonly value: unknown };

/** An object that the function makes at each call. */
interface Made {
  /** The one that this trace made. */
  readonly made: object;
  /** What else was done to it: frozen, sealed. */
  readonly closed: (<T>(made: T) => T) | null;
}

/** Objects that a trace knows when it returns. */
export interface Known {
  /** The objects among the arguments, by their number. */
  readonly given: ReadonlyMap<unknown, number>;
  /** What the trace before returned: what is there again was not made by the function. */
  readonly before: ReadonlySet<unknown>;
  /** Whether a tensor is from outside the function. */
  readonly isOutside: (value: Value) => boolean;
}

/** A result, taken apart. */
export interface Collected {
  readonly shape: ResultShape;
  readonly tensors: readonly Value[];
  /** The objects that it is made of. */
  readonly objects: ReadonlySet<unknown>;
}

/** Lists the tensors of a result and says where they stand; throws for what comes later. */
export function collect(result: unknown, known: Known): Collected {
  const tensors: Value[] = [];
  const seen = new Map<unknown, ResultShape>();
  const visit = (value: unknown): ResultShape => {
    if (value instanceof Tensor) return { kind: "tensor", index: tensors.push(value) - 1 };
    if (typeof value !== "object" || value === null) return { kind: "other", value };
    const again = seen.get(value);
    if (again !== undefined) return again;
    const kept = known.before.has(value);
    const shape = shapeOf(value, known);
    seen.set(value, kept ? { kind: "other", value } : shape);
    if (shape.kind === "list") {
      for (let k = 0; k < (value as unknown[]).length; k++) {
        shape.items.push(k in value ? visit((value as unknown[])[k]) : null);
      }
    } else if (shape.kind === "record") {
      for (const [key, item] of Object.entries(value)) shape.items.push([key, visit(item)]);
    }
    return seen.get(value)!;
  };
  const shape = visit(result);
  return { shape, tensors, objects: new Set(seen.keys()) };
}

function shapeOf(value: object, known: Known): ResultShape {
  const { given, before } = known;
  const index = given.get(value);
  if (index !== undefined) return { kind: "given", index };
  if (isThenable(value)) {
    value.then(undefined, () => undefined); // what it rejects with is of no more use
    throw new NablaError(
      "trace",
      "compile: the function is asynchronous. Compile the synchronous part: " +
        "const step = compile((x, y) => { …; return loss; }); await step(x, y).item().",
    );
  }
  if (before.has(value)) refuseTraced(value, known);
  if (holdsTensors(value)) {
    const prototype = Object.getPrototypeOf(value) as object | null;
    const made = { made: value, closed: closedBy(value) };
    if (isPlainList(value)) return { kind: "list", items: [], ...made };
    if (isPlainRecord(value)) return { kind: "record", items: [], prototype, ...made };
  }
  refuseTraced(value, known);
  return { kind: "other", value };
}

/** Whether it is a list of items and nothing else. */
function isPlainList(value: object): boolean {
  if (!Array.isArray(value) || Object.getPrototypeOf(value) !== Array.prototype) return false;
  return Reflect.ownKeys(value).every((key) => key === "length" || isPlace(value, key));
}

function isPlace(list: readonly unknown[], key: string | symbol): boolean {
  return typeof key === "string" && String(Number(key)) === key && Number(key) < list.length;
}

/** Whether it is an object of names and values alone, of no class. */
function isPlainRecord(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype !== Object.prototype && prototype !== null) return false;
  const fields = Object.values(Object.getOwnPropertyDescriptors(value));
  if (Object.getOwnPropertySymbols(value).length > 0) return false;
  return fields.every(({ enumerable, get, set }) => enumerable && (get ?? set) === undefined);
}

function closedBy(value: object): Made["closed"] {
  if (Object.isExtensible(value)) return null;
  if (Object.isFrozen(value)) return Object.freeze;
  return Object.isSealed(value) ? Object.seal : Object.preventExtensions;
}

/** Lists what an object holds, and what that holds. */
function contents(value: object): Set<unknown> {
  const seen = new Set<unknown>([value]);
  for (const item of seen) {
    if (typeof item !== "object" || item === null) continue;
    if (item instanceof Tensor || ArrayBuffer.isView(item)) continue;
    if (item instanceof Map) for (const key of item.keys()) seen.add(key);
    if (item instanceof Map || item instanceof Set) {
      for (const held of item.values()) seen.add(held);
    }
    for (const field of Object.values(Object.getOwnPropertyDescriptors(item))) {
      seen.add(field.value);
    }
    for (const symbol of Object.getOwnPropertySymbols(item)) {
      seen.add(Object.getOwnPropertyDescriptor(item, symbol)!.value);
    }
  }
  return seen;
}

function holdsTensors(value: object): boolean {
  for (const item of contents(value)) if (item instanceof Tensor) return true;
  return false;
}

/** Throws where an object that replays cannot make again holds tensors of the trace. */
function refuseTraced(result: object, { before, isOutside }: Known): void {
  const kept = before.has(result);
  for (const item of contents(result)) {
    if (!(item instanceof Tensor) || item.node === null || (kept && isOutside(item))) continue;
    if (kept) {
      throw new NablaError(
        "trace",
        "compile: the function writes a tensor into an object that it keeps, and returns that " +
          "object; replays would not write. Return the tensor in an object that is new.",
      );
    }
    const type = (result.constructor as { name: string } | undefined)?.name ?? "Object";
    const name = { Array: "list with fields", Object: "object with hidden fields" }[type] ?? type;
    const article = /^[aeiou]/i.test(name) ? "an" : "a";
    throw new NablaError(
      "trace",
      `compile: the function returns ${article} ${name} that holds tensors, which replays cannot make ` +
        `again. Return the tensors in lists and plain objects, and make the ${name} outside.`,
    );
  }
}

/** Makes a result of its tensors; `given` are the objects among the arguments of this call. */
export function arrange(shape: ResultShape, tensors: readonly Tensor[], given: Given): unknown {
  if (shape.kind === "tensor") return tensors[shape.index];
  const known = new Map<ResultShape, unknown>();
  const build = (part: ResultShape): unknown => {
    switch (part.kind) {
      case "tensor":
        return tensors[part.index];
      case "given":
        return objectsOf(given)[part.index];
      case "other":
        return part.value;
      case "list":
      case "record":
        return known.get(part) ?? fill(part);
      default:
        return part satisfies never;
    }
  };
  const fill = (part: Extract<ResultShape, Made>): unknown => {
    const made: unknown[] | object =
      part.kind === "list"
        ? new Array(part.items.length)
        : (Object.create(part.prototype) as object);
    known.set(part, made);
    if (part.kind === "list") {
      part.items.forEach((item, k) => item && ((made as unknown[])[k] = build(item)));
    } else {
      for (const [key, item] of part.items) setField(made, key, build(item));
    }
    return part.closed === null ? made : part.closed(made);
  };
  return build(shape);
}

const NOTHING: ReadonlySet<unknown> = new Set();

/**
 * Lists the values of the host in a result, which only a run of the function can tell. `kept` are
 * objects that the function turned out not to make.
 */
export function hostValues(shape: ResultShape, kept = NOTHING): unknown[] {
  const values: unknown[] = [];
  const seen = new Set<ResultShape | null>([shape]);
  for (const part of seen) {
    if (part === null) continue;
    if ("made" in part && kept.has(part.made)) values.push(part.made);
    else if (part.kind === "list") part.items.forEach((item) => seen.add(item));
    else if (part.kind === "record") part.items.forEach(([, item]) => seen.add(item));
    else if (part.kind === "other" && (part.value ?? null) !== null) values.push(part.value);
  }
  return values;
}

/** Whether two traces return the same but for tensors and values. */
export function sameForm(
  a: ResultShape | null,
  b: ResultShape | null,
  seen = new Map<ResultShape, ResultShape>(),
): boolean {
  if (a === null || b === null) return a === b;
  if (seen.has(a)) return seen.get(a) === b;
  if (b.kind === "other" && "made" in a && a.made === b.value) return true; // it was there before
  if (a.kind !== "list" && a.kind !== "record") return formOf(a) === formOf(b);
  seen.set(a, b);
  if (a.kind === "list") {
    if (b.kind !== "list" || a.items.length !== b.items.length) return false;
    return a.items.every((item, k) => sameForm(item, b.items[k]!, seen));
  }
  if (b.kind !== "record" || a.items.length !== b.items.length) return false;
  return a.items.every(([key, item], k) => {
    const [other, value] = b.items[k]!;
    return key === other && sameForm(item, value, seen);
  });
}

/** Spells the form of a result: what it is but for its tensors and values. */
export function formOf(shape: ResultShape | null, around: readonly unknown[] = []): string {
  if (shape === null) return "";
  if (around.includes(shape)) return "itself";
  const form = (item: ResultShape | null): string => formOf(item, [...around, shape]);
  switch (shape.kind) {
    case "tensor":
      return "a tensor";
    case "list":
      return `[${shape.items.map(form).join(", ")}]`;
    case "record":
      return `{ ${shape.items.map(([key, item]) => `${key}: ${form(item)}`).join(", ")} }`;
    case "given":
      return `object ${shape.index} of the arguments`;
    case "other":
      return shape.value === null ? "null" : typeof shape.value;
    default:
      return shape satisfies never;
  }
}
