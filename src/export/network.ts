/**
 * A fitted network as plain data: all that a program in another language has to be told. The
 * command line makes it from a run folder; the writers of this folder turn it into programs.
 */
import { argumentError } from "../core/errors.ts";
import type { Activation } from "../models/activations.ts";

/** One linear layer: `y = x · weightᵀ + bias`. */
export interface LinearLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** Row-major `[outputs, inputs]`, as PyTorch keeps it. */
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** An input column of numbers, with its range in training. */
export interface NumberColumn {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

/** An input column of texts; the network sees one input of 0 or 1 for each. */
export interface TextColumn {
  readonly name: string;
  readonly values: readonly string[];
}

/** An input column of either kind. */
export type InputColumn = NumberColumn | TextColumn;

/** An affine map of columns: (x − offset[j]) / scale[j]. */
export interface AffineMap {
  readonly offset: readonly number[];
  readonly scale: readonly number[];
}

/** What answering takes. */
export interface Network {
  readonly version: string;
  /** The command that made it. */
  readonly command: string;
  readonly inputs: readonly InputColumn[];
  /** The predicted columns; one, the column of classes, where there are classes. */
  readonly outputs: readonly string[];
  /** The classes of a text target: the network then gives one score for each. */
  readonly classes?: readonly string[];
  readonly activation: Activation;
  readonly layers: readonly LinearLayer[];
  readonly xScaler: AffineMap;
  readonly yScaler: AffineMap;
}

/** How it was trained, with the data of the training rows. */
export interface Training {
  /** The layers before the first epoch. */
  readonly initial: readonly LinearLayer[];
  readonly optimizer: "adam" | "sgd";
  readonly lr: number;
  readonly weightDecay: number;
  readonly epochs: number;
  /** Row-major `[rows, network inputs]`, in the units of the data; texts as 0 and 1. */
  readonly x: Float64Array;
  /** Row-major `[rows, outputs]` in the units of the data, or `[rows]` class numbers. */
  readonly y: Float64Array;
  /** The recorded losses of the first epochs: `[epoch, loss]`. */
  readonly losses: readonly (readonly [epoch: number, loss: number])[];
}

/** Returns whether a column is one of texts. */
export function isText(column: InputColumn): column is TextColumn {
  return "values" in column;
}

/** Puts layers together from tensors by PyTorch's names (`0.weight`, `2.bias`). */
export function layersOf(
  tensors: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly data: ArrayLike<number> }>
  >,
): LinearLayer[] {
  const weights = Object.keys(tensors).filter((name) => name.endsWith(".weight"));
  const numbers = weights.map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b);
  return numbers.map((k) => {
    const [weight, bias] = [tensors[`${k}.weight`], tensors[`${k}.bias`]];
    if (weight?.shape.length !== 2 || bias === undefined) {
      throw argumentError(`export: layer ${k} is no linear layer; only perceptrons are exported.`);
    }
    const [outputs, inputs] = weight.shape as [number, number];
    const [w, b] = [Float32Array.from(weight.data), Float32Array.from(bias.data)];
    return { inputs, outputs, weight: w, bias: b };
  });
}

/** Names a layer's module in PyTorch's `nn.Sequential`: activations take every second place. */
export function moduleNumber(layer: number): number {
  return 2 * layer;
}
