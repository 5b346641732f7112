/** Borders, windows, pixels and distances: texts as PyTorch's, what is refused, one program. */
import { arange, compile, nn, ones, randn, tensor } from "nabla";
import type { Tensor } from "nabla";
import { expect, it, test } from "vitest";

const F = nn.functional;
const image = arange(4).reshape([1, 1, 2, 2]);

test.each([
  [new nn.ReflectionPad2d(1), "ReflectionPad2d((1, 1, 1, 1))", "3232101032321010"],
  [new nn.ReplicationPad2d([1, 2, 0, 0]), "ReplicationPad2d((1, 2, 0, 0))", "0011122333"],
  [new nn.CircularPad2d([1, 0, 0, 0]), "CircularPad2d((1, 0, 0, 0))", "101323"],
  [new nn.ConstantPad1d([1, 0], 5), "ConstantPad1d(padding=(1, 0), value=5.0)", "501523"],
  [new nn.ZeroPad2d([0, 1, 0, 0]), "ZeroPad2d((0, 1, 0, 0))", "010230"],
] as const)("%s", (layer, text, digits) => {
  expect(String(layer)).toBe(text);
  expect(layer.forward(image).dataSync().join("")).toBe(digits);
});

it("adds up what unfold took apart, as often as windows meet", () => {
  const x = randn([2, 3, 4, 5]);
  const options = { stride: [2, 1], padding: [1, 0], dilation: [1, 2] } as const;
  const back = (y: Tensor): Tensor => F.fold(F.unfold(y, 2, options), [4, 5], 2, options);
  const times = back(ones([2, 3, 4, 5]));
  expect(times.min().itemSync()).toBeGreaterThan(0);
  expect(back(x).sub(x.mul(times)).abs().max().itemSync()).toBeLessThan(1e-5);
  expect(compile(back)(x).toArraySync()).toEqual(back(x).toArraySync());
});

it("prints as PyTorch does", () => {
  const texts = [
    new nn.PixelShuffle(2),
    new nn.ChannelShuffle(3),
    new nn.Unfold([2, 3], 1, { stride: 2 }),
    new nn.Fold([4, 5], 2),
    new nn.LocalResponseNorm(2, { k: 2 }),
    new nn.UpsamplingNearest2d({ scaleFactor: 2 }),
    new nn.CosineSimilarity(),
  ].map(String);
  expect(texts).toEqual([
    "PixelShuffle(upscale_factor=2)",
    "ChannelShuffle(groups=3)",
    "Unfold(kernel_size=(2, 3), dilation=1, padding=0, stride=2)",
    "Fold(output_size=(4, 5), kernel_size=2, dilation=1, padding=0, stride=1)",
    "LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=2.0)",
    "UpsamplingNearest2d(scale_factor=2.0, mode=nearest)",
    "CosineSimilarity()",
  ]);
});

it("takes channels from groups in turn, as PyTorch prints them", async () => {
  const x = arange(6).reshape([1, 6, 1]);
  expect(await new nn.ChannelShuffle(3).forward(x).data()).toEqual(
    Float32Array.of(0, 2, 4, 1, 3, 5),
  );
  expect(await F.channelShuffle(x, 2).data()).toEqual(Float32Array.of(0, 3, 1, 4, 2, 5));
});

it("refuses what does not fit", () => {
  const x = ones([1, 4, 9]);
  expect(() => new nn.ZeroPad2d([1, 2])).toThrow("padding is [1, 2]; need one integer, or 4");
  expect(() => new nn.ZeroPad2d(0.5)).toThrow("need one integer");
  expect(() => new nn.ConstantPad1d(1, undefined as never)).toThrow(
    "give the value: new nn.ConstantPad1d(1, 0)",
  );
  expect(() => F.fold(x, 5, 2)).toThrow("fold: x is [1, 4, 9]; need [N, C · 4, 16]");
  expect(() => F.fold(x, 1, 2)).toThrow("images of [1, 1]");
  expect(() => F.fold(x, 4, 2, { pading: 1 } as never)).toThrow("(padding?)");
  expect(() => F.channelShuffle(x, 3)).toThrow("C a multiple of 3");
  expect(() => new nn.Softmax2d().forward(tensor([1, 2]))).toThrow("need [N, C, H, W] or");
  expect(() => new nn.PairwiseDistance({ q: 2 } as never)).toThrow('no option "q"');
  expect(() => new nn.Unfold(2, { dilate: 2 } as never)).toThrow("(dilation?)");
});
