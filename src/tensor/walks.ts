/**
 * Walks back within traces: what one reached and what it gave, so that a later trace which recorded
 * the same calls need not walk again.
 */
import type { Node } from "../ir/node.ts";
import type { Specialization } from "../runtime/function.ts";
import { newRecord } from "./call.ts";
import type { Captures } from "./captures.ts";
import type { TapeRecord, Value } from "./value.ts";

const MOST_OUTPUTS = 1 << 20;

/** The calls that a trace recorded, in order. */
type Tape = readonly TapeRecord[];

/** A walk back from one value to leaves from outside, without hooks or rules of users. */
interface Walk {
  /** The lines of the log that it made. */
  readonly from: number;
  readonly to: number;
  /** Where the value comes from. */
  readonly root: number;
  readonly retainGraph: boolean;
  /** The calls that it walked back through. */
  readonly reached: readonly Reached[];
  /** What it gave. */
  readonly given: readonly Gradient[];
}

/** A call by its place on the tape, and of each input the place of the call that made it. */
interface Reached {
  readonly place: number;
  readonly links: readonly number[];
}

/** A leaf, and its gradient before a walk and after. */
interface Gradient {
  readonly leaf: Value;
  readonly before: Node | null;
  readonly after: Node;
}

/** What a walk needs of its trace. */
interface Walked {
  readonly captures: Captures;
  readonly difference: unknown;
  readonly lines: unknown[];
  readonly readers: readonly unknown[];
  readonly slots: readonly unknown[];
  readonly walks: Walks;
  gradOf(value: Value): Value | null;
  setGrad(value: Value, grad: Value): void;
}

/** The walks of one trace. */
export class Walks {
  /** The calls that were recorded, until the trace ends. */
  readonly tape: TapeRecord[] = [];
  /** Null for one that is to be run each time. */
  readonly #list: (Walk | null)[] = [];

  /** Records a call. */
  record(
    spec: Specialization,
    inputs: readonly Value[],
    numbers: readonly number[],
    nodes: readonly Node[],
  ): TapeRecord {
    const record = newRecord(spec, inputs, numbers, [], nodes);
    this.tape.push(record);
    return record;
  }

  /** Walks back by `run`, or does what the trace that this one follows did there. */
  walk(
    trace: Walked,
    follows: Walked | null,
    root: Value,
    retainGraph: boolean,
    run: () => void,
  ): void {
    const known = follows === null ? null : (follows.walks.#list[this.#list.length] ?? null);
    if (follows === null) this.#list.push(this.#walked(trace, root, retainGraph, run));
    else if (known !== null && this.#isAgain(trace, known, root, retainGraph)) {
      for (let k = known.from; k < known.to; k++) trace.lines.push(follows.lines[k]);
      for (const { leaf, after } of known.given) {
        trace.setGrad(leaf, leaf.like(after.type, null, after));
      }
      release(known, this.tape);
      this.#list.push(known);
    } else {
      run();
      this.#list.push(null);
    }
  }

  #isAgain(trace: Walked, walk: Walk, root: Value, retainGraph: boolean): boolean {
    return (
      trace.difference === null &&
      walk.from === trace.lines.length &&
      walk.retainGraph === retainGraph &&
      isAgain(walk, root, this.tape) &&
      walk.given.every(({ leaf, before }) => (trace.gradOf(leaf)?.node ?? null) === before)
    );
  }

  /** Runs a walk and notes what it did; returns null where there is more to it than its lines. */
  #walked(trace: Walked, root: Value, retainGraph: boolean, run: () => void): Walk | null {
    const { lines, readers, slots, captures } = trace;
    const [from, others] = [lines.length, readers.length + slots.length];
    const reach = reachOf(root, this.tape);
    const earlier = reach?.leaves.map((leaf) => captures.grads.get(leaf)?.current);
    run();
    if (reach === null || others !== readers.length + slots.length) return null;
    const given = reach.leaves.flatMap((leaf, k) => {
      const entry = captures.grads.get(leaf);
      const before = earlier![k] === undefined ? (entry?.initial ?? null) : earlier![k];
      if (entry === undefined || entry.current === before) return [];
      return [{ leaf, before: before?.node ?? null, after: entry.current!.node! }];
    });
    const { reached } = reach;
    return { from, to: lines.length, root: reach.root, retainGraph, reached, given };
  }
}

/** The calls and the leaves that a value depends on; null where a walk is more than its lines. */
function reachOf(
  root: Value,
  tape: Tape,
): { readonly root: number; readonly reached: Reached[]; readonly leaves: Value[] } | null {
  const leaves = new Set<Value>();
  const places = new Set([placeOf(root.record, tape)]);
  const reached: Reached[] = [];
  for (const place of places) {
    const record = tape[place];
    if (record === undefined || !isPlain(record)) return null;
    for (const input of record.inputs) {
      if (input.record !== null) places.add(placeOf(input.record, tape));
      else if (input.requiresGrad) leaves.add(input);
    }
    reached.push({ place, links: record.inputs.map((input) => linkOf(input, tape)) });
  }
  for (const { node, hooks } of leaves) if (node !== null || hooks !== null) return null;
  return { root: linkOf(root, tape), reached, leaves: [...leaves] };
}

/** Whether a walk from this value does what one did in an earlier trace. */
function isAgain(walk: Walk, root: Value, tape: Tape): boolean {
  if (linkOf(root, tape) !== walk.root) return false;
  for (const { place, links } of walk.reached) {
    const record = tape[place];
    if (record === undefined || !isPlain(record) || record.scope?.sound === false) return false;
    for (let k = 0; k < links.length; k++) {
      if (linkOf(record.inputs[k]!, tape) !== links[k]) return false;
    }
  }
  return walk.given.every(({ leaf }) => leaf.hooks === null);
}

/** Lets go of what the calls kept, as a walk does. */
function release(walk: Walk, tape: Tape): void {
  if (walk.retainGraph) return;
  for (const { place } of walk.reached) tape[place]!.kept = tape[place]!.nodes = null;
}

/** Where a call stands on the tape: −1 for none, −2 for one that is not on it. */
function placeOf(record: TapeRecord | null, tape: Tape): number {
  if (record === null) return -1;
  const place = record.sequence - (tape[0]?.sequence ?? 0);
  return tape[place] === record ? place : -2;
}

/** Spells which output of which call on the tape a value is. */
function linkOf({ record, output }: Value, tape: Tape): number {
  return placeOf(record, tape) + output / MOST_OUTPUTS;
}

function isPlain({ kept, hooks, custom }: TapeRecord): boolean {
  return kept !== null && hooks === null && custom === null;
}
