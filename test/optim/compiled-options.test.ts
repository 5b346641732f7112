/** Options that are changed between two calls of a compiled step, and ask for state anew. */
import { compile, manualSeed, nn, ones, optim } from "nabla";
import type { Tensor } from "nabla";
import { expect, test } from "vitest";

type Step = (x: Tensor) => Tensor;
type Options = Record<string, unknown>;

const CHANGES: readonly (readonly [string, (model: nn.Module) => optim.Optimizer, Options])[] = [
  ["SGD momentum", (m) => new optim.SGD(m.parameters(), { lr: 0.1 }), { momentum: 0.5 }],
  ["Adam amsgrad", (m) => new optim.Adam(m.parameters(), { lr: 0.1 }), { amsgrad: true }],
  ["RMSprop centered", (m) => new optim.RMSprop(m.parameters(), { lr: 0.1 }), { centered: true }],
];

async function weights(
  make: (model: nn.Module) => optim.Optimizer,
  change: Options,
  wrap: (step: Step) => Step,
): Promise<unknown> {
  manualSeed(0);
  const model = new nn.Linear(3, 2);
  const optimizer = make(model);
  const step = wrap((x) => {
    optimizer.zeroGrad();
    const loss = model.forward(x).pow(2).mean();
    loss.backward();
    optimizer.step();
    return loss;
  });
  for (let k = 0; k < 5; k++) {
    if (k === 2) Object.assign(optimizer.paramGroups[0]!, change);
    step(ones([4, 3]));
  }
  return [await model.weight.toArray(), await model.bias!.toArray()];
}

test.each(CHANGES)("%s may come later, with the same bits", async (_, make, change) => {
  const plain = await weights(make, change, (step) => step);
  expect(await weights(make, change, (step) => compile(step) as Step)).toEqual(plain);
});

test("a schedule may give momentum to an optimizer that had none", async () => {
  const make = (model: nn.Module): optim.Optimizer => {
    const sgd = new optim.SGD(model.parameters(), { lr: 0.1 });
    new optim.lrScheduler.OneCycleLR(sgd, 0.1, { totalSteps: 10 });
    return sgd;
  };
  const plain = await weights(make, {}, (step) => step);
  expect(await weights(make, {}, (step) => compile(step) as Step)).toEqual(plain);
});
