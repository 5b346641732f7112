/** The playground without a browser: its engine by known rules, its time, its programs. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { readPreset, writePreset } from "../../lab/parts/fields.ts";
import { Ring } from "../../lab/parts/engine/ring.ts";
import { experiment } from "../../lab/playground/experiment.ts";
import type { PlaygroundReading } from "../../lab/playground/experiment.ts";
import { makeRows } from "../../lab/playground/rows.ts";
import { DEFAULTS, FIELDS } from "../../lab/playground/settings.ts";
import type { PlaygroundSettings } from "../../lab/playground/settings.ts";
import { sizeOf, solvedAt, whyNot } from "../../lab/playground/challenge.ts";
import type { Language } from "../../lab/playground/programs.ts";
import { whyNone, writeProgram } from "../../lab/playground/programs.ts";
import { ROOT } from "../support/files.ts";
import { pythonWith, runPython } from "../support/python.ts";

/** The network of some settings after so many epochs. */
function after(epochs: number, settings: Partial<PlaygroundSettings> = {}): PlaygroundReading {
  const run = experiment.start({ ...DEFAULTS, ...settings });
  for (let i = 0; i < epochs; i++) run.step();
  return run.read();
}

type Weights = readonly { weight: Float32Array; bias: Float32Array; inputs: number }[];

interface Reference {
  readonly layers: { w: number[][]; b: number[]; dead: boolean[][] }[];
  loss(points: readonly number[]): number;
  epoch(points: readonly number[]): void;
}

/**
 * The TensorFlow Playground's engine by its rules: point by point, gradients summed and applied
 * after each batch, what is left of an epoch carried into the next, penalties after the update.
 */
function playgroundEngine(weights: Weights, settings: PlaygroundSettings): Reference {
  const { batch, rate, penalty, penaltyRate } = settings;
  const layers = weights.map(({ weight, bias, inputs }) => ({
    w: Array.from(bias, (_, j) => Array.from(weight.slice(j * inputs, (j + 1) * inputs))),
    b: Array.from(bias),
    dead: Array.from(bias, () => Array.from({ length: inputs }, () => false)),
    gw: Array.from(bias, () => Array.from({ length: inputs }, () => 0)),
    gb: Array.from(bias, () => 0),
  }));
  const forward = (x: number[]): number[][] => {
    const outs = [x];
    for (const { w, b } of layers) {
      const before = outs.at(-1)!;
      outs.push(w.map((row, j) => Math.tanh(row.reduce((s, v, i) => s + v * before[i]!, b[j]!))));
    }
    return outs;
  };
  let pending = 0;
  const backward = (outs: number[][], target: number): void => {
    let upstream = [outs.at(-1)![0]! - target];
    for (let l = layers.length - 1; l >= 0; l--) {
      const { w, gw, gb, dead } = layers[l]!;
      const before = outs[l]!;
      const dz = upstream.map((g, j) => g * (1 - outs[l + 1]![j]! * outs[l + 1]![j]!));
      dz.forEach((d, j) => {
        gb[j]! += d;
        before.forEach((a, i) => {
          if (!dead[j]![i]) gw[j]![i]! += d * a;
        });
      });
      upstream = before.map((_, i) => dz.reduce((s, d, j) => s + d * w[j]![i]!, 0));
    }
  };
  const move = (old: number, gradient: number): { value: number; dies: boolean } => {
    const pull = penalty === "l1" ? Math.sign(old) : penalty === "l2" ? old : 0;
    const moved = old - (rate / pending) * gradient;
    const value = moved - rate * penaltyRate * pull;
    const dies = penalty === "l1" && moved * value < 0;
    return { value: dies ? 0 : value, dies };
  };
  const update = (): void => {
    for (const { w, b, gw, gb, dead } of layers) {
      b.forEach((_, j) => {
        b[j]! -= (rate / pending) * gb[j]!;
        gb[j] = 0;
        const next = w[j]!.map((old, i) => move(old, gw[j]![i]!));
        w[j] = next.map(({ value }, i) => (dead[j]![i] ? 0 : value));
        dead[j] = next.map(({ dies }, i) => dead[j]![i]! || dies);
        gw[j]!.fill(0);
      });
    }
    pending = 0;
  };
  return {
    layers,
    loss(points) {
      let sum = 0;
      for (let i = 0; i < points.length; i += 3) {
        const error = forward([points[i]!, points[i + 1]!]).at(-1)![0]! - points[i + 2]!;
        sum += (error * error) / 2;
      }
      return sum / (points.length / 3);
    },
    epoch(points) {
      for (let i = 0; i < points.length; i += 3) {
        backward(forward([points[i]!, points[i + 1]!]), points[i + 2]!);
        pending++;
        if ((i / 3 + 1) % batch === 0) update();
      }
    },
  };
}

describe("beside the TensorFlow Playground's engine", () => {
  const cases: Partial<PlaygroundSettings>[] = [
    {},
    { data: "xor", batch: 7, noise: 10 },
    { data: "gauss", batch: 13, penalty: "l1", penaltyRate: 0.01 },
    { data: "spiral", layers: [5], penalty: "l2", penaltyRate: 0.003 },
  ];
  it.each(cases)("%o: the same losses from the same weights", (changes) => {
    const settings = { ...DEFAULTS, ...changes };
    const run = experiment.start(settings);
    const { layers, rows } = run.read();
    const theirs = playgroundEngine(layers, settings);
    expect(run.read().loss).toBeCloseTo(theirs.loss(rows.training), 6);
    // Seven epochs: float32 here, float64 there, so curves part later where training is chaotic.
    for (let epoch = 0; epoch < 7; epoch++) {
      run.step();
      theirs.epoch(rows.training);
    }
    const ours = run.read();
    expect(ours.loss).toBeCloseTo(theirs.loss(rows.training), 4);
    expect(ours.heldOutLoss).toBeCloseTo(theirs.loss(rows.heldOut), 4);
  });

  it("is seen to fail: another rate gives other losses", () => {
    const run = experiment.start(DEFAULTS);
    const { layers, rows } = run.read();
    const theirs = playgroundEngine(layers, { ...DEFAULTS, rate: 0.033 });
    for (let epoch = 0; epoch < 7; epoch++) {
      run.step();
      theirs.epoch(rows.training);
    }
    expect(run.read().loss).not.toBeCloseTo(theirs.loss(rows.training), 4);
  });

  it("learns the circle at the defaults", () => {
    const { loss, heldOutLoss, score } = after(300);
    expect(loss).toBeLessThan(0.01);
    expect(heldOutLoss).toBeLessThan(0.05);
    expect(score).toBeGreaterThan(0.98);
  });

  it("L1 kills weights for good", () => {
    const settings = { data: "gauss", penalty: "l1", penaltyRate: 0.1 } as const;
    const dead = ({ layers }: PlaygroundReading): number[] =>
      layers.flatMap(({ weight }) => Array.from(weight)).flatMap((w, i) => (w === 0 ? [i] : []));
    const run = experiment.start({ ...DEFAULTS, ...settings });
    for (let i = 0; i < 60; i++) run.step();
    const first = dead(run.read());
    expect(first.length).toBeGreaterThan(0);
    for (let i = 0; i < 60; i++) run.step();
    expect(dead(run.read())).toEqual(expect.arrayContaining(first));
  });
});

describe("rows", () => {
  it("are split by the share, the same for the same seed", () => {
    const rows = makeRows({ ...DEFAULTS, share: 30 });
    expect(rows.training).toHaveLength(3 * 150);
    expect(rows.heldOut).toHaveLength(3 * 350);
    expect(makeRows({ ...DEFAULTS, share: 30 })).toEqual(rows);
    expect(makeRows({ ...DEFAULTS, share: 30, seed: 2 })).not.toEqual(rows);
  });

  it("can be one's own, and none", () => {
    const points = [1, 1, 1, -1, -1, -1, 2, 1, 1, -2, -1, -1];
    const own = after(200, { data: "own", points, batch: 2 });
    expect(own.loss).toBeLessThan(0.05);
    expect(after(3, { data: "own", points: [] }).epoch).toBe(0);
    expect(after(3, { data: "own", points: [1, 1, 1] }).epoch).toBe(3);
  });
});

describe("time", () => {
  it("goes back to any step from few snapshots", () => {
    const ring = new Ring();
    ring.keep(0, "start", true);
    for (let step = 1; step <= 10_000; step++) if (ring.wants(step)) ring.keep(step, step);
    for (const step of [1, 17, 500, 9_999]) {
      const { step: from } = ring.before(step)!;
      expect(from).toBeLessThanOrEqual(step);
      expect(step - from).toBeLessThan(512);
    }
    ring.forgetAfter(4000);
    expect(ring.before(10_000)!.step).toBeLessThanOrEqual(4000);
  });

  it.each(["sgd", "momentum", "rmsprop", "adam", "adamw"])(
    "a restored run with %s goes on with the same bits",
    (optimizer) => {
      const run = experiment.start({ ...DEFAULTS, optimizer, rate: 0.01, layers: [3] });
      for (let i = 0; i < 3; i++) run.step();
      const saved = run.snapshot();
      for (let i = 0; i < 3; i++) run.step();
      const first = run.read().layers;
      run.restore(saved);
      for (let i = 0; i < 3; i++) run.step();
      expect(run.read().layers).toEqual(first);
    },
  );
});

describe("links and the challenge", () => {
  it("carry layers, features and own points", () => {
    const settings = {
      ...DEFAULTS,
      layers: [8, 3],
      features: "x,xy",
      data: "own",
      points: [1, 2, -1],
    };
    const link = writePreset(settings, DEFAULTS, FIELDS);
    expect(link).toBe("?data=own&points=1,2,-1&features=x,xy&layers=8,3");
    expect(readPreset(link, FIELDS)).toEqual({
      settings: { data: "own", points: [1, 2, -1], features: "x,xy", layers: [8, 3] },
      problems: [],
    });
    expect(readPreset("?layers=8,99", FIELDS).problems[0]).toMatch(/“99”; it goes from 1 to 12/);
    expect(readPreset("?features=x,zz", FIELDS).problems[0]).toMatch(/“zz”; it can have x, y/);
  });

  it("counts parameters and looks at the held-out loss", () => {
    expect(sizeOf({ ...DEFAULTS, layers: [4, 2] })).toEqual({ neurons: 6, parameters: 25 });
    expect(whyNot({ ...DEFAULTS, data: "spiral" })).toBe("");
    expect(whyNot({ ...DEFAULTS, data: "spiral", noise: 5 })).toMatch(/noise/);
    expect(solvedAt({ epochs: [1, 900, 3000], heldOut: [0.5, 0.09, 0.01] })).toBe(900);
    expect(solvedAt({ epochs: [1, 3000], heldOut: [0.5, 0.01] })).toBeNull();
  });
});

describe("the programs to take home", () => {
  const CASES = {
    circle: { data: "circle", features: "x,y,xy,sinx" },
    hills: { data: "multiGauss", layers: [5], activation: "relu", rate: 0.01, batch: 30 },
  };
  const FOLDER = join(ROOT, ".cache/playground-programs");

  /** The program of a case after ten epochs, and the losses that it has to print. */
  function programOf(name: keyof typeof CASES, language: Language, more = {}) {
    const settings = { ...DEFAULTS, ...CASES[name], ...more };
    const run = experiment.start(settings);
    for (let i = 0; i < 10; i++) run.step();
    const program = writeProgram(settings, run.read(), language);
    mkdirSync(FOLDER, { recursive: true });
    const file = join(FOLDER, `${name}_${program.name}`);
    writeFileSync(file, program.text);
    const losses = [20, 40, 60, 80, 100].map((epoch) => {
      for (let i = 0; i < 20; i++) run.step();
      const { loss, heldOutLoss } = run.read();
      return [epoch, loss, heldOutLoss];
    });
    return { file, losses };
  }

  function expectLosses(printed: string, losses: readonly number[][]): void {
    const lines = printed.trim().split("\n");
    expect(lines).toHaveLength(losses.length);
    lines.forEach((line, i) => {
      line.split(" ").forEach((text, j) => expect(Number(text)).toBeCloseTo(losses[i]![j]!, 3));
    });
  }

  it("print the losses of the page: Nabla", async () => {
    for (const name of ["circle", "hills"] as const) {
      const { file, losses } = programOf(name, "nabla", { optimizer: "sgd" });
      const lines: string[] = [];
      const log = vi.spyOn(console, "log").mockImplementation((...parts: unknown[]) => {
        lines.push(parts.map(String).join(" "));
      });
      try {
        await import(/* @vite-ignore */ file);
      } finally {
        log.mockRestore();
      }
      expectLosses(lines.join("\n"), losses);
    }
  });

  it.for(["pytorch", "numpy"] as const)(
    "print the losses of the page: %s",
    { timeout: 120_000 },
    async (language, context) => {
      const python = pythonWith(language === "numpy" ? "numpy" : "torch", context);
      for (const name of ["circle", "hills"] as const) {
        const { file, losses } = programOf(name, language);
        expectLosses(await runPython(python, [file], ROOT), losses);
      }
    },
  );

  it("are refused where they would not be the same", () => {
    expect(whyNone({ ...DEFAULTS, penalty: "l1", penaltyRate: 0.1 }, "nabla", 250)).toMatch(
      /penalty/,
    );
    expect(whyNone({ ...DEFAULTS, optimizer: "adam" }, "numpy", 250)).toMatch(/gradient descent/);
    expect(whyNone({ ...DEFAULTS, activation: "sine" }, "pytorch", 250)).toMatch(/no sine/);
    expect(whyNone({ ...DEFAULTS, batch: 7 }, "nabla", 250)).toMatch(/divides/);
    expect(whyNone(DEFAULTS, "pytorch", 250)).toBe("");
  });
});
