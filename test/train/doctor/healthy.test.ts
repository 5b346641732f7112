/** False alarms: every rule over trainings that go well finds nothing worth a warning. */
import { describe, expect, it } from "vitest";
import type { Tensor } from "../../../src/doors/index.ts";
import {
  compile,
  manualSeed,
  nn,
  optim,
  rand,
  randint,
  randn,
  tensor,
} from "../../../src/doors/index.ts";
import { Doctor } from "../../../src/train/doctor/doctor.ts";
import { examine } from "../../../src/train/doctor/examine.ts";
import type { LossLike, Predictor } from "../../../src/train/doctor/examine.ts";
import { looked } from "../../support/guard.ts";
import { classes, curve } from "../../support/patients.ts";

const F = nn.functional;

interface Training {
  readonly name: string;
  readonly make: () => Predictor;
  readonly loss: LossLike;
  readonly batch: () => readonly [Tensor, Tensor];
  readonly updates: number;
  readonly lr: number;
  /** Below this the training went well. */
  readonly good: number;
}

/** Small pictures `[32, 1, 8, 8]` of a bar that lies or stands, with noise. */
function bars(): [Tensor, Tensor] {
  manualSeed(21);
  const labels = Array.from({ length: 32 }, (_, i) => i % 2);
  const pictures = labels.map((k, i) =>
    Array.from({ length: 8 }, (_, r) =>
      Array.from({ length: 8 }, (__, c) => Number((k === 0 ? r : c) === i % 8)),
    ),
  );
  const x = tensor(pictures)
    .unsqueeze(1)
    .add(randn([32, 1, 8, 8]).mul(0.1));
  return [x, tensor(labels, { dtype: "int32" })];
}

/** Sequences `[16, 8]` of tokens, to be repeated one place later. */
function echoes(): [Tensor, Tensor] {
  manualSeed(22);
  const tokens = randint(1, 12, [16, 9]);
  return [tokens.narrow(1, 1, 8), tokens.narrow(1, 0, 8)];
}

class ConvNet extends nn.Module {
  a = new nn.Conv2d(1, 8, 3, { padding: 1 });
  norm = new nn.BatchNorm2d(8);
  b = new nn.Conv2d(8, 8, 3, { padding: 1 });
  out = new nn.Linear(128, 2);
  forward(x: Tensor): Tensor {
    const h = F.maxPool2d(this.norm.forward(this.a.forward(x)).relu(), 2);
    return this.out.forward(this.b.forward(h).relu().flatten(1));
  }
}

class Transformer extends nn.Module {
  embedding = new nn.Embedding(12, 32);
  place = new nn.Embedding(8, 32);
  block = new nn.TransformerEncoderLayer(32, 4, {
    ...{ dimFeedforward: 64, batchFirst: true, normFirst: true, dropout: 0 },
  });
  second = new nn.TransformerEncoderLayer(32, 4, {
    ...{ dimFeedforward: 64, batchFirst: true, normFirst: true, dropout: 0 },
  });
  out = new nn.Linear(32, 12);
  forward(tokens: Tensor): Tensor {
    const h = this.embedding.forward(tokens).add(this.place.weight);
    return this.out.forward(this.second.forward(this.block.forward(h))); // [B, T, C]
  }
}

class Recurrent extends nn.Module {
  embedding = new nn.Embedding(12, 16);
  lstm = new nn.LSTM(16, 32, { batchFirst: true });
  out = new nn.Linear(32, 12);
  forward(tokens: Tensor): Tensor {
    const [h] = this.lstm.forward(this.embedding.forward(tokens)) as unknown as [Tensor];
    return this.out.forward(h);
  }
}

const perceptron = (widths: readonly number[], act: () => nn.Layer, last: nn.Layer[] = []) => {
  const layers = widths.slice(1).flatMap((width, k) => {
    const linear = new nn.Linear(widths[k]!, width);
    return k < widths.length - 2 ? [linear, act()] : [linear];
  });
  return new nn.Sequential(...layers, ...last);
};

const byToken = (logits: Tensor, targets: Tensor): Tensor =>
  F.crossEntropy(logits.reshape([-1, 12]), targets.reshape([-1]));

const TRAININGS: readonly Training[] = [
  ...(["Tanh", "ReLU", "Sigmoid", "GELU", "LeakyReLU", "SiLU"] as const).flatMap((act) => [
    {
      name: `curve with ${act}`,
      make: () => perceptron([1, 10, 1], () => new nn[act]()),
      ...{ loss: new nn.MSELoss(), batch: curve, updates: 1100, lr: 0.01, good: 0.05 },
    },
    {
      name: `classes with ${act}`,
      make: () => perceptron([2, 16, 16, 3], () => new nn[act]()),
      ...{ loss: new nn.CrossEntropyLoss(), batch: classes, updates: 150, lr: 0.01, good: 0.3 },
    },
  ]),
  {
    name: "six layers",
    make: () => perceptron([2, 16, 16, 16, 16, 16, 3], () => new nn.ReLU()),
    ...{ loss: new nn.CrossEntropyLoss(), batch: classes, updates: 300, lr: 0.005, good: 0.3 },
  },
  {
    name: "logits of two classes",
    make: () => perceptron([2, 8, 1], () => new nn.Tanh()),
    loss: (out, y) => F.binaryCrossEntropyWithLogits(out.reshape([-1]), y),
    batch: () => [classes()[0], classes()[1].eq(0).float()],
    ...{ updates: 200, lr: 0.02, good: 0.2 },
  },
  {
    name: "an autoencoder of pictures",
    make: () => perceptron([64, 24, 8, 24, 64], () => new nn.ReLU(), [new nn.Sigmoid()]),
    loss: new nn.BCELoss(),
    batch: () => {
      const x = bars()[0].flatten(1).gt(0.5).float();
      return [x, x];
    },
    ...{ updates: 400, lr: 0.005, good: 0.3 },
  },
  {
    name: "a straight line by hand",
    make: () => new nn.Linear(3, 1),
    loss: (out, y) => out.sub(y).square().mean(),
    batch: () => {
      manualSeed(23);
      const x = rand([40, 3]);
      return [x, x.sum(1, { keepdim: true })];
    },
    ...{ updates: 300, lr: 0.05, good: 0.05 },
  },
  {
    name: "a convolutional network",
    make: () => new ConvNet(),
    ...{ loss: new nn.CrossEntropyLoss(), batch: bars, updates: 110, lr: 0.005, good: 0.2 },
  },
  {
    name: "a transformer",
    make: () => new Transformer(),
    ...{ loss: byToken, batch: echoes, updates: 200, lr: 0.003, good: 1 },
  },
  {
    name: "an LSTM",
    make: () => new Recurrent(),
    ...{ loss: byToken, batch: echoes, updates: 300, lr: 0.01, good: 1 },
  },
];

describe("no false alarm", () => {
  it.each(TRAININGS)("$name", { timeout: 60_000 }, async ({ make, ...training }) => {
    const { loss, batch, updates, lr, good } = training;
    const [x, y] = batch();
    manualSeed(42);
    const model = make();
    const before = await examine(model, { loss, batch: [x, y] });
    const optimizer = new optim.Adam(model.parameters(), { lr });
    const doctor = new Doctor(model, { loss });
    const compare = typeof loss === "function" ? loss : loss.forward.bind(loss);
    const step = compile((input: Tensor, target: Tensor) => {
      const value = compare(model.forward(input), target);
      value.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return value;
    });
    let last = NaN;
    for (let k = 0; k < updates; k++) {
      await doctor.look(x, y);
      last = await step(x, y).item();
    }
    expect(last).toBeLessThan(good);
    const grave = [...before, ...(await doctor.finish())].filter((f) => f.severity !== "note");
    expect(grave.map(({ message }) => message)).toEqual([]);
  });

  it("in this many trainings", ({ task }) => {
    looked(task, `doctor: ${TRAININGS.length} healthy trainings without a warning`);
    expect(TRAININGS.length).toBeGreaterThan(15);
  });
});
