/**
 * What objects of classes hold that were passed to a compiled function. They count by identity;
 * where what they hold has changed since the last trace, the function is traced again.
 */
import { isArray } from "./arguments.ts";
import { Tensor } from "./tensor.ts";

/** How much of a long list or array is looked at, how deep, and how many objects at most. */
const LONGEST = 64;
const DEEPEST = 4;
const MOST = 128;

const numbers = new WeakMap<object, number>();
let count = 0;
/** How many more objects the present text may look into. */
let left = 0;

/** Spells what an object holds: its fields, those it inherits, the items of collections, a date. */
export function signatureOf(object: unknown): string {
  if (typeof object === "function") return spellFields(object, Object.keys(object), 0);
  if (typeof object !== "object" || object === null) return "";
  left = MOST;
  return spellObject(object, 0);
}

function spell(value: unknown, depth: number): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function" || typeof value === "symbol") return typeof value;
  if (typeof value !== "object" || value === null) return String(value);
  const isOpen = depth < DEEPEST && left-- > 0 && !("forward" in value || "paramGroups" in value);
  return `${numberOf(value)}${isOpen ? spellObject(value, depth) : ""}`;
}

function numberOf(object: object): number {
  let number = numbers.get(object);
  if (number === undefined) numbers.set(object, (number = ++count));
  return number;
}

function spellObject(object: object, depth: number): string {
  if (object instanceof Tensor) return "";
  const list = (items: Iterable<unknown>): string => {
    let [text, rest] = ["", LONGEST];
    for (const item of items) {
      if (rest-- === 0) break;
      text += `${spell(item, depth + 1)},`;
    }
    return text;
  };
  if (isArray(object)) return `[${object.length}:${list(object)}]`;
  if (Array.isArray(object)) {
    const names = Object.keys(object);
    const more = names.length > object.length ? names.slice(object.length) : [];
    return `[${object.length}:${list(object)}${spellFields(object, more, depth)}]`;
  }
  let text = "{";
  if (object instanceof Date) text += object.getTime();
  if (object instanceof RegExp) text += `${object.lastIndex}`;
  if (object instanceof DataView) {
    text += list(new Uint8Array(object.buffer, object.byteOffset, object.byteLength));
  }
  if (object instanceof ArrayBuffer) text += list(new Uint8Array(object));
  if (object instanceof Map || object instanceof Set) {
    text += `${object.size}:${list([...object.entries()].flat())}`;
  }
  text += spellFields(object, Reflect.ownKeys(object), depth);
  let prototype = Object.getPrototypeOf(object) as object | null;
  for (; prototype !== null && prototype !== Object.prototype;) {
    text += spellFields(prototype, Object.keys(prototype), depth);
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return `${text}}`;
}

function spellFields(object: object, keys: readonly PropertyKey[], depth: number): string {
  let text = "";
  for (const key of keys) {
    const { value, get } = Object.getOwnPropertyDescriptor(object, key)!;
    if (get) continue; // which may do anything
    text += `${String(key)}:${spell(value, depth + 1)},`;
  }
  return text;
}
