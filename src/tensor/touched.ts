/**
 * Objects of the host that a trace reaches (modules, groups of an optimizer): their fields before
 * it and after. A trace that fails leaves them as they were; one that does not may only set what
 * is the same each time.
 */
import { NablaError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import { dataOf, fieldOf, holdsItems, itemsOf, keysOf, refill } from "./contents.ts";
import type { Value } from "./value.ts";
import { context } from "./value.ts";

/** A field that a trace changed. */
export interface Change {
  readonly owner: object;
  readonly name: PropertyKey;
  readonly was: unknown;
  readonly is: unknown;
  /** What it held before, where that is a collection; and which, where it lies deeper. */
  readonly items?: readonly unknown[] | null;
  readonly within?: unknown;
}

/** The fields of an object as they were: what each held, and of a collection the items. */
interface Fields {
  /** How many fields it listed. */
  readonly count: number;
  readonly names: readonly PropertyKey[];
  readonly values: readonly unknown[];
  readonly items: readonly (readonly unknown[] | null)[];
}

/** Where a collection was found, and what it held. */
interface Held {
  readonly items: readonly unknown[];
  readonly owner: object;
  readonly name: PropertyKey;
}

type Collections = Map<unknown, Held>;

/** How deep what arguments hold is looked at. */
const DEPTH = 5;

/** How many items of a collection each replay compares, how many are kept, how many collections. */
const MOST = { items: 64, copied: 65_536, collections: 256 };

/** The fields of the objects that the traces of one function reach. */
export class Touched {
  readonly #fields = new Map<object, Fields>();
  /** The prototypes that were looked at. */
  readonly #classes = new Set<object>();
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
    this.#classes.clear();
    this.#held.clear();
    this.#quiet.clear();
  }

  /** Notes the fields of an object, the first time and where it has got others since. */
  touch(owner: object, isRead = true): boolean {
    const count = Object.keys(owner).length;
    if (this.#fields.get(owner)?.count === count) return false;
    const names = keysOf(owner);
    this.#fields.set(owner, { count, names, values: [], items: [] }); // a getter may ask again
    const values = this.quietly(() => names.map((name) => fieldOf(owner, name)));
    const items = values.map(itemsOf);
    this.#fields.set(owner, { count, names, values, items });
    const held = isRead ? this.#held : this.#quiet;
    values.forEach((value, k) => this.#hold(value, items[k]!, held, owner, names[k]!));
    this.#holdClass(owner, held);
    return true;
  }

  /** Notes what the classes of an object hold beside methods: static and inherited fields. */
  #holdClass(owner: object, held: Collections): void {
    let prototype = Object.getPrototypeOf(owner) as object | null;
    while (prototype !== null && prototype !== Object.prototype && !this.#classes.has(prototype)) {
      this.#classes.add(prototype);
      const maker = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value as unknown;
      for (const one of [prototype, maker]) {
        if (!(one instanceof Object) || Object.keys(one).length === 0) continue;
        this.#hold(one, dataOf(one), held, owner, "constructor");
      }
      prototype = Object.getPrototypeOf(prototype) as object | null;
    }
  }

  /** Notes the fields of an object and of those that it holds, but for modules and optimizers. */
  touchAll(value: unknown, depth = DEPTH): void {
    const isObject = typeof value === "object" && value !== null;
    if ((!isObject && typeof value !== "function") || depth === 0) return;
    if ("dtype" in value || this.#fields.size >= MOST.collections) return;
    if (Array.isArray(value) && value.length > MOST.collections) return;
    this.#hold(value, itemsOf(value), this.#held, value, "");
    if (ArrayBuffer.isView(value)) return;
    const isKnown = this.#fields.has(value);
    this.touch(value);
    if ("paramGroups" in value)
      for (const group of value.paramGroups as object[]) this.touch(group);
    if (isKnown || "forward" in value || "paramGroups" in value) return;
    const inner =
      value instanceof Map || value instanceof Set ? itemsOf(value)! : Object.values(value);
    for (const one of inner as unknown[]) this.touchAll(one, depth - 1);
  }

  /** Notes that a field is given something else than it had. */
  wrote(owner: object, name: PropertyKey, was: unknown): void {
    const known = this.#written.some((one) => one.owner === owner && one.name === name);
    if (!known) this.#written.push({ owner, name, was });
  }

  /** Notes what a collection in a field holds, and the collections in it. */
  hold(value: unknown, owner: object, name: PropertyKey): void {
    this.#hold(value, itemsOf(value), this.#held, owner, name);
  }

  #hold(
    value: unknown,
    items: readonly unknown[] | null,
    held: Collections,
    owner: object,
    name: PropertyKey,
  ): void {
    if (items === null || items.length > MOST.copied) return;
    if (held.has(value) || held.size >= MOST.collections) return;
    held.set(value, { items, owner, name });
    for (let k = 0; k < items.length && k < MOST.items; k++) {
      this.#hold(items[k], itemsOf(items[k]), held, owner, name);
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
    const seen = new Set<unknown>();
    for (const [owner, { count, names, values, items }] of this.#fields) {
      const isMore = Object.keys(owner).length !== count;
      const added = isMore ? keysOf(owner).filter((name) => !names.includes(name)) : [];
      for (const name of added)
        changes.push({ owner, name, was: undefined, is: fieldOf(owner, name) });
      for (let k = 0; k < items.length; k++) {
        const [was, name, before] = [values[k], names[k]!, items[k]!];
        seen.add(was);
        const is = this.#tells(owner, name) ? was : fieldOf(owner, name);
        if (Object.is(was, is) && (before === null || holdsItems(is, before, Infinity))) continue;
        changes.push({ owner, name, was, is, items: before });
      }
    }
    for (const [value, { items, owner, name }] of [...this.#held, ...this.#quiet]) {
      if (seen.has(value) || holdsItems(value, items, Infinity)) continue;
      changes.push({ owner, name, was: value, is: value, items, within: value });
    }
    return changes;
  }

  /** Whether a field tells by itself when it is written. */
  #tells(owner: object, name: PropertyKey): boolean {
    return !this.#compares && Object.getOwnPropertyDescriptor(owner, name)?.set !== undefined;
  }

  /** Puts fields back. */
  restore(changes: readonly Change[]): void {
    for (const { owner, name, was, items, within } of changes) {
      if (items) refill(was, items);
      if (within !== undefined) continue;
      const isNew = was === undefined && this.#fields.get(owner)?.names.includes(name) !== true;
      if (isNew) Reflect.deleteProperty(owner, name);
      else (owner as Record<PropertyKey, unknown>)[name] = was;
    }
  }
}

function holds(held: Collections): boolean {
  if (held.size === 0) return true;
  for (const [value, { items }] of held) if (!holdsItems(value, items, MOST.items)) return false;
  return true;
}

/** Throws: what the function does to a field, a replay would not do. */
export function refuseChange({ owner, name, was, is }: Change): never {
  const type = (owner.constructor as { name?: string } | undefined)?.name ?? "Object";
  const key = typeof name === "symbol" ? `[${String(name)}]` : String(name);
  const field =
    key === "" ? `the ${type} that it was given` : type === "Object" ? key : `${type}.${key}`;
  throw new NablaError(
    "trace",
    `compile: the function ${changeOf(field, was, is)}, which a replay does not do. ` +
      (isTensor(is)
        ? `Keep what goes from call to call in a cell: this.${key} = cell(zeros([…])), and ` +
          `this.${key}.set(value).`
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
