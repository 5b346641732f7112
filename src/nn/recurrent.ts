/** Recurrent layers and their cells as modules, as in `torch.nn`. */
import { argumentError } from "../core/errors.ts";
import type { Settings } from "../core/options.ts";
import { read, show } from "../core/options.ts";
import { zeros } from "../tensor/create.ts";
import { cat } from "../tensor/functions/movement.ts";
import type { StackOptions } from "../tensor/functions/recurrent.ts";
import * as R from "../tensor/functions/recurrent.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { dropout } from "./functional/dropout.ts";
import { int32List, placesAt } from "./functional/int32-list.ts";
import * as init from "./init.ts";
import type { FactoryOptions } from "./factory.ts";
import { FACTORY, madeBy, needSize } from "./factory.ts";
import { Module } from "./module.ts";
import { packedLike, PackedSequence, paddedOf } from "./packed.ts";
import { Parameter } from "./parameter.ts";
import { showFloat } from "./repr.ts";

/** Options of the recurrent layers. */
export interface RecurrentLayerOptions extends FactoryOptions {
  /** Default: 1. */
  readonly numLayers?: number;
  /** Default: true. */
  readonly bias?: boolean;
  /** Whether inputs are `[N, T, I]` instead of `[T, N, I]`. Default: false. */
  readonly batchFirst?: boolean;
  /** The probability of dropping an output between layers in training. Default: 0. */
  readonly dropout?: number;
  /** Whether a second direction runs from the end. Default: false. */
  readonly bidirectional?: boolean;
}

/** Options of {@link LSTM}. */
export interface LSTMOptions extends RecurrentLayerOptions {
  /** Brings the state h to so many features, fewer than `hiddenSize`. Default: 0, it stays. */
  readonly projSize?: number;
}

/** Options of a call of a recurrent layer. */
export interface RecurrentCallOptions {
  /** How many steps each sequence has, int32 `[N]`; later ones keep the state and give zeros. */
  readonly lengths?: Tensor | null;
}

/** Outputs of the kind of the inputs: packed sequences of packed ones. */
type Like<X> = X extends PackedSequence ? PackedSequence : Tensor;

/** Runs a stack of layers on weights in PyTorch's order. */
type Run = (
  x: Tensor,
  states: readonly Tensor[] | null,
  weights: readonly Tensor[],
  options: StackOptions<Tensor>,
) => Tensor[];

type LayerSettings = [
  numLayers: number,
  bias: boolean,
  batchFirst: boolean,
  dropout: number,
  bidirectional: boolean,
];
type RNNSettings = [numLayers: number, nonlinearity: "tanh" | "relu"];

/** The settings of all layers by position. */
const LAYER = { numLayers: 1, bias: true, batchFirst: false, dropout: 0, bidirectional: false };

/** What the recurrent layers share. */
abstract class Recurrent extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bias: boolean;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  /** The features of the state h, 0 for `hiddenSize`. */
  readonly projSize: number;

  constructor(
    gates: number,
    sizes: readonly [inputSize: number, hiddenSize: number],
    settings: typeof LAYER & typeof FACTORY & { readonly projSize?: number },
  ) {
    super();
    const [inputSize, hiddenSize] = sizes;
    const { numLayers, bias, batchFirst, bidirectional, dropout, projSize = 0 } = settings;
    const { name } = this.constructor;
    this.inputSize = needSize(name, "inputSize", inputSize);
    this.hiddenSize = needSize(name, "hiddenSize", hiddenSize);
    this.numLayers = needSize(name, "numLayers", numLayers);
    if (numLayers === 0) throw argumentError(`${name}: numLayers is 0; need at least one.`);
    this.bias = bias;
    this.batchFirst = batchFirst;
    this.dropout = dropout;
    if (!(this.dropout >= 0 && this.dropout <= 1)) {
      throw argumentError(`${name}: dropout is ${this.dropout}; need a probability from 0 to 1.`);
    }
    this.bidirectional = bidirectional;
    this.projSize = needSize(name, "projSize", projSize);
    if (this.projSize !== 0 && this.projSize >= hiddenSize) {
      throw argumentError(
        `${name}: projSize is ${this.projSize}; need less than hiddenSize, ${hiddenSize}.`,
      );
    }
    const state = this.projSize || hiddenSize;
    const factory = madeBy(settings);
    const rows = gates * hiddenSize;
    for (let layer = 0; layer < numLayers; layer++) {
      const width = layer === 0 ? inputSize : state * this.directions;
      for (const end of this.endings(layer)) {
        const own = (kind: string, ...shape: number[]): void =>
          this.own(kind + end, new Parameter(zeros(shape, factory)));
        own("weight_ih", rows, width);
        own("weight_hh", rows, state);
        if (bias) own("bias_ih", rows);
        if (bias) own("bias_hh", rows);
        if (this.projSize !== 0) own("weight_hr", this.projSize, hiddenSize);
      }
    }
    this.resetParameters();
  }

  /** Draws fresh weights, as the constructor does: evenly spread over ±1/√hiddenSize. */
  resetParameters(): void {
    const bound = this.hiddenSize > 0 ? 1 / Math.sqrt(this.hiddenSize) : 0;
    for (const p of this.parameters()) init.uniform(p, { a: -bound, b: bound });
  }

  private get directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  private endings(layer: number): string[] {
    return this.bidirectional ? [`_l${layer}`, `_l${layer}_reverse`] : [`_l${layer}`];
  }

  private own(name: string, parameter: Parameter): void {
    (this as unknown as Record<string, unknown>)[name] = parameter;
  }

  /** The weights of one layer, in PyTorch's order. */
  private weightsOf(layer: number): Tensor[] {
    const all = this as unknown as Record<string, Parameter>;
    const kinds = ["weight_ih", "weight_hh", ...(this.bias ? ["bias_ih", "bias_hh"] : [])];
    if (this.projSize !== 0) kinds.push("weight_hr");
    return this.endings(layer).flatMap((end) => kinds.map((kind) => all[kind + end]!));
  }

  /**
   * Runs all layers over padded or packed sequences; gives outputs of the same kind, and states.
   */
  protected runAll<X extends Tensor | PackedSequence>(
    run: Run,
    x: X,
    states: readonly Tensor[] | null,
    given: RecurrentCallOptions,
  ): [output: Like<X>, ...ends: Tensor[]] {
    const call = { lengths: null as Tensor | null };
    const { lengths } = read(this.constructor.name, {}, [given], call);
    const { batchFirst } = this;
    if (!(x instanceof PackedSequence)) {
      return this.runLayers(run, x, states, { lengths, batchFirst }) as [Like<X>, ...Tensor[]];
    }
    if (lengths !== null) {
      throw argumentError(
        `${this.constructor.name}: packed sequences have lengths; give no others.`,
      );
    }
    const ordered = (s: Tensor, order: readonly number[] | null): Tensor =>
      order === null || s.shape.at(-2) !== order.length ? s : placesAt(s, s.ndim - 2, order);
    const padded = paddedOf(x);
    const from = states?.map((s) => ordered(s, x.sortedIndices)) ?? null;
    const within = { lengths: int32List(x.sortedLengths, padded), batchFirst: false };
    const [y, ...ends] = this.runLayers(run, padded, from, within);
    const last = ends.map((s) => ordered(s, x.unsortedIndices));
    return [packedLike(x, y!) as Like<X>, ...last];
  }

  /** Runs all layers, with dropout between them in training. */
  private runLayers(
    run: Run,
    x: Tensor,
    states: readonly Tensor[] | null,
    within: { readonly lengths: Tensor | null; readonly batchFirst: boolean },
  ): Tensor[] {
    const { numLayers, bidirectional, bias, directions } = this;
    const options = { bidirectional, bias, ...within };
    const layers = Array.from({ length: numLayers }, (_, layer) => layer);
    const p = numLayers > 1 && this.training ? this.dropout : 0;
    if (p === 0) {
      const weights = layers.flatMap((layer) => this.weightsOf(layer));
      return run(x, states, weights, { ...options, numLayers });
    }
    const ends: Tensor[][] = [];
    let y = x;
    for (const layer of layers) {
      const from = states?.map((s) => s.narrow(0, layer * directions, directions)) ?? null;
      const input = layer === 0 ? y : dropout(y, { p });
      const [output, ...last] = run(input, from, this.weightsOf(layer), {
        ...options,
        numLayers: 1,
      });
      y = output!;
      last.forEach((state, k) => (ends[k] ??= []).push(state));
    }
    return [y, ...ends.map((list) => cat(list))];
  }

  override extraRepr(): string {
    const { inputSize, hiddenSize, numLayers, bias, batchFirst, bidirectional } = this;
    const parts = [`${inputSize}, ${hiddenSize}`];
    if (this.projSize !== 0) parts.push(`proj_size=${this.projSize}`);
    if (numLayers !== 1) parts.push(`num_layers=${numLayers}`);
    if (!bias) parts.push("bias=False");
    if (batchFirst) parts.push("batch_first=True");
    if (this.dropout !== 0) parts.push(`dropout=${showFloat(this.dropout)}`);
    if (bidirectional) parts.push("bidirectional=True");
    return parts.join(", ");
  }
}

/** Options of {@link RNN}. */
export interface RNNOptions extends RecurrentLayerOptions {
  /** Default: "tanh". */
  readonly nonlinearity?: "tanh" | "relu";
}

/**
 * Elman layers, h ← tanh(W_ih x + b_ih + W_hh h + b_hh): `[T, N, inputSize]` to `[T, N, directions
 * · hiddenSize]` and the last states `[layers · directions, N, hiddenSize]`. Parameters have
 * PyTorch's names (`weight_ih_l0`, `weight_hh_l0_reverse`, …). PyTorch: `torch.nn.RNN`.
 */
export class RNN extends Recurrent {
  readonly nonlinearity: "tanh" | "relu";

  constructor(inputSize: number, hiddenSize: number, ...args: Settings<RNNSettings, RNNOptions>) {
    const { numLayers, ...others } = LAYER;
    const defaults = { numLayers, nonlinearity: "tanh" as "tanh" | "relu", ...others };
    const settings = read("RNN", defaults, args, FACTORY);
    super(1, [inputSize, hiddenSize], settings);
    this.nonlinearity = settings.nonlinearity;
    if (this.nonlinearity !== "tanh" && this.nonlinearity !== "relu") {
      throw argumentError(`RNN: nonlinearity is "${this.nonlinearity}"; need "tanh" or "relu".`);
    }
  }

  /**
   * Padded or packed sequences and, if given, first states (else zeros) → outputs and last states.
   */
  forward<X extends Tensor | PackedSequence>(
    x: X,
    hx: Tensor | null = null,
    options: RecurrentCallOptions = {},
  ): [Like<X>, Tensor] {
    const { nonlinearity } = this;
    const run: Run = (input, states, weights, o) =>
      R.rnn(input, states?.[0] ?? null, weights, { ...o, nonlinearity });
    return this.runAll(run, x, hx === null ? null : [hx], options) as [Like<X>, Tensor];
  }
}

/**
 * Long short-term memory (gates i, f, g, o): `[T, N, inputSize]` to outputs `[T, N, directions ·
 * hiddenSize]` and the last states h and c, `[layers · directions, N, hiddenSize]` each; with
 * `projSize` outputs and h have that many features (`weight_hr_l0`). PyTorch: `torch.nn.LSTM`.
 */
export class LSTM extends Recurrent {
  constructor(
    inputSize: number,
    hiddenSize: number,
    ...args: Settings<[...layer: LayerSettings, projSize: number], LSTMOptions>
  ) {
    super(4, [inputSize, hiddenSize], read("LSTM", { ...LAYER, projSize: 0 }, args, FACTORY));
  }

  /**
   * Padded or packed sequences and, if given, first states [h, c] (else zeros) → outputs and last
   * [h, c].
   */
  forward<X extends Tensor | PackedSequence>(
    x: X,
    hx: readonly [Tensor, Tensor] | null = null,
    options: RecurrentCallOptions = {},
  ): [Like<X>, [Tensor, Tensor]] {
    const projected = this.projSize !== 0;
    if (hx !== null && !(Array.isArray(hx) && hx.length === 2)) {
      throw argumentError(`LSTM: the first states are ${show(hx)}; need two tensors, [h, c].`);
    }
    const run: Run = (input, states, weights, o) =>
      R.lstm(input, states as [Tensor, Tensor] | null, weights, { ...o, projected });
    const [y, h, c] = this.runAll(run, x, hx, options) as [Like<X>, Tensor, Tensor];
    return [y, [h, c]];
  }
}

/**
 * Gated recurrent units (gates r, z, n): `[T, N, inputSize]` to outputs `[T, N, directions ·
 * hiddenSize]` and the last states `[layers · directions, N, hiddenSize]`. PyTorch: `torch.nn.GRU`.
 */
export class GRU extends Recurrent {
  constructor(
    inputSize: number,
    hiddenSize: number,
    ...args: Settings<LayerSettings, RecurrentLayerOptions>
  ) {
    super(3, [inputSize, hiddenSize], read("GRU", LAYER, args, FACTORY));
  }

  /**
   * Padded or packed sequences and, if given, first states (else zeros) → outputs and last states.
   */
  forward<X extends Tensor | PackedSequence>(
    x: X,
    hx: Tensor | null = null,
    options: RecurrentCallOptions = {},
  ): [Like<X>, Tensor] {
    const run: Run = (input, states, weights, o) => R.gru(input, states?.[0] ?? null, weights, o);
    return this.runAll(run, x, hx === null ? null : [hx], options) as [Like<X>, Tensor];
  }
}
