/** One epoch of training on rows: all at once, or in batches of a new random order. */
import { takeRows } from "../data/rows.ts";
import { tensor } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { shuffle } from "./split.ts";
import type { Trainer } from "./trainer.ts";

/** Rows as a network takes them. */
export interface Rows {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly rows: number;
  /** All rows as tensors, made once. */
  readonly tensors: () => readonly [x: Tensor, y: Tensor];
}

/** Makes rows of row-major inputs and targets. */
export function makeRows(x: Float32Array, y: Float32Array, rows: number): Rows {
  let made: readonly [Tensor, Tensor] | undefined;
  const tensors = (): readonly [Tensor, Tensor] =>
    (made ??= [toTensor(x, rows), toTensor(y, rows)]);
  return { x, y, rows, tensors };
}

/** One epoch of training, and the way back where it went wrong. */
export interface Epoch {
  /** Trains for one epoch; returns its mean loss, or the first that is not finite, at once. */
  readonly step: () => Promise<number>;
  /** Puts back the weights from before the last update; returns the inputs of that update. */
  readonly lastGood: () => Tensor;
  /** The order of the rows, shuffled further by each epoch, where there are batches. */
  readonly order?: Int32Array;
}

/** Makes an epoch of batches of `size` rows; `earlierOrder` is where another training stood. */
export function makeEpoch(
  { network, update }: Trainer,
  { x, y, rows, tensors }: Rows,
  size: number,
  earlierOrder?: Int32Array,
): Epoch {
  const parameters = network.parameters();
  let before: { readonly weights: readonly Tensor[]; readonly inputs: Tensor } | undefined;
  const run = (inputs: Tensor, targets: Tensor): Promise<number> => {
    // Values: keeping them copies nothing.
    before = { weights: parameters.map((parameter) => parameter.detach()), inputs };
    return update(inputs, targets).item();
  };
  const lastGood = (): Tensor => {
    noGrad(() => parameters.forEach((parameter, k) => parameter.set(before!.weights[k]!)));
    return before!.inputs;
  };
  if (size >= rows) {
    const [inputs, targets] = tensors();
    return { step: () => run(inputs, targets), lastGood };
  }
  const order = Int32Array.from({ length: rows }, (_, row) => earlierOrder?.[row] ?? row);
  const step = async (): Promise<number> => {
    shuffle(order);
    let sum = 0;
    for (let start = 0; start < rows; start += size) {
      const batch = order.subarray(start, start + size);
      const inputs = toTensor(takeRows(x, x.length / rows, batch), batch.length);
      const targets = toTensor(takeRows(y, y.length / rows, batch), batch.length);
      const loss = await run(inputs, targets);
      if (!Number.isFinite(loss)) return loss;
      sum += loss * batch.length;
    }
    return sum / rows;
  };
  return { step, lastGood, order };
}

function toTensor(values: Float32Array, rows: number): Tensor {
  return tensor(values, { shape: [rows, values.length / rows] });
}
