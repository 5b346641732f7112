/**
 * Linear regression as the network it is: one node without activation, mean squared error. Gradient
 * descent arrives at the straight line that the normal equations give directly.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { compile, manualSeed, nn, noGrad, optim, rand, randn } from "nabla";
import { fitPolynomial } from "nabla/data";
import { figure, INK, line, panel, points } from "nabla/plot";

/** Runs the program. */
export async function run(
  print: (line: string) => void = console.log,
): Promise<{ slope: number; offset: number; direct: readonly [number, number]; svg: string }> {
  manualSeed(1);
  const x = rand([60, 1]).mul(4).sub(2);
  const y = x
    .mul(1.5)
    .add(0.5)
    .add(randn([60, 1]).mul(0.4)); // the line 0.5 + 1.5 x, and noise
  const model = new nn.Linear(1, 1);
  const lossFn = new nn.MSELoss();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const step = compile(() => {
    optimizer.zeroGrad();
    const loss = lossFn.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  for (let epoch = 0; epoch <= 200; epoch++) {
    const loss = step();
    if (epoch % 50 === 0) print(`Epoch ${epoch}  Loss: ${(await loss.item()).toFixed(6)}`);
  }
  const [slope, offset] = [await model.weight.item(), await model.bias!.item()];
  const [xs, ys] = [await x.data(), await y.data()];
  const straight = fitPolynomial(xs, ys, 1);
  const direct = [straight.at(0), straight.at(1) - straight.at(0)] as const;
  print(`the network:          ${offset.toFixed(4)} + ${slope.toFixed(4)} x`);
  print(`the normal equations: ${direct[0].toFixed(4)} + ${direct[1].toFixed(4)} x`);
  const fitted = await noGrad(() => model.forward(x)).data();
  const series = [
    line(xs, fitted, { label: "network" }),
    points(xs, ys, { label: "data", color: INK, hollow: true }),
  ];
  const svg = figure([
    [panel(series, { xLabel: "x", yLabel: "y", title: "One node, no activation" })],
  ]);
  mkdirSync("runs/examples", { recursive: true });
  writeFileSync("runs/examples/linear-regression.svg", svg);
  print("drawn: runs/examples/linear-regression.svg");
  return { slope, offset, direct, svg };
}
