/** What a loss compares, and what it costs to know nothing: by that losses are judged. */
import type { TypedArray } from "../../core/dtype.ts";
import { log } from "../../core/math.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { meanOf } from "./measure.ts";
import type { Call, Observation } from "./observe.ts";
import { numbersIn } from "./observe.ts";

/** A call that compares predictions with targets. */
export interface Criterion {
  readonly call: Call;
  readonly input: Tensor;
  readonly target: Tensor;
  readonly inputs: TypedArray;
  readonly targets: TypedArray;
  /** Its value, where it is one number. */
  readonly value: number | undefined;
}

const DISTANCES = ["mseLoss", "l1Loss", "huberLoss", "smoothL1Loss"];
const BINARY = ["binaryCrossEntropy", "binaryCrossEntropyWithLogits"];
const CLASSES = ["crossEntropy", "nllLoss"];
const LOSSES = new Set([...DISTANCES, ...BINARY, ...CLASSES]);

/** Finds what the loss of an observation compares, and reads it. */
export async function criteriaOf({ calls }: Observation): Promise<Criterion[]> {
  const found = calls.filter(({ operation }) => LOSSES.has(operation));
  return Promise.all(
    found.map(async (call) => {
      const [input, target] = call.inputs as [Tensor, Tensor];
      const value = call.output?.numel() === 1 ? (await numbersIn(call.output))[0] : undefined;
      const [inputs, targets] = await Promise.all([numbersIn(input), numbersIn(target)]);
      return { call, input, target, inputs, targets, ...{ value: value && Number(value) } };
    }),
  );
}

/** What a loss is where nothing is known: before training, and by the best constant answer. */
export interface Ignorance {
  /** The loss of a network that does not prefer any answer. */
  readonly start: number;
  readonly name: string;
  /** The loss of the best answer that does not look at the inputs. */
  readonly constant: number;
  readonly constantName: string;
}

/** Computes what it costs to know nothing; undefined where that is not known for this loss. */
export function ignoranceOf(criterion: Criterion): Ignorance | undefined {
  const { call, target, targets } = criterion;
  const { operation, settings } = call;
  if ((settings["reduction"] ?? "mean") !== "mean" || targets.length === 0) return undefined;
  if (call.inputs.length > 2) return undefined; // weights of classes or elements
  if (operation === "mseLoss") return ofSquares(targets, target.shape[0] ?? 1);
  if (BINARY.includes(operation)) return ofBits(targets);
  return CLASSES.includes(operation) ? ofClasses(criterion) : undefined;
}

/** The variance of each column of targets around its mean. */
function ofSquares(targets: TypedArray, rows: number): Ignorance | undefined {
  const width = targets.length / rows;
  const means = new Float64Array(width);
  targets.forEach((value, i) => (means[i % width]! += Number(value) / rows));
  let sum = 0;
  targets.forEach((value, i) => {
    const gap = Number(value) - means[i % width]!;
    sum += gap * gap;
  });
  const start = sum / targets.length;
  if (!(start > 0)) return undefined;
  const name = "the variance of the targets";
  return { start, name, constant: start, constantName: "always answering the mean" };
}

function ofBits(targets: TypedArray): Ignorance {
  const share = meanOf(targets);
  return {
    start: Math.LN2,
    name: "ln 2",
    constant: entropy([share, 1 - share]),
    constantName: "always answering the share of each class",
  };
}

/** Classes by number, or shares of classes; what is ignored does not count. */
function ofClasses({ call, input, target, targets }: Criterion): Ignorance | undefined {
  const axis = input.shape.length === 1 ? 0 : 1;
  const classes = input.shape[axis] ?? 0;
  const counts = new Float64Array(classes);
  if (targets.length === input.numel() && target.dtype !== "int32") {
    const inner = input.shape.slice(axis + 1).reduce((product, n) => product * n, 1);
    targets.forEach((value, i) => (counts[Math.floor(i / inner) % classes]! += Number(value)));
  } else {
    for (const value of targets) if (value !== call.settings["ignoreIndex"]) counts[value]!++;
  }
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (classes < 2 || !(all > 0)) return undefined;
  return {
    start: log(classes),
    name: `ln ${classes}`,
    constant: entropy([...counts].map((count) => count / all)),
    constantName: "always answering the share of each class",
  };
}

function entropy(shares: readonly number[]): number {
  return shares.reduce((sum, share) => (share > 0 ? sum - share * log(share) : sum), 0);
}
