/** Runs a user's function over nodes, as often as it takes to know what it hangs on. */
import { NablaError } from "../core/errors.ts";
import { attrsKey } from "../ir/node.ts";
import type { Given } from "./arguments.ts";
import { fieldsOf, objectsOf, putTogether, sameGiven, takeApart } from "./arguments.ts";
import type { Traced } from "./ending.ts";
import { endingOf, numberParting, partingOf } from "./ending.ts";
import { GivenArrays } from "./given-arrays.ts";
import type { Difference } from "./lines.ts";
import { differsIn, refuseDifference } from "./lines.ts";
import type { Varying } from "./program.ts";
import { CompiledProgram } from "./program.ts";
import { hostValues } from "./results.ts";
import { Snapshot } from "./snapshot.ts";
import type { Change } from "./touched.ts";
import { isTensor, refuseChange, Touched } from "./touched.ts";
import { Trace } from "./trace.ts";
import { context } from "./value.ts";

/** A function as it is called: with arguments that were put together again. */
export type Traceable = (...args: never[]) => unknown;

/**
 * Traces a function: as the trace `follows` did, where there is one. It is given the arguments
 * themselves, or with `copies` others that are alike: what it does with both does not hang on which
 * objects they are. The state that it sets is as before when it is done.
 */
export function traceOnce(
  fn: Traceable,
  args: readonly unknown[],
  given: Given,
  follows: Traced | null,
  copies = false,
): Traced {
  const arrays = new GivenArrays(given.arrays, copies);
  const slots = given.numbers.length > 0;
  const trace = new Trace({ follows: follows?.trace ?? null, slots, arrays, itself: !copies });
  const { gradEnabled, tracer } = context;
  context.tracer = trace;
  const held = new Touched(true);
  for (const object of [...given.objects, given.self]) held.touchAll(object);
  const passed = copies ? copyOf(args, given, trace) : itself(args, given);
  try {
    if (!copies) given.tensors.forEach((arg, k) => trace.captures.adopt(arg, k));
    const returned = fn.apply(given.self, passed.args as never[]);
    if (trace.failure !== null) throw trace.failure;
    assertUnchanged(passed, arrays);
    const places = new Map(passed.objects.map((object, k) => [object, k] as const));
    const ending = endingOf(trace, returned, places, follows?.ending ?? null);
    const traced = { trace, ending, changes: settle(trace) };
    assertReturnable(traced);
    const [change] = heldChanges(held, trace);
    if (change !== undefined) refuseChange(change);
    return traced;
  } catch (error) {
    const { touched } = trace.host;
    touched.restore(touched.changes());
    arrays.undoWrites();
    if (!isSame(passed) || passed.snapshot.changedTensor !== "") passed.snapshot.restore();
    held.restore(heldChanges(held, trace));
    throw error;
  } finally {
    trace.host.undo();
    trace.captures.release();
    trace.walks.tape.length = 0; // it holds the arguments
    context.tracer = tracer;
    context.gradEnabled = gradEnabled;
  }
}

function isTraceError(error: unknown): boolean {
  return error instanceof NablaError && error.code === "trace";
}

/** What it did to objects of classes that it was given; modules and the like see to themselves. */
function heldChanges(held: Touched, trace: Trace): Change[] {
  return held.changes().filter(({ owner }) => !trace.manages(owner));
}

/** What a function is given in a trace. */
interface Passed {
  readonly args: readonly unknown[];
  /** The same taken apart. */
  readonly given: Given;
  /** The objects among them, as results number them. */
  readonly objects: readonly unknown[];
  readonly snapshot: Snapshot;
}

function itself(args: readonly unknown[], given: Given): Passed {
  return { args, given, objects: objectsOf(given), snapshot: new Snapshot(given) };
}

function copyOf(args: readonly unknown[], given: Given, trace: Trace): Passed {
  const tensors = given.tensors.map((arg, k) => {
    const standIn = trace.captures.argument(arg, k);
    return Object.assign(standIn, Object.fromEntries(fieldsOf(arg)));
  });
  const { numbers } = given;
  const stand = { tensors, numbers, arrays: trace.arrays.inside };
  if (given.plain) {
    const copy = { ...given, tensors };
    return { args: tensors, given: copy, objects: [], snapshot: new Snapshot(copy) };
  }
  const made = putTogether(args, stand);
  const copy = { ...given, ...stand, frames: made.frames };
  return { args: made.args, given: copy, objects: objectsOf(copy), snapshot: new Snapshot(copy) };
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
 * again. Throws where it would have read them instead, and where a collection has changed. Returns
 * the other changes.
 */
function settle(trace: Trace): readonly Change[] {
  const { touched } = trace.host;
  const changes = touched.changes();
  if (changes.length === 0) return changes;
  const gone = changes.filter(({ was, is }) => isTensor(is) || Object.is(was, is));
  for (const change of gone) {
    if (!isTensor(change.is) || !trace.isConstant(change.is)) refuseChange(change);
  }
  touched.restore(gone);
  return changes.filter((change) => !gone.includes(change));
}

/** Throws where the function changes plain fields at each call; they are then as before. */
export function assertSettled({ trace, changes }: Traced): void {
  const [change] = changes;
  if (change === undefined) return;
  trace.host.touched.restore(changes);
  refuseChange(change);
}

/** Throws where the function wrote into its arguments; the caller's are as before then. */
function assertUnchanged(passed: Passed, arrays: GivenArrays): void {
  const { snapshot } = passed;
  const { changedTensor } = snapshot;
  const wrote = arrays.undoWrites();
  if (!wrote && changedTensor === "" && isSame(passed)) return;
  snapshot.restore();
  throw new NablaError("trace", `compile: the function ${writing(snapshot, changedTensor, wrote)}`);
}

function writing(snapshot: Snapshot, tensor: string, wrote: boolean): string {
  if (wrote) {
    return (
      "writes into a typed array that it was given, which a replay does not do. " +
      "Return what is new."
    );
  }
  if (tensor !== "") {
    return `${tensor} a tensor that it was given, which a replay does not do. Do that outside.`;
  }
  if (snapshot.hasGetters) {
    return (
      "was given an object with a getter that gives something else each time. " +
      "Pass the value that is meant."
    );
  }
  return (
    "writes into an object or a list that it was given, which the caller would not see. " +
    "Return what is new."
  );
}

/** Whether the arguments hold what they held. */
function isSame({ args, given }: Passed): boolean {
  return given.plain || sameGiven(takeApart(args, given.self), given);
}

/** Two traces of which a program is made. */
interface Pair {
  readonly first: Traced;
  readonly second: Traced;
  /** The slots that hang on the number arguments. */
  readonly varying: readonly Varying[];
  /** Whether the function hangs on which objects it is given, not only on what they hold. */
  readonly pinned: boolean;
}

/**
 * Makes the program of a function for given arguments. Traces it twice, with copies of them and
 * with themselves, and once more for each number with another in its place, which says what hangs
 * on that number. Where the copies make a difference the program is for these very objects.
 */
export function makeProgram(
  fn: Traceable,
  args: readonly unknown[],
  given: Given,
  operands: ReadonlyMap<number, number>,
): CompiledProgram {
  const { first, second, varying, pinned } = tracePair({ fn, args, given });
  const program = new CompiledProgram(fn.name || "compiled", first, given, {
    varying,
    operands,
    pinned,
  });
  const numbers = program.partingOf(second, given.numbers);
  if (numbers !== null) refuseDifference(numbers, false);
  program.take(second, given);
  return program;
}

/** Whether which objects it is given decides what a function does now. */
export function hangsOnObjects(fn: Traceable, args: readonly unknown[], given: Given): boolean {
  return attempt(() => tracePair({ fn, args, given }))?.pinned === true;
}

function tracePair(call: Called): Pair {
  let first: Traced;
  try {
    first = trace(call, true);
  } catch (error) {
    if (isTraceError(error)) throw error;
    const itself = trace(call, false); // throws what plain code throws
    if (attempt(() => trace(call, true)) !== null) throw error;
    const second = trace(call, false, itself);
    if (parts(itself, second) !== null) throw error;
    return { first: itself, second, varying: [], pinned: true };
  }
  try {
    return followed(call, first);
  } catch (error) {
    first.trace.host.touched.restore(first.changes);
    throw error;
  }
}

/** The pair that a trace with copies makes with one of the arguments themselves. */
function followed(call: Called, first: Traced): Pair {
  const varying = varyingSlots(call, first);
  // last with the numbers that were given: what the function sets on the host stays as it was left
  const second = trace(call, false, first);
  const parting = parts(first, second);
  if (parting === null) return { first, second, varying, pinned: false };
  return attempt(() => pinnedPair(call, first, second)) ?? refuseDifference(parting, false);
}

/** A function and the arguments it is called with. */
interface Called {
  readonly fn: Traceable;
  readonly args: readonly unknown[];
  readonly given: Given;
}

/** Not a closure: the places that a trace notes would hold on to what that holds. */
function trace(call: Called, copies: boolean, follows: Traced | null = null): Traced {
  return traceOnce(call.fn, call.args, call.given, follows, copies);
}

/**
 * Two traces with the arguments themselves, where that is why two parted. Throws where it is not:
 * where the function does something else each time, or did when it was first called.
 */
function pinnedPair(call: Called, copied: Traced, itself: Traced): Pair {
  const refuse = (): never => {
    throw new NablaError("trace", "the function does something else each time");
  };
  if (parts(copied, trace(call, true, copied)) !== null) refuse();
  const first = trace(call, false);
  const second = trace(call, false, first);
  if (parts(first, second) !== null || !sameLog(itself.trace, first.trace)) refuse();
  return { first, second, varying: [], pinned: true };
}

/** Where two traces in a row part; throws where the second finds fields as the first left them. */
function parts(first: Traced, second: Traced): Difference | null {
  assertSettled(second);
  const parting = partingOf(first, second) ?? hostParting(first, second);
  return parting ?? numberParting(first.trace, second.trace, []);
}

/** Whether two traces of different graphs call the same with the same numbers. */
function sameLog(a: Trace, b: Trace): boolean {
  const spelled = ({ lines, slots }: Trace): string[] => [
    ...lines.map(({ name, attrs, numbers }) => {
      return `${name}(${slots.length > 0 ? "" : numbers.join()})${attrsKey(attrs)}`;
    }),
    ...slots.map(({ value }) => String(value)),
  ];
  return spelled(a).join("\n") === spelled(b).join("\n");
}

/**
 * Throws where a function does something else when it is traced once more for the same call: what
 * decides that is changed by the function itself, or drawn, and nothing can see it.
 */
export function assertRepeats(first: Traced, second: Traced): void {
  if (sameLog(first.trace, second.trace)) return;
  throw new NablaError(
    "trace",
    "compile: the function does something else each time it is traced, with the same arguments. " +
      "What decides that (a count, a random draw of the host) must be an argument.",
  );
}

/** Where two traces in a row return different values of the host. */
function hostParting(first: Traced, second: Traced): Difference | null {
  const isPlain = (value: unknown): boolean =>
    typeof value !== "object" && typeof value !== "function";
  const others = second.ending.host;
  const values = hostValues(first.ending.shape, new Set(others));
  const k = values.findIndex((value, i) => isPlain(value) && !Object.is(value, others[i]));
  if (k < 0) return null;
  return differsIn("returned", `it returned ${String(values[k])}`, String(others[k]));
}

/** How many numbers among the arguments are varied one by one; more are varied together. */
const MOST_NUMBERS = 16;

/** The slots whose numbers hang on an argument that is a number. */
function varyingSlots({ fn, args, given }: Called, first: Traced): Varying[] {
  const varying = new Map<number, number>();
  const many = given.numbers.length > MOST_NUMBERS;
  given.numbers.slice(0, many ? 1 : MOST_NUMBERS).forEach((value, i) => {
    for (const other of othersOf(value)) {
      const numbers = given.numbers.map((number, k) => {
        return many ? (othersOf(number)[0] ?? number) : k === i ? other : number;
      });
      const next = attempt(() => traceOnce(fn, args, { ...given, numbers }, first, true));
      if (next === null) continue; // a number that it refuses says nothing
      next.trace.host.touched.restore(next.changes);
      if (partingOf(first, next) === null) {
        next.trace.slots.forEach((slot, k) => {
          const before = first.trace.slots[k]!.value;
          if (Object.is(slot.value, before)) return;
          const alone = !many && !varying.has(k);
          const same = Object.is(before, value) && Object.is(slot.value, numbers[i]);
          varying.set(k, alone && same ? i : -1);
        });
      }
      break;
    }
  });
  return [...varying].map(([slot, number]) => ({ slot, number })).sort((a, b) => a.slot - b.slot);
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
