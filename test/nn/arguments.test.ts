/** Optional arguments by position, as PyTorch's courses write them, are those by name. */
import { nn, ones, optim, randn, manualSeed } from "nabla";
import { expect, test } from "vitest";

const { lrScheduler } = optim;
const PAIRS: readonly (readonly [nn.Module, nn.Module])[] = [
  [new nn.Conv2d(1, 4, 3, 2, 1), new nn.Conv2d(1, 4, 3, { stride: 2, padding: 1 })],
  [new nn.Conv1d(2, 4, 3, 1, "same", 2, 2, false), new nn.Conv1d(2, 4, 3, named())],
  [new nn.ConvTranspose2d(2, 4, 3, 2, 1, 1), new nn.ConvTranspose2d(2, 4, 3, grown())],
  [new nn.MaxPool2d(3, 2, 1), new nn.MaxPool2d(3, { stride: 2, padding: 1 })],
  [new nn.AvgPool2d(3, 2), new nn.AvgPool2d(3, { stride: 2 })],
  [new nn.Upsample(null, 2, "bilinear"), new nn.Upsample({ scaleFactor: 2, mode: "bilinear" })],
  [new nn.Linear(2, 3, false), new nn.Linear(2, 3, { bias: false })],
  [new nn.Bilinear(2, 3, 1, false), new nn.Bilinear(2, 3, 1, { bias: false })],
  [new nn.Flatten(0), new nn.Flatten({ startDim: 0 })],
  [new nn.Embedding(5, 2, 1), new nn.Embedding(5, 2, { paddingIdx: 1 })],
  [new nn.BatchNorm2d(3, 1e-3, 0.2), new nn.BatchNorm2d(3, { eps: 1e-3, momentum: 0.2 })],
  [new nn.BatchNorm1d(3, 1e-5, null), new nn.BatchNorm1d(3, { momentum: null })],
  [new nn.LayerNorm(3, 1e-3), new nn.LayerNorm(3, { eps: 1e-3 })],
  [new nn.GroupNorm(1, 3, 1e-3, false), new nn.GroupNorm(1, 3, { eps: 1e-3, affine: false })],
  [
    new nn.LSTM(2, 3, 2, { batchFirst: true }),
    new nn.LSTM(2, 3, { numLayers: 2, batchFirst: true }),
  ],
  [new nn.GRU(2, 3, 2, true, true), new nn.GRU(2, 3, { numLayers: 2, batchFirst: true })],
  [new nn.RNN(2, 3, 1, "relu"), new nn.RNN(2, 3, { nonlinearity: "relu" })],
  [new nn.LeakyReLU(0.2), new nn.LeakyReLU({ negativeSlope: 0.2 })],
  [new nn.Hardtanh(-2, 2), new nn.Hardtanh({ minVal: -2, maxVal: 2 })],
  [new nn.Softplus(2, 10), new nn.Softplus({ beta: 2, threshold: 10 })],
  [new nn.GELU("tanh"), new nn.GELU({ approximate: "tanh" })],
  [new nn.PReLU(3), new nn.PReLU({ numParameters: 3 })],
];

function named() {
  return { padding: "same", dilation: 2, groups: 2, bias: false } as const;
}

function grown() {
  return { stride: 2, padding: 1, outputPadding: 1 };
}

test.each(PAIRS)("%s", (placed, spelled) => {
  expect(String(placed)).toBe(String(spelled));
  const shapes = (module: nn.Module) => module.parameters().map((p) => p.shape);
  expect(shapes(placed)).toEqual(shapes(spelled));
});

test("optimizers take the rate, schedules their settings", () => {
  const optimizer = new optim.SGD(new nn.Linear(1, 1).parameters(), 0.5);
  expect(optimizer.paramGroups[0]!.lr).toBe(0.5);
  const rates = (make: (o: optim.SGD) => unknown): number => {
    const own = new optim.SGD(new nn.Linear(1, 1).parameters(), { lr: 1 });
    const schedule = make(own) as { step: () => void };
    for (let i = 0; i < 3; i++) schedule.step();
    return own.paramGroups[0]!.lr;
  };
  const equal = (a: (o: optim.SGD) => unknown, b: (o: optim.SGD) => unknown): void =>
    expect(rates(a)).toBe(rates(b));
  equal(
    (o) => new lrScheduler.StepLR(o, 2, 0.5),
    (o) => new lrScheduler.StepLR(o, 2, { gamma: 0.5 }),
  );
  equal(
    (o) => new lrScheduler.MultiStepLR(o, [1, 2], 0.3),
    (o) => new lrScheduler.MultiStepLR(o, [1, 2], { gamma: 0.3 }),
  );
  equal(
    (o) => new lrScheduler.CosineAnnealingLR(o, 8, 0.1),
    (o) => new lrScheduler.CosineAnnealingLR(o, 8, { etaMin: 0.1 }),
  );
  equal(
    (o) => new lrScheduler.LinearLR(o, 0.25, 1, 8),
    (o) => new lrScheduler.LinearLR(o, { startFactor: 0.25, endFactor: 1, totalIters: 8 }),
  );
  equal(
    (o) => new lrScheduler.ConstantLR(o, 0.5, 2),
    (o) => new lrScheduler.ConstantLR(o, { factor: 0.5, totalIters: 2 }),
  );
  equal(
    (o) => new lrScheduler.PolynomialLR(o, 8, 2),
    (o) => new lrScheduler.PolynomialLR(o, { totalIters: 8, power: 2 }),
  );
});

test("functions of nn take habitual arguments by position", async () => {
  manualSeed(1);
  const F = nn.functional;
  const x = randn([2, 3, 4, 4]);
  const same = async (a: unknown, b: unknown): Promise<void> =>
    expect(await (a as typeof x).allclose(b as typeof x, { rtol: 0, atol: 0 })).toBe(true);
  await same(F.leakyRelu(x, 0.3), F.leakyRelu(x, { negativeSlope: 0.3 }));
  await same(F.pad(x, [1, 1], "constant", 2), F.pad(x, [1, 1], { value: 2 }));
  await same(F.dropout(x, 0.9, false), x);
  await same(F.normalize(x, 1, 2), F.normalize(x, { p: 1, dim: 2 }));
  await same(F.maxPool2d(x, 2, 1), F.maxPool2d(x, 2, { stride: 1 }));
  await same(F.interpolate(x, [8, 8]), F.interpolate(x, { size: [8, 8] }));
  await same(F.layerNorm(x, [4], ones([4]), null, 0.1), F.layerNorm(x, [4], { eps: 0.1 }));
  await same(x.view(2, -1), x.flatten(1));
  await same(x.permute(0, 2, 3, 1), x.permute([0, 2, 3, 1]));
});

test("an unknown mode of initialisation is refused", () => {
  const { weight } = new nn.Linear(2, 2);
  const mode = "fanOut" as "fan_out";
  expect(() => nn.init.kaimingNormal(weight, { mode })).toThrow('need "fan_in" or "fan_out"');
});

test.each([
  ["Conv2d: kernelSize is an object", () => new nn.Conv2d(3, 6, { kernelSize: 3 } as never)],
  ["Conv1d: kernelSize is undefined", () => new nn.Conv1d(3, 6, undefined as never)],
  ["Conv2d: kernelSize is 1.5", () => new nn.Conv2d(3, 6, [3, 1.5])],
  ["MaxPool2d: kernelSize is an object", () => new nn.MaxPool2d({ kernelSize: 2 } as never)],
  ["AvgPool1d: kernelSize is undefined", () => new nn.AvgPool1d(undefined as never)],
  ["mseLoss: input 1 is an array", () => nn.functional.mseLoss(ones([2]), [1, 2] as never)],
  [
    "crossEntropy: input 1 is an array",
    () => nn.functional.crossEntropy(ones([2, 3]), [1, 2] as never),
  ],
  ["indexPut: the places are no list", () => ones([3]).indexPut(1 as never, 5)],
])("%s: what a layer, loss or place needs is said", (text, make) => {
  expect(make).toThrow(text);
});
