/** Recurrent layers: whole stacks of them, one layer, and single steps. */
import { needOneOf } from "../../core/choice.ts";
import { asGiven, readNamed } from "../../core/options.ts";
import type { Cell, CellWeights, RecurrentOptions } from "../../ir/compose/recurrent.ts";
import { recurrent, recurrentCell, recurrentLayer, statesOf } from "../../ir/compose/recurrent.ts";
import type { Node } from "../../ir/node.ts";
import type { None } from "../../runtime/function.ts";
import { Fn, NONE } from "../../runtime/function.ts";
import { call } from "../call.ts";
import type { Value } from "../value.ts";
import { constantAttrs } from "./define.ts";

/** The options of a stack of layers. */
export interface StackOptions<V> {
  readonly numLayers?: number;
  readonly bidirectional?: boolean;
  /** Whether input and output are [B, T, …] instead of [T, B, …]. */
  readonly batchFirst?: boolean;
  /** Whether the weights include biases (default true). */
  readonly bias?: boolean;
  /**
   * Of an LSTM: whether each layer has a weight_hr [P, H] after its biases, which makes h P wide.
   */
  readonly projected?: boolean;
  /** How many steps each sequence has, int32 [B]: later ones keep the state and give zeros. */
  readonly lengths?: V | null;
}

const STACK = {
  numLayers: 1,
  bidirectional: false,
  batchFirst: false,
  bias: true,
  lengths: asGiven<unknown>(null),
};
const PROJECTED = { ...STACK, projected: false };

function stack(cell: Cell) {
  const fn = new Fn<RecurrentOptions>(cell, (b, inputs, options) =>
    recurrent(b, cell, inputs, options),
  );
  return <V extends Value>(
    input: V,
    states: readonly V[] | null,
    weights: readonly V[],
    options: StackOptions<V>,
  ): V[] => {
    const { lengths = null } = options ?? {};
    const settings = { ...readNamed(cell, cell === "lstm" ? PROJECTED : STACK, options) };
    const given = { states: states !== null, lengths: lengths !== null };
    const attrs = constantAttrs({ ...settings, ...given });
    const more = lengths === null ? [] : [lengths];
    return call(fn, [input, ...(states ?? []), ...more, ...weights], [], attrs);
  };
}

const tanhStack = /* @__PURE__ */ stack("tanh");
const reluStack = /* @__PURE__ */ stack("relu");
const lstmStack = /* @__PURE__ */ stack("lstm");
const gruStack = /* @__PURE__ */ stack("gru");

/**
 * A stack of Elman layers. `weights` in PyTorch's order: weight_ih [H, I], weight_hh [H, H],
 * bias_ih and bias_hh [H] per layer and direction; `h0` [layers · directions, B, H], or null for
 * zeros. Returns the output [T, B, directions · H] and the last states.
 */
export function rnn<V extends Value>(
  input: V,
  h0: V | null,
  weights: readonly V[],
  options: Omit<StackOptions<V>, "projected"> & { readonly nonlinearity?: "tanh" | "relu" } = {},
): [output: V, h: V] {
  readNamed("rnn", { ...STACK, nonlinearity: "tanh" }, options);
  const { nonlinearity = "tanh", ...rest } = options;
  needOneOf("rnn: nonlinearity", nonlinearity, ["tanh", "relu"]);
  const run = nonlinearity === "relu" ? reluStack : tanhStack;
  return run(input, h0 === null ? null : [h0], weights, rest) as [V, V];
}

/**
 * A stack of LSTM layers (gates i, f, g, o); `states` are h and c, or null for zeros. With
 * `projected` each layer has one more weight, weight_hr, after its biases. See `rnn`.
 */
export function lstm<V extends Value>(
  input: V,
  states: readonly [h0: V, c0: V] | null,
  weights: readonly V[],
  options: StackOptions<V> = {},
): [output: V, h: V, c: V] {
  return lstmStack(input, states, weights, options) as [V, V, V];
}

/** A stack of GRU layers (gates r, z, n); `h0` as for `rnn`. */
export function gru<V extends Value>(
  input: V,
  h0: V | null,
  weights: readonly V[],
  options: Omit<StackOptions<V>, "projected"> = {},
): [output: V, h: V] {
  return gruStack(input, h0 === null ? null : [h0], weights, options) as [V, V];
}

function weightsFrom(list: readonly (Node | undefined)[]): CellWeights {
  const [input, hidden, inputBias, hiddenBias] = list;
  return {
    input: input!,
    hidden: hidden!,
    inputBias: inputBias ?? null,
    hiddenBias: hiddenBias ?? null,
  };
}

function layer(cell: Cell) {
  const count = statesOf(cell);
  const fn = new Fn<{ readonly reverse: boolean }>(`${cell}Layer`, (b, inputs, { reverse }) => {
    const weights = weightsFrom(inputs.slice(1 + count));
    const states = inputs.slice(1, 1 + count);
    const { output, last } = recurrentLayer(b, cell, inputs[0]!, states, weights, reverse);
    return [output, ...last];
  });
  return <V extends Value>(
    input: V,
    states: readonly V[],
    weights: readonly V[],
    options: { readonly reverse?: boolean } = {},
  ): V[] => {
    const { reverse } = readNamed(`${cell}Layer`, { reverse: false }, options);
    return call(fn, [input, ...states, ...weights], [], constantAttrs({ reverse }));
  };
}

const LAYER = { reverse: false, nonlinearity: "tanh" as "tanh" | "relu" };

const tanhLayer = /* @__PURE__ */ layer("tanh");
const reluLayer = /* @__PURE__ */ layer("relu");
const lstmLayerOf = /* @__PURE__ */ layer("lstm");
const gruLayerOf = /* @__PURE__ */ layer("gru");

/**
 * One Elman layer in one direction: input [T, B, I], state [B, H], weights as for one layer of
 * `rnn`. Returns the output [T, B, H] and the last state [B, H].
 */
export function rnnLayer<V extends Value>(
  input: V,
  h0: V,
  weights: readonly V[],
  options: { readonly reverse?: boolean; readonly nonlinearity?: "tanh" | "relu" } = {},
): [output: V, h: V] {
  const { nonlinearity, ...rest } = readNamed("rnnLayer", LAYER, options);
  needOneOf("rnnLayer: nonlinearity", nonlinearity, ["tanh", "relu"]);
  const run = nonlinearity === "relu" ? reluLayer : tanhLayer;
  return run(input, [h0], weights, rest) as [V, V];
}

/** One LSTM layer in one direction: see `rnnLayer`. */
export function lstmLayer<V extends Value>(
  input: V,
  states: readonly [h0: V, c0: V],
  weights: readonly V[],
  options: { readonly reverse?: boolean } = {},
): [output: V, h: V, c: V] {
  return lstmLayerOf(input, states, weights, options) as [V, V, V];
}

/** One GRU layer in one direction: see `rnnLayer`. */
export function gruLayer<V extends Value>(
  input: V,
  h0: V,
  weights: readonly V[],
  options: { readonly reverse?: boolean } = {},
): [output: V, h: V] {
  return gruLayerOf(input, [h0], weights, options) as [V, V];
}

function single(cell: Cell) {
  const count = statesOf(cell);
  const fn = new Fn<None>(`${cell}Cell`, (b, inputs) => {
    const weights = weightsFrom(inputs.slice(1 + count));
    return recurrentCell(b, cell, inputs[0]!, inputs.slice(1, 1 + count), weights);
  });
  return <V extends Value>(input: V, states: readonly V[], weights: readonly V[]): V[] =>
    call(fn, [input, ...states, ...weights], [], NONE);
}

const tanhCell = /* @__PURE__ */ single("tanh");
const reluCell = /* @__PURE__ */ single("relu");
const lstmCellOf = /* @__PURE__ */ single("lstm");
const gruCellOf = /* @__PURE__ */ single("gru");

/** One step of an Elman cell: input [B, I] and state [B, H] give the next state. */
export function rnnCell<V extends Value>(
  input: V,
  h: V,
  weights: readonly V[],
  nonlinearity: "tanh" | "relu" = "tanh",
): V {
  needOneOf("rnnCell: nonlinearity", nonlinearity, ["tanh", "relu"]);
  return (nonlinearity === "relu" ? reluCell : tanhCell)(input, [h], weights)[0]!;
}

/** One step of an LSTM cell: input [B, I] and states h, c [B, H] give the next states. */
export function lstmCell<V extends Value>(
  input: V,
  states: readonly [h: V, c: V],
  weights: readonly V[],
): [h: V, c: V] {
  return lstmCellOf(input, states, weights) as [V, V];
}

/** One step of a GRU cell: input [B, I] and state [B, H] give the next state. */
export function gruCell<V extends Value>(input: V, h: V, weights: readonly V[]): V {
  return gruCellOf(input, [h], weights)[0]!;
}
