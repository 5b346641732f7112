/** The loss of unaligned sequences. */
import { isFloat } from "../../core/dtype.ts";
import { argumentError, dtypeError, shapeError } from "../../core/errors.ts";
import type { Options, Settings } from "../../core/options.ts";
import { read } from "../../core/options.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import { ctcLikelihood, finished } from "../../ir/compose/ctc.ts";
import { mean, sum } from "../../ir/compose/reduction.ts";
import type { Node } from "../../ir/node.ts";
import { castTo, fillLike, op } from "../../ir/words.ts";
import { deviceOf } from "../../tensor/call.ts";
import { define } from "../../tensor/functions/define.ts";
import { pad, stack } from "../../tensor/functions/movement.ts";
import { needEvery } from "../../tensor/random.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { context } from "../../tensor/value.ts";
import { int32List } from "./int32-list.ts";
import type { Reduction } from "./loss.ts";

/** The settings of the loss, in PyTorch's order. */
export const CTC = {
  /** The class of the blank. */
  blank: 0,
  /** The "mean" of the losses divided by the lengths of their targets, the "sum", or "none". */
  reduction: "mean" as Reduction,
  /** Whether targets that fit in no way count 0 instead of ∞. */
  zeroInfinity: false,
};

/** Options of {@link ctcLoss}. */
export type CTCOptions = Options<typeof CTC>;

/** Settings of {@link ctcLoss} by position or by name. */
export type CTCSettings = Settings<
  [blank: number, reduction: Reduction, zeroInfinity: boolean],
  CTCOptions
>;

/** Lengths: int32 `[N]`, or numbers. */
export type Lengths = Tensor | readonly number[] | number;

const run = /* @__PURE__ */ define(
  "ctcLoss",
  { blank: 0, reduction: "mean" as Reduction, zeroInfinity: false },
  (
    b,
    logProbs,
    targets: Node,
    inputLengths: Node,
    targetLengths: Node,
    blank: number,
    reduction: Reduction,
    zeroInfinity: boolean,
  ) => {
    const inputs = { logProbs, targets, inputLengths, targetLengths, blank };
    const loss = finished(b, ctcLikelihood(b, inputs), zeroInfinity);
    if (reduction === "none") return loss;
    if (reduction === "sum") return sum(b, loss);
    const lengths = castTo(b, targetLengths, loss.type.dtype);
    return mean(b, op(b, "div", loss, op(b, "maximum", lengths, fillLike(b, lengths, 1))));
  },
  { tensors: ["targets", "inputLengths", "targetLengths"] },
);

/**
 * The connectionist temporal classification loss: −log of the chance that `logProbs` `[T, N, C]`
 * (from logSoftmax, or `[T, C]` for one row) spell the targets, int32 `[N, S]`, or all rows one
 * after another `[total]`, blanks and repetitions taken out. Lengths count the steps and the labels
 * of each row; what lies beyond is not read. Throws for lengths and labels out of range, where
 * their values are at hand. PyTorch: `F.ctc_loss`.
 */
export function ctcLoss(
  logProbs: Tensor,
  targets: Tensor,
  inputLengths: Lengths,
  targetLengths: Lengths,
  ...settings: CTCSettings
): Tensor {
  const { blank, reduction, zeroInfinity } = read("ctcLoss", CTC, settings);
  const x = batched(logProbs);
  const [steps, rows, classes] = x.shape as [number, number, number];
  if (!Number.isInteger(blank) || blank < 0 || blank >= classes) {
    throw argumentError(`ctcLoss: blank is ${blank}; need a class from 0 to ${classes - 1}.`);
  }
  if (!["mean", "sum", "none"].includes(reduction)) {
    throw argumentError(`ctcLoss: reduction is "${reduction}"; need "mean", "sum" or "none".`);
  }
  const inner = lengthsOf("inputLengths", inputLengths, rows, x);
  const outer = lengthsOf("targetLengths", targetLengths, rows, x);
  const labels = padded(targets, targetLengths, outer, rows);
  deviceOf("ctcLoss", [x, labels, inner, outer]);
  const most = labels.shape[1]!;
  const within = (n: number) => (length: number) => length >= 0 && length <= n;
  needEvery("ctcLoss: inputLengths", inner, `0 to ${steps} steps`, within(steps));
  needEvery("ctcLoss: targetLengths", outer, `0 to ${most} labels`, within(most));
  const loss = run(x, labels, inner, outer, blank, reduction, zeroInfinity);
  return logProbs.ndim === 2 && reduction === "none" ? loss.reshape([]) : loss;
}

/** Log-probabilities of a batch `[T, N, C]`. */
function batched(x: Tensor): Tensor {
  if (!isFloat(x.dtype)) {
    throw dtypeError(`ctcLoss: logProbs are ${x.type.text}; need float32 or float64.`);
  }
  if ((x.ndim === 2 || x.ndim === 3) && x.shape[0]! > 0) {
    return x.ndim === 3 ? x : x.unsqueeze(1);
  }
  throw shapeError(`ctcLoss: logProbs are ${showShape(x.shape)}; need [T, N, C], or [T, C].`);
}

/** Lengths as int32 `[N]`. */
function lengthsOf(name: string, given: Lengths, rows: number, like: Tensor): Tensor {
  const made = given instanceof Tensor ? given : int32List([given].flat() as number[], like);
  const lengths = made.ndim === 0 ? made.reshape([1]) : made;
  if (lengths.dtype === "int32" && sameShape(lengths.shape, [rows])) return lengths;
  throw shapeError(
    `ctcLoss: ${name} are ${made.type.text}; need int32[${rows}], one for each row.`,
  );
}

/** Labels as int32 `[N, S]`, cut from one line where they stand one after another. */
function padded(targets: Tensor, given: Lengths, lengths: Tensor, rows: number): Tensor {
  if (targets.dtype !== "int32") {
    throw dtypeError(`ctcLoss: targets are ${targets.type.text}; need int32.`);
  }
  if (targets.ndim === 2 && targets.shape[0] === rows) return targets;
  if (targets.ndim !== 1) {
    throw shapeError(
      `ctcLoss: targets are ${showShape(targets.shape)}; need [${rows}, S], or [total].`,
    );
  }
  if (rows === 1) return targets.unsqueeze(0);
  const inTrace = context.tracer !== null; // a tensor's values would be frozen there
  const known = given instanceof Tensor && !inTrace ? lengths.storage?.read() : undefined;
  const counts = given instanceof Tensor ? known : ([given].flat() as number[]);
  if (counts === undefined) {
    throw argumentError(
      "ctcLoss: targets of all rows in one line need targetLengths as numbers inside compile; " +
        `pad the targets to [${rows}, S] instead.`,
    );
  }
  return cut(targets, [...counts]);
}

function cut(targets: Tensor, counts: readonly number[]): Tensor {
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (total !== targets.shape[0]) {
    throw shapeError(
      `ctcLoss: targets are ${showShape(targets.shape)}; need [${total}], the sum of lengths.`,
    );
  }
  const most = Math.max(...counts);
  let at = 0;
  const parts = counts.map((n) => {
    const row = targets.slice(0, at, (at += n));
    return pad(row, [0, most - n]);
  });
  return stack(parts);
}
