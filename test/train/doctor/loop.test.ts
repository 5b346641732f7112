/** The rules about a loop: each with one that has the fault, beside one that has not. */
import { describe, expect, it } from "vitest";
import type { Tensor } from "../../../src/doors/index.ts";
import { compile, manualSeed, nn, noGrad, optim, randn, tensor } from "../../../src/doors/index.ts";
import { Doctor } from "../../../src/train/doctor/doctor.ts";
import type { Finding } from "../../../src/train/doctor/finding.ts";
import { findNonFinite } from "../../../src/train/doctor/non-finite.ts";
import { classes, curve, only, rulesOf, twoLayers } from "../../support/patients.ts";

const mse = new nn.MSELoss();
const cross = new nn.CrossEntropyLoss();

interface Loop {
  readonly model?: nn.Module & { forward(x: Tensor): Tensor };
  readonly loss?: nn.Loss;
  readonly batch?: readonly [Tensor, Tensor];
  readonly updates?: number;
  readonly lr?: number;
  /** Where gradients are wiped out: before the pass back, after the update, or nowhere. */
  readonly zero?: "before" | "after" | "never";
  /** Where the doctor looks: before the pass forward, or between the pass back and the update. */
  readonly look?: "first" | "between";
  readonly compiled?: boolean;
  readonly after?: (model: nn.Module) => void;
}

/** Trains by gradient descent with a doctor beside it; returns what it found. */
async function watched(loop: Loop): Promise<Finding[]> {
  const { batch = curve(), updates = 120, lr = 0.1, zero = "after", look = "first" } = loop;
  const model = loop.model ?? twoLayers(1, 1);
  const loss = loop.loss ?? mse;
  const [x, y] = batch;
  const doctor = new Doctor(model, { loss });
  const optimizer = new optim.SGD(model.parameters(), { lr });
  const update = (input: Tensor, target: Tensor): void => {
    if (zero === "before") optimizer.zeroGrad();
    loss.forward(model.forward(input), target).backward();
    if (look === "first") finish();
  };
  const finish = (): void => {
    optimizer.step();
    if (zero === "after") optimizer.zeroGrad();
  };
  const step = loop.compiled === true ? compile(update) : update;
  for (let k = 0; k < updates; k++) {
    if (look === "first") await doctor.look(x, y);
    step(x, y);
    if (look === "first") continue;
    await doctor.look(x, y);
    finish();
  }
  loop.after?.(model);
  return doctor.finish();
}

describe("a doctor beside a healthy loop finds nothing", () => {
  it.each<Loop>([
    { zero: "after", look: "first" },
    { zero: "before", look: "first" },
    { zero: "after", look: "between" },
    { zero: "before", look: "between" },
    { compiled: true },
    { model: twoLayers(2, 3), loss: cross, batch: classes() },
  ])("%o", async (loop) => {
    expect(rulesOf(await watched(loop))).toEqual([]);
  });

  it("and changes no bit of it", async () => {
    const run = async (look: boolean): Promise<number[]> => {
      const [x, y] = classes();
      manualSeed(1);
      const model = new nn.Sequential(
        ...[new nn.Linear(2, 8), new nn.BatchNorm1d(8), new nn.Dropout(0.3), new nn.Linear(8, 3)],
      );
      const doctor = new Doctor(model, { loss: cross });
      const optimizer = new optim.Adam(model.parameters());
      const update = compile((input: Tensor, target: Tensor) => {
        cross.forward(model.forward(input), target).backward();
        optimizer.step();
        optimizer.zeroGrad();
      });
      for (let k = 0; k < 120; k++) {
        if (look) await doctor.look(x, y);
        update(x, y);
      }
      if (look) await doctor.finish();
      return model.parameters().flatMap((p) => Array.from(p.dataSync()));
    };
    expect(await run(true)).toEqual(await run(false));
  });
});

describe("a missing zeroGrad", () => {
  it.each<Loop>([
    { look: "first" },
    { look: "between" },
    { look: "first", compiled: true },
    { model: twoLayers(2, 3), loss: cross, batch: classes() },
  ])("is seen: %o", async (loop) => {
    const finding = only(await watched({ ...loop, zero: "never", lr: 0.01 }), "no-zero-grad");
    expect(finding.severity).toBe("error");
    expect(finding.figures.after).toBeGreaterThan(finding.figures.before);
  });

  it("is none where gradients of several batches make one update", async () => {
    const [x, y] = curve();
    const model = twoLayers(1, 1);
    const doctor = new Doctor(model, { loss: mse });
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    for (let k = 0; k < 12; k++) {
      mse.forward(model.forward(x), y).backward();
      await doctor.look(x, y);
      if (k % 3 < 2) continue;
      optimizer.step();
      optimizer.zeroGrad();
    }
    expect(rulesOf(await doctor.finish())).toEqual([]);
  });
});

describe("the mode", () => {
  const model = (): nn.Sequential => twoLayers(1, 1, new nn.Tanh()).append(new nn.Dropout(0.1));
  const evaluate = (one: nn.Module & { forward(x: Tensor): Tensor }): void => {
    noGrad(() => one.forward(curve()[0]));
  };

  it("of training in an evaluation", async () => {
    const one = model();
    const findings = await watched({ model: one, after: () => evaluate(one) });
    expect(only(findings, "mode")).toMatchObject({
      ...{ severity: "warning", layer: "3 (Dropout)" },
      figures: { mode: "train", module: "Dropout" },
    });
    const other = model();
    expect(rulesOf(await watched({ model: other, after: () => evaluate(other.eval()) }))).toEqual(
      [],
    );
  });

  it("of evaluation in a training", async () => {
    const findings = await watched({ model: model().eval() });
    expect(only(findings, "mode")).toMatchObject({ severity: "note", figures: { mode: "eval" } });
  });
});

describe("updates", () => {
  it("that are far too large, and far too small", async () => {
    const large = await watched({ lr: 30, updates: 3 });
    expect(only(large, "update-ratio").figures.ratio).toBeGreaterThan(0.5);
    const small = await watched({ lr: 1e-7 });
    expect(only(small, "update-ratio").figures.ratio).toBeLessThan(1e-6);
  });
});

describe("the end", () => {
  it("of a training that learned nothing, of inputs that hardly differ", async () => {
    const [x, y] = curve();
    const findings = await watched({ batch: [x.mul(0.01), y] });
    expect(rulesOf(findings)).toContain("warning learns-nothing");
    const { figures } = only(findings, "learns-nothing");
    expect(figures.loss).toBeCloseTo(figures.baseline, 2);
  });

  it("of a network that died", async () => {
    const [x, y] = curve();
    const model = twoLayers(1, 1, new nn.ReLU());
    noGrad(() => model.parameters()[1]!.set(tensor(new Array<number>(12).fill(-9))));
    const findings = await watched({ model, batch: [x, y.add(3)] });
    expect(only(findings, "one-answer")).toMatchObject({ severity: "error", step: 120 });
    expect(only(findings, "dead-relu").severity).toBe("error");
    expect(findings[0]!.severity).toBe("error");
  });
});

describe("learning by heart", () => {
  async function judged(held: readonly number[]): Promise<string[]> {
    const doctor = new Doctor(twoLayers(1, 1), { loss: mse });
    held.forEach((heldOut, epoch) => doctor.note(epoch, { loss: 1 / (1 + epoch), heldOut }));
    return rulesOf(await doctor.finish());
  }

  it("is a held-out loss that rises while the other falls", async () => {
    expect(await judged([1, 0.5, 0.4, 0.6, 0.9])).toEqual(["warning memorisation"]);
    expect(await judged([1, 0.5, 0.4, 0.35, 0.36])).toEqual([]);
  });

  it("happens to 20 noisy rows and 100 units", async () => {
    manualSeed(11);
    const [x, y] = curve();
    const noisy = y.add(randn([64, 1]).mul(0.5));
    const [trained, held] = [0, 20].map((at) => [x.narrow(0, at, 20), noisy.narrow(0, at, 20)]);
    const model = twoLayers(1, 1, new nn.Tanh(), 100);
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
    const doctor = new Doctor(model, { loss: mse });
    const step = compile((input: Tensor, target: Tensor) => {
      const loss = mse.forward(model.forward(input), target);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    });
    for (let epoch = 0; epoch < 3000; epoch++) {
      await doctor.look(trained![0]!, trained![1]!);
      const loss = await step(trained![0]!, trained![1]!).item();
      if (epoch % 50 > 0) continue;
      const heldOut = await noGrad(() => mse.forward(model.forward(held![0]!), held![1]!)).item();
      doctor.note(epoch, { loss, heldOut });
    }
    expect(rulesOf(await doctor.finish())).toEqual(["warning memorisation"]);
  });
});

describe("the first number that is not finite", () => {
  const [x, y] = curve();

  it("in a pass forward: operation and layer", async () => {
    class Net extends nn.Module {
      a = new nn.Linear(1, 4);
      b = new nn.Linear(4, 1);
      forward(input: Tensor): Tensor {
        return this.b.forward(this.a.forward(input).log());
      }
    }
    manualSeed(1);
    const model = new Net();
    const found = await findNonFinite(model, () => mse.forward(model.forward(x), y));
    expect(found).toMatchObject({
      ...{ layer: "Net", figures: { operation: "log", pass: "forward", value: NaN } },
    });
    expect(found!.message).toMatch(
      /^Layer Net: the first result of log is NaN, from numbers up to/,
    );
  });

  it("in a module, after an overflow", async () => {
    const model = twoLayers(1, 1, new nn.ReLU());
    const weight = model.parameters()[2]!;
    noGrad(() => weight.set(weight.mul(1e38)));
    const found = await findNonFinite(model, () => mse.forward(model.forward(x.mul(1e4)), y));
    expect(found).toMatchObject({ layer: "2 (Linear)", figures: { operation: "linear" } });
  });

  it("in a pass back, of a root at 0", async () => {
    class Net extends nn.Module {
      a = new nn.Linear(1, 4);
      b = new nn.Linear(4, 1);
      forward(input: Tensor): Tensor {
        return this.b.forward(this.a.forward(input).mul(0).sqrt());
      }
    }
    manualSeed(1);
    const model = new Net();
    const found = await findNonFinite(model, () => mse.forward(model.forward(x), y));
    expect(found).toMatchObject({ layer: "Net", figures: { operation: "sqrt", pass: "backward" } });
  });

  it("in the data, and in a weight after an update", async () => {
    const model = twoLayers(1, 1);
    const spoiled = x.mul(tensor([NaN]));
    const inData = await findNonFinite(model, () => mse.forward(model.forward(spoiled), y));
    expect(inData!.figures).toMatchObject({ operation: "the inputs", pass: "data" });
    const inTarget = await findNonFinite(model, () => mse.forward(model.forward(x), spoiled));
    expect(inTarget!.figures).toMatchObject({ operation: "the targets", pass: "data" });
    noGrad(() => model.parameters()[0]!.set(model.parameters()[0]!.mul(Infinity)));
    const inWeight = await findNonFinite(model, () => mse.forward(model.forward(x), y));
    expect(inWeight!.figures).toMatchObject({ operation: "0.weight", pass: "update" });
  });

  it("is none in a healthy pass; a doctor meets it beside a loop that diverges", async () => {
    const model = twoLayers(1, 1);
    expect(await findNonFinite(model, () => mse.forward(model.forward(x), y))).toBeUndefined();
    const findings = await watched({ model: new nn.Linear(1, 1), batch: [x.mul(40), y], lr: 1e3 });
    expect(only(findings, "non-finite").figures.pass).not.toBe("data");
  });
});
