/** Batch statistics, eager and compiled; what norms refuse; the slope of BCELoss at 0 and 1. */
import type { Tensor } from "nabla";
import { compile, manualSeed, nn, ones, randn, tensor } from "nabla";
import { describe, expect, it } from "vitest";

/** Running statistics after three batches. */
function statistics(momentum: number | null, compiled: boolean): unknown[] {
  manualSeed(2);
  const layer = new nn.BatchNorm1d(2, { momentum });
  const plain = (x: Tensor): Tensor => layer.forward(x).sum();
  const run = compiled ? compile(plain) : plain;
  for (let k = 0; k < 3; k++) run(randn([4, 2]));
  return layer.buffers().map((buffer) => buffer.toArraySync());
}

describe("BatchNorm", () => {
  it.each([0.1, 0.5, null])("moves its statistics alike when compiled, momentum %s", (momentum) => {
    expect(statistics(momentum, true)).toEqual(statistics(momentum, false));
    expect(statistics(momentum, true)[2]).toBe(3);
  });

  it("averages all batches with momentum null", () => {
    const layer = new nn.BatchNorm1d(1, { momentum: null });
    for (const mean of [1, 2, 6]) layer.forward(tensor([[mean - 1], [mean + 1]]));
    expect(layer.runningMean!.toArraySync()).toEqual([3]);
    expect(layer.runningVar!.toArraySync()).toEqual([2]);
  });

  it("stays as it is in evaluation, and follows the mode when compiled", () => {
    const layer = new nn.BatchNorm1d(1);
    const run = compile((x: Tensor) => layer.forward(x));
    run(tensor([[1], [3]]));
    layer.eval();
    const seen = layer.runningMean!.toArraySync();
    run(tensor([[10], [30]]));
    expect(layer.runningMean!.toArraySync()).toEqual(seen);
    expect(layer.numBatchesTracked!.itemSync()).toBe(1);
  });

  it("prints as PyTorch, and refuses what does not fit", () => {
    expect(String(new nn.BatchNorm2d(3))).toBe(
      "BatchNorm2d(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)",
    );
    expect(String(new nn.LayerNorm(5))).toBe("LayerNorm((5,), eps=1e-05, elementwise_affine=True)");
    expect(() => new nn.BatchNorm2d(3).forward(ones([2, 3]))).toThrow(
      "need [N, C, H, W] with C = 3",
    );
    expect(() => new nn.BatchNorm1d(3).forward(ones([1, 3]))).toThrow("more than one value");
    expect(() => new nn.GroupNorm(2, 3)).toThrow("2 groups do not divide 3 channels");
    expect(() => new nn.LayerNorm(3).forward(ones([2, 4]))).toThrow("layerNorm: x is [2, 4]");
  });
});

describe("BCELoss", () => {
  it("has PyTorch's slope where its logarithm is bounded", () => {
    const x = tensor([0, 1, 0, 1, 0.5], { dtype: "float64", requiresGrad: true });
    const y = tensor([1, 0, 0, 1, 1], { dtype: "float64" });
    new nn.BCELoss({ reduction: "sum" }).forward(x, y).backward();
    expect(x.grad!.toArraySync()).toEqual([-1e12, 1e12, 0, 0, -2]);
    const loss = new nn.BCELoss({ reduction: "none" }).forward(x, y);
    expect((loss.toArraySync() as number[]).slice(0, 4)).toEqual([100, 100, 0, 0]);
  });
});
