/** The lessons' experiments and the checks of their exercises, in Node. */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { experiment as neuron } from "../../lab/lessons/01-neuron/experiment.ts";
import { checkFalling, checkThreshold, checkTip } from "../../lab/lessons/01-neuron/tasks.ts";
import { experiment as backprop } from "../../lab/lessons/02-backpropagation/experiment.ts";
import { experiment as polynomial } from "../../lab/lessons/02-backpropagation/polynomial.experiment.ts";
import { checkDead, checkOvershoot } from "../../lab/lessons/02-backpropagation/tasks.ts";
import { describeStep, STEPS } from "../../lab/lessons/02-backpropagation/walk.ts";
import { experiment as loop } from "../../lab/lessons/03-training-loop/experiment.ts";
import type { LoopSettings } from "../../lab/lessons/03-training-loop/settings.ts";
import { checkDiverge, checkFit, checkSilent } from "../../lab/lessons/03-training-loop/tasks.ts";
import { experiment as nitrogen } from "../../lab/lessons/04-nitrogen/experiment.ts";
import {
  checkActivation,
  checkFactor,
  checkOverfit,
  checkRates,
  checkWidth,
} from "../../lab/lessons/04-nitrogen/tasks.ts";
import { outsideWords } from "../../lab/lessons/04-nitrogen/words.ts";
import { looked } from "../support/guard.ts";
import { listFiles, ROOT, readFile } from "../support/files.ts";

describe("1 a neuron", () => {
  it("gives the tip of 7.6 percent", () => {
    const { tip, z, y } = neuron.start(neuron.defaults).read();
    expect(tip.y).toBeCloseTo(7.6, 12);
    expect([z, y]).toEqual([2, 2]);
  });

  it("has tasks that can be done, and are not done at first", () => {
    const read = (changes: object) => neuron.start({ ...neuron.defaults, ...changes }).read();
    expect(checkThreshold(read({})).right).toBe(false);
    expect(checkThreshold(read({ w: 1, b: -2 })).right).toBe(true);
    expect(checkFalling(read({})).right).toBe(false);
    expect(checkFalling(read({ w: -2, b: 4 })).right).toBe(true);
    const settings = { ...neuron.defaults, wFood: 0.5, wService: 1 };
    expect(checkTip(read({}), neuron.defaults).right).toBe(false);
    expect(checkTip(read(settings), settings).right).toBe(true);
  });
});

describe("2 backpropagation", () => {
  it("has the lecture's numbers, by hand and by the engine", () => {
    const reading = backprop.start(backprop.defaults).read();
    expect(reading.values.L).toBe(4);
    expect(reading.byEngine).toEqual({ p: -4, w2: -4, h: -4, z: -4, w1: -8 });
    expect(reading.byHand).toEqual(reading.byEngine);
    expect(reading.after.w2).toBeCloseTo(2.56, 10);
    expect(reading.after.both).toBeCloseTo(0.4096, 10);
  });

  it("agrees with the engine elsewhere too, dead ReLU included", () => {
    for (const w1 of [-2, -0.5, 0, 0.3, 1.7]) {
      for (const w2 of [-1.2, 0.4]) {
        const reading = backprop.start({ ...backprop.defaults, w1, w2 }).read();
        for (const [name, value] of Object.entries(reading.byHand)) {
          expect(reading.byEngine[name as "p"]).toBeCloseTo(value, 10);
        }
      }
    }
  });

  it("walks with the numbers that are set, forwards and back", () => {
    const dead = backprop.start({ ...backprop.defaults, w1: -0.5 }).read();
    const texts = Array.from({ length: STEPS }, (_, at) => describeStep(at, dead).text);
    expect(texts[1]).toBe("z = w₁·x = −0.5 · 2 = −1");
    expect(texts[2]).toContain("The ReLU is off");
    expect(checkDead(dead).right).toBe(true);
    expect(checkDead(backprop.start(backprop.defaults).read()).right).toBe(false);
    const idle = backprop.start({ ...backprop.defaults, w2: 0 }).read();
    expect(checkDead(idle)).toMatchObject({
      right: false,
      text: expect.stringMatching(/for another reason/) as string,
    });
    const far = backprop.start({ ...backprop.defaults, rate: 0.5 }).read();
    expect(checkOvershoot(far, 0.5).right).toBe(true);
  });

  it("adds what comes back on two paths: 8 at 3", () => {
    const reading = polynomial.start({ x: 3 }).read();
    expect([reading.y, reading.throughSquare, reading.throughDouble]).toEqual([16, 6, 2]);
    expect([reading.byEngine, reading.byHand]).toEqual([8, 8]);
  });
});

describe("3 the training loop", () => {
  const train = (changes: Partial<LoopSettings>, epochs: number) => {
    const run = loop.start({ ...loop.defaults, ...changes });
    for (let i = 0; i < 5 * epochs; i++) run.step();
    return run.read();
  };

  it("reaches the best line, sooner at a better rate", () => {
    const reading = train({}, 1500);
    expect(reading.loss).toBeLessThan(1.001 * reading.best);
    expect(checkFit(reading)).toMatchObject({ right: false });
    expect(checkFit(train({ rate: 0.08 }, 200)).right).toBe(true);
  });

  it("fails in five ways when a line is left out", () => {
    const fresh = loop.start(loop.defaults).read();
    expect(() => train({ leave: "forward" }, 1)).toThrow(/"prediction" does not exist/);
    expect(() => train({ leave: "loss" }, 1)).toThrow(/"loss" does not exist/);
    for (const leave of ["backward", "update"] as const) {
      const reading = train({ leave }, 20);
      expect([reading.w, reading.b]).toEqual([fresh.w, fresh.b]);
    }
    const late = train({ leave: "zero" }, 300).history.losses.slice(-100);
    expect(Math.max(...late)).toBeGreaterThan(1e5);
  });

  it("diverges where the rate is too large", () => {
    const rate = 0.13;
    const reading = train({ rate }, 2000);
    expect(reading.divergedAt).not.toBeNull();
    expect(checkDiverge(reading, { ...loop.defaults, rate }).right).toBe(true);
  });

  it("counts for an exercise only what was run as it asks", () => {
    const run = loop.start(loop.defaults);
    const epochs = (count: number): void => {
      for (let i = 0; i < 5 * count; i++) run.step();
    };
    epochs(50);
    run.set({ leave: "update" });
    const without = { ...loop.defaults, leave: "update" } as const;
    expect(checkSilent(run.read(), without).text).toMatch(/ten epochs/);
    epochs(10);
    expect(checkSilent(run.read(), without).right).toBe(true);
    run.set(loop.defaults);
    expect(checkDiverge(run.read(), loop.defaults).text).toMatch(/^Run at least five/);
    run.set({ rate: 0.2 });
    epochs(8); // up from where it had come to, and still below where it began
    expect(run.read().loss).toBeLessThan(run.read().history.losses[0]!);
    expect(checkDiverge(run.read(), { ...loop.defaults, rate: 0.2 }).right).toBe(true);
    epochs(2000);
    run.set(loop.defaults);
    expect(checkDiverge(run.read(), loop.defaults).text).toMatch(/^Start over and run/);
  });

  it("goes on from a snapshot between two epochs", () => {
    const run = loop.start(loop.defaults);
    for (let i = 0; i < 50; i++) run.step();
    const saved = structuredClone(run.snapshot());
    for (let i = 0; i < 50; i++) run.step();
    const there = run.read();
    run.restore(saved);
    for (let i = 0; i < 50; i++) run.step();
    expect(run.read()).toEqual(there);
  });
});

describe("4 nitrogen", () => {
  it("does not take a missing answer for one, and says what is wrong with others", () => {
    const row = {
      ...{ settings: nitrogen.defaults, epoch: 5000, loss: 0.0068, variance: 0.00675 },
      ...{ mixed: false, divergedAt: null, heldOut: 0.015, heldOutBest: 0.0008, at275: 1.0404 },
    };
    const all = { tanh: row, relu: row, sigmoid: row };
    for (const verdict of [
      checkRates("", [row]),
      checkActivation("", all),
      checkOverfit("", row, row),
      checkFactor(NaN, row, row),
    ]) {
      expect(verdict).toMatchObject({
        right: false,
        text: expect.stringMatching(/Choose an answer|Enter a number/) as string,
      });
    }
    expect(checkRates("no", [row])).toMatchObject({
      right: true,
      text: expect.stringMatching(/0\.00675/) as string,
    });
    expect(checkRates("yes", [row])).toMatchObject({
      right: false,
      text: expect.stringMatching(/variance/) as string,
    });
    const widths = [row, row, row, row, row, { ...row, loss: 0.001 }];
    expect(checkWidth(7, widths).text).toMatch(/one of the widths/);
    expect(checkWidth(10, widths).text).toMatch(/H = 10 ends at 0\.0068/);
    expect(checkWidth(100, widths).right).toBe(true);
    expect(checkOverfit("clean", row, row).text).toMatch(/0\.0008, and the last, 0\.015/);
    expect(checkOverfit("noisy", row, row).text).toMatch(/only 0\.1 % off/);
  });

  it("says what nabla predict says", () => {
    const words = /outside the training range \(.*\): .*25 K below it; do not rely on this/;
    expect(outsideWords(275, 300, 2000)).toMatch(words);
    expect(outsideWords(450, 300, 2000)).toBe("");
    const cli = listFiles(["src/cli"], ".ts").map(readFile).join("");
    expect(cli).toContain("outside the training range (");
    expect(cli).toContain(" it; do not rely on this");
  });
});

it("keeps every experiment to 150 lines", ({ task }) => {
  const files = readdirSync(`${ROOT}lab/lessons`).map(
    (name) => `lab/lessons/${name}/experiment.ts`,
  );
  const lines = files.map((file) => readFile(file).trimEnd().split("\n").length);
  looked(task, `lab: experiments of ${lines.join(", ")} lines`);
  expect(Math.max(...lines)).toBeLessThanOrEqual(150);
});
