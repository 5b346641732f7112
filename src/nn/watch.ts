/**
 * Watches modules: which ones run, so that compiled functions see them and `backward` knows whose
 * parameters took part, and when a field of one is given something else. Each change counts up
 * `context.revision`; a program that was found right for another count is looked at again before it
 * runs.
 */
import { argumentError } from "../core/errors.ts";
import { Tensor } from "../tensor/tensor.ts";
import { hostChanged, observeField } from "../tensor/observe.ts";
import { context } from "../tensor/value.ts";
import { noteBirth, Parameter } from "./parameter.ts";
import { enter, isModule } from "./scope.ts";

type Forward = (this: object, ...args: unknown[]) => unknown;

/** Finds the `forward` of a module's class, and tells a trace that the module takes part. */
const FORWARD: PropertyDescriptor = {
  configurable: true,
  enumerable: false, // what is enumerable may be a parameter or a module
  get(this: object): unknown {
    takesPart(this);
    return context.gradEnabled ? run : forwardOf(this);
  },
  set(this: object, value: unknown): void {
    hostChanged();
    delete (this as { forward?: unknown }).forward;
    (this as { forward: unknown }).forward = value; // one that is listed, as fields are
    watchField(this, "forward", value);
  },
};

function forwardOf(module: object): Forward {
  return (Object.getPrototypeOf(module) as { forward: Forward }).forward;
}

/**
 * Whether a module hands what it computes on and keeps nothing: its `forward` is one of those that
 * say so (`static readonly passesOn = true`), and nothing was put in its place.
 */
export function passesOn(module: object): boolean {
  if (Object.getOwnPropertyDescriptor(module, "forward")?.get !== FORWARD.get) return false;
  const type = Object.getPrototypeOf(module) as object;
  let passes = passing.get(type);
  if (passes === undefined) passing.set(type, (passes = typePassesOn(type)));
  return passes;
}

const passing = /* @__PURE__ */ new WeakMap<object, boolean>();

function typePassesOn(type: object): boolean {
  const names = Object.getOwnPropertyNames(type);
  if (names.includes("forward")) return Object.hasOwn(type.constructor, "passesOn");
  // another method of a class that extends it may be one that forward calls
  const adds = names.some((name) => name !== "constructor" && name !== "extraRepr");
  return !adds && typePassesOn(Object.getPrototypeOf(type) as object);
}

/** Runs the `forward` of a module's class, with the module as the scope of what it calls. */
function run(this: object, ...args: unknown[]): unknown {
  const { scope } = context;
  context.scope = enter(this, args);
  try {
    return forwardOf(this).apply(this, args);
  } finally {
    context.scope = scope;
  }
}

/** Modules whose parameters nobody watches yet: not very many, since some may be gone. */
const fresh: object[] = [];

/** Called for a module that is being made. */
export function watchModule(module: object): void {
  hostChanged(); // it may take the place of another
  noteBirth(module);
  Object.defineProperty(module, "forward", FORWARD);
  if (fresh.push(module) > 1000) fresh.length = 0;
  context.settle = settle;
}

/** Watches the parameters of the modules that are there when a call is recorded. */
function settle(): void {
  for (const module of fresh.splice(0)) watchFields(module, (value) => value instanceof Parameter);
  context.settle = null;
}

/** Tells the trace, if there is one, that a module takes part. */
export function takesPart(module: object): void {
  const { tracer } = context;
  if (tracer === null) return;
  if (tracer.touch(module)) watchAll(module);
  const type = Object.getPrototypeOf(module) as { forward: unknown };
  tracer.read(type, "forward", type.forward); // which may be replaced for all of them
}

/** How many fields a watched module had when it was last looked at. */
const watched = /* @__PURE__ */ new WeakMap<object, number>();

/** Counts the changes of the fields of a module and of those below it. */
function watchAll(module: object): void {
  const { length } = Object.keys(module);
  if (watched.get(module) === length) return;
  watched.set(module, length);
  watchFields(module, (value) => {
    if (isModule(value)) watchAll(value); // whose own `forward` may be a field
    return true;
  });
}

function watchFields(module: object, wanted: (value: unknown) => boolean): void {
  for (const name of [...Object.keys(module), ...Object.getOwnPropertySymbols(module)]) {
    const { value, writable, configurable } = Object.getOwnPropertyDescriptor(module, name)!;
    if (wanted(value) && writable && configurable) watchField(module, name, value);
  }
}

function watchField(module: object, name: PropertyKey, value: unknown): void {
  const onRead = name === "forward" ? (): void => takesPart(module) : (): void => undefined;
  observeField(module, name, value, onRead, (next, was) => {
    if (was instanceof Parameter && next instanceof Tensor && !(next instanceof Parameter)) {
      throw argumentError(
        `${module.constructor.name}.${String(name)} is a Parameter; a plain tensor in its place is not trained. ` +
          `Set its values, noGrad(() => m.${String(name)}.set(…)), or assign new nn.Parameter(…).`,
      );
    }
    hostChanged();
  });
}
