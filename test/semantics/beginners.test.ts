/**
 * What people who know PyTorch write at first: each is refused with its cure, never a wrong number.
 */
import { arange, compile, matmul, nn, ones, optim, rand, randn, tensor, zeros } from "nabla";
import type { Tensor } from "nabla";
import * as ops from "nabla/ops";
import { expect, it, test } from "vitest";

const { lrScheduler } = optim;
const { utils } = nn;
const bad = (value: unknown): never => value as never;
const x = ones([2, 3]);
const volume = arange(24).reshape([2, 3, 4]);
const model = new nn.Linear(3, 1);
const lstm = new nn.LSTM(3, 2);
const sequence = ones([4, 1, 3]);
const sgd = (): optim.SGD => new optim.SGD(model.parameters(), { lr: 0.1 });

const REFUSED: readonly (readonly [string, string, () => unknown])[] = [
  ["x[':']", 'index: ":" stands where', () => volume.index(bad(":"), 0)],
  ["a stop", 'no option "stop"; there are start, end', () => volume.index(bad({ stop: 1 }))],
  [
    "a list of places",
    "an array stands where options do; there are start",
    () => volume.index(bad([0, 1, 2, 3])),
  ],
  ["nested places", "need integers with", () => volume.index(bad([[0, 1]]))],
  ["a truth value", "index: true stands where", () => volume.index(bad(true))],
  ["maxNorm by name", "maxNorm is an object", () => utils.clipGradNorm([], bad({ maxNorm: 1 }))],
  ["no limit", "maxNorm is undefined", () => utils.clipGradNorm([], bad(undefined))],
  ["a value by name", "the limit is an object", () => utils.clipGradValue([], bad({ limit: 1 }))],
  ["a model", "model.parameters()", () => utils.clipGradNorm(bad(model), 1)],
  ["names", "list of tensors", () => utils.clipGradNorm(bad(model.namedParameters()), 1)],
  ["gamma", "gamma is an object", () => new lrScheduler.ExponentialLR(sgd(), bad({ gamma: 0.9 }))],
  ["stones", "milestones is an", () => new lrScheduler.MultiStepLR(sgd(), bad({ at: [1] }))],
  ["a sequence", "milestones is an", () => new lrScheduler.SequentialLR(sgd(), [], bad({ at: 1 }))],
  ["a size", "stepSize is an object", () => new lrScheduler.StepLR(sgd(), bad({ stepSize: 3 }))],
  ["plateau", '"min" or "max"', () => plateau({ mode: "maximum" })],
  ["plateau's threshold", '"rel" or "abs"', () => plateau({ thresholdMode: "relative" })],
  [
    "cycle",
    '"exp_range"',
    () => new lrScheduler.CyclicLR(sgd(), 0.1, 1, bad({ mode: "expRange" })),
  ],
  [
    "anneal",
    '"cos" or "linear"',
    () => new optim.swaUtils.SWALR(sgd(), 1, { annealStrategy: bad("cosine") }),
  ],
  [
    "one cycle",
    '"linear"',
    () => new lrScheduler.OneCycleLR(sgd(), 1, { totalSteps: 3, annealStrategy: bad("lin") }),
  ],
  ["a loss", "step(await loss.item())", () => plateau().step(bad(x.sum()))],
  [
    "a promise",
    "an object; give",
    () =>
      plateau().step(
        bad(
          x
            .sum()
            .item()
            .catch(() => 0),
        ),
      ),
  ],
  [
    "extents",
    "zeros: 2 is no shape; need a list of integers from 0 on: zeros([2, 3]).",
    () => zeros(bad(2), bad(3)),
  ],
  ["a list of tensors", "stack([…])", () => tensor([tensor(1), tensor(2)] as never)],
  ["one extent", "rand: 3 is no shape", () => rand(bad(3))],
  ["random extents", "randn: 2 is no shape", () => randn(bad(2), bad(3))],
  ["int64", '"int64" is no dtype', () => tensor([1], { dtype: bad("int64") })],
  ["long", '"long" is no dtype', () => zeros([1], { dtype: bad("long") })],
  ["float", "there are bool, int32", () => zeros([1], { dtype: bad("float") })],
  ["an array", "linear: input 0 is an array; need a tensor", () => model.forward(bad([[1]]))],
  ["both results", "linear: input 0 is an array", () => model.forward(bad(lstm.forward(sequence)))],
  ["a number", "linear: input 0 is 3; need a tensor", () => model.forward(bad(3))],
  ["no operand", "add: input 1 is undefined", () => x.add(bad(undefined))],
  ["null", "mul: input 1 is null", () => x.mul(bad(null))],
  ["a list", "add: input 1 is an array", () => x.add(bad([1, 2, 3]))],
  ["text", 'add: input 1 is "1"', () => x.add(bad("1"))],
  ["rows", "matmul: input 1 is an array", () => matmul(x, bad([[1]]))],
  ["in a trace", "exp: input 0 is an array", () => compile(() => ops.exp(bad([1])))()],
  ["h alone", "need two tensors, [h, c]", () => lstm.forward(sequence, bad(zeros([1, 1, 2])))],
  ["sizes by name", "inFeatures is an object", () => new nn.Linear(bad({ inFeatures: 3 }), bad(1))],
  [
    "options where a cotangent stands",
    "need a tensor, or undefined before options",
    () =>
      tensor([1], { requiresGrad: true })
        .sum()
        .backward({ retainGraph: true } as never),
  ],
  ["a class too many", "oneHot: index 3 is out", () => nn.functional.oneHot(ints([0, 3]), 3)],
  ["a negative class", "oneHot: index -1", () => nn.functional.oneHot(ints([-1]), 3)],
];

function plateau(options: object = {}): optim.lrScheduler.ReduceLROnPlateau {
  return new lrScheduler.ReduceLROnPlateau(sgd(), bad(options));
}

function ints(data: number[]): Tensor {
  return tensor(data, { dtype: "int32" });
}

test.each(REFUSED)("%s", (_, message, act) => {
  expect(act).toThrow(message);
  expect(act).toThrow(expect.objectContaining({ name: "NablaError" }));
});

it("codes classes of any shape", async () => {
  const { oneHot } = nn.functional;
  expect(await oneHot(tensor(1, { dtype: "int32" }), 3).toArray()).toEqual([0, 1, 0]);
  expect(await oneHot(ints([2, 0]).reshape([1, 2]), 3).toArray()).toEqual([
    [
      [0, 0, 1],
      [1, 0, 0],
    ],
  ]);
  expect(oneHot(zeros([0], { dtype: "int32" }), 3).shape).toEqual([0, 3]);
});
