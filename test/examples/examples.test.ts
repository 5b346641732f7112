/** The examples run, and their numbers are those that they claim. */
import { describe, expect, it } from "vitest";
import { nn, tensor } from "nabla";
import { run as house } from "../../examples/house-price.ts";
import { network, run as nitrogenRun } from "../../examples/nitrogen.ts";
import { run as backprop } from "../../examples/scratch/backprop-example.ts";
import { collapse, run as collapseRun } from "../../examples/scratch/collapse.ts";
import { firstWeights, nitrogen } from "../../examples/scratch/nitrogen-data.ts";
import { run as node } from "../../examples/scratch/node.ts";
import { lossAndGradients, run as byHand } from "../../examples/scratch/one-hidden-layer.ts";
import { run as tip } from "../../examples/scratch/tip.ts";
import { readFile } from "../support/files.ts";

function silent(): { lines: string[]; print: (line: string) => void } {
  const lines: string[] = [];
  return { lines, print: (line) => lines.push(line) };
}

describe("nitrogen, by hand and with the engine", () => {
  it("prints the same trace and draws the same picture", async () => {
    const [hand, engine] = [silent(), silent()];
    const first = byHand(hand.print);
    const second = await nitrogenRun(engine.print);
    const isTrace = (line: string): boolean => line.startsWith("Epoch");
    expect(hand.lines.filter(isTrace)).toHaveLength(11);
    expect(engine.lines.filter(isTrace)).toEqual(hand.lines.filter(isTrace));
    expect(second.svg).toBe(first.svg);
    expect(first.loss).toBeLessThan(2e-3);
    expect(readFile("runs/examples/nitrogen.svg")).toBe(second.svg);
  });

  it("has the gradients of the engine to 1e-6", async () => {
    const { x, y } = nitrogen();
    const weights = firstWeights(7);
    const { loss, gradients } = lossAndGradients(weights, x, y);
    const model = network(weights);
    const [inputs, targets] = [x, y].map((values) => tensor(values, { shape: [35, 1] }));
    const value = new nn.MSELoss().forward(model.forward(inputs!), targets!);
    value.backward();
    expect(await value.item()).toBeCloseTo(loss, 12);
    const names = { "0.weight": "w1", "0.bias": "b1", "2.weight": "w2", "2.bias": "b2" } as const;
    for (const [name, parameter] of model.namedParameters()) {
      const byHand = gradients[names[name as keyof typeof names]];
      const found = await parameter.grad!.data();
      expect(found).toHaveLength(byHand.length);
      found.forEach((g, i) => expect(Math.abs(g - byHand[i]!)).toBeLessThan(1e-6));
    }
  });

  it("is as short as it says", () => {
    const length = (path: string): number => readFile(path).trimEnd().split("\n").length;
    expect(length("examples/scratch/one-hidden-layer.ts")).toBeLessThanOrEqual(80);
    expect(length("examples/nitrogen.ts")).toBeLessThanOrEqual(40);
  });
});

describe("from scratch", () => {
  it("one node learns y = x, and its well-known version diverges", () => {
    const { weight, bias, loss, divergedWeight } = node(silent().print);
    expect([weight, bias]).toEqual([expect.closeTo(1, 6), expect.closeTo(0, 6)]);
    expect(loss).toBeLessThan(1e-12);
    expect(Math.abs(divergedWeight)).toBeGreaterThan(1e15);
  });

  it("backward through two weights", () => {
    const result = backprop(silent().print);
    expect(result).toMatchObject({ loss: 4, dw1: -8, dw2: -4 });
    expect(result.lossAfterW2).toBeCloseTo(2.56, 12);
    expect(result.lossAfterBoth).toBeCloseTo(0.4096, 12);
  });

  it("the tip", () => expect(tip(silent().print).percent).toBeCloseTo(7.6, 12));

  it("stacked linear layers are one", () => {
    const { difference, collapsed, sumOfBiases } = collapseRun(silent().print);
    expect(difference).toBeLessThan(1e-9);
    expect(Math.abs(collapsed.b - sumOfBiases)).toBeGreaterThan(1);
    expect(collapse([])).toEqual({ w: 1, b: 0 });
  });
});

it("house prices, as measured", async () => {
  const { lines, print } = silent();
  const { losses, lineLoss, priceAt3 } = await house(print);
  expect(lines[0]).toContain("(fc1): Linear(in_features=1, out_features=16, bias=True)");
  expect(losses[0]).toBeGreaterThan(3e5);
  expect(losses).toEqual([...losses].sort((a, b) => b - a));
  expect(losses.at(-1)!).toBeGreaterThan(lineLoss);
  expect(lineLoss).toBeGreaterThan(150);
  expect(lineLoss).toBeLessThan(400);
  expect(Math.abs(priceAt3 - 650)).toBeLessThan(30);
});
