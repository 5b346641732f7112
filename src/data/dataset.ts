/** Samples by number, as in `torch.utils.data`: tensors row by row, their parts, random splits. */
import { argumentError, shapeError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import { stack } from "../tensor/functions/movement.ts";
import { tensor } from "../tensor/create.ts";
import { readableDevice } from "../tensor/device.ts";
import { randperm } from "../tensor/random.ts";
import { Tensor } from "../tensor/tensor.ts";

/**
 * Samples by number. An array of samples is one; where samples are promises, a loader is walked
 * through by `for await`. (PyTorch: `torch.utils.data.Dataset`.)
 */
export interface Dataset<S> {
  readonly length: number;
  /** Returns the sample of that number, from 0 on. */
  at(index: number): S | undefined;
  /** Returns several samples as one batch, where that is faster than one by one. */
  batch?(indices: Int32Array): Batch<S>;
}

/** A batch of samples: a tensor with one more axis for each tensor or number of a sample. */
export type Batch<S> = S extends Tensor | number | boolean
  ? Tensor
  : S extends PromiseLike<infer T>
    ? Promise<Batch<T>>
    : { [K in keyof S]: Batch<S[K]> };

/**
 * Tensors whose rows belong together: sample i is row i of each, `[…]` of `[N, …]`. Throws a shape
 * error where they have different numbers of rows. (PyTorch: `torch.utils.data.TensorDataset`.)
 */
export class TensorDataset<S extends readonly Tensor[]> implements Dataset<S> {
  readonly tensors: S;
  readonly length: number;

  constructor(...tensors: S) {
    this.tensors = tensors;
    this.length = tensors[0]?.shape[0] ?? 0;
    if (tensors.length > 0 && tensors.every((x) => x.shape[0] === this.length)) return;
    const shapes = tensors.map((x) => showShape(x.shape)).join(", ");
    throw shapeError(
      `TensorDataset: the tensors are ${shapes || "none"}; need one or more, all with as many rows.`,
    );
  }

  at(index: number): S {
    return this.tensors.map((x) => x.select(0, index)) as readonly Tensor[] as S;
  }

  batch(indices: Int32Array): Batch<S> {
    const first = indices[0] ?? 0;
    const inOrder = indices.every((row, i) => row === first + i);
    const take = (x: Tensor): Tensor =>
      inOrder
        ? x.narrow(0, first, indices.length)
        : x.indexSelect(0, tensor(indices, { device: x.device }));
    return this.tensors.map(take) as unknown as Batch<S>;
  }
}

/** The samples of a data set that `indices` names. (PyTorch: `torch.utils.data.Subset`.) */
export class Subset<S> implements Dataset<S> {
  readonly dataset: Dataset<S>;
  readonly indices: Int32Array;

  constructor(dataset: Dataset<S>, indices: ArrayLike<number>) {
    this.dataset = dataset;
    this.indices = Int32Array.from(indices);
    const wrong = this.indices.find((i) => i < 0 || i >= dataset.length);
    if (wrong === undefined) return;
    throw argumentError(
      `Subset: there is no sample ${wrong}; the data set has ${dataset.length}, from 0 on.`,
    );
  }

  get length(): number {
    return this.indices.length;
  }

  at(index: number): S | undefined {
    const inner = this.indices.at(index);
    return inner === undefined ? undefined : this.dataset.at(inner);
  }

  batch(indices: Int32Array): Batch<S> {
    const inner = indices.map((i) => this.indices[i]!);
    return batchOf(this.dataset, inner);
  }
}

/** Draws the numbers from 0 to n − 1 in random order. */
export function randomOrder(n: number): Int32Array {
  return randperm(n, { device: readableDevice() }).dataSync() as Int32Array;
}

/** Returns samples as one batch. */
export function batchOf<S>(dataset: Dataset<S>, indices: Int32Array): Batch<S> {
  if (dataset.batch !== undefined) return dataset.batch(indices);
  return collate(Array.from(indices, (i) => dataset.at(i)!));
}

/**
 * Makes a batch of samples: tensors are stacked, numbers become a tensor, lists and records are
 * taken part by part. (PyTorch: `torch.utils.data.default_collate`.)
 */
export function collate<S>(samples: readonly S[]): Batch<S> {
  const first = samples[0];
  const part = (key: PropertyKey): unknown =>
    collate(samples.map((sample) => (sample as Record<PropertyKey, unknown>)[key]));
  if (first instanceof Tensor) return stack(samples as unknown as Tensor[]) as Batch<S>;
  if (typeof first === "number" || typeof first === "boolean") {
    return tensor(samples as unknown as number[]) as Batch<S>;
  }
  if (Array.isArray(first)) return first.map((_, k) => part(k)) as unknown as Batch<S>;
  if (typeof first === "object" && first !== null) {
    return Object.fromEntries(Object.keys(first).map((key) => [key, part(key)])) as Batch<S>;
  }
  throw argumentError(
    `collate: a sample is ${String(first)}; need tensors, numbers, truth values, or lists or ` +
      `records of them; collateFn makes batches of anything else.`,
  );
}
