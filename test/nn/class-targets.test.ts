/** Class numbers that are computed, or given to a compiled function, must be whole, too. */
import { describe, expect, it } from "vitest";
import * as F from "../../src/doors/nn/functional.ts";
import { compile } from "../../src/tensor/compile.ts";
import { tensor } from "../../src/tensor/create.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

const DEVICES = ["wasm", "interpret"] as const;
const ROWS = [
  [1, 2, 3],
  [0.5, -1, 2],
];
const OUTSIDE = /index 2147483647 is out of range/;

type Loss = (x: Tensor, target: Tensor) => Tensor;
const LOSSES: Readonly<Record<string, { readonly loss: Loss; readonly value: number }>> = {
  // the values are PyTorch's for the targets [2, 0]
  crossEntropy: { loss: F.crossEntropy, value: 1.0744585990905762 },
  nllLoss: { loss: F.nllLoss, value: -1.75 },
  multiMarginLoss: { loss: F.multiMarginLoss, value: 0.4166666567325592 },
};

describe.each(DEVICES)("class numbers on %s", (device) => {
  const x = tensor(ROWS, { device });
  const computed = (values: number[]): Tensor => tensor(values, { device }).mul(1);

  for (const [name, { loss, value }] of Object.entries(LOSSES)) {
    it(`${name} takes whole ones and refuses fractions and NaN`, () => {
      expect(loss(x, computed([2, 0])).itemSync()).toBeCloseTo(value, 6);
      const step = compile((p: Tensor, t: Tensor) => loss(p, t));
      expect(step(x, computed([2, 0])).itemSync()).toBeCloseTo(value, 6);
      for (const bad of [0.5, 0.9, NaN, -0.5, Infinity]) {
        expect(() => step(x, computed([2, bad])).itemSync(), String(bad)).toThrow(OUTSIDE);
      }
    });
  }

  it("refuses them where they are on the device alone", () => {
    const rows = x.repeat([1000, 1]);
    const halves = tensor(new Float32Array(2000).fill(0.5), { device }).mul(1);
    expect(() => F.crossEntropy(rows, halves).itemSync()).toThrow(/2147483647|must be whole/);
  });

  it("keeps ignoring ignoreIndex", () => {
    expect(F.crossEntropy(x, computed([2, -100])).itemSync()).toBeCloseTo(0.40760594606399536, 6);
    expect(F.nllLoss(x, computed([2, 7]), { ignoreIndex: 7 }).itemSync()).toBe(-3);
  });

  it("refuses fractions among the labels of multilabelMarginLoss", () => {
    const labels = (first: number): Tensor => computed([2, -1, 0, first, 1, -1]).reshape([2, 3]);
    expect(F.multilabelMarginLoss(x, labels(0)).itemSync()).toBeCloseTo(1.0833333730697632, 6);
    expect(() => F.multilabelMarginLoss(x, labels(0.5)).itemSync()).toThrow(OUTSIDE);
    expect(() => F.multilabelMarginLoss(x, labels(NaN)).itemSync()).toThrow(OUTSIDE);
  });
});
