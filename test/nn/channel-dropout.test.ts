/**
 * Dropout of channels, and to SELU's least value: shares, values as PyTorch's formula, gradients.
 */
import { manualSeed, nn, ones, randn, setDefaultDevice } from "nabla";
import type { Tensor } from "nabla";
import { afterEach, describe, expect, it } from "vitest";

const F = nn.functional;
afterEach(() => setDefaultDevice("wasm"));

const kinds = (x: Tensor): number[] =>
  [...new Set([...x.dataSync()].map((v) => +v.toFixed(5)))].sort((a, b) => a - b);

describe.each(["interpret", "wasm"] as const)("on %s", (device) => {
  it("drops whole channels, of batches and of one item", () => {
    setDefaultDevice(device);
    manualSeed(1);
    for (const [layer, shape] of [
      [new nn.Dropout1d(0.25), [4, 50, 3]],
      [new nn.Dropout1d(0.25), [200, 3]],
      [new nn.Dropout3d(0.25), [4, 50, 1, 3, 1]],
      [new nn.Dropout3d(0.25), [200, 1, 3, 1]],
    ] as const) {
      const y = layer.forward(ones([...shape]));
      expect(kinds(y)).toEqual([0, 1.33333]);
      const channels = y.reshape([200, 3]);
      expect(channels.std(1).max().itemSync()).toBe(0);
      expect(Math.abs(channels.mean().itemSync() - 1)).toBeLessThan(0.2);
      expect(layer.eval().forward(y)).toBe(y);
    }
  });

  it("keeps mean and variance in alpha dropout, with PyTorch's two values", () => {
    setDefaultDevice(device);
    manualSeed(2);
    const y = F.alphaDropout(randn([20000]), { p: 0.3, training: true });
    expect(Math.abs(y.mean().itemSync())).toBeLessThan(0.03);
    expect(Math.abs(y.std().itemSync() - 1)).toBeLessThan(0.03);
    // torch.nn.AlphaDropout(0.2)(torch.ones(…)): what is dropped, what stays
    expect(kinds(new nn.AlphaDropout(0.2).forward(ones([500])))).toEqual([-1.23616, 1.18794]);
    const [low, high] = kinds(new nn.FeatureAlphaDropout(0.2).forward(ones([5, 40, 3])));
    expect([low, high]).toEqual([-1.23616, 1.18794]);
    expect(F.alphaDropout(y)).toBe(y);
  });

  it("passes gradients to what stays, scaled", () => {
    setDefaultDevice(device);
    const x = ones([400], { requiresGrad: true });
    new nn.AlphaDropout(0.2).forward(x).sum().backward();
    expect(kinds(x.grad!)).toEqual([0, 0.8789]);
  });
});

it("refuses what is no probability, and vectors", () => {
  expect(() => F.dropout1d(ones([2, 2]), 2)).toThrow("dropout1d: p is 2");
  expect(() => F.alphaDropout(ones([2]), { p: -1 })).toThrow("alphaDropout: p is -1");
  expect(() => F.dropout3d(ones([2]))).toThrow("dropout3d: x is [2]; need [N, C, …]");
  expect(() => F.featureAlphaDropout(ones([2]), 0.5, true)).toThrow("need [N, C, …]");
  expect(String(new nn.AlphaDropout(0.2))).toBe("AlphaDropout(p=0.2, inplace=False)");
});
