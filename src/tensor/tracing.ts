/** Runs a user's function over nodes, as often as it takes to know what it hangs on. */
import { NablaError } from "../core/errors.ts";
import type { Given } from "./arguments.ts";
import { putTogether, takeApart } from "./arguments.ts";
import type { Traced } from "./ending.ts";
import { endingOf, partingOf } from "./ending.ts";
import { differsIn, refuseDifference, sameContents, sameItems } from "./lines.ts";
import { CompiledProgram } from "./program.ts";
import { isTensor, refuseChange } from "./touched.ts";
import { Trace } from "./trace.ts";
import { context } from "./value.ts";

/** A function as it is called: with arguments that were put together again. */
export type Traceable = (...args: never[]) => unknown;

/**
 * Traces a function: as the trace `follows` did, where there is one. The state that it sets is as
 * before when it is done.
 */
export function traceOnce(
  fn: Traceable,
  args: readonly unknown[],
  given: Given,
  follows: Trace | null,
): Traced {
  const trace = new Trace({ follows, slots: given.numbers.length > 0 });
  const { gradEnabled, tracer } = context;
  context.tracer = trace;
  try {
    const stand = given.tensors.map((arg, k) => trace.captures.argument(arg, k));
    const inside = given.plain ? stand : putTogether(args, stand, given.numbers);
    const returned = fn.apply(given.self, inside as never[]);
    if (trace.failure !== null) throw trace.failure;
    if (!given.plain) assertUnchanged(takeApart(inside), { ...given, tensors: stand });
    const traced = { trace, ending: endingOf(trace, returned) };
    assertReturnable(traced);
    trace.host.quietly(() => settle(trace));
    return traced;
  } catch (error) {
    const { touched } = trace.host;
    touched.restore(touched.changes());
    throw error;
  } finally {
    trace.host.undo();
    context.tracer = tracer;
    context.gradEnabled = gradEnabled;
  }
}

/** Throws where what is returned moves on only after the program. */
function assertReturnable({ trace, ending }: Traced): void {
  const value = ending.host.find((one) => typeof one === "number");
  if (value === undefined || trace.host.late === "") return;
  throw new NablaError(
    "trace",
    `compile: the function returns the number ${String(value)}, and ${trace.host.late} in it, which ` +
      `moves on only when the program has run. Do one of them outside.`,
  );
}

/**
 * Takes tensors of the trace out of the fields that they were put in: the next call makes them
 * again. Throws where it would have read them instead, and where a collection has changed.
 */
function settle(trace: Trace): void {
  const { touched } = trace.host;
  const changes = touched.changes();
  const gone = changes.filter(({ was, is }) => isTensor(is) || Object.is(was, is));
  for (const change of gone) {
    if (!isTensor(change.is) || !trace.isConstant(change.is)) refuseChange(change);
  }
  touched.restore(gone);
}

/** Throws where the function changes plain fields at each call; they are then as before. */
export function assertSettled({ trace }: Traced, before: Traced | null): void {
  const { touched } = trace.host;
  const changes = touched.changes();
  const earlier = before === null ? [] : before.trace.host.touched.changedBefore(touched);
  const [change] = [...changes, ...earlier];
  if (change === undefined) return;
  touched.restore(changes);
  refuseChange(change);
}

/** Throws where the function wrote into its arguments, which are copies of the caller's. */
function assertUnchanged(after: Given, before: Given): void {
  const same =
    after.key === before.key &&
    sameItems(after.objects, before.objects) &&
    sameItems(after.tensors, before.tensors) &&
    sameContents(after.numbers, before.numbers);
  if (same) return;
  throw new NablaError(
    "trace",
    "compile: the function writes into an object or a list that it was given, which the caller " +
      "would not see. Return what is new.",
  );
}

/**
 * Makes the program of a function for given arguments. Traces it twice, and once more for each
 * number with another in its place, which says what hangs on that number.
 */
export function makeProgram(
  fn: Traceable,
  args: readonly unknown[],
  given: Given,
): CompiledProgram {
  const first = traceOnce(fn, args, given, null);
  first.trace.host.touched.end();
  const varying = varyingSlots(fn, args, given, first);
  // last with the numbers that were given: what the function sets on the host stays as it was left
  const second = traceOnce(fn, args, given, first.trace);
  assertSettled(second, first);
  const parting = partingOf(first, second) ?? hostParting(first, second);
  if (parting !== null) refuseDifference(parting, false);
  const program = new CompiledProgram(fn.name || "compiled", first, given, varying);
  const numbers = program.partingOf(second, given.numbers);
  if (numbers !== null) refuseDifference(numbers, false);
  program.take(second, given.numbers);
  return program;
}

/** Where two traces in a row return different values of the host. */
function hostParting(first: Traced, second: Traced): ReturnType<typeof partingOf> {
  const isPlain = (value: unknown): boolean =>
    typeof value !== "object" && typeof value !== "function";
  const others = second.ending.host;
  const k = first.ending.host.findIndex(
    (value, i) => isPlain(value) && !Object.is(value, others[i]),
  );
  if (k < 0) return null;
  return differsIn("returned", `it returned ${String(first.ending.host[k])}`, String(others[k]));
}

/** The slots whose numbers hang on an argument that is a number. */
function varyingSlots(
  fn: Traceable,
  args: readonly unknown[],
  given: Given,
  first: Traced,
): number[] {
  const varying = new Set<number>();
  given.numbers.forEach((value, i) => {
    for (const other of othersOf(value)) {
      const numbers = given.numbers.map((number, k) => (k === i ? other : number));
      const next = attempt(() => traceOnce(fn, args, { ...given, numbers }, first.trace));
      if (next === null) continue; // a number that it refuses says nothing
      const { touched } = next.trace.host;
      touched.restore(touched.changes());
      if (partingOf(first, next) === null) {
        next.trace.slots.forEach((slot, k) => {
          if (!Object.is(slot.value, first.trace.slots[k]!.value)) varying.add(k);
        });
      }
      break;
    }
  });
  return [...varying].sort((a, b) => a - b);
}

/** Numbers of the same kind: whole ones for a whole one, one nearer to 0 for a fraction. */
function othersOf(value: number): readonly number[] {
  if (!Number.isFinite(value)) return [];
  return Number.isInteger(value) ? [value + 1, value - 1] : [value / 2];
}

function attempt<T>(run: () => T): T | null {
  try {
    return run();
  } catch {
    return null;
  }
}
