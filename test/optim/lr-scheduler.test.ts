/** Schedules against PyTorch's: golden group 9. */
import { describe, expect, it } from "vitest";
import * as optim from "../../src/optim/index.ts";
import { zeros } from "../../src/tensor/create.ts";
import { makeOptimizer } from "../support/optimizers.ts";
import type { CaseBase } from "../support/torch-json.ts";
import { readGroup } from "../support/torch-json.ts";

interface SchedulerCase extends CaseBase {
  readonly optimizer: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly groups: readonly { readonly lr: number }[];
  readonly scheduler: string;
  readonly schedulerKwargs: Readonly<Record<string, never>>;
  readonly steps: number;
  readonly lr: readonly (readonly number[])[];
}

const { lrScheduler } = optim;

const MAKERS: Readonly<
  Record<string, (o: optim.Optimizer, k: Record<string, never>) => optim.LRScheduler>
> = {
  StepLR: (o, k) => new lrScheduler.StepLR(o, k.step_size!, { gamma: k.gamma }),
  MultiStepLR: (o, k) => new lrScheduler.MultiStepLR(o, k.milestones!, { gamma: k.gamma }),
  ExponentialLR: (o, k) => new lrScheduler.ExponentialLR(o, k.gamma!),
  CosineAnnealingLR: (o, k) =>
    new lrScheduler.CosineAnnealingLR(o, k.T_max!, { etaMin: k.eta_min }),
};

const cases = readGroup<SchedulerCase>("09_schedulers").cases.filter((c) => c.scheduler in MAKERS);
const parameter = () => zeros([1], { requiresGrad: true });

describe("golden 09_schedulers", () => {
  it("has cases", () => expect(cases.length).toBeGreaterThanOrEqual(6));

  it.each(cases.map((c) => [c.name, c] as const))("%s", (_, c) => {
    const groups = c.groups.map((group) => ({ ...group, params: [parameter()] }));
    const optimizer = makeOptimizer(c.optimizer, groups, c.kwargs);
    const scheduler = MAKERS[c.scheduler]!(optimizer, c.schedulerKwargs);
    for (let k = 0; k < c.steps; k++) {
      optimizer.paramGroups.forEach((group, g) => {
        const expected = c.lr[g]![k]!;
        expect(Math.abs(group.lr - expected)).toBeLessThanOrEqual(
          c.atol + c.rtol * Math.abs(expected),
        );
      });
      optimizer.step();
      scheduler.step();
    }
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

  it("names what is wrong", () => {
    const optimizer = new optim.SGD([parameter()], { lr: 0.1 });
    expect(() => new lrScheduler.StepLR(optimizer, 0)).toThrow("StepLR: stepSize is 0");
    expect(() => new lrScheduler.StepLR([parameter()] as never, 3)).toThrow("must be an optimizer");
    expect(() => new lrScheduler.LambdaLR(optimizer, [() => 1, () => 2])).toThrow("2 functions");
  });
});
