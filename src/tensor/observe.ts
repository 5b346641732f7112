/** How compiled functions see that the host gives a field something else, or makes something. */
import { context } from "./value.ts";

/** Says that something was replaced that functions may read; what a trace does is part of it. */
export function hostChanged(): void {
  if (context.tracer === null) context.revision++;
}

/** Makes a field tell when it is read, and traces when they change it. */
export function observeField(
  owner: object,
  name: PropertyKey,
  initial: unknown,
  onRead: (seen: unknown) => void,
  onChange?: (next: unknown, was: unknown) => void,
): void {
  let value = initial;
  Object.defineProperty(owner, name, {
    get: () => {
      onRead(value);
      return value;
    },
    set: (next: unknown) => {
      if (Object.is(next, value)) return;
      onChange?.(next, value);
      context.tracer?.wrote(owner, name, value);
      value = next;
    },
  });
}
