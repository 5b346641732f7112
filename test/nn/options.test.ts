/** No argument is ignored in silence: neither what stands where options do, nor unknown options. */
import { autograd, nn, ones, optim, tensor, zeros } from "nabla";
import { expect, it, test } from "vitest";

const F = nn.functional;
const { lrScheduler, swaUtils } = optim;
const x = tensor([
  [1, 2, 0.5],
  [0, -1, 1],
]);
const t = tensor([0, 2], { dtype: "int32" });
const weight = tensor([1, 2, 3]);
const params = (): nn.Parameter[] => new nn.Linear(2, 2).parameters();
const sgd = (): optim.SGD => new optim.SGD(params(), { lr: 1, momentum: 0.9 });
const bad = (value: unknown): never => value as never;

const REFUSED: readonly (readonly [string, string, () => unknown])[] = [
  [
    "a misspelt option of a layer",
    '"bais"; there are bias',
    () => new nn.Linear(2, 2, bad({ bais: false })),
  ],
  ["snake case", "(batchFirst?)", () => new nn.LSTM(2, 2, bad({ batch_first: true }))],
  ["a start", "(bidirectional?)", () => new nn.GRU(2, 2, bad({ bidir: true }))],
  ["initials", "(lr?)", () => new optim.Adam(params(), bad({ learningRate: 0.1 }))],
  ["an option of a group", "(weightDecay?)", () => group({ weight_decay: 1 })],
  ["text for a number", 'p is "0.5"', () => new nn.Dropout(bad("0.5"))],
  ["a truth value for a number", "negativeSlope is true", () => new nn.LeakyReLU(bad(true))],
  ["a tensor for a number", "p is no number", () => new nn.Dropout(bad(weight))],
  ["a number for a truth value", "bias is 0", () => new nn.Linear(2, 2, bad(0))],
  ["a tensor for a truth value", "bias is a tensor", () => new nn.Linear(2, 2, bad(weight))],
  ["one argument too many", "0.1 stands where", () => Reflect.construct(nn.Flatten, [0, 1, 0.1])],
  ["an option given twice", "no option", () => new nn.Flatten(0, bad({ startDim: 1 }))],
  ["a reduction by position", '"sum" stands where', () => new nn.MSELoss(bad("sum"))],
  ["a number for options", "reduction, delta", () => new nn.HuberLoss(bad(0.5))],
  ["an array for options", "an array stands", () => new nn.KLDivLoss(bad(["sum"]))],
  ["a second weight", "a tensor stands", () => crossEntropy(weight, weight)],
  ["an option of a loss", "(labelSmoothing?)", () => crossEntropy({ smoothing: 0.1 })],
  ["text in a function", '"sum" stands', () => F.mseLoss(x, x, bad("sum"))],
  ["an option of a function", "(reduction?)", () => F.mseLoss(x, x, bad({ reduce: "sum" }))],
  ["an option of a method", "(keepdim?)", () => x.sum(0, bad({ keepDim: true }))],
  [
    "an option of a norm",
    '"esp"; there are weight, bias, eps',
    () => F.layerNorm(x, [3], bad({ esp: 1 })),
  ],
  ["a tensor's options", "(requiresGrad?)", () => zeros([2], bad({ requires_grad: true }))],
  ["a dtype by position", '"float64" stands', () => ones([2], bad("float64"))],
  [
    "a gradient's options",
    "(createGraph?)",
    () => autograd.grad(x, x, bad({ create_graph: true })),
  ],
  ["strict by position", "false stands", () => new nn.ReLU().loadStateDict({}, bad(false))],
  [
    "persistent by position",
    "false stands",
    () => new nn.ReLU().registerBuffer("b", x, bad(false)),
  ],
  ["a schedule's option", "(gamma?)", () => new lrScheduler.StepLR(sgd(), 2, bad({ gama: 0.5 }))],
  [
    "an option of an average",
    "(avgFn?)",
    () => new swaUtils.AveragedModel(linear(), bad({ avg_fn: 1 })),
  ],
  ["an initialisation", "(mode?)", () => nn.init.kaimingNormal(x, bad({ mod: "fan_out" }))],
  ["clipping", "1 stands", () => nn.utils.clipGradNorm([], 1, bad(1))],
  ["a mask by position", "a tensor stands", () => F.scaledDotProductAttention(x, x, x, bad(x))],
  ["a call of attention", "(attnMask?)", () => attend({ attn_mask: x })],
];

function linear(): nn.Linear {
  return new nn.Linear(1, 1);
}

function group(options: object): optim.SGD {
  return new optim.SGD([{ params: params(), ...options }], 0.1);
}

function crossEntropy(...args: unknown[]): unknown {
  return Reflect.apply(F.crossEntropy, null, [x, t, ...args]);
}

function attend(options: object): unknown {
  return new nn.MultiheadAttention(3, 1).forward(x, x, x, bad(options));
}

test.each(REFUSED)("%s: %s", (_, text, call) => expect(call).toThrow(text));

it("takes the weight of a loss by position, as PyTorch does", async () => {
  const same = async (a: typeof x, b: typeof x): Promise<void> =>
    expect(await a.item()).toBe(await b.item());
  const plain = await F.crossEntropy(x, t).item();
  expect(await F.crossEntropy(x, t, weight).item()).not.toBe(plain);
  await same(F.crossEntropy(x, t, weight), F.crossEntropy(x, t, { weight }));
  await same(F.nllLoss(x, t, weight), F.nllLoss(x, t, { weight }));
  await same(new nn.CrossEntropyLoss(weight).forward(x, t), F.crossEntropy(x, t, { weight }));
  await same(new nn.NLLLoss(weight).forward(x, t), F.nllLoss(x, t, { weight }));
  const [p, y] = [x.sigmoid(), ones([2, 3])];
  await same(new nn.BCELoss(weight).forward(p, y), F.binaryCrossEntropy(p, y, { weight }));
  await same(F.binaryCrossEntropy(p, y, weight), F.binaryCrossEntropy(p, y, { weight }));
  const sum = new nn.BCEWithLogitsLoss(weight, { reduction: "sum" });
  await same(sum.forward(x, y), F.binaryCrossEntropyWithLogits(x, y, weight, { reduction: "sum" }));
});

/** The rates of five steps of a schedule. */
function rates(make: (optimizer: optim.SGD) => { step: (metric: number) => void }): number[] {
  const optimizer = sgd();
  const schedule = make(optimizer);
  return Array.from({ length: 5 }, () => {
    schedule.step(1);
    return optimizer.paramGroups[0]!.lr;
  });
}

it("takes the arguments of schedules by position, as PyTorch does", () => {
  const { CyclicLR, OneCycleLR, ReduceLROnPlateau } = lrScheduler;
  expect(rates((o) => new CyclicLR(o, 0.1, 1, 2, 3, "triangular2"))).toEqual(
    rates((o) => new CyclicLR(o, 0.1, 1, { stepSizeUp: 2, stepSizeDown: 3, mode: "triangular2" })),
  );
  expect(rates((o) => new OneCycleLR(o, 1, null, 2, 5, 0.5, "linear"))).toEqual(
    rates((o) => new OneCycleLR(o, 1, { totalSteps: 10, pctStart: 0.5, annealStrategy: "linear" })),
  );
  expect(rates((o) => new ReduceLROnPlateau(o, "min", 0.5, 1))).toEqual(
    rates((o) => new ReduceLROnPlateau(o, { factor: 0.5, patience: 1 })),
  );
  expect(rates((o) => new swaUtils.SWALR(o, 0.1, 4, "linear"))).toEqual(
    rates((o) => new swaUtils.SWALR(o, 0.1, { annealEpochs: 4, annealStrategy: "linear" })),
  );
  const resumed = sgd();
  resumed.paramGroups[0]!.initialLr = 1;
  expect(new lrScheduler.ExponentialLR(resumed, 0.5, 3).lastEpoch).toBe(4);
});

it("takes the numbers of an initialisation by position", async () => {
  const w = new nn.Linear(50, 50).weight;
  nn.init.normal(w, 3, 0.01);
  expect(await w.mean().item()).toBeCloseTo(3, 2);
  nn.init.uniform(w, 5, 6);
  expect(await w.min().item()).toBeGreaterThanOrEqual(5);
  nn.init.xavierUniform(w, 0);
  expect(await w.abs().max().item()).toBe(0);
});
