/** What a traced function leaves behind: what it returns, cells that it sets, gradients. */
import type { Node } from "../ir/node.ts";
import type { Base } from "./captures.ts";
import { sameBase } from "./captures.ts";
import type { Difference } from "./lines.ts";
import { differenceOf, differsIn } from "./lines.ts";
import type { ResultShape } from "./results.ts";
import { collect, formOf, hostValues, sameForm } from "./results.ts";
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
  returned: unknown,
  given: ReadonlyMap<unknown, number>,
  follows: Ending | null,
): Ending {
  const { captures } = trace;
  const { shape, tensors, objects } = collect(returned, {
    given,
    before: follows?.objects ?? NONE,
    isOutside: (value) => captures.outsideOf(value) !== null,
  });
  const all = tensors;
  for (const value of all) trace.nodeOf(value);
  const results = [...new Set(all)].filter((value) => captures.outsideOf(value) === null);
  const grads: GradEnd[] = [];
  for (const [value, { initial, current }] of captures.grads) {
    if (current === initial) continue;
    const node = current === null ? null : trace.nodeOf(current);
    const base = captures.outsideOf(value) === null ? null : captures.baseOf(value);
    const of = base === null ? results.indexOf(value) : -1;
    const result = current === null ? -1 : results.indexOf(current);
    if (base !== null || of >= 0) grads.push({ base, of, node, result });
  }
  return {
    shape,
    objects,
    host: hostValues(shape),
    results,
    resultNodes: results.map((value) => trace.nodeOf(value)),
    returned: all.map((value) => captures.outsideOf(value) ?? results.indexOf(value)),
    cells: [...trace.cells]
      .filter(([cell]) => captures.outsideOf(cell) !== null)
      .map(([cell, node]) => ({ base: captures.baseOf(cell), node })),
    grads,
  };
}

/** A trace and its end. */
export interface Traced {
  readonly trace: Trace;
  readonly ending: Ending;
}

/** How a trace parts from the one that it follows; null where it does the same. */
export function partingOf(first: Traced, next: Traced): Difference | null {
  const [a, b] = [first.trace, next.trace];
  if (b.difference !== null) return b.difference;
  const line = a.lines[b.lines.length];
  if (line !== undefined) return differenceOf(line, undefined);
  const seen = ({ host, readers, effects }: Trace): unknown[] => [
    readers.length,
    effects.length,
    host.states.size,
    ...host.guards.map((guard) => guard.seen),
  ];
  if (!sameList(seen(a), seen(b), Object.is)) return differsIn("state");
  const [was, is] = [first.ending.shape, next.ending.shape];
  if (!sameForm(was, is)) return differsIn("returned", `it returned ${formOf(was)}`, formOf(is));
  return endAlike(first.ending, next.ending) ? null : differsIn("end");
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
  return a.length === b.length && a.every((x, k) => same(x, b[k]!));
}
