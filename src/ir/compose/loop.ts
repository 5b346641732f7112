/**
 * Loops that go turn by turn over columns or rounds, on `scan`. A scan keeps its carries of every
 * turn, for its gradient; where those are large, the turns are made in groups, of which only the
 * first carries are kept and the others computed again.
 */
import { bytesOf } from "../../core/dtype.ts";
import type { Graph, Node, NodeBuilder } from "../node.ts";
import { typeOf } from "../node.ts";
import { lastCarry, pick } from "../scan.ts";
import { castTo, concat, reshape, sliceAxis } from "../words.ts";

/** What a loop starts from and goes over. */
export interface Loop {
  /** The carries before the first turn. */
  readonly initial: readonly Node[];
  /** Values `[length, …]` of which each turn is given one element. */
  readonly sequences?: readonly Node[];
  readonly length: number;
  /** Whether the last turn comes first. */
  readonly reverse?: boolean;
}

/** What one turn makes: the next carries, and what is kept of each turn. */
export interface Turn {
  readonly next: readonly Node[];
  readonly kept: readonly Node[];
}

/** What a loop gives: the carries after the last turn, and what was kept, `[length, …]`. */
export interface Looped {
  readonly last: readonly Node[];
  readonly kept: readonly Node[];
}

/** The most bytes that the carries of all turns may take. */
const MOST = 1 << 24;

/** Makes a loop; `turn` is written once, in a builder of its own, and sees nothing from outside. */
export function loop(
  b: NodeBuilder,
  options: Loop,
  turn: (nb: NodeBuilder, carries: readonly Node[], elements: readonly Node[]) => Turn,
): Looped {
  const { initial, sequences = [] } = options;
  const nb = b.nested();
  const carries = initial.map(({ type }) => nb.input(type));
  const elements = sequences.map(({ type }) => nb.input(typeOf(type.dtype, type.shape.slice(1))));
  const { next, kept } = turn(nb, carries, elements);
  const body = { inputs: [...carries, ...elements], outputs: [...next, ...kept] };
  const bytes = initial.reduce((sum, { type }) => sum + type.size * bytesOf(type.dtype), 0);
  const grouped = bytes * options.length > MOST && options.length > 3;
  return (grouped ? inGroups : inOne)(b, body, options);
}

/** The numbers of a loop's turns, as a sequence of float64, which a slice can begin at. */
export function turnsOf(b: NodeBuilder, length: number): Node {
  return castTo(b, b.apply("iota", [], { length }), "float64");
}

function inOne(b: NodeBuilder, body: Graph, options: Loop): Looped {
  const { initial, sequences = [], length, reverse = false } = options;
  const [carries, count] = [initial.length, sequences.length];
  const attrs = { body, carries, sequences: count, length, reverse };
  const node = b.apply("scan", [...initial, ...sequences], attrs);
  const values = body.outputs.map((_, i) => pick(b, node, i));
  return {
    last: values.slice(0, carries).map((stack) => lastCarry(b, stack, reverse)),
    kept: values.slice(carries),
  };
}

/** A loop over groups of turns, and one over the turns that fill no group. */
function inGroups(b: NodeBuilder, body: Graph, options: Loop): Looped {
  const { initial, sequences = [], length, reverse = false } = options;
  const size = Math.floor(Math.sqrt(length));
  const groups = Math.floor(length / size);
  const full = groups * size;
  const main = (from: readonly Node[]): Looped => {
    const whole = sequences.map((x) =>
      reshape(b, sliceAxis(b, x, 0, 0, full), [groups, size, ...x.type.shape.slice(1)]),
    );
    const { last, kept } = loop(
      b,
      { initial: from, sequences: whole, length: groups, reverse },
      (nb, carries, elements) => {
        const group = { initial: carries, sequences: elements, length: size, reverse };
        const made = inOne(nb, body, group);
        return { next: made.last, kept: made.kept };
      },
    );
    return { last, kept: kept.map((x) => reshape(b, x, [full, ...x.type.shape.slice(2)])) };
  };
  const tail = (from: readonly Node[]): Looped => {
    const ends = sequences.map((x) => sliceAxis(b, x, 0, full, length - full));
    return inOne(b, body, { initial: from, sequences: ends, length: length - full, reverse });
  };
  if (full === length) return main(initial);
  const first = (reverse ? tail : main)(initial);
  const second = (reverse ? main : tail)(first.last);
  const [low, high] = reverse ? [second, first] : [first, second];
  return { last: second.last, kept: low.kept.map((x, i) => concat(b, [x, high.kept[i]!], 0)) };
}
