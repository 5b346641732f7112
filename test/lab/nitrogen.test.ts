/** The nitrogen lesson's experiment: its data, its numbers, its snapshots, its speed. */
import { describe, expect, it } from "vitest";
import { CAPACITIES, TEMPERATURES } from "../../lab/lessons/04-nitrogen/data.ts";
import type { NitrogenReading } from "../../lab/lessons/04-nitrogen/reading.ts";
import { experiment } from "../../lab/lessons/04-nitrogen/experiment.ts";
import type { NitrogenSettings } from "../../lab/lessons/04-nitrogen/settings.ts";
import { looked } from "../support/guard.ts";
import { readFile } from "../support/files.ts";

function train(changes: Partial<NitrogenSettings>, epochs: number): NitrogenReading {
  const run = experiment.start({ ...experiment.defaults, ...changes });
  for (let i = 0; i < epochs; i++) run.step();
  return run.read();
}

describe("the nitrogen experiment", () => {
  it("has the rows of the data file", () => {
    const rows = readFile("data/n2_cp.csv").trim().split("\n").slice(1);
    expect(TEMPERATURES.map((t, i) => `${t},${CAPACITIES[i]!.toFixed(4)}`)).toEqual(rows);
  });

  it("learns with Adam, slower with plain descent, and not at all without scaling", () => {
    const [adam, sgd, raw] = [
      train({}, 5000),
      train({ optimizer: "sgd" }, 5000),
      train({ scale: "none" }, 5000),
    ];
    expect(adam.loss).toBeLessThan(2e-4);
    expect(sgd.loss).toBeGreaterThan(4e-4);
    expect(sgd.loss).toBeLessThan(3e-3);
    expect(raw.variance).toBeCloseTo(6.75e-3, 4);
    expect(raw.loss).toBeGreaterThan(0.97 * raw.variance);
    expect(train({ scale: "input" }, 5000).loss).toBeLessThan(1e-3);
  });

  it("stops at the first loss that is no number", () => {
    const reading = train({ scale: "none", optimizer: "sgd", rate: 1 }, 200);
    expect(reading.divergedAt).not.toBeNull();
    expect(reading.epoch).toBe(reading.divergedAt);
  });

  it("shows what the doctor says, in its words, a moment after it looked", async () => {
    const found = async (changes: Partial<NitrogenSettings>): Promise<string[]> => {
      const run = experiment.start({ ...experiment.defaults, ...changes });
      for (let i = 0; i < 1000; i++) run.step();
      await new Promise((resolve) => setTimeout(resolve, 20));
      return run.read().findings.map(({ message }) => message);
    };
    expect(await found({})).toEqual([]);
    expect(await found({ activation: "relu", hidden: 20 })).toEqual([]);
    expect(await found({ scale: "none" })).toContain(
      "Layer 1 (Tanh): 100 % of the activations lie where tanh is flat.",
    );
  });

  it("goes on from a snapshot with the same bits", () => {
    const run = experiment.start(experiment.defaults);
    for (let i = 0; i < 50; i++) run.step();
    const saved = structuredClone(run.snapshot());
    for (let i = 0; i < 50; i++) run.step();
    const there = run.read();
    run.restore(saved);
    expect(run.read().epoch).toBe(50);
    for (let i = 0; i < 50; i++) run.step();
    expect(run.read()).toEqual(there);
  });

  it("runs many epochs a second", ({ task }) => {
    const run = experiment.start(experiment.defaults);
    for (let i = 0; i < 500; i++) run.step();
    const start = performance.now();
    for (let i = 0; i < 10_000; i++) run.step();
    const perSecond = 1e7 / (performance.now() - start);
    looked(task, `nitrogen: ${Math.round(perSecond)} epochs a second in Node`);
    expect(perSecond).toBeGreaterThan(2000);
  });
});
