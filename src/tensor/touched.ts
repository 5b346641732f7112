/**
 * Objects of the host that a trace reaches (modules, groups of an optimizer): their fields before
 * it and after. A trace that fails leaves them as they were; one that does not may only set what
 * is the same each time.
 */
import { NablaError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import { isRecord } from "./arguments.ts";
import type { Value } from "./value.ts";
import { context } from "./value.ts";

/** A field that a trace changed. */
export interface Change {
  readonly owner: object;
  readonly name: string;
  readonly was: unknown;
  readonly is: unknown;
}

/** The fields of an object as they were: what each held, and of a collection the items. */
interface Fields {
  readonly names: readonly string[];
  readonly values: readonly unknown[];
  readonly items: readonly (readonly unknown[] | null)[];
}

type Collections = Map<unknown, readonly unknown[]>;

const NO_FIELDS: Fields = { names: [], values: [], items: [] };

/** How deep what arguments hold is looked at. */
const DEPTH = 5;

/** How many items of a collection each replay compares, and how many collections. */
const MOST = { items: 64, collections: 256 };

/** The fields of the objects that the traces of one function reach. */
export class Touched {
  readonly #fields = new Map<object, Fields>();
  /** The collections that replays compare, with what they held. */
  readonly #held: Collections = new Map();
  /** Those that only traces compare: options of optimizers, which replays read anew. */
  readonly #quiet: Collections = new Map();
  /** The fields that the present trace gave something else. */
  readonly #written: Omit<Change, "is">[] = [];
  /** Whether the engine reads and not the function. */
  isQuiet = false;
  #revision = context.revision;
  readonly #compares: boolean;

  /** `compares`: its objects do not tell what is written into them. */
  constructor(compares = false) {
    this.#compares = compares;
  }

  /** Called where a trace begins: what it reaches is noted anew where something has changed. */
  begin(): void {
    this.#written.length = 0;
    if (this.#revision === context.revision && this.holds && holds(this.#quiet)) return;
    this.#revision = context.revision;
    this.#fields.clear();
    this.#held.clear();
    this.#quiet.clear();
  }

  /** Notes the fields of an object, the first time and where it has got others since. */
  touch(owner: object, isRead = true): boolean {
    const names = Object.keys(owner);
    if (this.#fields.get(owner)?.names.length === names.length) return false;
    this.#fields.set(owner, { names, values: [], items: [] }); // a getter may ask again
    const values = this.quietly(() => Object.values(owner) as unknown[]);
    const items = values.map(itemsOf);
    this.#fields.set(owner, { names, values, items });
    values.forEach((value, k) => this.hold(value, items[k], isRead ? this.#held : this.#quiet));
    return true;
  }

  /** Notes the fields of an object and of those that it holds, but for modules and optimizers. */
  touchAll(value: unknown, depth = DEPTH): void {
    if (typeof value !== "object" || value === null || depth === 0) return;
    if (ArrayBuffer.isView(value) || "dtype" in value || this.#fields.size >= MOST.collections)
      return;
    if (Array.isArray(value) && value.length > MOST.collections) return;
    const isKnown = this.#fields.has(value);
    this.touch(value);
    if (isKnown || "forward" in value || "paramGroups" in value) return;
    const inner =
      value instanceof Map || value instanceof Set ? itemsOf(value)! : Object.values(value);
    for (const one of inner as unknown[]) this.touchAll(one, depth - 1);
  }

  /** Notes that a field is given something else than it had. */
  wrote(owner: object, name: string, was: unknown): void {
    const known = this.#written.some((one) => one.owner === owner && one.name === name);
    if (!known) this.#written.push({ owner, name, was });
  }

  /** Notes what a collection holds, and the collections in it. */
  hold(
    value: unknown,
    items: readonly unknown[] | null = itemsOf(value),
    held: Collections = this.#held,
  ): void {
    if (items === null || held.has(value) || held.size >= MOST.collections) return;
    held.set(value, items);
    for (let k = 0; k < items.length && k < MOST.items; k++) {
      this.hold(items[k], itemsOf(items[k]), held);
    }
  }

  /** Whether the collections hold what they held; of long ones, whether they begin so. */
  get holds(): boolean {
    return holds(this.#held);
  }

  /** Whether an object took part. */
  has(owner: object): boolean {
    return this.#fields.has(owner);
  }

  /** Lists the fields that are others now, and the collections that hold other items. */
  changes(): Change[] {
    return this.quietly(() => this.#changes());
  }

  /** Runs what reads fields on behalf of the engine. */
  quietly<T>(run: () => T): T {
    const before = this.isQuiet;
    this.isQuiet = true;
    try {
      return run();
    } finally {
      this.isQuiet = before;
    }
  }

  #changes(): Change[] {
    const changes: Change[] = [];
    for (const { owner, name, was } of this.#written) {
      const is = fieldOf(owner, name);
      if (!Object.is(is, was)) changes.push({ owner, name, was, is });
    }
    for (const [owner, { names, values, items }] of this.#fields) {
      const now = Object.keys(owner);
      const added = now.length === names.length ? [] : now.filter((name) => !names.includes(name));
      for (const name of added)
        changes.push({ owner, name, was: undefined, is: fieldOf(owner, name) });
      for (let k = 0; k < items.length; k++) {
        const [was, name, before] = [values[k], names[k]!, items[k]!];
        const is = this.#compares ? fieldOf(owner, name) : was;
        if (Object.is(was, is) && (before === null || isLike(before, is, Infinity))) continue;
        changes.push({ owner, name, was, is });
      }
    }
    return changes;
  }

  /** Puts fields back. */
  restore(changes: readonly Change[]): void {
    for (const { owner, name, was } of changes) {
      const { names, items } = this.#fields.get(owner) ?? NO_FIELDS;
      const k = names.indexOf(name);
      if (k < 0 && was === undefined) delete (owner as Record<string, unknown>)[name];
      else {
        if (items[k]) refill(was, items[k]);
        (owner as Record<string, unknown>)[name] = was;
      }
    }
  }
}

function holds(held: Collections): boolean {
  if (held.size === 0) return true;
  for (const [value, items] of held) if (!isLike(items, value, MOST.items)) return false;
  return true;
}

function fieldOf(owner: object, name: string): unknown {
  return (owner as Record<string, unknown>)[name];
}

/** Whether a collection holds these items, at its beginning. */
function isLike(items: readonly unknown[], value: unknown, most: number): boolean {
  const isList = Array.isArray(value) || isShortArray(value);
  const now = isList ? (value as unknown as readonly unknown[]) : itemsOf(value)!;
  if (now.length !== items.length) return false;
  const count = Math.min(items.length, most);
  for (let i = 0; i < count; i++) if (!Object.is(items[i], now[i])) return false;
  return true;
}

function itemsOf(value: unknown): unknown[] | null {
  if (Array.isArray(value) || value instanceof Set) return [...(value as Iterable<unknown>)];
  if (value instanceof Map) return [...(value as Map<unknown, unknown>)].flat();
  if (isShortArray(value)) return [...value];
  return isRecord(value) ? Object.entries(value).flat() : null;
}

/** Whether it is a typed array that is short enough to be compared. */
function isShortArray(value: unknown): value is Float64Array {
  return ArrayBuffer.isView(value) && "length" in value && (value.length as number) <= 1024;
}

/** Gives a collection the items that it had. */
function refill(value: unknown, items: readonly unknown[] | null): void {
  if (isShortArray(value)) value.set(items as number[]);
  else if (Array.isArray(value)) value.splice(0, value.length, ...items!);
  else if (value instanceof Set || value instanceof Map) {
    value.clear();
    if (value instanceof Set) for (const item of items!) value.add(item);
    else for (let k = 0; k < items!.length; k += 2) value.set(items![k], items![k + 1]);
  } else if (isRecord(value)) {
    for (const name of Object.keys(value)) delete value[name];
    for (let k = 0; k < items!.length; k += 2) value[items![k] as string] = items![k + 1];
  }
}

/** Throws: what the function does to a field, a replay would not do. */
export function refuseChange({ owner, name, was, is }: Change): never {
  const type = owner.constructor.name;
  const field = type === "Object" ? name : `${type}.${name}`;
  throw new NablaError(
    "trace",
    `compile: the function ${changeOf(field, was, is)}, which a replay does not do. ` +
      (isTensor(is)
        ? `Keep what goes from call to call in a cell: this.${name} = cell(zeros([…])), and ` +
          `this.${name}.set(value).`
        : "Do that outside, or return what is new."),
  );
}

function changeOf(field: string, was: unknown, is: unknown): string {
  if (isTensor(is)) return `sets ${field} to a tensor of this call`;
  if (Object.is(was, is)) return `changes what ${field} holds`;
  return `changes ${field} from ${show(was)} to ${show(is)}`;
}

/** Whether a field holds a tensor of a trace. */
export function isTensor(value: unknown): value is Value {
  return typeof value === "object" && value !== null && "node" in value && value.node !== null;
}
