/** Losses by margins, their settings by position, against numbers that PyTorch prints. */
import { nn, tensor } from "nabla";
import type { Tensor } from "nabla";
import { expect, test } from "vitest";

const [a, b, signs] = [
  tensor([
    [1, 2],
    [3, 4],
  ]),
  tensor([
    [0, 2],
    [1, 1],
  ]),
  tensor([1, -1]),
];
const scores = tensor([[0.1, 0.2, 0.4, 0.8]]);
const whole = (values: number[]): Tensor => tensor(values, { dtype: "int32" });

test.each([
  ["MultiMarginLoss", 0.0025, () => new nn.MultiMarginLoss(2, 0.5).forward(scores, whole([3]))],
  [
    "MultiLabelMarginLoss",
    0.85,
    () => new nn.MultiLabelMarginLoss().forward(scores, whole([3, 0, -1, 1]).unsqueeze(0)),
  ],
  [
    "MultiLabelSoftMarginLoss",
    0.6817,
    () => new nn.MultiLabelSoftMarginLoss().forward(scores, tensor([[1, 0, 0, 1]])),
  ],
  [
    "MarginRankingLoss",
    0.25,
    () => new nn.MarginRankingLoss(0.5).forward(a.select(0, 0), b.select(0, 0), signs),
  ],
  ["HingeEmbeddingLoss", 0.5, () => new nn.HingeEmbeddingLoss(2).forward(a.select(0, 0), signs)],
  ["CosineEmbeddingLoss", 0.2978, () => new nn.CosineEmbeddingLoss(0.5).forward(a, b, signs)],
  ["TripletMarginLoss", 1.75, () => new nn.TripletMarginLoss(0.5, 1).forward(a, b, a.add(1))],
  ["PoissonNLLLoss", 1.5322, () => new nn.PoissonNLLLoss(false).forward(a, b)],
] as const)("%s", (_, value, loss) => {
  expect(loss().itemSync()).toBeCloseTo(value, 4);
});

test("the padding mode of a convolution comes by position too", () => {
  const layer = new nn.Conv1d(1, 1, 3, 1, 1, 1, 1, true, "reflect");
  expect(String(layer)).toContain("padding_mode=reflect");
});
