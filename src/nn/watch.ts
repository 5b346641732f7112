/**
 * Lets compiled functions see modules: which ones take part in a trace, and when a field of one is
 * given something else. Each change counts up `context.revision`; a program that was found right
 * for another count is looked at again before it runs.
 */
import { context, hostChanged } from "../tensor/value.ts";

/** Finds the `forward` of a module's class and tells the trace that the module takes part. */
const FORWARD: PropertyDescriptor = {
  configurable: true,
  enumerable: false, // what is enumerable may be a parameter or a module
  get(this: object): unknown {
    takesPart(this);
    return (Object.getPrototypeOf(this) as { forward: unknown }).forward;
  },
  set(this: object, value: unknown): void {
    hostChanged();
    watchField(this, "forward", value);
  },
};

/** Called for a module that is being made. */
export function watchModule(module: object): void {
  hostChanged(); // it may take the place of another
  Object.defineProperty(module, "forward", FORWARD);
}

/** Tells the trace, if there is one, that a module takes part. */
export function takesPart(module: object): void {
  if (context.tracer === null) return;
  watchFields(module);
  context.tracer.touch(module);
}

/** How many fields a watched module had when it was last looked at. */
const watched = /* @__PURE__ */ new WeakMap<object, number>();

/** Counts the changes of the fields of a module and of those below it. */
function watchFields(module: object): void {
  const names = Object.keys(module);
  if (watched.get(module) === names.length) return;
  watched.set(module, names.length);
  for (const name of names) {
    const { value, writable, configurable } = Object.getOwnPropertyDescriptor(module, name)!;
    if (writable && configurable) watchField(module, name, value);
    if (isModule(value)) watchFields(value); // whose own `forward` may be a field
  }
}

/** Whether it computes as modules do. */
function isModule(value: unknown): value is object {
  return typeof value === "object" && value !== null && "forward" in value;
}

function watchField(module: object, name: string, initial: unknown): void {
  let value = initial;
  Object.defineProperty(module, name, {
    configurable: true,
    enumerable: true,
    get: () => {
      if (name === "forward") takesPart(module);
      return value;
    },
    set: (next: unknown) => {
      if (!Object.is(next, value)) hostChanged();
      value = next;
    },
  });
}
