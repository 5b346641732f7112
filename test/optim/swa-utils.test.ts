/** Averages of weights: means, moving means, saved and loaded, plain and compiled. */
import { describe, expect, it } from "vitest";
import { compile, manualSeed, nn, noGrad, optim, tensor } from "nabla";
import type { Tensor } from "nabla";
import { bitsOf } from "../support/tensors.ts";

const { AveragedModel, getEmaAvgFn, SWALR, updateBn } = optim.swaUtils;

function makeModel(): nn.Sequential {
  manualSeed(5);
  return new nn.Sequential(new nn.Linear(2, 3), new nn.Tanh(), new nn.Linear(3, 1));
}

/** Sets the first bias of the model to a number. */
function setBias(model: nn.Sequential, value: number): void {
  const bias = model.namedParameters().find(([name]) => name === "2.bias")![1];
  noGrad(() => bias.set(tensor([value])));
}

const biasOf = (averaged: { stateDict(): Record<string, unknown> }): number =>
  (averaged.stateDict()["module.2.bias"] as { itemSync(): number }).itemSync();

describe("AveragedModel", () => {
  it("is a copy at first, then the mean of the updates", () => {
    const model = makeModel();
    const averaged = new AveragedModel(model);
    const x = tensor([[0.5, -1]]);
    expect(bitsOf(averaged.forward(x))).toBe(bitsOf(model.forward(x)));
    for (const value of [1, 2, 6]) {
      setBias(model, value);
      averaged.updateParameters(model);
    }
    expect(biasOf(averaged)).toBeCloseTo(3, 6);
    expect(averaged.nAveraged.itemSync()).toBe(3);
    expect(bitsOf(averaged.forward(x))).not.toBe(bitsOf(model.forward(x)));
  });

  it("forgets with getEmaAvgFn", () => {
    const model = makeModel();
    const averaged = new AveragedModel(model, { avgFn: getEmaAvgFn(0.75) });
    for (const value of [4, 8, 0]) {
      setBias(model, value);
      averaged.updateParameters(model);
    }
    expect(biasOf(averaged)).toBeCloseTo(3.75, 6);
    expect(() => getEmaAvgFn(2)).toThrow("decay is 2");
  });

  it("gives the bits of the plain loop when compiled with the step, and goes on when loaded", () => {
    const x = tensor([[0.5, -1]]);
    const results = [false, true].map((compiled) => {
      const model = makeModel();
      const averaged = new AveragedModel(model);
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      const step = (): void => {
        optimizer.zeroGrad();
        model.forward(x).sum().backward();
        optimizer.step();
        averaged.updateParameters(model);
      };
      const run = compiled ? compile(step) : step;
      for (let k = 0; k < 4; k++) run();
      const loaded = new AveragedModel(makeModel());
      loaded.loadStateDict(averaged.stateDict());
      loaded.updateParameters(model);
      run();
      return [averaged, loaded].map((m) => m.parameters().map(bitsOf).join());
    });
    expect(results[1]).toEqual(results[0]);
  });

  it("takes a second model where the class has private fields", () => {
    class Secret extends nn.Module {
      readonly #inner = 2;
      layer = new nn.Linear(1, 1);
      forward(x: Tensor): Tensor {
        return this.layer.forward(x).mul(this.#inner);
      }
    }
    const model = new Secret();
    const averaged = new AveragedModel(model, { copy: new Secret() });
    const x = tensor([[1]]);
    expect(bitsOf(averaged.forward(x))).toBe(bitsOf(model.forward(x)));
  });

  it("says what does not fit", () => {
    const averaged = new AveragedModel(makeModel());
    expect(() => averaged.updateParameters(new nn.Linear(1, 1))).toThrow("has other parameters");
    expect(() => averaged.loadStateDict({})).toThrow("has no n_averaged");
    const other = new AveragedModel(makeModel());
    const before = biasOf(other);
    const saved = averaged.stateDict();
    const halved = { ...saved, "module.2.bias": tensor([before + 1]) };
    for (const count of [tensor([1, 2]), 3 as never]) {
      expect(() => other.loadStateDict({ ...halved, n_averaged: count })).toThrow(
        /n_averaged is (a tensor|3); need a tensor of one number/,
      );
    }
    expect(biasOf(other)).toBe(before);
    other.loadStateDict({ ...halved, n_averaged: tensor([4]) });
    expect([biasOf(other), other.nAveraged.itemSync()]).toEqual([before + 1, 4]);
  });
});

describe("clone", () => {
  it("shares nothing that is trained, keeps mode, freezing, sharing and buffers", () => {
    class Tied extends nn.Module {
      first = new nn.Linear(2, 2);
      second = this.first;
      scale = 3;
      constructor() {
        super();
        this.registerBuffer("count", tensor([1]));
      }
      forward(): number {
        return this.scale;
      }
    }
    const model = new Tied().eval();
    model.first.requireGrad(false);
    const copy = model.clone();
    expect(copy).toBeInstanceOf(Tied);
    expect(copy.forward()).toBe(3);
    expect([copy.training, copy.first === copy.second]).toEqual([false, true]);
    expect(copy.parameters().map((p) => p.requiresGrad)).toEqual([false, false]);
    expect(Object.keys(copy.stateDict())).toEqual(Object.keys(model.stateDict()));
    expect(String(copy)).toBe(String(model));
    noGrad(() =>
      copy.parameters()[0]!.set(
        tensor([
          [9, 9],
          [9, 9],
        ]),
      ),
    );
    noGrad(() => copy.buffers()[0]!.set(tensor([9])));
    expect(model.buffers()[0]!.itemSync()).toBe(1);
    expect(bitsOf(model.parameters()[0]!)).not.toBe(bitsOf(copy.parameters()[0]!));
  });
});

it("SWALR leads to its rate and stays", () => {
  const optimizer = new optim.SGD(makeModel().parameters(), { lr: 1 });
  const scheduler = new SWALR(optimizer, 0.1, { annealEpochs: 2, annealStrategy: "linear" });
  const rates = [1, 2, 3].map(() => (scheduler.step(), optimizer.paramGroups[0]!.lr));
  [0.55, 0.1, 0.1].forEach((rate, k) => expect(rates[k]).toBeCloseTo(rate, 12));
  const cosine = new optim.SGD(makeModel().parameters(), { lr: 1 });
  const slow = new SWALR(cosine, 0.2);
  for (let k = 0; k < 5; k++) slow.step();
  expect(cosine.paramGroups[0]!.lr).toBeCloseTo(0.6, 12);
});

describe("updateBn", () => {
  const batches = [
    [
      tensor([
        [1, 2],
        [3, -1],
        [0, 0.5],
      ]),
      tensor([0]),
    ],
    [
      tensor([
        [2, 2],
        [-3, 1],
      ]),
      tensor([0]),
    ],
  ];
  const makeNormal = (): nn.Sequential => {
    const model = new nn.Sequential(new nn.Linear(2, 2), new nn.BatchNorm1d(2, { momentum: 0.2 }));
    const [weight, bias] = model.parameters();
    noGrad(() => {
      weight!.set(
        tensor([
          [1, 2],
          [-1, 0.5],
        ]),
      );
      bias!.set(tensor([0.5, -0.25]));
    });
    return model;
  };

  it("gives PyTorch's statistics, of a model and of its average, and keeps mode and momentum", async () => {
    for (const averaged of [false, true]) {
      const model = makeNormal().eval();
      const updated = averaged ? new AveragedModel(model) : model;
      if (updated instanceof AveragedModel) updated.updateParameters(model);
      await updateBn(batches, updated);
      const norm = (updated instanceof AveragedModel ? updated.module : updated).at(1);
      const [mean, variance, count] = norm.buffers().map((buffer) => [buffer.toArraySync()].flat());
      expect(count).toEqual([2]);
      // torch.optim.swa_utils.update_bn, PyTorch 1.13.1
      [2.916666666666667, -0.16666666666666663].forEach((want, k) =>
        expect(mean![k]).toBeCloseTo(want, 5),
      );
      [14.916666666666668, 7.260416666666667].forEach((want, k) =>
        expect(variance![k]).toBeCloseTo(want, 5),
      );
      expect(norm).toMatchObject({ momentum: 0.2, training: false });
    }
  });

  it("takes batches one by one and in time, and restores the mode where the model throws", async () => {
    const model = makeNormal();
    const wait = async function* (): AsyncGenerator<Tensor> {
      for (const [x] of batches) yield await Promise.resolve(x!);
    };
    await updateBn(wait(), model);
    expect(model.at(1).buffers()[2]!.itemSync()).toBe(2);
    model.eval();
    await expect(updateBn([tensor([[1, 2, 3]])], model)).rejects.toThrow("linear");
    expect(model.at(1)).toMatchObject({ momentum: 0.2, training: false });
  });
});
