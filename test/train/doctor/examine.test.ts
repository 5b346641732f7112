/** The rules about one pass: each with a network that has the illness, beside one that has not. */
import { describe, expect, it } from "vitest";
import type { Tensor } from "../../../src/doors/index.ts";
import { noGrad, manualSeed, nn, ones, randomState, tensor } from "../../../src/doors/index.ts";
import { examine } from "../../../src/train/doctor/examine.ts";
import { classes, curve, only, rulesOf, train, twoLayers } from "../../support/patients.ts";

const F = nn.functional;
const mse = new nn.MSELoss();
const cross = new nn.CrossEntropyLoss();

describe("examine finds nothing in", () => {
  it("a network on a curve, before and after training", async () => {
    const batch = curve();
    const model = twoLayers(1, 1);
    expect(rulesOf(await examine(model, { loss: mse, batch }))).toEqual([]);
    train(model, mse, batch, 500);
    expect(rulesOf(await examine(model, { loss: mse, batch }))).toEqual([]);
  });

  it("a network for classes, before and after training", async () => {
    const batch = classes();
    const model = twoLayers(2, 3, new nn.ReLU());
    expect(rulesOf(await examine(model, { loss: cross, batch }))).toEqual([]);
    train(model, cross, batch, 300);
    expect(rulesOf(await examine(model, { loss: cross, batch }))).toEqual([]);
  });

  it("a straight line, which few rows determine", async () => {
    manualSeed(1);
    const [x] = curve();
    const batch = [x, x.mul(2).add(0.5)] as const;
    expect(rulesOf(await examine(new nn.Linear(1, 1), { loss: mse, batch }))).toEqual([]);
  });
});

describe("examine leaves everything as it was", () => {
  it("weights, gradients, buffers, modes and random numbers", async () => {
    const [x, y] = classes();
    manualSeed(8);
    const model = new nn.Sequential(
      ...[new nn.Linear(2, 8), new nn.BatchNorm1d(8), new nn.Dropout(0.5), new nn.Linear(8, 3)],
    );
    cross.forward(model.forward(x), y).backward();
    const numbers = (): unknown => [
      ...model.parameters().map((p) => [Array.from(p.dataSync()), Array.from(p.grad!.dataSync())]),
      ...model.buffers().map((b) => Array.from(b.dataSync())),
    ];
    const before = numbers();
    const random = randomState();
    await examine(model, { loss: cross, batch: [x, y] });
    expect(numbers()).toEqual(before);
    expect(model.modules().every((module) => module.training)).toBe(true);
    expect(randomState()).toEqual(random);
  });
});

describe("the first loss", () => {
  it("far above ln K: weights of the last layer that are too large", async () => {
    const batch = classes();
    const model = twoLayers(2, 3);
    noGrad(() => model.parameters()[2]!.set(model.parameters()[2]!.mul(60)));
    const { figures, message } = only(await examine(model, { loss: cross, batch }), "initial-loss");
    expect(figures.expected).toBeCloseTo(Math.log(3), 6);
    expect(figures.loss).toBeGreaterThan(3);
    expect(message).toContain("knowing nothing costs 1.1 (ln 3)");
  });

  it("far above the variance: targets that are far off", async () => {
    const [x, y] = curve();
    const batch = [x, y.add(40)] as const;
    const findings = await examine(twoLayers(1, 1), { loss: mse, batch, overfit: false });
    expect(only(findings, "initial-loss").figures.name).toBe("the variance of the targets");
  });
});

describe("what cannot learn a few rows by heart", () => {
  it("a network whose hidden layer is cut off", async () => {
    class Cut extends nn.Module {
      a = new nn.Linear(1, 8);
      b = new nn.Linear(8, 1);
      forward(x: Tensor): Tensor {
        return this.b.forward(this.a.forward(x.mul(0)).tanh());
      }
    }
    manualSeed(2);
    const found = await examine(new Cut(), { loss: mse, batch: curve() });
    const { figures } = only(found, "one-batch");
    expect([figures.rows, figures.steps]).toEqual([16, 300]);
    expect(figures.loss).toBeGreaterThan(0.75 * figures.constant);
  });

  it("weights that all begin equal", async () => {
    const model = twoLayers(1, 1);
    noGrad(() => model.parameters().forEach((p) => p.set(p.mul(0))));
    only(await examine(model, { loss: mse, batch: curve() }), "one-batch");
  });
});

describe("rectifiers", () => {
  /** Moves the biases of the first layer so far that `dead` units are 0 everywhere. */
  function killed(dead: number): nn.Sequential {
    const model = twoLayers(1, 1, new nn.ReLU());
    const bias = model.parameters()[1]!;
    noGrad(() => bias.set(tensor(Array.from({ length: 12 }, (_, k) => (k < dead ? -9 : 2)))));
    return model;
  }

  it.each([
    [12, "error"],
    [10, "warning"],
    [5, "note"],
  ] as const)("%i of 12 units dead: %s", async (dead, severity) => {
    const finding = only(await examine(killed(dead), { loss: mse, batch: curve() }), "dead-relu");
    expect(finding).toMatchObject({ severity, layer: "1 (ReLU)", figures: { dead, units: 12 } });
  });

  it("alive: none", async () => {
    expect(rulesOf(await examine(killed(0), { loss: mse, batch: curve() }))).toEqual([]);
  });

  it("as functions of a model, by channels of a convolution", async () => {
    class Net extends nn.Module {
      conv = new nn.Conv2d(1, 4, 3);
      out = new nn.Linear(4 * 36, 2);
      forward(x: Tensor): Tensor {
        return this.out.forward(this.conv.forward(x).relu().flatten(1));
      }
    }
    manualSeed(1);
    const model = new Net();
    noGrad(() => model.conv.bias!.set(tensor([-50, 1, -50, 1])));
    const batch = [
      ones([8, 1, 8, 8]),
      tensor([0, 1, 0, 1, 0, 1, 0, 1], { dtype: "int32" }),
    ] as const;
    const findings = await examine(model, { loss: cross, batch, overfit: false });
    expect(only(findings, "dead-relu")).toMatchObject({
      ...{ layer: "conv (Conv2d), relu", figures: { dead: 2, units: 4 } },
    });
  });
});

describe("saturation", () => {
  it("of tanh behind inputs that are not scaled", async () => {
    const [x, y] = curve();
    const findings = await examine(twoLayers(1, 1), { loss: mse, batch: [x.mul(300), y] });
    const { layer, figures } = only(findings, "saturation");
    expect(layer).toBe("1 (Tanh)");
    expect(figures.share).toBeGreaterThan(0.8);
    expect(only(findings, "unscaled-column").column).toBe("input 0");
  });

  it("is no fault of an answer that is sure", async () => {
    const [x, y] = curve();
    const model = twoLayers(1, 1).append(new nn.Sigmoid());
    const bias = model.parameters().at(-1)!;
    noGrad(() => bias.set(bias.add(20)));
    const batch = [x, y.mul(0).add(1)] as const;
    const findings = await examine(model, { loss: new nn.BCELoss(), batch, overfit: false });
    expect(rulesOf(findings)).not.toContain("warning saturation");
  });
});

describe("gradients", () => {
  it("that vanish through ten sigmoids, and do not through ten rectifiers", async () => {
    const deep = (make: () => nn.Layer): nn.Sequential => {
      manualSeed(6);
      const layers = Array.from({ length: 10 }, () => {
        const linear = new nn.Linear(16, 16);
        nn.init.kaimingNormal(linear.weight);
        return [linear, make()];
      });
      return new nn.Sequential(new nn.Linear(1, 16), ...layers.flat(), new nn.Linear(16, 1));
    };
    const options = { loss: mse, batch: curve(), overfit: false };
    const ill = await examine(
      deep(() => new nn.Sigmoid()),
      options,
    );
    expect(only(ill, "vanishing-gradient").layer).toBe("0 (Linear)");
    const well = await examine(
      deep(() => new nn.ReLU()),
      options,
    );
    expect(rulesOf(well)).not.toContain("warning vanishing-gradient");
  });

  it("that explode through ten layers of large weights", async () => {
    manualSeed(7);
    const layers = Array.from({ length: 10 }, () => [new nn.Linear(16, 16), new nn.ReLU()]);
    const model = new nn.Sequential(new nn.Linear(1, 16), ...layers.flat(), new nn.Linear(16, 1));
    const options = { loss: new nn.CrossEntropyLoss(), batch: classes() };
    const wide = new nn.Sequential(new nn.Linear(2, 1), model, new nn.Linear(1, 3));
    const healthy = await examine(wide, { ...options, overfit: false });
    expect(rulesOf(healthy)).not.toContain("warning exploding-gradient");
    noGrad(() => model.parameters().forEach((p) => p.set(p.mul(8))));
    const { figures } = only(await examine(wide, options), "exploding-gradient");
    expect(figures.change).toBeGreaterThan(10);
  });

  it("that do not come: a layer that is not used, and one that is detached", async () => {
    class Net extends nn.Module {
      used = new nn.Linear(1, 8);
      spare = new nn.Linear(8, 8);
      out = new nn.Linear(8, 1);
      cut = false;
      forward(x: Tensor): Tensor {
        const h = this.used.forward(x).tanh();
        return this.out.forward(this.cut ? h.detach() : h);
      }
    }
    manualSeed(9);
    const model = new Net();
    const options = { loss: mse, batch: curve(), overfit: false };
    const spare = only(await examine(model, options), "no-gradient");
    expect(spare.figures).toEqual({ parameters: 2, names: "spare.weight, spare.bias" });
    model.cut = true;
    const cut = only(await examine(model, options), "no-gradient");
    expect(cut.figures.parameters).toBe(4);
    model.requireGrad(false);
    model.out.requireGrad();
    expect(rulesOf(await examine(model, options))).toEqual([]);
  });
});

describe("what stands before a loss", () => {
  const [x, y] = classes();
  const find = (model: nn.Sequential, loss: Parameters<typeof examine>[1]["loss"], target = y) =>
    examine(model, { loss, batch: [x, target], overfit: false });

  it("softmax before the cross-entropy, as a module or a function", async () => {
    const model = twoLayers(2, 3);
    const asFunction = await find(model, (out, t) => F.crossEntropy(out.softmax(1), t));
    const { figures } = only(asFunction, "softmax-twice");
    expect(figures.lowest).toBeCloseTo(Math.log(Math.E + 2) - 1, 6);
    const asModule = await find(twoLayers(2, 3).append(new nn.Softmax(1)), cross);
    expect(rulesOf(asModule)).toEqual(["warning softmax-twice"]);
    expect(rulesOf(await find(model, cross))).toEqual([]);
  });

  it("shares of one's own making", async () => {
    const shares = await find(twoLayers(2, 3), (out, t) => {
      const e = out.exp();
      return F.crossEntropy(e.div(e.sum(1, { keepdim: true })), t);
    });
    expect(rulesOf(shares)).toEqual(["warning softmax-twice"]);
  });

  it("log-softmax twice is only worth a note; without one the likelihood is wrong", async () => {
    const twice = await find(twoLayers(2, 3).append(new nn.LogSoftmax(1)), cross);
    expect(rulesOf(twice)).toEqual(["note softmax-twice"]);
    const right = await find(twoLayers(2, 3).append(new nn.LogSoftmax(1)), new nn.NLLLoss());
    expect(rulesOf(right)).toEqual([]);
    const bare = await find(twoLayers(2, 3), new nn.NLLLoss());
    expect(rulesOf(bare)).toContain("error not-log-probabilities");
  });

  it("sigmoid before the loss of logits, also through a reshape", async () => {
    const target = y.eq(1).float();
    const loss = (out: Tensor, t: Tensor): Tensor =>
      F.binaryCrossEntropyWithLogits(out.sigmoid().reshape([-1]), t);
    const twice = await find(twoLayers(2, 1), loss, target);
    expect(rulesOf(twice)).toEqual(["warning softmax-twice"]);
    const once = (out: Tensor, t: Tensor): Tensor =>
      F.binaryCrossEntropyWithLogits(out.reshape([-1]), t);
    expect(rulesOf(await find(twoLayers(2, 1), once, target))).toEqual([]);
  });
});

describe("[N] against [N, 1]", () => {
  it("in a loss and in a difference of one's own", async () => {
    const [x, y] = curve();
    const flat = [x, y.reshape([-1])] as const;
    const inLoss = await examine(twoLayers(1, 1), { loss: mse, batch: flat });
    expect(only(inLoss, "broadcast").figures).toEqual({
      ...{ operation: "The mean squared error", input: "[64, 1]", target: "[64]" },
      result: "[64, 64]",
    });
    const own = (out: Tensor, t: Tensor): Tensor => out.sub(t).square().mean();
    only(await examine(twoLayers(1, 1), { loss: own, batch: flat }), "broadcast");
    expect(rulesOf(await examine(twoLayers(1, 1), { loss: own, batch: [x, y] }))).toEqual([]);
  });
});

describe("targets that count for nothing", () => {
  it("all of them, and some", async () => {
    const [x, y] = classes();
    const model = twoLayers(2, 3);
    const none = y.mul(0).sub(100);
    const all = await examine(model, { loss: cross, batch: [x, none] });
    expect(only(all, "ignored-targets").figures).toEqual({ targets: 90, ignoreIndex: -100 });
    const some = y.mul(y.ne(0).int()).sub(y.eq(0).int().mul(100));
    expect(rulesOf(await examine(model, { loss: cross, batch: [x, some] }))).toEqual([]);
  });
});
