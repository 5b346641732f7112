/**
 * What objects of the host hold: their own data by any key, the items of collections, a date, short
 * bytes. Traces note it, replays and later traces compare it.
 */
import { Tensor } from "./tensor.ts";

/** How long a typed array or a buffer may be to be compared. */
const LONGEST = 1024;

/**
 * Lists the keys of an object's own data: also symbols and those that are not listed. Fields that a
 * function gives count where they are listed.
 */
export function keysOf(owner: object): PropertyKey[] {
  const names = Object.keys(owner);
  if (typeof owner === "function") return names;
  const keys = Reflect.ownKeys(owner);
  if (keys.length === names.length) return names;
  return keys.filter((key) => {
    const { enumerable, value } = Object.getOwnPropertyDescriptor(owner, key)!;
    return key !== "length" && (enumerable === true || value !== undefined);
  });
}

/** What an object holds under a key. */
export function fieldOf(owner: object, key: PropertyKey): unknown {
  return (owner as Record<PropertyKey, unknown>)[key];
}

/** Whether it is an object whose fields may be looked at: no tensor, module or optimizer. */
function isOpen(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    !(value instanceof Tensor) &&
    !("forward" in value || "paramGroups" in value || "then" in value)
  );
}

/** Lists what a value holds that compares by its contents; null for what counts by itself alone. */
export function itemsOf(value: unknown): unknown[] | null {
  if (Array.isArray(value) || value instanceof Set) return [...(value as Iterable<unknown>)];
  if (value instanceof Map) return [...(value as Map<unknown, unknown>)].flat();
  const bytes = shortArray(value);
  if (bytes !== null) return [...bytes];
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || !isOpen(value)) return null;
  if (value instanceof Date) return [value.getTime()];
  return dataOf(value);
}

/** Lists keys and values of an object's own data. */
export function dataOf(owner: object): unknown[] {
  const items: unknown[] = [];
  for (const key of keysOf(owner)) {
    const { get, value } = Object.getOwnPropertyDescriptor(owner, key)!;
    if (get === undefined) items.push(key, value);
  }
  return items;
}

/** Whether a value holds these items, or of many, whether it begins so. */
export function holdsItems(value: unknown, items: readonly unknown[], most: number): boolean {
  const list = Array.isArray(value) ? (value as readonly unknown[]) : shortArray(value);
  if (list === null) return holdsOthers(value, items, most);
  if (list.length !== items.length) return false;
  const count = Math.min(items.length, most);
  for (let i = 0; i < count; i++) if (!Object.is(items[i], list[i])) return false;
  return true;
}

function holdsOthers(value: unknown, items: readonly unknown[], most: number): boolean {
  let k = 0;
  if (value instanceof Map) {
    if (2 * value.size !== items.length) return false;
    for (const [key, item] of value) {
      if (k >= most) return true;
      if (!Object.is(items[k++], key) || !Object.is(items[k++], item)) return false;
    }
    return true;
  }
  if (value instanceof Set) {
    if (value.size !== items.length) return false;
    for (const item of value) {
      if (k >= most) return true;
      if (!Object.is(items[k++], item)) return false;
    }
    return true;
  }
  const now = typeof value === "function" ? dataOf(value) : (itemsOf(value) ?? []);
  return now.length === items.length && now.every((item, i) => Object.is(items[i], item));
}

/** Gives a value the items that it had. */
export function refill(value: unknown, items: readonly unknown[]): void {
  const bytes = shortArray(value);
  if (bytes !== null) bytes.set(items as number[]);
  else if (Array.isArray(value)) value.splice(0, value.length, ...items);
  else if (value instanceof Date) value.setTime(items[0] as number);
  else if (value instanceof Set || value instanceof Map) {
    value.clear();
    if (value instanceof Set) for (const item of items) value.add(item);
    else for (let k = 0; k < items.length; k += 2) value.set(items[k], items[k + 1]);
  } else refillFields(value as Record<PropertyKey, unknown>, items);
}

function refillFields(owner: Record<PropertyKey, unknown>, items: readonly unknown[]): void {
  const was = new Map<unknown, unknown>();
  for (let k = 0; k < items.length; k += 2) was.set(items[k], items[k + 1]);
  for (const key of keysOf(owner)) {
    if (!was.has(key) && Object.getOwnPropertyDescriptor(owner, key)!.get === undefined) {
      Reflect.deleteProperty(owner, key);
    }
  }
  for (const [key, value] of was) {
    if (!Object.is(owner[key as PropertyKey], value)) owner[key as PropertyKey] = value;
  }
}

/** A typed array, or the bytes of a view or a buffer, where it is short enough to be compared. */
function shortArray(value: unknown): Float64Array | Uint8Array | null {
  if (ArrayBuffer.isView(value)) {
    if ("length" in value) return (value.length as number) <= LONGEST ? (value as never) : null;
    const { buffer, byteOffset, byteLength } = value;
    return byteLength <= LONGEST ? new Uint8Array(buffer, byteOffset, byteLength) : null;
  }
  const isShort = value instanceof ArrayBuffer && value.byteLength <= LONGEST;
  return isShort ? new Uint8Array(value) : null;
}
