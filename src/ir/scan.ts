/**
 * The `scan` row: its types, its value, and its gradient, which is a scan the other way. Its body
 * computes one step again from the carry before it; what a captured value gets from all steps is
 * added up outside, so that the gradient of a weight is one long product instead of a sum of short
 * ones.
 */
import type { TypedArray } from "../core/dtype.ts";
import { allocate, isFloat } from "../core/dtype.ts";
import { argumentError, shapeError } from "../core/errors.ts";
import type { Graph, Node, NodeBuilder, Scan, TensorType } from "./node.ts";
import { tupleOf, typeOf } from "./node.ts";
import type { Walk } from "./row.ts";
import { totals } from "./scan-totals.ts";
import { copyInto } from "./splice.ts";
import { fillLike, op, reshape, sliceAxis } from "./words.ts";

/** The type of one element of a sequence. */
function elementOf(type: TensorType): TensorType {
  return typeOf(type.dtype, type.shape.slice(1));
}

/** The type of so many values of one type. */
function stackOf(type: TensorType, length: number): TensorType {
  return typeOf(type.dtype, [length, ...type.shape]);
}

/** The types of a scan's values: the carries stacked, then what the body gives out, stacked. */
export function scanType(inputs: readonly TensorType[], attrs: Scan): TensorType {
  const { body, carries, sequences, length } = attrs;
  if (inputs.length !== body.inputs.length || body.outputs.length < carries) {
    throw argumentError(
      `scan: got ${inputs.length} inputs; the body takes ${body.inputs.length} and gives ` +
        `${body.outputs.length}, of which ${carries} are carries.`,
    );
  }
  inputs.forEach((type, i) => {
    const sequence = i >= carries && i < carries + sequences;
    const wanted = body.inputs[i]!.type;
    if (sequence ? type === stackOf(wanted, length) : type === wanted) return;
    throw shapeError(
      `scan: input ${i} is ${type.text}; the body takes ${wanted.text}` +
        `${sequence ? ` of each of ${length} elements` : ""}.`,
    );
  });
  const given = body.outputs.map((output) => output.type);
  given.slice(0, carries).forEach((type, i) => {
    if (type === body.inputs[i]!.type) return;
    throw shapeError(`scan: carry ${i} is ${body.inputs[i]!.type.text}, then ${type.text}.`);
  });
  return tupleOf(given.map((type, i) => stackOf(type, i < carries ? length + 1 : length)));
}

/** Computes a scan, step by step; `run` computes the body. */
export function runScan(
  node: Node,
  inputs: readonly TypedArray[],
  run: (graph: Graph, inputs: readonly TypedArray[]) => TypedArray[],
): TypedArray[] {
  const { body, carries, sequences, length, reverse } = node.attrs as Scan;
  const results = node.type.parts!.map((part) => allocate(part.dtype, part.size));
  const sizes = body.outputs.map((output) => output.type.size);
  let state = inputs.slice(0, carries);
  const keep = (i: number, place: number, value: TypedArray): void =>
    results[i]!.set(value, place * sizes[i]!);
  state.forEach((value, i) => keep(i, reverse ? length : 0, value));
  for (let step = 0; step < length; step++) {
    const t = reverse ? length - 1 - step : step;
    const elements = inputs.slice(carries, carries + sequences).map((sequence, j) => {
      const { size } = body.inputs[carries + j]!.type;
      return sequence.slice(t * size, (t + 1) * size);
    });
    const given = run(body, [...state, ...elements, ...inputs.slice(carries + sequences)]);
    given.forEach((value, i) => keep(i, i < carries && !reverse ? t + 1 : t, value));
    state = given.slice(0, carries);
  }
  return results;
}

/** Takes one of a scan's values. */
export function pick(b: NodeBuilder, node: Node, index: number): Node {
  return b.apply("pick", [node], { index });
}

/** Takes the last value of a carry from all of them. */
export function lastCarry(b: NodeBuilder, stacked: Node, reverse: boolean): Node {
  const { shape } = stacked.type;
  const at = reverse ? 0 : shape[0]! - 1;
  return reshape(b, sliceAxis(b, stacked, 0, at, 1), shape.slice(1));
}

/** The cotangents of a scan's inputs, from those of its values. */
export function scanGradient(
  b: NodeBuilder,
  node: Node<"scan">,
  { cotangents, derive, rowOf }: Walk,
): (Node | null)[] {
  const { body, carries, sequences, length, reverse } = node.attrs as Scan;
  const smooth = body.inputs.map(({ type }) => isFloat(type.dtype));
  const carried = smooth.slice(0, carries);
  const flows = body.outputs.map((_, i) => (i < carries ? carried[i]! : cotangents[i] !== null));
  const pulled = derive(body, smooth, flows);
  const first = reverse ? 1 : 0; // where the carries before each step begin
  const before = (stacked: Node): Node => sliceAxis(b, stacked, 0, first, length);
  const nb = b.nested();
  const bodyCarries = body.inputs.flatMap(({ type }, i) => (carried[i] ? [nb.input(type)] : []));
  const outer: Node[] = [];
  const take = (sequence: Node): Node => {
    outer.push(sequence);
    return nb.input(elementOf(sequence.type));
  };
  const again = [
    ...carried.map((_, i) => take(before(pick(b, node, i)))),
    ...node.inputs.slice(carries, carries + sequences).map(take),
  ];
  const added = carried.map((yes, i) =>
    yes && cotangents[i] !== null ? take(before(cotangents[i]!)) : null,
  );
  const given = flows.flatMap((yes, i) => (yes && i >= carries ? [take(cotangents[i]!)] : []));
  const captures = node.inputs.slice(carries + sequences);
  const captured = captures.map(({ type }) => nb.input(type));
  const slopes = copyInto(nb, pulled, [...again, ...captured, ...bodyCarries, ...given]);
  const ofInput = expandFlags(smooth, slopes);
  const next = carried.flatMap((yes, i) => {
    if (!yes) return [];
    const own = ofInput[i]!;
    return [added[i] === null ? own : op(nb, "add", own, added[i]!)];
  });
  const back = totals(
    b,
    {
      inputs: [...bodyCarries, ...again, ...listed(added), ...given, ...captured],
      carries: next,
      sequences: outer,
      captures,
      stacked: ofInput.slice(carries, carries + sequences),
      added: ofInput.slice(carries + sequences),
      initial: carried.flatMap((yes, i) => (yes ? [initialOf(b, node, cotangents[i]!, i)] : [])),
      length,
      reverse: !reverse,
    },
    rowOf,
  );
  const initial = back.carries.map((stacked) => lastCarry(b, stacked, !reverse));
  return [...expandFlags(carried, initial), ...back.stacked, ...back.added];
}

/** What flows back into the last carry from outside. */
function initialOf(b: NodeBuilder, node: Node<"scan">, g: Node | null, i: number): Node {
  if (g === null) return fillLike(b, node.inputs[i]!, 0);
  return lastCarry(b, g, node.attrs.reverse);
}

/** Puts one value for each true flag, null for the others. */
function expandFlags(flags: readonly boolean[], values: readonly Node[]): (Node | null)[] {
  let next = 0;
  return flags.map((yes) => (yes ? values[next++]! : null));
}

function listed(nodes: readonly (Node | null)[]): Node[] {
  return nodes.filter((node) => node !== null);
}
