/** What a fit decides by rows that it does not train on, and by the look of a curve. */
import { describe, expect, it } from "vitest";
import { sin } from "../../../src/core/math.ts";
import { tensor } from "../../../src/tensor/create.ts";
import { foldsOf } from "../../../src/train/split.ts";
import { settle } from "../../../src/train/table/choose.ts";
import { curveOf } from "../../../src/train/table/curve.ts";
import type { Encoded } from "../../../src/train/table/dataset.ts";
import { encode, makeDataset } from "../../../src/train/table/dataset.ts";
import { Herd } from "../../../src/train/table/herd.ts";
import { trainNetwork } from "../../../src/train/table/network.ts";
import type { FitOptions } from "../../../src/train/table/options.ts";
import { FIT_DEFAULTS, OPEN_OPTIONS } from "../../../src/train/table/options.ts";
import { fitScalers, scaleRows } from "../../../src/train/table/scaled-rows.ts";
import { crossValidate } from "../../../src/train/table/validate.ts";

const OPEN: FitOptions = { ...FIT_DEFAULTS, open: OPEN_OPTIONS };

/** Numbers in [-1, 1) that look drawn. */
function noise(count: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}

/** A plane over `width` columns of noise, with noise of its own. */
function plane(rows: number, width: number): Encoded {
  const inputs = Array.from({ length: width }, (_, j) => ({
    name: `x${j}`,
    values: noise(rows, j + 1),
  }));
  const own = noise(rows, 99);
  const values = own.map((e, i) => inputs[0]!.values[i]! - inputs[1]!.values[i]! + 0.5 * e);
  return encode(makeDataset(inputs, [{ name: "y", values }]));
}

function curve(y: (x: number, i: number) => number, rows = 120): Encoded {
  const x = Float64Array.from({ length: rows }, (_, i) => i / rows);
  return encode(makeDataset([{ name: "x", values: x }], [{ name: "y", values: x.map(y) }]));
}

describe("a herd", () => {
  it("trains each network as a fit trains it alone", async () => {
    const data = plane(30, 3);
    const options = { ...FIT_DEFAULTS, hidden: [5], epochs: 40, weightDecay: 0.05 };
    const alone = await trainNetwork(data, options);
    const shape = { inputs: 3, hidden: [5], outputs: 1, activation: options.activation };
    const members = [
      { seed: 7, weightDecay: 0 },
      { seed: options.seed, weightDecay: 0.05 },
    ];
    const herd = new Herd(shape, members, options.lr, false);
    const [[x, y]] = scaleRows(data, ...fitScalers(data, options)).whole();
    const each = tensor(new Float32Array(60).fill(1 / 30), { shape: [2, 30] });
    for (let epoch = 0; epoch < 40; epoch++) {
      const { training, held } = await herd.step([x, y, each, each]);
      expect(training[1]!).toBeCloseTo(alone.history.losses[epoch]!, 5);
      expect(held).toEqual(training);
      expect(training[0]).not.toBeCloseTo(training[1]!, 5);
    }
  });
});

describe("what is left open", () => {
  it("is decided by rows not trained on: noise in many columns is not learned by heart", async () => {
    const data = plane(60, 12);
    const { options, choice } = await settle(data, OPEN);
    expect(choice).toMatchObject({ by: "held-out", parts: 15, epochs: options.epochs });
    expect(options).toMatchObject({ scale: "standard", batch: "all", hidden: [32] });
    expect(options.open).toBeUndefined();
    expect(options.epochs).toBeLessThan(1000);
    expect((await settle(data, OPEN)).options).toEqual(options);
    const { all } = await crossValidate(data, 5, OPEN);
    const plain = await crossValidate(data, 5, FIT_DEFAULTS);
    expect(all.metrics[0]!.rmse).toBeLessThan(0.8 * plain.all.metrics[0]!.rmse);
  });

  it("is decided in each fold by its own rows", async () => {
    const data = plane(40, 2);
    const spoilt = { ...data, y: data.y.slice() };
    const options = { ...OPEN, seed: 3 };
    const { answers } = await crossValidate(data, 4, options);
    // The first fold's own rows change; its training rows do not.
    const [first] = foldsOf(40, 4, 3);
    for (const row of first!.held) spoilt.y[row] = 1000;
    const other = await crossValidate(spoilt, 4, options);
    expect(other.answers[0]).toEqual(answers[0]);
    expect(other.answers[1]).not.toEqual(answers[1]);
  });

  it("keeps what is given, and tries nothing where epochs are given", async () => {
    const data = plane(40, 2);
    const kept = { lr: 0.02, hidden: [4], weightDecay: 0.003 };
    const open = OPEN_OPTIONS.filter((key) => !(key in kept));
    const { options, choice } = await settle(data, { ...OPEN, ...kept, open });
    expect(options).toMatchObject(kept);
    expect(choice).toMatchObject({ weightDecays: [0.003] });
    expect(await settle(data, FIT_DEFAULTS)).toEqual({ options: FIT_DEFAULTS });
  });
});

describe("a curve", () => {
  it("that is smooth keeps the plain run", async () => {
    const { options, choice } = await settle(
      curve((x) => x * x),
      OPEN,
    );
    expect(options).toEqual(FIT_DEFAULTS);
    expect(choice).toMatchObject({ by: "smooth", epochs: 5000 });
  });

  it("with noise, or of few rows, is known, and its turns are counted behind noise", () => {
    const e = noise(120, 5);
    const waves = (amount: number): Encoded =>
      curve((x, i) => Math.sqrt(x) + 2 * (1 - 4 * Math.abs(((5 * x) % 1) - 0.5)) + amount * e[i]!);
    expect(curveOf(waves(0))!).toMatchObject({ turns: 9 });
    expect(curveOf(waves(0.2))!).toMatchObject({ turns: 9 });
    expect(curveOf(waves(0.2))!.noise).toBeGreaterThan(0.005);
    expect(curveOf(curve((_, i) => e[i]!))!).toMatchObject({ turns: 0 });
    expect(curveOf(plane(20, 2))).toBeUndefined();
  });

  it("that turns often has more neurons", async () => {
    const data = curve((x) => sin(10 * Math.PI * x), 200);
    const { options, choice } = await settle(data, OPEN);
    expect([options.hidden, choice!.turns]).toEqual([[32, 32], 10]);
    const given = OPEN_OPTIONS.filter((key) => key !== "hidden");
    expect((await settle(data, { ...OPEN, open: given })).options.hidden).toEqual([10]);
  });
});

describe("folds with early stopping", () => {
  it("stop by rows of their own", async () => {
    const data = plane(60, 4);
    const options = { ...FIT_DEFAULTS, val: 0.25, earlyStop: 50 };
    const stopped = await crossValidate(data, 3, options);
    const plain = await crossValidate(data, 3, { ...options, val: 0 });
    expect(stopped.all.rows).toBe(60);
    expect(stopped.all.metrics[0]!.rmse).toBeLessThan(0.8 * plain.all.metrics[0]!.rmse);
  });
});
