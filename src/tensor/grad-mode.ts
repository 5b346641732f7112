/** Whether calls are recorded, for the length of a synchronous function. */
import type { TypedArray } from "../core/dtype.ts";
import { isFloat } from "../core/dtype.ts";
import { NablaError } from "../core/errors.ts";
import { isThenable } from "../core/thenable.ts";
import type { Storage } from "../runtime/storage.ts";
import { userSite } from "../runtime/user-site.ts";
import { context } from "./value.ts";

/**
 * Runs `fn` without recording: its results require no gradient. Throws for an asynchronous `fn`.
 */
export function noGrad<T>(fn: () => T): T {
  return scoped("noGrad", false, fn);
}

/** Runs `fn` with recording on, also inside `noGrad`. Throws for an asynchronous `fn`. */
export function enableGrad<T>(fn: () => T): T {
  return scoped("enableGrad", true, fn);
}

/** Says whether calls are recorded at present. */
export function isGradEnabled(): boolean {
  return context.gradEnabled;
}

/**
 * Runs `fn` with every result checked, also of `backward` and of each call inside a compiled
 * function: the first NaN or infinity throws, and the error names the operation; its stack, or the
 * line in its message, shows the call. Slow.
 */
export function detectAnomaly<T>(fn: () => T): T {
  const before = context.check;
  context.check = checkAll;
  try {
    return synchronous("detectAnomaly", fn());
  } finally {
    context.check = before;
  }
}

function checkAll(name: string, results: readonly Storage[]): void {
  results.forEach((storage, o) => checkFinite(name, storage, o));
}

/**
 * Throws at the first NaN or infinity in a result of a call; at the next `await` where the device
 * answers later.
 */
export function checkFinite(name: string, storage: Storage, o: number): void {
  if (!isFloat(storage.dtype)) return;
  const look = (data: TypedArray, where: string): NablaError | null => {
    const bad = data.findIndex((x) => !Number.isFinite(x));
    if (bad < 0) return null;
    return new NablaError(
      "state",
      `${name}: element ${bad} of result ${o} is ${data[bad]}; ${where}`,
    );
  };
  const late = storage.host === null ? storage.memory?.late : null;
  if (late) {
    const site = userSite();
    late.inspect(storage, (data) => look(data, `it was called here: ${site}`));
    return;
  }
  const error = look(storage.read(), "the stack of this error shows the call that made it.");
  if (error !== null) throw error;
}

function scoped<T>(name: string, enabled: boolean, fn: () => T): T {
  const before = context.gradEnabled;
  context.gradEnabled = enabled;
  try {
    return synchronous(name, fn());
  } finally {
    context.gradEnabled = before;
  }
}

/** Returns a result; throws for a promise, which would outlive the setting. */
export function synchronous<T>(name: string, result: T): T {
  if (!isThenable(result)) return result;
  result.then(undefined, () => undefined);
  throw new NablaError(
    "argument",
    `${name}: the function is asynchronous, and the setting would end at its first await. ` +
      `Await outside: const y = ${name}(() => model.forward(x)); await y.item().`,
  );
}
