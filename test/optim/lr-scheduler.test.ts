/** Schedules against PyTorch's: golden group 9, and longer ones; sequences, previews, faults. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as optim from "../../src/doors/optim.ts";
import { compile } from "../../src/tensor/compile.ts";
import { zeros } from "../../src/tensor/create.ts";
import { camelOptions, makeOptimizer } from "../support/optimizers.ts";
import type { CaseBase } from "../support/torch-json.ts";
import { readGroup } from "../support/torch-json.ts";

interface SchedulerText {
  readonly scheduler: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
}

interface SchedulerCase extends CaseBase {
  readonly optimizer: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly groups: readonly { readonly lr: number }[];
  readonly scheduler: string;
  readonly schedulerKwargs: Readonly<Record<string, unknown>>;
  readonly metrics?: readonly number[];
  readonly steps: number;
  readonly lr: readonly (readonly number[])[];
  readonly momentum?: readonly (readonly number[])[];
}

const { lrScheduler } = optim;
type Schedule = optim.LRScheduler | optim.lrScheduler.ReduceLROnPlateau;

/** The arguments that PyTorch requires, in order; the others are options. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  StepLR: ["stepSize"],
  MultiStepLR: ["milestones"],
  ExponentialLR: ["gamma"],
  CosineAnnealingLR: ["tMax"],
  CosineAnnealingWarmRestarts: ["t0"],
  OneCycleLR: ["maxLr"],
  CyclicLR: ["baseLr", "maxLr"],
  SequentialLR: ["schedulers", "milestones"],
};

function makeSchedule(
  name: string,
  optimizer: optim.Optimizer,
  kwargs: Readonly<Record<string, unknown>>,
): Schedule {
  const given = camelOptions(kwargs);
  if (name === "SequentialLR") {
    given.schedulers = (given.schedulers as SchedulerText[]).map((s) =>
      makeSchedule(s.scheduler, optimizer, s.kwargs),
    );
  }
  const required = REQUIRED[name] ?? [];
  const options = Object.entries(given).filter(([key]) => !required.includes(key));
  const Made = lrScheduler[name as "StepLR"] as unknown as new (...args: unknown[]) => Schedule;
  const last = Object.fromEntries(options);
  return new Made(optimizer, ...required.map((key) => given[key]), last);
}

const { cases } = readGroup<SchedulerCase>("09_schedulers");
const parameter = () => zeros([1], { requiresGrad: true });

/** Says which rates and momenta are off. */
function faultsOf(c: SchedulerCase): string[] {
  const groups = c.groups.map((group) => ({ ...group, params: [parameter()] }));
  const optimizer = makeOptimizer(c.optimizer, groups, c.kwargs);
  const scheduler = makeSchedule(c.scheduler, optimizer, c.schedulerKwargs);
  const faults: string[] = [];
  const check = (what: string, got: number, want: number): void => {
    if (Math.abs(got - want) <= c.atol + c.rtol * Math.abs(want)) return;
    faults.push(`${what} is ${got}, expected ${want}`);
  };
  for (let k = 0; k < c.steps; k++) {
    optimizer.paramGroups.forEach((group, g) => {
      check(`lr of group ${g} at step ${k}`, group.lr, c.lr[g]![k]!);
      const momentum = (group as { momentum?: number }).momentum;
      if (c.momentum !== undefined) check(`momentum at ${k}`, momentum!, c.momentum[g]![k]!);
    });
    optimizer.step();
    if (scheduler instanceof lrScheduler.ReduceLROnPlateau) scheduler.step(c.metrics![k]!);
    else scheduler.step();
  }
  return faults;
}

describe("golden 09_schedulers", () => {
  it("has cases", () => expect(cases.length).toBe(21));

  it.each(cases.map((c) => [c.name, c] as const))("%s", (_, c) => {
    expect(faultsOf(c)).toEqual([]);
  });

  it("sees a rate that is wrong", () => {
    const c = cases[0]!;
    const wrong = c.lr.map((rates) => rates.map((lr, k) => (k === 40 ? lr * (1 + 1e-6) : lr)));
    expect(faultsOf({ ...c, lr: wrong })).toHaveLength(1);
  });
});

/** The schedules of `golden/optim`, by the names there; 60 steps are taken of a cycle of 61. */
const NAMED: Readonly<Record<string, (o: optim.Optimizer) => Schedule>> = {
  "StepLR(10,0.5)": (o) => new lrScheduler.StepLR(o, 10, { gamma: 0.5 }),
  "MultiStepLR([7,23,40],0.1)": (o) => new lrScheduler.MultiStepLR(o, [7, 23, 40], { gamma: 0.1 }),
  "ExponentialLR(0.95)": (o) => new lrScheduler.ExponentialLR(o, 0.95),
  "CosineAnnealingLR(25,eta_min=0.001)": (o) =>
    new lrScheduler.CosineAnnealingLR(o, 25, { etaMin: 0.001 }),
  "CosineAnnealingWarmRestarts(10,2)": (o) =>
    new lrScheduler.CosineAnnealingWarmRestarts(o, 10, { tMult: 2 }),
  "LinearLR(0.1,1.0,15)": (o) =>
    new lrScheduler.LinearLR(o, { startFactor: 0.1, endFactor: 1, totalIters: 15 }),
  "ConstantLR(0.3,12)": (o) => new lrScheduler.ConstantLR(o, { factor: 0.3, totalIters: 12 }),
  "PolynomialLR(40,2.0)": (o) => new lrScheduler.PolynomialLR(o, { totalIters: 40, power: 2 }),
  "OneCycleLR(0.5,total=60)": (o) => new lrScheduler.OneCycleLR(o, 0.5, { totalSteps: 61 }),
  "OneCycleLR(0.5,total=60,linear,three_phase)": (o) =>
    new lrScheduler.OneCycleLR(o, 0.5, {
      totalSteps: 61,
      annealStrategy: "linear",
      threePhase: true,
    }),
  "CyclicLR(0.01,0.2,8,12,triangular2)": (o) =>
    new lrScheduler.CyclicLR(o, 0.01, 0.2, {
      stepSizeUp: 8,
      stepSizeDown: 12,
      mode: "triangular2",
    }),
  "ReduceLROnPlateau(0.5,patience=3,threshold=1e-3,min_lr=1e-4)": (o) =>
    new lrScheduler.ReduceLROnPlateau(o, {
      factor: 0.5,
      patience: 3,
      threshold: 1e-3,
      minLr: 1e-4,
    }),
  "SequentialLR(Linear warmup 10 -> cosine 50)": (o) =>
    lrScheduler.warmup(o, 10, (p) => new lrScheduler.CosineAnnealingLR(p, 50), {
      startFactor: 0.01,
    }),
  "LambdaLR(0.97**e)": (o) => new lrScheduler.LambdaLR(o, (epoch) => 0.97 ** epoch),
};

interface Named {
  readonly scheduler: string;
  readonly base_lr: number;
  readonly values: readonly (number | readonly [number, number])[];
}

/** The file does not hold the metrics; its rates are those of one that falls for 21 epochs. */
const plateau = (k: number): number => 1 - Math.min(k, 20) / 40;

const url = new URL("../golden/optim/trajectories.json", import.meta.url);
const { schedulers } = JSON.parse(readFileSync(url, "utf8")) as { schedulers: Named[] };

describe("golden optim/trajectories", () => {
  it("has schedules", () => expect(schedulers.length).toBe(14));

  it.each(schedulers.map((s) => [s.scheduler, s] as const))("%s", (name, s) => {
    const optimizer = new optim.SGD([parameter()], { lr: s.base_lr, momentum: 0.9 });
    const schedule = NAMED[name]!(optimizer);
    s.values.forEach((value, k) => {
      const [group] = optimizer.paramGroups;
      const [lr, momentum = group!.momentum] = typeof value === "number" ? [value] : value;
      expect(Math.abs(group!.lr - lr), `step ${k}`).toBeLessThanOrEqual(1e-9 * lr + 1e-15);
      expect(Math.abs(group!.momentum - momentum)).toBeLessThanOrEqual(1e-9);
      if (k === s.values.length - 1) return;
      if (schedule instanceof lrScheduler.ReduceLROnPlateau) schedule.step(plateau(k));
      else schedule.step();
    });
  });
});

describe("schedules", () => {
  it("LambdaLR multiplies the rate that each group started from", () => {
    const optimizer = new optim.SGD(
      [{ params: [parameter()] }, { params: [parameter()], lr: 0.5 }],
      { lr: 0.1 },
    );
    const scheduler = new lrScheduler.LambdaLR(optimizer, (epoch) => 1 / (1 + epoch));
    expect(scheduler.getLastLr()).toEqual([0.1, 0.5]);
    scheduler.step();
    expect(scheduler.getLastLr()).toEqual([0.05, 0.25]);
  });

  it("goes on from a saved state", () => {
    const make = () => {
      const optimizer = new optim.SGD([parameter()], { lr: 0.1 });
      return new lrScheduler.CosineAnnealingLR(optimizer, 20);
    };
    const whole = make();
    for (let k = 0; k < 12; k++) whole.step();
    const first = make();
    for (let k = 0; k < 5; k++) first.step();
    const second = make();
    second.loadStateDict(JSON.parse(JSON.stringify(first.stateDict())) as optim.ScheduleState);
    for (let k = 5; k < 12; k++) second.step();
    expect(second.getLastLr()).toEqual(whole.getLastLr());
  });

  it("MultiplicativeLR multiplies the last rate, ChainedScheduler several schedules' factors", () => {
    const optimizer = new optim.SGD([parameter()], { lr: 1 });
    const chain = new lrScheduler.ChainedScheduler([
      new lrScheduler.MultiplicativeLR(optimizer, (epoch) => 1 - 0.1 * epoch),
      new lrScheduler.ConstantLR(optimizer, { factor: 0.5, totalIters: 2 }),
    ]);
    const rates = [1, 2, 3].map(() => (chain.step(), chain.getLastLr()[0]!));
    [0.45, 0.72, 0.504].forEach((rate, k) => expect(rates[k]).toBeCloseTo(rate, 12));
  });

  it("sequences, chains and plateaus go on from a saved state", () => {
    const makers: ((o: optim.Optimizer) => Schedule)[] = [
      (o) => lrScheduler.warmup(o, 4, (p) => new lrScheduler.CosineAnnealingLR(p, 20)),
      (o) => new lrScheduler.ChainedScheduler([new lrScheduler.ExponentialLR(o, 0.9)]),
      (o) => new lrScheduler.CosineAnnealingWarmRestarts(o, 3, { tMult: 2 }),
      (o) => new lrScheduler.ReduceLROnPlateau(o, { patience: 1, cooldown: 1 }),
    ];
    const make = (k: number): Schedule =>
      makers[k]!(new optim.SGD([parameter()], { lr: 0.1, momentum: 0.9 }));
    const go = (schedule: Schedule, steps: number): void => {
      for (let k = 0; k < steps; k++) {
        if (schedule instanceof lrScheduler.ReduceLROnPlateau) schedule.step(1);
        else schedule.step();
      }
    };
    makers.forEach((_, k) => {
      const [whole, first, second] = [make(k), make(k), make(k)];
      go(whole, 11);
      go(first, 3);
      second.loadStateDict(JSON.parse(JSON.stringify(first.stateDict())) as never);
      go(second, 8);
      expect(second.getLastLr(), `schedule ${k}`).toEqual(whole.getLastLr());
    });
  });

  it("refuse a state without numbers, and load nothing of it", () => {
    const optimizer = new optim.SGD([parameter()], { lr: 1 });
    const parts = [1, 2].map((k) => new lrScheduler.StepLR(optimizer, k, { gamma: 0.5 }));
    const chain = new lrScheduler.ChainedScheduler(parts);
    const plateau = new lrScheduler.ReduceLROnPlateau(optimizer);
    const before = JSON.stringify([chain.stateDict(), plateau.stateDict()]);
    const saved = { lastEpoch: 9, baseLrs: [7], lastLr: [7] };
    const load = (first: object, second: object, own: object) => (): void =>
      chain.loadStateDict({
        ...{ ...saved, ...own },
        schedulers: [first, second].map((wrong) => ({ ...saved, ...wrong })),
      });
    expect(load({}, {}, { lastLr: [NaN] })).toThrow("lastLr[0] is NaN; need a number");
    expect(load({}, { lastLr: ["0.1"] }, {})).toThrow('StepLR.loadStateDict: lastLr[0] is "0.1"');
    expect(load({}, { baseLrs: [null] }, {})).toThrow("baseLrs[0] is null; need a number");
    expect(load({}, { lastEpoch: undefined }, {})).toThrow("lastEpoch is undefined");
    expect(load({}, { lastLr: undefined }, {})).toThrow("lastLr is undefined; need a list");
    expect(load({}, { lastLr: [1, 2] }, {})).toThrow("the state is of 2 groups");
    const counts = { best: null, numBadEpochs: 0, cooldownCounter: 0, lastEpoch: 3, lastLr: [0.1] };
    expect(() => plateau.loadStateDict({ ...counts, lastLr: [NaN] })).toThrow("lastLr[0] is NaN");
    expect(() => plateau.loadStateDict({ ...counts, numBadEpochs: "1" } as never)).toThrow(
      'numBadEpochs is "1"; need a number',
    );
    expect(JSON.stringify([chain.stateDict(), plateau.stateDict()])).toBe(before);
    load({}, {}, {})();
    expect(chain.getLastLr()).toEqual([7]);
  });

  it("warm restarts go to a place between epochs", () => {
    const optimizer = new optim.SGD([parameter()], { lr: 1 });
    const scheduler = new lrScheduler.CosineAnnealingWarmRestarts(optimizer, 2, { tMult: 2 });
    scheduler.step(4);
    expect(scheduler.getLastLr()[0]).toBeCloseTo(0.5, 12);
    scheduler.step(1.5);
    expect(scheduler.getLastLr()[0]).toBeCloseTo((1 + Math.cos(0.75 * Math.PI)) / 2, 12);
  });

  it("cycle Adam's first beta, one value for each group", () => {
    const groups = [{ params: [parameter()] }, { params: [parameter()] }];
    const optimizer = new optim.Adam(groups);
    const scheduler = new lrScheduler.OneCycleLR(optimizer, [0.1, 1], {
      epochs: 2,
      stepsPerEpoch: 5,
    });
    expect(optimizer.paramGroups.map((group) => group.betas)).toEqual([
      [0.95, 0.999],
      [0.95, 0.999],
    ]);
    for (let k = 0; k < 2; k++) scheduler.step();
    expect(optimizer.paramGroups.map((group) => group.lr)).toEqual([0.1, 1]);
    expect(optimizer.paramGroups[1]!.betas[0]).toBeCloseTo(0.85, 12);
  });

  it("are previewed as arrays", () => {
    const rates = lrScheduler.preview((o) => new lrScheduler.StepLR(o, 2), 5, { lr: 1 });
    [1, 1, 0.1, 0.1, 0.01].forEach((rate, k) => expect(rates[k]).toBeCloseTo(rate, 12));
    const cycle = lrScheduler.preview(
      (o) => new lrScheduler.OneCycleLR(o, 1, { totalSteps: 9 }),
      9,
    );
    expect(cycle).toHaveLength(9);
    const onPlateau = (o: optim.Scheduled) => new lrScheduler.ReduceLROnPlateau(o, { patience: 0 });
    expect(lrScheduler.preview(onPlateau, 3, { metric: (k) => k })[2]).toBeCloseTo(0.01, 12);
  });

  it.each(["OneCycleLR", "warmup", "ReduceLROnPlateau"] as const)(
    "%s in a compiled function gives the rates of the plain loop, with one trace",
    (kind) => {
      const rates = [false, true].map((compiled) => {
        const p = parameter();
        const optimizer = new optim.SGD([p], { lr: 0.1, momentum: 0.9 });
        const schedule =
          kind === "OneCycleLR"
            ? new lrScheduler.OneCycleLR(optimizer, 1, { totalSteps: 12 })
            : kind === "warmup"
              ? lrScheduler.warmup(optimizer, 4, (o) => new lrScheduler.ExponentialLR(o, 0.5))
              : new lrScheduler.ReduceLROnPlateau(optimizer, { patience: 2 });
        const step = (): void => {
          optimizer.zeroGrad();
          p.mul(p).add(p).sum().backward();
          optimizer.step();
          if (schedule instanceof lrScheduler.ReduceLROnPlateau) schedule.step(() => 1);
          else schedule.step();
        };
        const run = compiled ? compile(step) : step;
        const seen = Array.from({ length: 10 }, () => (run(), optimizer.paramGroups[0]!.lr));
        return [...seen, p.itemSync()];
      });
      expect(rates[1]).toEqual(rates[0]);
    },
  );

  it("names what is wrong", () => {
    const optimizer = new optim.SGD([parameter()], { lr: 0.1 });
    expect(() => new lrScheduler.StepLR(optimizer, 0)).toThrow("StepLR: stepSize is 0");
    expect(() => new lrScheduler.StepLR([parameter()] as never, 3)).toThrow("must be an optimizer");
    expect(() => new lrScheduler.LambdaLR(optimizer, [() => 1, () => 2])).toThrow("2 functions");
    expect(() => new lrScheduler.LinearLR(optimizer, { startFactor: 0 })).toThrow(
      "startFactor is 0",
    );
    expect(() => new lrScheduler.CyclicLR(optimizer, [0.1, 0.2], 1)).toThrow("2 values of baseLr");
    const plain = new optim.Adagrad([parameter()]);
    expect(() => new lrScheduler.OneCycleLR(plain, 1, { totalSteps: 3 })).toThrow(
      "neither momentum",
    );
    expect(() => new lrScheduler.OneCycleLR(optimizer, 1)).toThrow("totalSteps is NaN");
    const short = new lrScheduler.OneCycleLR(optimizer, 1, { totalSteps: 1 });
    short.step();
    expect(() => short.step()).toThrow("stepped 2 times, but its totalSteps is 1");
    expect(() => new lrScheduler.SequentialLR(optimizer, [short], [3])).toThrow(
      "1 milestones for 1",
    );
    expect(() => new lrScheduler.ChainedScheduler([])).toThrow("must be an optimizer");
    const onPlateau = new lrScheduler.ReduceLROnPlateau(optimizer);
    expect(compile(() => onPlateau.step(1))).toThrow("would see this number for ever");
  });
});
