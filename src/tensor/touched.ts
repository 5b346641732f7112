/**
 * Objects of the host that a trace reaches (modules, groups of an optimizer): their fields before
 * it and after. A trace that fails leaves them as they were; one that does not may only set what
 * is the same each time.
 */
import { NablaError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import { isRecord } from "./arguments.ts";
import type { Value } from "./value.ts";

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

const NO_FIELDS: Fields = { names: [], values: [], items: [] };

/** How many items of a collection each replay compares, and how many collections. */
const MOST = { items: 64, collections: 256 };

/** The fields of the objects that one trace reached. */
export class Touched {
  readonly #fields = new Map<object, Fields>();
  /** The collections in those fields with what they held: replays compare it. */
  readonly #held = new Map<unknown, readonly unknown[]>();
  readonly #first: Touched | null;
  /** What the fields held at the end. */
  #after: ReadonlyMap<object, Readonly<Record<string, unknown>>> = new Map();

  /** `first`: those of the trace that this one follows. */
  constructor(first: Touched | null) {
    this.#first = first;
  }

  /** Notes the fields of an object as they are, the first time. */
  touch(owner: object): void {
    if (this.#fields.has(owner)) return;
    const known = this.#first === null ? undefined : this.#first.#fields.get(owner);
    this.#fields.set(owner, NO_FIELDS); // a field that is a getter may ask again
    const same = known !== undefined && isAsBefore(known, owner);
    const fields = same ? known : fieldsOf(owner);
    this.#fields.set(owner, fields);
    fields.items.forEach((items, k) => {
      if (items !== null) this.hold(fields.values[k], items);
    });
  }

  /** Notes what a collection holds, and the collections in it. */
  hold(value: unknown, items: readonly unknown[] | null = itemsOf(value)): void {
    if (items === null || this.#held.has(value) || this.#held.size >= MOST.collections) return;
    this.#held.set(value, items);
    for (let k = 0; k < items.length && k < MOST.items; k++) this.hold(items[k]);
  }

  /** Whether the collections hold what they held; of long ones, whether they begin so. */
  get holds(): boolean {
    for (const [value, items] of this.#held) if (!isLike(items, value, MOST.items)) return false;
    return true;
  }

  /** Whether an object took part. */
  has(owner: object): boolean {
    return this.#fields.has(owner);
  }

  /** Lists the fields that are others now, and the collections that hold other items. */
  changes(): Change[] {
    const changes: Change[] = [];
    for (const [owner, fields] of this.#fields) {
      if (isAsBefore(fields, owner)) continue;
      for (const [name, is] of Object.entries(owner)) {
        const k = fields.names.indexOf(name);
        if (k >= 0 && isField(fields, k, is)) continue;
        changes.push({ owner, name, was: fields.values[k], is });
      }
    }
    return changes;
  }

  /** Puts fields back. */
  restore(changes: readonly Change[]): void {
    for (const { owner, name } of changes) {
      const { names, values, items } = this.#fields.get(owner)!;
      const k = names.indexOf(name);
      if (k < 0) delete (owner as Record<string, unknown>)[name];
      else {
        refill(values[k], items[k]!);
        (owner as Record<string, unknown>)[name] = values[k];
      }
    }
  }

  /** Lists the plain values that were others when a trace that came later reached them. */
  changedBefore(later: Touched): Change[] {
    const changes: Change[] = [];
    for (const [owner, { names, values }] of later.#fields) {
      const after = this.#after.get(owner);
      if (after === undefined) continue;
      names.forEach((name, k) => {
        const [was, is] = [after[name], values[k]];
        if (isPlain(is) && !Object.is(was, is)) changes.push({ owner, name, was, is });
      });
    }
    return changes;
  }

  /** Notes what the fields hold at the end. */
  end(): void {
    this.#after = new Map([...this.#fields.keys()].map((owner) => [owner, { ...owner }]));
  }
}

function fieldsOf(owner: object): Fields {
  const values = Object.values(owner) as unknown[];
  return { names: Object.keys(owner), values, items: values.map(itemsOf) };
}

function isAsBefore(fields: Fields, owner: object): boolean {
  let k = 0;
  for (const name in owner) {
    if (fields.names[k] !== name) return false;
    if (!isField(fields, k++, (owner as Record<string, unknown>)[name])) return false;
  }
  return k === fields.names.length;
}

function isField({ values, items }: Fields, k: number, now: unknown): boolean {
  if (!Object.is(values[k], now)) return false;
  const before = items[k]!;
  return before === null || isLike(before, now, Infinity);
}

/** Whether a collection holds these items, at its beginning. */
function isLike(items: readonly unknown[], value: unknown, most: number): boolean {
  const now = Array.isArray(value) ? (value as unknown[]) : itemsOf(value)!;
  if (now.length !== items.length) return false;
  const count = Math.min(items.length, most);
  for (let i = 0; i < count; i++) if (!Object.is(items[i], now[i])) return false;
  return true;
}

function isPlain(value: unknown): boolean {
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean";
}

function itemsOf(value: unknown): unknown[] | null {
  if (Array.isArray(value) || value instanceof Set) return [...(value as Iterable<unknown>)];
  if (value instanceof Map) return [...(value as Map<unknown, unknown>)].flat();
  return isRecord(value) ? Object.entries(value).flat() : null;
}

/** Gives a collection the items that it had. */
function refill(value: unknown, items: readonly unknown[] | null): void {
  if (Array.isArray(value)) value.splice(0, value.length, ...items!);
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
