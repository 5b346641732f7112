/**
 * Recurrent layers on `scan`, with PyTorch's gates, order and weight layouts. What does not depend
 * on the state (the input times its weight, for all steps) is one product before the scan; the body
 * holds the product with the state and the gates.
 */
import { argumentError, shapeError } from "../../core/errors.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { typeOf } from "../node.ts";
import { lastCarry, pick } from "../scan.ts";
import { castTo, concat, expandTo, fill, fillLike, op, positions, reshape } from "../words.ts";
import { sliceAxis, swapAxes } from "../words.ts";
import { relu } from "./activation.ts";
import { linear } from "./linalg.ts";

/** The cells that there are. */
export type Cell = "tanh" | "relu" | "lstm" | "gru";

/** One direction of one layer: weight_ih, weight_hh, bias_ih and bias_hh of PyTorch's layout. */
export interface CellWeights {
  readonly input: Node;
  readonly hidden: Node;
  readonly inputBias: Node | null;
  readonly hiddenBias: Node | null;
  /** weight_hr of an LSTM [P, H]: the state h is brought to P features. */
  readonly projection?: Node | null;
}

/** How many gates a cell has, and how many states. */
const GATES: Readonly<Record<Cell, number>> = { tanh: 1, relu: 1, lstm: 4, gru: 3 };

/** The number of states that a cell carries: h, and c for an LSTM. */
export function statesOf(cell: Cell): number {
  return cell === "lstm" ? 2 : 1;
}

/** Cuts [B, gates · H] into its gates. */
function gatesOf(b: NodeBuilder, x: Node, count: number): Node[] {
  const width = x.type.shape[1]! / count;
  return Array.from({ length: count }, (_, i) => sliceAxis(b, x, 1, i * width, width));
}

/** The next states from the input's share, the state's share, and the states. */
function step(b: NodeBuilder, cell: Cell, x: Node, product: Node, states: readonly Node[]): Node[] {
  if (cell === "gru") return gruStep(b, x, product, states[0]!);
  const sum = op(b, "add", x, product);
  if (cell === "tanh") return [op(b, "tanh", sum)];
  if (cell === "relu") return [relu(b, sum)];
  const [i, f, g, o] = gatesOf(b, sum, 4) as [Node, Node, Node, Node];
  const kept = op(b, "mul", op(b, "sigmoid", f), states[1]!);
  const c = op(b, "add", kept, op(b, "mul", op(b, "sigmoid", i), op(b, "tanh", g)));
  return [op(b, "mul", op(b, "sigmoid", o), op(b, "tanh", c)), c];
}

function gruStep(b: NodeBuilder, x: Node, product: Node, h: Node): Node[] {
  const [xr, xz, xn] = gatesOf(b, x, 3) as [Node, Node, Node];
  const [hr, hz, hn] = gatesOf(b, product, 3) as [Node, Node, Node];
  const r = op(b, "sigmoid", op(b, "add", xr, hr));
  const z = op(b, "sigmoid", op(b, "add", xz, hz));
  const n = op(b, "tanh", op(b, "add", xn, op(b, "mul", r, hn)));
  const rest = op(b, "sub", fillLike(b, z, 1), z);
  return [op(b, "add", op(b, "mul", rest, n), op(b, "mul", z, h))];
}

/** The widths of the states: h, then c; both are H unless h is projected. */
function needWeights(name: string, x: Node, weights: CellWeights, gates: number): number[] {
  const { input, hidden, inputBias, hiddenBias, projection } = weights;
  const seen = hidden.type.shape[1] ?? 0;
  const width = projection ? (projection.type.shape[1] ?? 0) : seen;
  const rows = gates * width;
  const features = x.type.shape[x.type.shape.length - 1]!;
  const biases = [inputBias, hiddenBias].filter((bias) => bias !== null);
  const fits =
    sameShape(hidden.type.shape, [rows, seen]) &&
    sameShape(input.type.shape, [rows, features]) &&
    (!projection || sameShape(projection.type.shape, [seen, width])) &&
    biases.every((bias) => sameShape(bias.type.shape, [rows]));
  if (fits) return [seen, width];
  const more = projection
    ? [`, weightHr is ${showShape(projection.type.shape)}`, `, [${gates}·H, P] and [P, H]`]
    : ["", ` and [${gates}·H, H]`];
  throw shapeError(
    `${name}: input is ${showShape(x.type.shape)}, weightIh is ${showShape(input.type.shape)}, ` +
      `weightHh is ${showShape(hidden.type.shape)}${more[0]}; ` +
      `need [${gates}·H, ${features}]${more[1]}.`,
  );
}

/** One step of a cell: x [B, I] and its states [B, H] give the next states. */
export function recurrentCell(
  b: NodeBuilder,
  cell: Cell,
  x: Node,
  states: readonly Node[],
  weights: CellWeights,
): Node[] {
  needWeights(`${cell}Cell`, x, weights, GATES[cell]);
  const own = linear(b, x, weights.input, weights.inputBias);
  return step(b, cell, own, linear(b, states[0]!, weights.hidden, weights.hiddenBias), states);
}

/** What a layer gives: the states h of all steps [T, B, H], and the last states [B, H]. */
export interface LayerResult {
  readonly output: Node;
  readonly last: readonly Node[];
}

/**
 * One layer in one direction over x [T, B, I] from states [B, H]. Where `mask` [T, B] is false a
 * step keeps its states and gives zeros.
 */
export function recurrentLayer(
  b: NodeBuilder,
  cell: Cell,
  x: Node,
  states: readonly Node[],
  weights: CellWeights,
  reverse = false,
  mask: Node | null = null,
): LayerResult {
  const widths = needWeights(cell, x, weights, GATES[cell]);
  const [length, rows] = x.type.shape as readonly [number, number, number];
  const { dtype } = x.type;
  needStates(cell, states, rows, widths);
  // the gate of a GRU that r multiplies needs its bias within the scan
  const late = cell === "gru" && weights.hiddenBias !== null;
  const bias = late ? weights.inputBias : bothBiases(b, weights);
  const sequence = linear(b, x, weights.input, bias);
  const nb = b.nested();
  const carried = states.map((state) => nb.input(state.type));
  const share = nb.input(typeOf(dtype, sequence.type.shape.slice(1)));
  const active = mask === null ? null : nb.input(typeOf("bool", [rows]));
  const turned = nb.input(typeOf(dtype, [widths[0]!, weights.hidden.type.shape[0]!]));
  const extra = late ? nb.input(weights.hiddenBias!.type) : null;
  const projection = weights.projection ?? null;
  const down = projection === null ? null : nb.input(typeOf(dtype, [widths[1]!, widths[0]!]));
  const bare = op(nb, "contract", carried[0]!, turned);
  const product = extra === null ? bare : op(nb, "add", bare, expandTo(nb, extra, bare.type.shape));
  const stepped = step(nb, cell, share, product, carried);
  if (down !== null) stepped[0] = op(nb, "contract", stepped[0]!, down);
  const next = stepped.map((state, i) =>
    active === null ? state : op(nb, "where", spreadRows(nb, active, state), state, carried[i]!),
  );
  const elements = active === null ? [share] : [share, active];
  const captured = [turned, extra, down].filter((node) => node !== null);
  const body = { inputs: [...carried, ...elements, ...captured], outputs: next };
  const given = [
    ...states,
    ...(mask === null ? [sequence] : [sequence, mask]),
    swapAxes(b, weights.hidden, 0, 1),
    ...(late ? [weights.hiddenBias!] : []),
    ...(projection === null ? [] : [swapAxes(b, projection, 0, 1)]),
  ];
  const attrs = { body, carries: states.length, sequences: elements.length, length, reverse };
  const node = b.apply("scan", given, attrs);
  const stacks = states.map((_, i) => pick(b, node, i));
  const output = sliceAxis(b, stacks[0]!, 0, reverse ? 0 : 1, length);
  return {
    output: mask === null ? output : masked(b, output, mask),
    last: stacks.map((stack) => lastCarry(b, stack, reverse)),
  };
}

function bothBiases(b: NodeBuilder, { inputBias, hiddenBias }: CellWeights): Node | null {
  if (inputBias === null || hiddenBias === null) return inputBias ?? hiddenBias;
  return op(b, "add", inputBias, hiddenBias);
}

function needStates(
  cell: Cell,
  states: readonly Node[],
  rows: number,
  widths: readonly number[],
): void {
  if (states.length === statesOf(cell)) {
    if (states.every((state, i) => sameShape(state.type.shape, [rows, widths[i]!]))) return;
  }
  const shapes = states.map((state) => showShape(state.type.shape)).join(" and ");
  const need = [...new Set(widths)].map((width) => `[${rows}, ${width}]`).join(" and ");
  throw shapeError(`${cell}: the initial state is ${shapes}; need ${need} per layer.`);
}

/** Repeats [B] along the axes after the first. */
function spreadRows(b: NodeBuilder, x: Node, like: Node): Node {
  const { shape } = like.type;
  return expandTo(b, reshape(b, x, [shape[0]!, 1]), shape);
}

function masked(b: NodeBuilder, output: Node, mask: Node): Node {
  const { shape } = output.type;
  const wide = expandTo(b, reshape(b, mask, [shape[0]!, shape[1]!, 1]), shape);
  return op(b, "where", wide, output, fillLike(b, output, 0));
}

/** What a stack of layers is made of. */
export interface RecurrentOptions {
  readonly numLayers: number;
  readonly bidirectional: boolean;
  readonly batchFirst: boolean;
  readonly bias: boolean;
  /** Whether each layer has a weight_hr, after its biases (LSTM). */
  readonly projected?: boolean;
  /** Whether states are given (else zeros), and lengths of the sequences. */
  readonly states: boolean;
  readonly lengths: boolean;
}

/**
 * A stack of layers. `inputs`: x [T, B, I] (batch first: [B, T, I]; without batch: [T, I]); if
 * given the states [layers · directions, B, H]; if given lengths, int32 [B]; then the weights in
 * PyTorch's order. Results: the output of the last layer, and the last states.
 */
export function recurrent(
  b: NodeBuilder,
  cell: Cell,
  inputs: readonly Node[],
  options: RecurrentOptions,
): Node[] {
  const { numLayers, bidirectional, batchFirst } = options;
  const directions = bidirectional ? 2 : 1;
  const count = statesOf(cell);
  const single = inputs[0]!.type.shape.length === 2;
  const x = timeFirst(b, cell, inputs[0]!, batchFirst && !single);
  const [length, rows] = x.type.shape as readonly [number, number, number];
  const given = options.states ? inputs.slice(1, 1 + count) : [];
  const lengths = options.lengths ? inputs[1 + given.length]! : null;
  const weights = weightsOf(cell, inputs.slice(1 + given.length + (lengths ? 1 : 0)), options);
  const mask = lengths === null ? null : withinLengths(b, lengths, length, rows);
  const last: Node[][] = Array.from({ length: count }, () => []);
  let y = x;
  for (let layer = 0; layer < numLayers; layer++) {
    const outputs: Node[] = [];
    for (let d = 0; d < directions; d++) {
      const own = weights[layer * directions + d]!;
      const from = statesFrom(b, cell, x, given, own, layer * directions + d, single);
      const result = recurrentLayer(b, cell, y, from, own, d === 1, mask);
      outputs.push(result.output);
      result.last.forEach((state, k) => last[k]!.push(reshape(b, state, [1, ...state.type.shape])));
    }
    y = concat(b, outputs, 2);
  }
  const ends = last.map((states) => concat(b, states, 0));
  if (!single) return [batchFirst ? swapAxes(b, y, 0, 1) : y, ...ends];
  const flat = (node: Node, axis: number): Node =>
    reshape(
      b,
      node,
      node.type.shape.filter((_, a) => a !== axis),
    );
  return [flat(y, 1), ...ends.map((state) => flat(state, 1))];
}

/** The states [B, H] that a layer starts from: a part of those given, or zeros. */
function statesFrom(
  b: NodeBuilder,
  cell: Cell,
  x: Node,
  given: readonly Node[],
  weights: CellWeights,
  index: number,
  single: boolean,
): Node[] {
  const rows = x.type.shape[1]!;
  const widths = [weights.hidden.type.shape[1]!, weights.hidden.type.shape[0]! / GATES[cell]];
  return Array.from({ length: statesOf(cell) }, (_, k) =>
    given.length === 0
      ? fill(b, x.type.dtype, [rows, widths[k]!], 0)
      : stateAt(b, cell, given[k]!, index, [rows, widths[k]!], single),
  );
}

function timeFirst(b: NodeBuilder, cell: Cell, x: Node, batchFirst: boolean): Node {
  const { shape } = x.type;
  if (shape.length === 2) return reshape(b, x, [shape[0]!, 1, shape[1]!]);
  if (shape.length === 3) return batchFirst ? swapAxes(b, x, 0, 1) : x;
  throw shapeError(`${cell}: input is ${showShape(shape)}; need [T, B, I], or [T, I] for one.`);
}

function stateAt(
  b: NodeBuilder,
  cell: Cell,
  states: Node,
  index: number,
  wanted: readonly number[],
  single: boolean,
): Node {
  const shape = single ? [states.type.shape[0]!, 1, wanted[1]!] : states.type.shape;
  if (states.type.shape.length === (single ? 2 : 3) && index < shape[0]!) {
    const one = sliceAxis(b, states, 0, index, 1);
    if (one.type.size === wanted[0]! * wanted[1]!) return reshape(b, one, wanted);
  }
  throw shapeError(
    `${cell}: the initial state is ${showShape(states.type.shape)}; ` +
      `need [layers · directions, ${wanted.join(", ")}].`,
  );
}

function weightsOf(cell: Cell, list: readonly Node[], options: RecurrentOptions): CellWeights[] {
  const per = (options.bias ? 4 : 2) + (options.projected ? 1 : 0);
  const count = options.numLayers * (options.bidirectional ? 2 : 1);
  if (list.length !== per * count) {
    throw argumentError(`${cell}: got ${list.length} weights; need ${per * count}.`);
  }
  return Array.from({ length: count }, (_, i) => {
    const own = list.slice(i * per, (i + 1) * per);
    const projection = options.projected ? own.pop()! : null;
    const [input, hidden, inputBias, hiddenBias] = own;
    return {
      input: input!,
      hidden: hidden!,
      inputBias: inputBias ?? null,
      hiddenBias: hiddenBias ?? null,
      projection,
    };
  });
}

/** Whether each step is within its sequence: bool [T, B]. */
function withinLengths(b: NodeBuilder, lengths: Node, steps: number, rows: number): Node {
  if (!sameShape(lengths.type.shape, [rows])) {
    throw shapeError(`lengths are ${showShape(lengths.type.shape)}; need [${rows}].`);
  }
  const at = positions(b, [steps, rows], 0);
  return op(b, "lt", at, expandTo(b, castTo(b, lengths, "int32"), [steps, rows]));
}
