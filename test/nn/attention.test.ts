/** Attention: PyTorch's cases without dropout, masks, the layers' shapes, and what is refused. */
import { autograd, nn, ones, randn, tensor, zeros } from "nabla";
import type { Tensor } from "nabla";
import { describe, expect, it } from "vitest";
import { mismatch } from "../support/compare.ts";
import { loadCase, readExpected, readOpInfo } from "../support/opinfo.ts";
import { valuesOf } from "../support/tensors.ts";

const F = nn.functional;
const numbersOf = (x: Tensor): number[] => [...x.dataSync()];
const NAME = "nn.functional._scaled_dot_product_attention";
const cases = readOpInfo("nn").filter((c) => c.op === NAME && c.kwargs.dict.dropout_p === 0);

describe("scaledDotProductAttention", () => {
  it.each(cases.map((c) => [c.id, c] as const))("PyTorch's case %i", (_, c) => {
    const { args, kwargs, leaves } = loadCase(c, "float64");
    const [q, k, v] = args as [Tensor, Tensor, Tensor];
    const y = F.scaledDotProductAttention(q, k, v, { isCausal: kwargs.is_causal === true });
    const tolerance = { rtol: 1e-7, atol: 1e-7 };
    expect(mismatch(valuesOf(y), readExpected(c.out[0], "float64"), tolerance)).toBeNull();
    expect(leaves).toHaveLength(3);
  });

  it("has such cases", () => expect(cases.length).toBeGreaterThanOrEqual(8));

  it("takes part where a bool mask is true, and adds a float mask", () => {
    const [q, k] = [ones([1, 2]), ones([3, 2])];
    const v = tensor([[1], [2], [4]]);
    const attnMask = tensor([[true, false, true]]);
    expect(F.scaledDotProductAttention(q, k, v, { attnMask }).toArraySync()).toEqual([[2.5]]);
    const added = tensor([[0, -Infinity, 0]]);
    expect(F.scaledDotProductAttention(q, k, v, { attnMask: added }).toArraySync()).toEqual([
      [2.5],
    ]);
    expect(F.scaledDotProductAttention(q, k, v, { scale: 0 }).itemSync()).toBeCloseTo(7 / 3, 6);
  });

  it("gives a query that sees no key 0, and no gradient", async () => {
    const leaf = (shape: number[]): Tensor =>
      randn(shape, { dtype: "float64", requiresGrad: true });
    const [q, k, v] = [leaf([3, 2]), leaf([4, 2]), leaf([4, 2])];
    const rows = [
      [false, false, false, false],
      [true, true, true, true],
      [true, false, true, false],
    ];
    const numbers = rows.map((row) => row.map((seen) => (seen ? 0 : -Infinity)));
    for (const attnMask of [tensor(rows), tensor(numbers, { dtype: "float64" })]) {
      const y = F.scaledDotProductAttention(q, k, v, { attnMask });
      const free = F.scaledDotProductAttention(q, k, v);
      expect(numbersOf(y.select(0, 0))).toEqual([0, 0]);
      expect(numbersOf(y.select(0, 1))).toEqual(numbersOf(free.select(0, 1)));
      const gradients = autograd.grad(y.square().sum(), [q, k, v]);
      expect(numbersOf(gradients[0]!.select(0, 0))).toEqual([0, 0]);
      for (const g of gradients) expect(numbersOf(g).every(Number.isFinite)).toBe(true);
      const fn = (a: Tensor, b: Tensor, c: Tensor): Tensor =>
        F.scaledDotProductAttention(a, b, c, { attnMask });
      expect(await autograd.gradcheck(fn, [q, k, v])).toBe(true);
    }
  });

  it("drops weights in proportion", () => {
    const [q, k, v] = [ones([1, 2]), ones([2000, 2]), ones([2000, 1])];
    const y = F.scaledDotProductAttention(q, k, v, { dropoutP: 0.5 }).itemSync();
    expect(Math.abs(y - 1)).toBeLessThan(0.1);
    expect(y).not.toBe(1);
  });

  it("refuses a mask together with isCausal, and vectors", () => {
    const x = ones([2, 2]);
    const both = { attnMask: ones([2, 2]), isCausal: true };
    expect(() => F.scaledDotProductAttention(x, x, x, both)).toThrow("attnMask or isCausal, not");
    const line = ones([2]);
    expect(() => F.scaledDotProductAttention(line, x, x)).toThrow("the query is [2]");
  });
});

describe("MultiheadAttention", () => {
  it("gives an item whose keys are all padding the bias, weights of 0 and no gradient", () => {
    const layer = new nn.MultiheadAttention(4, 2, { batchFirst: true });
    const x = randn([2, 3, 4], { requiresGrad: true });
    const keyPaddingMask = tensor([
      [true, true, true],
      [false, true, false],
    ]);
    const [y, weights] = layer.forward(x, x, x, { keyPaddingMask });
    expect(numbersOf(weights!.select(0, 0))).toEqual(new Array<number>(9).fill(0));
    const bias = numbersOf(layer.outProj.bias!);
    expect(numbersOf(y.select(0, 0).select(0, 2))).toEqual(bias);
    y.square().sum().backward();
    expect(numbersOf(x.grad!.select(0, 0))).toEqual(new Array<number>(12).fill(0));
    for (const p of layer.parameters())
      expect(numbersOf(p.grad!).every(Number.isFinite)).toBe(true);
    expect(numbersOf(layer.parameters()[0]!.grad!).some((g) => g !== 0)).toBe(true);
  });

  it("gives weights by head, their average, or none", () => {
    const layer = new nn.MultiheadAttention(4, 2, { batchFirst: true });
    const x = ones([3, 5, 4]);
    const shapeOf = (options: object) => layer.forward(x, x, x, options)[1]?.shape;
    expect(shapeOf({})).toEqual([3, 5, 5]);
    expect(shapeOf({ averageAttnWeights: false })).toEqual([3, 2, 5, 5]);
    expect(shapeOf({ needWeights: false })).toBeUndefined();
    const [y, weights] = layer.forward(x.select(0, 0), x.select(0, 0), x.select(0, 0));
    expect([y.shape, weights!.shape]).toEqual([
      [5, 4],
      [5, 5],
    ]);
  });

  it("adds a float mask for each head, and hides keys", () => {
    const layer = new nn.MultiheadAttention(4, 2, { batchFirst: true });
    const x = ones([1, 3, 4]);
    const hide = tensor([[false, true, false]]);
    const [, weights] = layer.forward(x, x, x, {
      keyPaddingMask: hide,
      attnMask: zeros([2, 3, 3]),
    });
    for (const row of (weights!.toArraySync() as number[][][])[0]!) expect(row[1]).toBe(0);
    const [, causal] = layer.forward(x, x, x, { isCausal: true });
    expect((causal!.toArraySync() as number[][][])[0]![0]).toEqual([1, 0, 0]);
  });

  it("has separate projections for other sizes, under PyTorch's names", () => {
    const layer = new nn.MultiheadAttention(4, 2, { kdim: 3, vdim: 5 });
    expect(Object.keys(layer.stateDict())).toEqual([
      "q_proj_weight",
      "k_proj_weight",
      "v_proj_weight",
      "in_proj_bias",
      "out_proj.weight",
      "out_proj.bias",
    ]);
    const [y] = layer.forward(ones([2, 1, 4]), ones([6, 1, 3]), ones([6, 1, 5]));
    expect(y.shape).toEqual([2, 1, 4]);
    expect(layer.inProjWeight).toBeNull();
    expect(layer.outProj).toBe(layer.out_proj);
  });

  it("has PyTorch's names for the keys and values it learns", () => {
    const layer = new nn.MultiheadAttention(4, 2, 0, true, true);
    expect(Object.entries(layer.stateDict()).map(([key, x]) => [key, x.shape])).toEqual([
      ["in_proj_weight", [12, 4]],
      ["in_proj_bias", [12]],
      ["bias_k", [1, 1, 4]],
      ["bias_v", [1, 1, 4]],
      ["out_proj.weight", [4, 4]],
      ["out_proj.bias", [4]],
    ]);
    expect([layer.biasK, layer.biasV]).toEqual([layer.bias_k, layer.bias_v]);
    expect(new nn.MultiheadAttention(4, 2).biasK).toBeNull();
  });

  it("shows the added keys to every query, whatever is hidden", () => {
    const options = { addBiasKv: true, addZeroAttn: true, batchFirst: true };
    const layer = new nn.MultiheadAttention(4, 2, options);
    const x = ones([1, 2, 4]);
    const weightsOf = (given: object) =>
      (layer.forward(x, x, x, given)[1]!.toArraySync() as number[][][])[0]!;
    for (const given of [{ isCausal: true }, { attnMask: causalMask(2) }]) {
      const [first, second] = weightsOf(given);
      expect(first).toHaveLength(4);
      expect(first!.map((w) => w > 0)).toEqual([true, false, true, true]);
      expect(second!.map((w) => w > 0)).toEqual([true, true, true, true]);
    }
    const keyPaddingMask = tensor([[true, true]]);
    expect(weightsOf({ keyPaddingMask })[0]!.map((w) => w > 0)).toEqual([false, false, true, true]);
  });

  it("refuses masks of other shapes with as many elements, and unequal items", () => {
    const layer = new nn.MultiheadAttention(4, 2, { batchFirst: true });
    const [q, k] = [ones([1, 2, 4]), ones([1, 3, 4])];
    expect(() => layer.forward(q, k, k, { attnMask: ones([3, 2]) })).toThrow(
      "attnMask is [3, 2]; need [2, 3] or [2, 2, 3]",
    );
    expect(() => layer.forward(q, k, k, { keyPaddingMask: ones([3, 1]) })).toThrow(
      "keyPaddingMask is [3, 1]; need [1, 3]",
    );
    expect(() => layer.forward(q, k, q)).toThrow("need as many items of each, and as many values");
    expect(() => layer.forward(ones([2, 2, 4]), k, k)).toThrow("the query is [2, 2, 4], the key");
  });

  it("prints as PyTorch, and refuses what does not fit", () => {
    expect(String(new nn.MultiheadAttention(8, 2))).toBe(
      "MultiheadAttention(\n" +
        "  (out_proj): NonDynamicallyQuantizableLinear(in_features=8, out_features=8, bias=True)\n" +
        ")",
    );
    expect(() => new nn.MultiheadAttention(7, 2)).toThrow("2 heads do not divide 7 features");
    const layer = new nn.MultiheadAttention(4, 2);
    const x = ones([3, 1, 4]);
    expect(() => layer.forward(x, x, x, { attnMask: ones([2, 2]) })).toThrow(
      "multiHeadAttention: attnMask is [2, 2]; need [3, 3] or [2, 3, 3].",
    );
  });
});

function causalMask(size: number): Tensor {
  return nn.Transformer.generateSquareSubsequentMask(size);
}

describe("Transformer", () => {
  it("has PyTorch's defaults and names", () => {
    const model = new nn.Transformer({ dModel: 4, nhead: 2, dimFeedforward: 3 });
    const keys = Object.keys(model.stateDict());
    expect(keys).toHaveLength(6 * 12 + 6 * 18 + 4);
    expect(keys).toEqual(
      expect.arrayContaining([
        "encoder.layers.5.self_attn.in_proj_weight",
        "encoder.norm.weight",
        "decoder.layers.0.multihead_attn.out_proj.bias",
        "decoder.layers.5.norm3.bias",
        "decoder.norm.bias",
      ]),
    );
    const weight = model.stateDict()["encoder.layers.0.linear1.weight"]!;
    expect(weight.abs().max().itemSync()).toBeLessThanOrEqual(Math.sqrt(6 / 7));
    expect(new nn.Transformer(4, 2, 1, 1, 3).dModel).toBe(4);
  });

  it("hides later places by mask or by isCausal alike", () => {
    expect(causalMask(3).toArraySync()).toEqual([
      [0, -Infinity, -Infinity],
      [0, 0, -Infinity],
      [0, 0, 0],
    ]);
    const model = new nn.Transformer(4, 2, 1, 1, 3, 0);
    const [src, tgt] = [ones([2, 1, 4]).cumsum(0), ones([3, 1, 4]).cumsum(0)];
    const masked = model.forward(src, tgt, { srcMask: causalMask(2), tgtMask: causalMask(3) });
    const causal = model.forward(src, tgt, { srcIsCausal: true, tgtIsCausal: true });
    expect(causal.toArraySync()).toEqual(masked.toArraySync());
    expect(causal.toArraySync()).not.toEqual(model.forward(src, tgt).toArraySync());
  });

  it("takes other parts in place of its own", () => {
    const customEncoder = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(4, 2), 1);
    expect(new nn.Transformer({ dModel: 4, nhead: 2, customEncoder }).encoder).toBe(customEncoder);
    expect(() => new nn.Transformer({ dim: 4 } as never)).toThrow('no option "dim"');
    const model = new nn.Transformer(4, 2, 1, 1, 3);
    const x = ones([1, 1, 4]);
    expect(() => model.forward(x, x, { mask: x } as never)).toThrow('no option "mask"');
  });
});

describe("the transformer's stacks", () => {
  const options = { dimFeedforward: 6, dropout: 0, batchFirst: true };

  it("copy a layer, so that all start equal, or take a maker", () => {
    const layer = new nn.TransformerEncoderLayer(4, 2, options);
    const encoder = new nn.TransformerEncoder(layer, 2, { norm: new nn.LayerNorm(4) });
    const [first, second] = [...encoder.layers];
    expect(first!.linear1.weight.toArraySync()).toEqual(layer.linear1.weight.toArraySync());
    expect(first!.linear1.weight).not.toBe(second!.linear1.weight);
    const made = new nn.TransformerEncoder(() => new nn.TransformerEncoderLayer(4, 2, options), 2);
    const [a, b] = [...made.layers];
    expect(a!.linear1.weight.toArraySync()).not.toEqual(b!.linear1.weight.toArraySync());
    const keys = Object.keys(encoder.stateDict());
    expect(keys).toContain("layers.1.self_attn.in_proj_weight");
    expect(keys.at(-1)).toBe("norm.bias");
  });

  it("decode with a memory; causal means that the future does not count", () => {
    const layer = new nn.TransformerDecoderLayer(4, 2, { ...options, normFirst: true });
    const decoder = new nn.TransformerDecoder(layer, 2);
    const memory = ones([1, 3, 4]);
    const target = tensor([1, 2, 3, 4, 2, 1, 0, 1], { shape: [1, 2, 4] });
    const changed = tensor([1, 2, 3, 4, 9, 8, 7, 6], { shape: [1, 2, 4] });
    const first = (x: Tensor) => decoder.forward(x, memory, { tgtIsCausal: true }).select(1, 0);
    expect(first(target).toArraySync()).toEqual(first(changed).toArraySync());
    expect(Object.keys(layer.stateDict())).toContain("multihead_attn.in_proj_weight");
    expect(() => new nn.TransformerEncoderLayer(4, 2, { activation: "tanh" as "relu" })).toThrow(
      'activation is "tanh"',
    );
  });
});
