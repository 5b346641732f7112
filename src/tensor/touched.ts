/**
 * Objects of the host that a trace reaches (modules, groups of an optimizer): their fields before
 * it and after. A trace that fails leaves them as they were; one that does not may only set what
 * is the same each time.
 */
import { NablaError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import type { Value } from "./value.ts";

/** A field that a trace changed. */
export interface Change {
  readonly owner: object;
  readonly name: string;
  readonly was: unknown;
  readonly is: unknown;
}

/** A field as it was: what it held, and of a collection the items. */
interface Field {
  readonly value: unknown;
  readonly items: readonly unknown[] | null;
}

/** The fields of the objects that one trace reached. */
export class Touched {
  private readonly fields = new Map<object, Map<string, Field>>();

  /** Notes the fields of an object as they are, the first time. */
  touch(owner: object): void {
    if (this.fields.has(owner)) return;
    const fields = new Map<string, Field>();
    for (const [name, value] of Object.entries(owner)) {
      fields.set(name, { value, items: itemsOf(value) });
    }
    this.fields.set(owner, fields);
  }

  /** Lists the fields that are others now, and the collections that hold other items. */
  changes(): Change[] {
    const changes: Change[] = [];
    for (const [owner, fields] of this.fields) {
      for (const [name, is] of Object.entries(owner)) {
        const field = fields.get(name);
        if (field === undefined || !isAsBefore(field, is)) {
          changes.push({ owner, name, was: field?.value, is });
        }
      }
    }
    return changes;
  }

  /** Puts fields back. */
  restore(changes: readonly Change[]): void {
    for (const { owner, name } of changes) {
      const field = this.fields.get(owner)!.get(name);
      if (field === undefined) delete (owner as Record<string, unknown>)[name];
      else {
        refill(field);
        (owner as Record<string, unknown>)[name] = field.value;
      }
    }
  }

  /** Lists the plain values that were others when a trace that came later reached them. */
  changedBefore(later: Touched): Change[] {
    const changes: Change[] = [];
    for (const [owner, fields] of later.fields) {
      if (!this.fields.has(owner)) continue;
      for (const [name, { value }] of fields) {
        const was = this.after.get(owner)?.get(name);
        if (isPlain(value) && !Object.is(was, value)) changes.push({ owner, name, was, is: value });
      }
    }
    return changes;
  }

  /** What the fields held at the end. */
  private after: ReadonlyMap<object, ReadonlyMap<string, unknown>> = new Map();

  /** Notes what the fields hold at the end. */
  end(): void {
    this.after = new Map(
      [...this.fields.keys()].map((owner) => [owner, new Map(Object.entries(owner))]),
    );
  }
}

function isPlain(value: unknown): boolean {
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean";
}

function itemsOf(value: unknown): unknown[] | null {
  if (Array.isArray(value) || value instanceof Set) return [...(value as Iterable<unknown>)];
  return value instanceof Map ? [...value].flat() : null;
}

function isAsBefore({ value, items }: Field, now: unknown): boolean {
  if (!Object.is(value, now)) return false;
  if (items === null) return true;
  const others = itemsOf(now)!;
  return items.length === others.length && items.every((item, k) => Object.is(item, others[k]));
}

/** Gives a collection the items that it had. */
function refill({ value, items }: Field): void {
  if (Array.isArray(value)) value.splice(0, value.length, ...items!);
  if (!(value instanceof Set || value instanceof Map)) return;
  value.clear();
  if (value instanceof Set) for (const item of items!) value.add(item);
  else for (let k = 0; k < items!.length; k += 2) value.set(items![k], items![k + 1]);
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
