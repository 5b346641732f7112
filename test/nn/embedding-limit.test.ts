/** maxNorm of embeddings: PyTorch's values, training compiled as plain, printing, errors. */
import { cell, compile, manualSeed, nn, ones, optim, randint, randn, tensor } from "nabla";
import type { Tensor } from "nabla";
import { functionalCall } from "nabla/func";
import { describe, expect, it } from "vitest";
import type { MoreCase, Run } from "../golden/more.ts";
import { gradientCases, moreProblems, readMore } from "../golden/more.ts";
import { bitsOf } from "../support/tensors.ts";

const F = nn.functional;
const ints = (...data: number[]): Tensor => tensor(data, { dtype: "int32" });

function optionsOf({ settings }: MoreCase) {
  const { max_norm: maxNorm, norm_type: normType, padding_idx: paddingIdx, mode } = settings;
  return {
    maxNorm: maxNorm as number,
    ...(normType === undefined ? {} : { normType: Number(normType) }),
    ...(paddingIdx === undefined ? {} : { paddingIdx: paddingIdx as number }),
    ...(mode === undefined ? {} : { mode: mode as "sum" }),
  };
}

/** The weight is a leaf, which the look-up changes. */
const run: Run = (c, [weight, index, offsets]) => {
  const [rows, columns] = weight!.shape as [number, number];
  const options = optionsOf(c);
  if (!c.name.startsWith("EmbeddingBag")) {
    const y = F.embedding(index!, weight!, options);
    return [y, weight!.detach()];
  }
  const bag = new nn.EmbeddingBag(rows, columns, options);
  const y = functionalCall(bag, { weight: weight! }, [index!, offsets ?? null]);
  return [y, weight!.detach()];
};

const cases = readMore("embedding");

it("gives PyTorch's rows, weights and gradients", () => {
  expect(cases.length).toBe(9);
  expect(gradientCases(cases)).toBe(9);
  const exact = { rtol: 1e-13, atol: 1e-14 };
  const near = { rtol: 1e-5, atol: 1e-6 };
  expect([
    ...cases.flatMap((c) => moreProblems(c, run, "float64", exact)),
    ...cases.flatMap((c) => moreProblems(c, run, "float32", near)),
  ]).toEqual([]);
});

describe("training", () => {
  const train = (wrap: typeof compile | null, bags: boolean): string[] => {
    manualSeed(3);
    const options = { maxNorm: 0.7, normType: 1.5 };
    const net = bags ? new nn.EmbeddingBag(6, 3, options) : new nn.Embedding(6, 3, options);
    const optimizer = new optim.SGD(net.parameters(), { lr: 0.5 });
    const target = randn([4, 2, 3]);
    const body = (index: Tensor): Tensor => {
      const y = bags ? net.forward(index).unsqueeze(1) : net.forward(index);
      const loss = y.sub(target).square().mean();
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    };
    const step = wrap === null ? body : wrap(body);
    const bits = Array.from({ length: 6 }, () => bitsOf(step(randint(0, 6, [4, 2]))));
    return [...bits, bitsOf(net.weight.detach())];
  };

  it.each([false, true])("compiles to the same bits (bags: %s)", (bags) => {
    expect(train(compile, bags)).toEqual(train(null, bags));
  });

  it("leaves rows that are not looked up, and those that are short, to the bit", () => {
    const net = new nn.Embedding(3, 2, { maxNorm: 1 });
    net.loadStateDict({ weight: tensor([[3, 4], [0.1, 0.2], [6, 8]]) }); // prettier-ignore
    net.eval().forward(ints(0, 1, 0));
    const [first, ...others] = net.weight.toArraySync() as number[][];
    expect(others).toEqual([[0.1, 0.2].map(Math.fround), [6, 8]]);
    expect(Math.hypot(...first!)).toBeCloseTo(1, 6);
  });
});

it("prints as PyTorch does", () => {
  expect(String(new nn.Embedding(4, 2, 1, 2))).toBe("Embedding(4, 2, padding_idx=1, max_norm=2.0)");
  expect(String(new nn.EmbeddingBag(4, 2, { maxNorm: 0.5, normType: 1 }))).toBe(
    "EmbeddingBag(4, 2, max_norm=0.5, norm_type=1.0, mode='mean')",
  );
  const made = nn.Embedding.fromPretrained(ones([2, 2]), { maxNorm: 1 });
  expect([made.maxNorm, made.weight.requiresGrad]).toEqual([1, false]);
});

it("refuses what does not fit", () => {
  const rows = cell(ones([2, 2]));
  expect(() => F.embedding(ints(0), ones([2, 2]), { maxNorm: 1 })).toThrow(
    "embedding: maxNorm changes rows of weight, which is a value; need a parameter or a cell.",
  );
  expect(() => F.embedding(ints(0), rows, { maxNorm: -1 })).toThrow("maxNorm is -1; need a number");
  expect(() => new nn.Embedding(2, 2, { maxNorm: NaN })).toThrow("Embedding: maxNorm is NaN");
  expect(() => new nn.Embedding(2, 2, { maxNorm: 1, normType: 0 })).toThrow("normType is 0; need");
  expect(() => F.embedding(ints(2), rows, { maxNorm: 1 })).toThrow();
  expect(rows.toArraySync()).toEqual([[1, 1], [1, 1]]); // prettier-ignore
  expect(F.embedding(ints(), rows, { maxNorm: 0 }).shape).toEqual([0, 2]);
});
