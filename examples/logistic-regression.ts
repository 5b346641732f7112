/**
 * Logistic regression as the network it is: one node with a sigmoid, binary cross-entropy. Two
 * clouds of points; the boundary is where the node's sum is 0. LBFGS finds the same weights in a
 * few evaluations that descent needs hundreds of steps for.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import type { Tensor } from "nabla";
import { cat, manualSeed, nn, noGrad, ones, optim, randn, tensor, zeros } from "nabla";
import { figure, line, panel, points } from "nabla/plot";

const EACH = 80;

/** Makes the node, always with the same first weights. */
function makeModel(): nn.Linear {
  manualSeed(3);
  return new nn.Linear(2, 1);
}

/** Draws the two clouds and the line where the sum is 0. */
function draw(data: ArrayLike<number>, [a, b, c]: readonly number[]): string {
  const column = (at: number, first: number): number[] =>
    Array.from({ length: EACH }, (_, k) => data[2 * (first + k) + at]!);
  const ends = [-2, 2]; // where x₂ = −(a x₁ + c) / b
  const boundary = ends.map((x) => -(a! * x + c!) / b!);
  const series = [
    points(column(0, 0), column(1, 0), { label: "class 0" }),
    points(column(0, EACH), column(1, EACH), { label: "class 1", hollow: true }),
    line(ends, boundary, { label: "probability 1/2", dashed: true }),
  ];
  return figure([
    [panel(series, { xLabel: "x₁", yLabel: "x₂", title: "One node with a sigmoid" })],
  ]);
}

/** Runs the program. */
export async function run(print: (line: string) => void = console.log): Promise<{
  accuracy: number;
  weights: readonly number[];
  byLBFGS: readonly number[];
  evaluations: number;
  svg: string;
}> {
  manualSeed(2);
  const [left, right] = [tensor([[-1, -0.5]]), tensor([[1, 0.5]])];
  const x = cat([randn([EACH, 2]).add(left), randn([EACH, 2]).add(right)], 0); // [160, 2]
  const y = cat([zeros([EACH, 1]), ones([EACH, 1])], 0);
  const lossFn = new nn.BCEWithLogitsLoss();
  let evaluations = 0;
  const closureOf = (model: nn.Linear, optimizer: { zeroGrad(): void }) => (): Tensor => {
    evaluations++;
    optimizer.zeroGrad();
    const loss = lossFn.forward(model.forward(x), y);
    loss.backward();
    return loss;
  };
  const model = makeModel();
  const sgd = new optim.SGD(model.parameters(), { lr: 1 });
  for (let epoch = 0; epoch <= 300; epoch++) {
    const loss = sgd.step(closureOf(model, sgd))!;
    if (epoch % 100 === 0) print(`Epoch ${epoch}  Loss: ${(await loss.item()).toFixed(6)}`);
  }
  const other = makeModel();
  const lbfgs = new optim.LBFGS(other.parameters(), { lineSearchFn: "strong_wolfe" });
  evaluations = 0;
  await lbfgs.step(closureOf(other, lbfgs));
  const weightsOf = async (m: nn.Linear): Promise<number[]> => [
    ...(await m.weight.data()),
    await m.bias!.item(),
  ];
  const [weights, byLBFGS] = [await weightsOf(model), await weightsOf(other)];
  const logits = Array.from(await noGrad(() => model.forward(x)).data());
  const hits = logits.reduce((sum, z, k) => sum + (z > 0 === k >= EACH ? 1 : 0), 0);
  const accuracy = hits / (2 * EACH);
  print(`descent: ${weights.map((w) => w.toFixed(3)).join(", ")}; right: ${accuracy}`);
  print(`LBFGS:   ${byLBFGS.map((w) => w.toFixed(3)).join(", ")} in ${evaluations} evaluations`);
  const svg = draw(await x.data(), weights);
  mkdirSync("runs/examples", { recursive: true });
  writeFileSync("runs/examples/logistic-regression.svg", svg);
  print("drawn: runs/examples/logistic-regression.svg");
  return { accuracy, weights, byLBFGS, evaluations, svg };
}
