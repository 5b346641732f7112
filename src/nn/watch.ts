/**
 * Lets compiled functions see modules: which ones take part in a trace, and when one is given other
 * parameters or modules. Each change counts up `context.revision`; a program that was found right
 * for another count is looked at again before it runs.
 */
import { Tensor } from "../tensor/tensor.ts";
import { context } from "../tensor/value.ts";

/** Finds the `forward` of a module's class and tells the trace that the module takes part. */
const FORWARD: PropertyDescriptor = {
  configurable: true,
  enumerable: false, // what is enumerable may be a parameter or a module
  get(this: object): unknown {
    if (context.tracer !== null) {
      watchFields(this);
      context.tracer.touch(this);
    }
    return (Object.getPrototypeOf(this) as { forward: unknown }).forward;
  },
  set(this: object, value: unknown): void {
    const own = { configurable: true, enumerable: true, writable: true, value };
    Object.defineProperty(this, "forward", own);
  },
};

/** Called for a module that is being made. */
export function watchModule(module: object): void {
  context.revision++;
  Object.defineProperty(module, "forward", FORWARD);
}

const watched = /* @__PURE__ */ new WeakSet();

/** Counts the changes of the fields that hold parameters, buffers, modules, or nothing yet. */
function watchFields(module: object): void {
  if (watched.has(module)) return;
  watched.add(module);
  for (const [name, value] of Object.entries(module)) {
    if (value === null || value instanceof Tensor || isModule(value))
      watchField(module, name, value);
  }
}

/** Whether it computes as modules do. */
function isModule(value: unknown): boolean {
  return typeof value === "object" && value !== null && "forward" in value;
}

function watchField(module: object, name: string, initial: unknown): void {
  let value = initial;
  Object.defineProperty(module, name, {
    configurable: true,
    enumerable: true,
    get: () => value,
    set: (next: unknown) => {
      if (next !== value && context.tracer === null) context.revision++;
      value = next;
    },
  });
}
