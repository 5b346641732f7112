/**
 * The same seed gives the same bits; the host's arrays stay apart from the tensors made of them.
 */
import { fromArray, manualSeed, nn, rand, randint, randn, randperm, tensor } from "nabla";
import { describe, expect, test } from "vitest";
import { bitsOf, modelBits } from "./helpers.ts";

describe("one seed", () => {
  test("gives the same draws twice, and others for another seed", () => {
    const draw = (seed: number): string[] => {
      manualSeed(seed);
      return [rand([7]), randn([3, 5]), randint(0, 100, [9]), randperm(8), rand([7])].map(bitsOf);
    };
    const first = draw(42);
    expect(draw(42)).toEqual(first);
    expect(draw(43)).not.toEqual(first);
    expect(first[0]).not.toBe(first[4]);
  });

  test("gives the same initial weights and the same dropout", () => {
    const make = (): string[] => {
      manualSeed(9);
      const model = new nn.Sequential(new nn.Linear(5, 7), new nn.Dropout(0.5));
      return [...modelBits(model), bitsOf(model.forward(tensor([[1, 2, 3, 4, 5]])))];
    };
    expect(make()).toEqual(make());
  });

  test("gives the same uniform and integer bits on both devices", () => {
    const on = (device: "wasm" | "interpret"): string[] => {
      manualSeed(4);
      return [rand([65], { device }), randn([65], { device })].map(bitsOf);
    };
    expect(on("wasm")).toEqual(on("interpret"));
  });
});

test("tensor(array) copies, fromArray aliases", () => {
  const data = Float32Array.of(1, 2, 3);
  const copy = tensor(data);
  const alias = fromArray(data, [3]);
  data[0] = 9;
  expect(copy.toArraySync()).toEqual([1, 2, 3]);
  expect(alias.toArraySync()).toEqual([9, 2, 3]);
});
