/** Rules about losses: where they begin, what stands before them, and what they compare. */
import { exp, log } from "../../core/math.ts";
import type { Shape } from "../../core/shape.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import type { Criterion } from "./criterion.ts";
import { ignoranceOf } from "./criterion.ts";
import type { Finding } from "./finding.ts";
import { found } from "./finding.ts";
import { largestOf, meanOf } from "./measure.ts";
import type { Call, Observation } from "./observe.ts";

/** Below so many rows the spread of targets says little. */
const FEW_ROWS = 8;

/** The first loss beside that of a network that knows nothing. */
export function initialLoss(criteria: readonly Criterion[]): Finding[] {
  return criteria.flatMap((criterion) => {
    const { call, value, targets } = criterion;
    const ignorance = ignoranceOf(criterion);
    if (ignorance === undefined || value === undefined) return [];
    const squares = call.operation === "mseLoss";
    if (squares && targets.length < FEW_ROWS) return [];
    const { start: expected, name } = ignorance;
    // a network answers about 0: targets of minmax scaling then cost some times their variance
    if (!(value > expected * (squares ? 50 : 2))) return [];
    return [found("initial-loss", "warning", { loss: value, expected, name })];
  });
}

/** A softmax or sigmoid before a loss that applies it, and a loss that lacks its logarithm. */
export function wrongPair(criteria: readonly Criterion[]): Finding[] {
  return criteria.flatMap((criterion) => {
    const { operation } = criterion.call;
    if (operation === "crossEntropy") return beforeCrossEntropy(criterion);
    if (operation === "nllLoss") return beforeNll(criterion);
    if (operation !== "binaryCrossEntropyWithLogits") return [];
    if (makerOf(criterion.call)?.operation !== "sigmoid") return [];
    const yes = meanOf(criterion.targets);
    const lowest = (1 - yes) * Math.LN2 + yes * log(1 + exp(-1));
    return [
      found("softmax-twice", "warning", {
        ...{ before: "A sigmoid", loss: "the binary cross-entropy of logits", lowest },
      }),
    ];
  });
}

function beforeCrossEntropy(criterion: Criterion): Finding[] {
  const loss = "the cross-entropy";
  const maker = makerOf(criterion.call)?.operation;
  const classes = criterion.input.shape[1] ?? 0;
  if (maker === "logSoftmax") {
    return [found("softmax-twice", "note", { before: "A log-softmax", loss, lowest: 0 })];
  }
  if (maker === "softmax" || areShares(criterion)) {
    const lowest = log(Math.E + classes - 1) - 1;
    return [found("softmax-twice", "warning", { before: "A softmax", loss, lowest })];
  }
  if (maker !== "sigmoid") return [];
  const lowest = log(Math.E + classes - 1) - 1;
  return [found("softmax-twice", "warning", { before: "A sigmoid", loss, lowest })];
}

function beforeNll({ inputs }: Criterion): Finding[] {
  const largest = largestOf(inputs);
  if (!(largest > 1e-6)) return [];
  const figures = { loss: "The negative log-likelihood", largest };
  return [found("not-log-probabilities", "error", figures)];
}

/** Whether the scores of each row are shares: none below 0, 1 in all. */
function areShares({ input, inputs }: Criterion): boolean {
  const [rows = 0, classes = 0] = input.shape;
  if (input.shape.length !== 2 || classes < 2 || rows < 2) return false;
  for (let row = 0; row < rows; row++) {
    const scores = inputs.subarray(row * classes, (row + 1) * classes);
    let sum = 0;
    for (const score of scores) {
      if (score < 0) return false;
      sum += score;
    }
    if (Math.abs(sum - 1) > 1e-4) return false;
  }
  return true;
}

const REARRANGING = new Set([
  ...["reshape", "view", "flatten", "unflatten", "squeeze", "unsqueeze", "transpose", "permute"],
  ...["narrow", "select", "slice", "contiguous", "clone", "t"],
]);

/** The call that made the first input of a call, whatever rearranged it since. */
export function makerOf(call: Call): Call | undefined {
  let [maker] = call.from;
  while (maker !== undefined && REARRANGING.has(maker.operation)) [maker] = maker.from;
  return maker;
}

const COMPARING = new Set(["mseLoss", "l1Loss", "huberLoss", "smoothL1Loss", "sub"]);

/** Predictions `[N]` against targets `[N, 1]`, in a loss or in a difference of one's own. */
export function broadcast({ calls }: Observation): Finding[] {
  return calls.flatMap(({ operation, inside, inputs }) => {
    if (!COMPARING.has(operation) || (operation === "sub" && inside)) return [];
    const [input, target] = inputs.map(({ shape }) => shape) as [Shape, Shape];
    const result = crossed(input, target);
    if (result === undefined) return [];
    const spelled = { input: showShape(input), target: showShape(target) };
    return [
      found("broadcast", "error", {
        ...{ operation: NAMES[operation] ?? operation, ...spelled, result: showShape(result) },
      }),
    ];
  });
}

const NAMES: Readonly<Record<string, string>> = {
  mseLoss: "The mean squared error",
  l1Loss: "The mean absolute error",
  huberLoss: "The Huber loss",
  smoothL1Loss: "The smooth L1 loss",
  sub: "A difference",
};

/** The table that a line and a column make, where each has one entry for each row. */
function crossed(a: Shape, b: Shape): Shape | undefined {
  if (sameShape(a, b)) return undefined;
  const [line, column] = a.length < b.length ? [a, b] : [b, a];
  const rows = line[0] ?? 0;
  const isCrossed =
    line.length === 1 && column.length === 2 && column[0] === rows && column[1] === 1 && rows > 1;
  return isCrossed ? [rows, rows] : undefined;
}

/** Targets that all count for nothing. */
export function ignoredTargets(criteria: readonly Criterion[]): Finding[] {
  return criteria.flatMap(({ call, targets, input }) => {
    const ignoreIndex = call.settings["ignoreIndex"];
    if (typeof ignoreIndex !== "number" || targets.length === 0) return [];
    if (targets.length === input.numel() || targets.some((k) => k !== ignoreIndex)) return [];
    return [found("ignored-targets", "error", { targets: targets.length, ignoreIndex })];
  });
}
