/** Dropout: training and evaluation, its statistics, the seed, and its gradient. */
import { beforeEach, describe, expect, it } from "vitest";
import * as nn from "../../src/doors/nn.ts";
import { compile } from "../../src/tensor/compile.ts";
import { ones } from "../../src/tensor/create.ts";
import { manualSeed } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { bitsOf } from "../support/tensors.ts";

beforeEach(() => manualSeed(7));

describe("Dropout", () => {
  it("drops about p of the elements and scales the others", () => {
    const data = new nn.Dropout(0.25).forward(ones([4000])).dataSync();
    const kept = data.filter((v) => v !== 0);
    expect(kept.every((v) => v === Math.fround(1 / 0.75))).toBe(true);
    expect(Math.abs(kept.length / data.length - 0.75)).toBeLessThan(0.03);
  });

  it("draws anew at each call, and the same after the same seed", () => {
    const layer = new nn.Dropout();
    const x = ones([64]);
    const [a, b] = [bitsOf(layer.forward(x)), bitsOf(layer.forward(x))];
    expect(a).not.toBe(b);
    manualSeed(7);
    expect([bitsOf(layer.forward(x)), bitsOf(layer.forward(x))]).toEqual([a, b]);
  });

  it("is the identity in evaluation and for p = 0, and nothing for p = 1", () => {
    const x = ones([8], { requiresGrad: true });
    expect(new nn.Dropout().eval().forward(x)).toBe(x);
    expect(new nn.Dropout(0).forward(x)).toBe(x);
    const y = new nn.Dropout(1).forward(x);
    expect(y.dataSync()).toEqual(new Float32Array(8));
    y.sum().backward();
    expect(x.grad!.dataSync()).toEqual(new Float32Array(8));
  });

  it("passes the gradient where it passed the value", () => {
    const x = ones([64], { requiresGrad: true });
    const y = new nn.Dropout(0.5).forward(x);
    y.sum().backward();
    expect(bitsOf(x.grad!)).toBe(bitsOf(y.detach()));
  });

  it("follows train() and eval() inside a compiled function", () => {
    const layer = new nn.Dropout();
    const fn = compile((x: Tensor) => layer.forward(x).add(0));
    const x = ones([64]);
    const [a, b] = [bitsOf(fn(x)), bitsOf(fn(x))];
    expect(a).not.toBe(b);
    layer.eval();
    expect(fn(x).dataSync()).toEqual(ones([64]).dataSync());
    manualSeed(7);
    layer.train();
    expect([bitsOf(fn(x)), bitsOf(fn(x))]).toEqual([a, b]);
  });
});
