/** The examples of optimizers and of regressions run, and do what they say. */
import { describe, expect, it } from "vitest";
import { run as linear } from "../../examples/linear-regression.ts";
import { run as logistic } from "../../examples/logistic-regression.ts";
import { run as race } from "../../examples/optimizers-race.ts";
import { readFile } from "../support/files.ts";

const silent = (): void => undefined;

describe("examples", () => {
  it("optimizers-race: momentum beats descent, LBFGS beats all", async () => {
    const { best, svg } = await race(silent);
    expect(Object.keys(best)).toHaveLength(10);
    expect(best["SGD, momentum"]!).toBeLessThan(best.SGD!);
    for (const [name, value] of Object.entries(best)) {
      expect(value, name).toBeLessThan(6); // from 12.5
      expect(best.LBFGS!, name).toBeLessThanOrEqual(value);
    }
    expect(best.LBFGS!).toBeLessThan(1e-8);
    expect(readFile("runs/examples/optimizers-race.svg")).toBe(svg);
  });

  it("linear-regression: descent arrives at the normal equations' line", async () => {
    const { slope, offset, direct, svg } = await linear(silent);
    expect(offset).toBeCloseTo(direct[0], 5);
    expect(slope).toBeCloseTo(direct[1], 5);
    expect(Math.abs(slope - 1.5)).toBeLessThan(0.15);
    expect(readFile("runs/examples/linear-regression.svg")).toBe(svg);
  });

  it("logistic-regression: descent and LBFGS find the same weights", async () => {
    const { accuracy, weights, byLBFGS, evaluations, svg } = await logistic(silent);
    expect(accuracy).toBeGreaterThan(0.85);
    weights.forEach((weight, k) => expect(weight).toBeCloseTo(byLBFGS[k]!, 2));
    expect(evaluations).toBeLessThanOrEqual(25);
    expect(readFile("runs/examples/logistic-regression.svg")).toBe(svg);
  });
});
