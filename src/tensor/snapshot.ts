/**
 * What a traced function was given, as it was: the objects themselves, so that what it writes into
 * them is seen, and taken back.
 */
import type { Given } from "./arguments.ts";
import { fieldsOf } from "./arguments.ts";
import type { Value } from "./value.ts";

type Fields = Readonly<Record<PropertyKey, PropertyDescriptor>>;

/** Lists, plain objects, Maps, Sets and tensors that were passed, and what they held. */
export class Snapshot {
  readonly #objects: readonly (readonly [object, Fields, readonly unknown[] | null])[];
  readonly #tensors: readonly (readonly [
    Value,
    Pick<Value, "requiresGrad" | "settable" | "hooks">,
  ])[];

  constructor({ frames, tensors }: Given) {
    const marked = tensors.filter((x) => fieldsOf(x).length > 0);
    this.#objects = [...frames, ...marked].map((object) => [
      object,
      Object.getOwnPropertyDescriptors(object) as Fields,
      object instanceof Map || object instanceof Set ? [...object.entries()] : null,
    ]);
    this.#tensors = tensors.map((x) => {
      const { requiresGrad, settable, hooks } = x;
      return [x, { requiresGrad, settable, hooks }];
    });
  }

  /** What was done to a tensor that plain code would keep; "" for nothing. */
  get changedTensor(): string {
    for (const [x, was] of this.#tensors) {
      if (x.requiresGrad !== was.requiresGrad) return "sets requiresGrad of";
      if (x.hooks !== was.hooks) return "registers a hook on";
    }
    return "";
  }

  /** Whether an object reads a field by a function. */
  get hasGetters(): boolean {
    return this.#objects.some(([, fields]) => Object.values(fields).some(({ get }) => get));
  }

  /** Puts everything back. */
  restore(): void {
    for (const [x, was] of this.#tensors) Object.assign(x, was);
    for (const [object, fields, entries] of this.#objects) {
      restoreFields(object, fields);
      if (entries === null) continue;
      (object as Map<unknown, unknown> | Set<unknown>).clear();
      for (const [key, value] of entries as [unknown, unknown][]) {
        if (object instanceof Map) object.set(key, value);
        else (object as Set<unknown>).add(value);
      }
    }
  }
}

/** Gives an object the fields it had, in their order. */
function restoreFields(object: object, fields: Fields): void {
  if (!Object.isExtensible(object)) return;
  const names = Reflect.ownKeys(fields);
  const now = Reflect.ownKeys(object);
  const [kept, lost] = [now.filter((name) => name in fields), now.length !== names.length];
  const moved = lost || kept.some((name, k) => name !== names[k]);
  for (const name of now) if (moved && name !== "length") Reflect.deleteProperty(object, name);
  for (const name of names) Object.defineProperty(object, name, fields[name as string]!);
}
