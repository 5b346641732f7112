/** LoRA: it starts as the model was, trains the thin matrices alone, and is added in the end. */
import { manualSeed, optim, randint } from "nabla";
import { addLoRA, decayGroups, GPT, lossOf, mergedWeights, mergeLoRA } from "nabla/models";
import { expect, test } from "vitest";

const text = randint(0, 7, [2, 9]);
const [index, target] = [text.narrow(1, 0, 8), text.narrow(1, 1, 8)];

test("trains the thin matrices alone, and merged it computes the same", () => {
  manualSeed(4);
  const model = new GPT({ vocabSize: 7, blockSize: 8, nLayer: 2, nHead: 2, nEmbd: 8 });
  const names = model.namedParameters().map(([name]) => name);
  const before = model.stateDict();
  const start = model.forward(index).dataSync();
  addLoRA(model, { rank: 2 });
  expect(model.forward(index).dataSync()).toEqual(start);
  const trained = model.namedParameters().filter(([, p]) => p.requiresGrad);
  expect(trained.every(([name]) => /\.lora_[AB]$/.test(name))).toBe(true);
  expect(trained.length).toBe(2 * 2 * 4);
  const optimizer = new optim.AdamW(decayGroups(model, 0), { lr: 0.05 });
  for (let k = 0; k < 5; k++) {
    lossOf(model, index, target).backward();
    optimizer.step();
    optimizer.zeroGrad();
  }
  const weights = mergedWeights(model);
  expect(weights.map(([name]) => name)).toEqual(names);
  const wte = "transformer.wte.weight";
  expect(Object.fromEntries(weights)[wte]!.dataSync()).toEqual(before[wte]!.dataSync());
  const apart = model.forward(index).dataSync();
  expect(apart).not.toEqual(start);
  mergeLoRA(model);
  expect(model.namedParameters().map(([name]) => name)).toEqual(names);
  model
    .forward(index)
    .dataSync()
    .forEach((value, k) => expect(value).toBeCloseTo(apart[k]!, 5));
  expect(model.parameters().every((p) => p.requiresGrad)).toBe(true);
  expect(() => addLoRA(model, { rank: 0 })).toThrow("rank is 0");
  expect(() => addLoRA(model, { rank: 1, targets: ["none"] })).toThrow(
    "no linear layer named none",
  );
});
