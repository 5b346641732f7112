/**
 * Forward hooks: functions that see, and may replace, what goes into a module and what comes out.
 */

import { hostChanged } from "../tensor/observe.ts";
import { takesPart } from "./watch.ts";

/** What can have hooks: a module. */
interface Callable {
  forward(...inputs: never[]): unknown;
}

/** What registering a hook gives. */
export interface HookHandle {
  /** Takes the hook away. */
  remove(): void;
}

/** Sees the arguments before `forward`; a list that it returns takes their place. */
export type ForwardPreHook<M> = (module: M, args: readonly unknown[]) => unknown;

/** Sees arguments and output after `forward`; what it returns takes the output's place. */
export type ForwardHook<M> = (module: M, args: readonly unknown[], output: unknown) => unknown;

interface Hooks {
  readonly before: Set<ForwardPreHook<never>>;
  readonly after: Set<ForwardHook<never>>;
  /** Puts the module's own `forward` back. */
  readonly restore: () => void;
}

const installed = /* @__PURE__ */ new WeakMap<Callable, Hooks>();

/** Adds a hook that runs before `forward`, or after it. */
export function addHook<M extends Callable>(
  module: M,
  when: "before" | "after",
  hook: ForwardPreHook<M> | ForwardHook<M>,
): HookHandle {
  const hooks = hooksOf(module);
  const set: Set<unknown> = hooks[when];
  set.add(hook);
  hostChanged();
  return {
    remove(): void {
      set.delete(hook);
      hostChanged();
      if (installed.get(module) !== hooks || hooks.before.size + hooks.after.size > 0) return;
      hooks.restore();
      installed.delete(module);
    },
  };
}

/** The hooks of a module; with the first, a `forward` of its own covers that of the class. */
function hooksOf(module: Callable): Hooks {
  const known = installed.get(module);
  if (known !== undefined) return known;
  const own = Object.getOwnPropertyDescriptor(module, "forward");
  const forward = module.forward as (...args: unknown[]) => unknown;
  const hooks: Hooks = {
    before: new Set(),
    after: new Set(),
    restore: () => {
      if (own !== undefined) Object.defineProperty(module, "forward", own);
      else delete (module as Partial<Callable>).forward;
    },
  };
  Object.defineProperty(module, "forward", {
    configurable: true,
    enumerable: false, // what is enumerable may be a parameter or a module
    writable: true,
    value: (...given: unknown[]): unknown => run(module, forward, hooks, given),
  });
  installed.set(module, hooks);
  return hooks;
}

function run(
  module: Callable,
  forward: (...args: unknown[]) => unknown,
  hooks: Hooks,
  given: readonly unknown[],
): unknown {
  takesPart(module);
  let args = given;
  for (const hook of hooks.before) {
    const next = hook(module as never, args);
    if (next !== undefined && next !== null) args = Array.isArray(next) ? next : [next];
  }
  let output = forward.apply(module, [...args]);
  for (const hook of hooks.after) output = hook(module as never, args, output) ?? output;
  return output;
}
