/** What a traced function leaves behind: what it returns, cells that it sets, gradients. */
import type { Node } from "../ir/node.ts";
import type { Base } from "./captures.ts";
import { sameBase } from "./captures.ts";
import type { Difference } from "./lines.ts";
import { differenceOf, differsIn } from "./lines.ts";
import type { ResultShape } from "./results.ts";
import { collect, formOf, hostValues, sameForm } from "./results.ts";
import type { Change } from "./touched.ts";
import type { Trace } from "./trace.ts";
import type { Value } from "./value.ts";

/** A gradient that a trace leaves. */
export interface GradEnd {
  /** Of what; null for a result that the function makes, the one of number `of`. */
  readonly base: Base | null;
  readonly of: number;
  /** Null where it is cleared. */
  readonly node: Node | null;
  /** The number of the result that it is, too; −1 for none. */
  readonly result: number;
}

/** The end of a trace. */
export interface Ending {
  readonly shape: ResultShape;
  /** The objects that the result is made of. */
  readonly objects: ReadonlySet<unknown>;
  /** The values of the host that it returns. */
  readonly host: readonly unknown[];
  /** The tensors that it makes and returns, each once. */
  readonly results: readonly Value[];
  readonly resultNodes: readonly Node[];
  /** What is returned: something from outside as it is, or the result of that number. */
  readonly returned: readonly (Base | number)[];
  readonly cells: readonly { readonly base: Base; readonly node: Node }[];
  /** The gradients that it changes; null where one is cleared. */
  readonly grads: readonly GradEnd[];
}

const NONE: ReadonlySet<unknown> = new Set();

/**
 * Reads what a trace leaves, which is still the active one. `given` numbers the objects among the
 * arguments; `follows` is the end of the trace that this one follows.
 */
export function endingOf(
  trace: Trace,
  result: unknown,
  given: ReadonlyMap<unknown, number>,
  follows: Ending | null,
): Ending {
  const { captures } = trace;
  const { shape, tensors, objects } = collect(result, {
    given,
    before: follows?.objects ?? NONE,
    isOutside: (value) => captures.outsideOf(value) !== null,
  });
  const all = tensors;
  for (const value of all) trace.nodeOf(value);
  const results: Value[] = [];
  const returned = all.map((value) => {
    const outside = captures.outsideOf(value);
    if (outside !== null) return outside;
    const known = results.indexOf(value);
    return known < 0 ? results.push(value) - 1 : known;
  });
  const cells: Ending["cells"][number][] = [];
  for (const [cell, node] of trace.cells) {
    const base = captures.outsideOf(cell);
    if (base !== null) cells.push({ base, node });
  }
  const grads: GradEnd[] = [];
  for (const [value, { initial, current }] of captures.grads) {
    if (current === initial) continue;
    const node = current === null ? null : trace.nodeOf(current);
    const base = captures.outsideOf(value);
    const of = base === null ? results.indexOf(value) : -1;
    const result = current === null ? -1 : results.indexOf(current);
    if (base !== null || of >= 0) grads.push({ base, of, node, result });
  }
  const resultNodes = results.map((value) => trace.nodeOf(value));
  return { shape, objects, host: hostValues(shape), results, resultNodes, returned, cells, grads };
}

/** A trace and its end. */
export interface Traced {
  readonly trace: Trace;
  readonly ending: Ending;
  /** What it changed in the fields of objects, and left so. */
  readonly changes: readonly Change[];
}

/** How a trace parts from the one that it follows; null where it does the same. */
export function partingOf(first: Traced, next: Traced): Difference | null {
  const [a, b] = [first.trace, next.trace];
  if (b.difference !== null) return b.difference;
  const line = a.lines[b.lines.length];
  if (line !== undefined) return differenceOf(line, undefined);
  if (!stateAlike(a, b)) return differsIn("state");
  const [was, is] = [first.ending.shape, next.ending.shape];
  if (!sameForm(was, is)) return differsIn("returned", `it returned ${formOf(was)}`, formOf(is));
  return endAlike(first.ending, next.ending) ? null : differsIn("end");
}

function stateAlike(a: Trace, b: Trace): boolean {
  return (
    a.readers.length === b.readers.length &&
    a.effects.length === b.effects.length &&
    a.host.states.size === b.host.states.size &&
    sameList(a.host.guards, b.host.guards, (x, y) => Object.is(x.seen, y.seen))
  );
}

/** Where a trace that does the same gives a call other numbers; `skip`: those slots may vary. */
export function numberParting(was: Trace, is: Trace, skip: readonly number[]): Difference | null {
  const k = was.slots.findIndex(
    ({ value }, i) => !skip.includes(i) && !Object.is(value, is.slots[i]!.value),
  );
  if (k < 0) return null;
  const line = was.lines[is.slots[k]!.line]!;
  const numbersOf = ({ slots }: Trace): number[] =>
    slots.filter((slot) => slot.line === is.slots[k]!.line).map(({ value }) => value);
  const call = { ...line, numbers: numbersOf(was) };
  return differenceOf(call, { ...line, numbers: numbersOf(is) });
}

function endAlike(a: Ending, b: Ending): boolean {
  return (
    sameList(a.resultNodes, b.resultNodes, Object.is) &&
    sameList(a.returned, b.returned, sameReturned) &&
    sameList(a.cells, b.cells, (x, y) => x.node === y.node && sameBase(x.base, y.base)) &&
    sameList(a.grads, b.grads, sameGrad)
  );
}

function sameGrad(a: GradEnd, b: GradEnd): boolean {
  const same = a.base === null || b.base === null ? a.base === b.base : sameBase(a.base, b.base);
  return same && a.node === b.node && a.of === b.of && a.result === b.result;
}

function sameReturned(a: Base | number, b: Base | number): boolean {
  return typeof a === "number" || typeof b === "number" ? a === b : sameBase(a, b);
}

function sameList<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean {
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (!same(a[k]!, b[k]!)) return false;
  return true;
}
