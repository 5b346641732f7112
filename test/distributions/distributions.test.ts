/** nabla/distributions: shapes, draws, seeds, second derivatives, limits and what is refused. */
import { autograd, compile, manualSeed, ones, randn, tensor, zeros } from "nabla";
import type { Tensor } from "nabla";
import type { Distribution } from "nabla/distributions";
import {
  Bernoulli,
  Categorical,
  Exponential,
  Independent,
  klDivergence,
  Normal,
  Uniform,
} from "nabla/distributions";
import { describe, expect, it } from "vitest";
import { bitsOf } from "../support/tensors.ts";

const double = (x: number | readonly number[]): Tensor =>
  tensor(x as number[], { dtype: "float64" });

describe("draws", () => {
  const many: readonly [string, Distribution][] = [
    ["Normal", new Normal(double([-1, 2]), double([0.5, 3]))],
    ["Uniform", new Uniform(double([-1, 2]), double([0, 7]))],
    ["Exponential", new Exponential(double([0.5, 4]))],
    ["Bernoulli", new Bernoulli(double([0.2, 0.9]))],
  ];

  it.each(many)("%s has the mean and the deviation it says", async (_name, p) => {
    manualSeed(3);
    const x = p.sample([20_000]);
    expect(x.shape).toEqual([20_000, 2]);
    const away = x.mean(0).sub(p.mean).div(p.stddev).abs();
    expect(await away.max().item()).toBeLessThan(0.03); // 4 deviations of a mean of 20,000
    const spread = x.std(0).div(p.stddev).sub(1).abs();
    expect(await spread.max().item()).toBeLessThan(0.03);
    expect(x.requiresGrad).toBe(false);
  });

  it("Categorical draws classes by their probabilities, rows apart", async () => {
    manualSeed(4);
    const p = new Categorical(tensor([[1, 0, 3], [0, 2, 2]])); // prettier-ignore
    const x = p.sample([5000, 2]);
    expect([x.shape, x.dtype]).toEqual([[5000, 2, 2], "int32"]);
    const share = (row: number, k: number): Promise<number> =>
      x.select(-1, row).eq(k).to("float32").mean().item();
    expect(await share(0, 0)).toBeCloseTo(0.25, 1);
    expect(await share(0, 1)).toBe(0);
    expect(await share(1, 0)).toBe(0);
    expect(await share(1, 2)).toBeCloseTo(0.5, 1);
    expect(p.sample().shape).toEqual([2]);
    expect(new Categorical(ones([3])).sample([0]).shape).toEqual([0]);
  });

  it("are those of the seed, and of compiled functions", async () => {
    const logits = randn([4]);
    const draw = (): Tensor[] => [
      new Normal(zeros([3]), 2).sample([2]),
      new Bernoulli({ logits }).sample(),
      new Categorical({ logits }).sample([3]),
      new Uniform(-1, 1).sample([2]),
    ];
    manualSeed(5);
    const plain = [...draw(), ...draw()].map(bitsOf);
    manualSeed(5);
    const step = compile(draw);
    expect([...step(), ...step()].map(bitsOf)).toEqual(plain);
  });

  it("carry gradients by rsample alone", async () => {
    const [loc, scale] = [double(1).requireGrad(), double(2).requireGrad()];
    const x = new Normal(loc, scale).rsample([5]);
    x.sum().backward();
    expect(await loc.grad!.item()).toBe(5);
    const noise = x.detach().sub(1).div(2).sum();
    expect(await scale.grad!.item()).toBeCloseTo(await noise.item(), 12);
    expect(new Bernoulli(0.5).hasRsample).toBe(false);
    expect(() => new Bernoulli(0.5).rsample()).toThrow(
      "Bernoulli.rsample: there is none; logProb(sample()) carries the gradient",
    );
    expect(() => new Categorical(ones([3])).rsample()).toThrow("Categorical.rsample");
  });
});

describe("shapes", () => {
  it("broadcast parameters, and numbers take the dtype of tensors", () => {
    const p = new Normal(zeros([3, 1], { dtype: "float64" }), ones([2], { dtype: "float64" }));
    expect([p.batchShape, p.eventShape]).toEqual([[3, 2], []]);
    expect(new Normal(double([1, 2]), 3).scale.type.text).toBe("float64[2]");
    expect(new Normal(0, 1).sample([2]).shape).toEqual([2]);
    const q = new Independent(p, 1);
    expect([q.batchShape, q.eventShape]).toEqual([[3], [2]]);
    expect(q.logProb(zeros([5, 3, 2], { dtype: "float64" })).shape).toEqual([5, 3]);
    expect(q.sample([4]).shape).toEqual([4, 3, 2]);
    expect(new Categorical(ones([2, 5])).logProb(tensor([[0], [1], [4]], { dtype: "int32" })).shape)
      .toEqual([3, 2]); // prettier-ignore
  });

  it("enumerate what can be drawn", () => {
    const values = new Bernoulli(ones([3]).mul(0.2)).enumerateSupport();
    expect(values.toArraySync()).toEqual([[0, 0, 0], [1, 1, 1]]); // prettier-ignore
    const p = new Categorical(ones([2, 3]));
    expect(p.enumerateSupport({ expand: false }).toArraySync()).toEqual([[0], [1], [2]]);
    expect(() => new Normal(0, 1).enumerateSupport()).toThrow("there is none");
  });

  it("print", () => {
    expect(String(new Normal(zeros([3]), 1))).toBe("Normal(loc: float32[3], scale: float32[3])");
    expect(String(new Independent(new Bernoulli(ones([2]).mul(0.5)), 1))).toBe(
      "Independent(Bernoulli(probs: float32[2]), 1)",
    );
  });
});

describe("values", () => {
  it("quantiles keep their digits in the tails, and their derivatives", async () => {
    const p = [0, 1e-300, 1e-20, 1e-9, 0.3, 0.5, 0.999, 1];
    const x = (await new Normal(0, double(1)).icdf(double(p)).toArray()) as number[];
    // scipy.special.ndtri
    const known = [-Infinity, -37.0471, -9.26234008979841, -5.997807015007686];
    known.push(-0.5244005127080407, 0, 3.090232306167813, Infinity);
    x.forEach((value, i) => {
      if (Number.isFinite(known[i])) expect(value).toBeCloseTo(known[i]!, i === 1 ? 4 : 12);
      else expect(value).toBe(known[i]);
    });
    expect(
      await autograd.gradgradcheck(
        (q) => new Normal(0, double(1)).icdf(q as Tensor),
        [double([0.01, 0.3, 0.9]).requireGrad()],
      ),
    ).toBe(true);
  });

  it("can be differentiated twice", async () => {
    const inputs = [double([0.3, -1]), double([0.7, 2])].map((x) => x.requireGrad());
    const divergence = (loc: Tensor, scale: Tensor): Tensor =>
      klDivergence(new Normal(loc, scale), new Normal(double(0), double(1)));
    expect(await autograd.gradgradcheck(divergence, inputs)).toBe(true);
    const logits = double([0.3, -1, 2]).requireGrad();
    const entropy = (l: Tensor): Tensor => new Categorical({ logits: l }).entropy();
    expect(await autograd.gradgradcheck(entropy, [logits])).toBe(true);
    const bit = (l: Tensor): Tensor => new Bernoulli({ logits: l }).logProb(double([0, 1, 1]));
    expect(await autograd.gradgradcheck(bit, [logits])).toBe(true);
  });

  it("are −∞ outside where values are not checked", async () => {
    const p = new Uniform(0, 1, { validateArgs: false });
    expect(p.logProb(2).itemSync()).toBe(-Infinity);
    expect(p.cdf(2).itemSync()).toBe(1);
    expect(p.logProb(0.5).itemSync()).toBe(0);
    expect(new Uniform(0, 1).logProb(1).itemSync()).toBe(-Infinity); // the end is not drawn
  });

  it("a divergence is that of many draws", async () => {
    manualSeed(6);
    const [p, q] = [new Normal(double(0.3), 1.2), new Normal(double(-0.5), 2)];
    const x = p.sample([50_000]);
    const estimate = p.logProb(x).sub(q.logProb(x)).mean();
    expect(await estimate.item()).toBeCloseTo(await klDivergence(p, q).item(), 1);
  });
});

describe("errors", () => {
  it.each([
    [() => new Normal(0, 0), "Normal: scale: element 0 is 0; need numbers above 0."],
    [() => new Normal(tensor([0, NaN]), 1), "Normal: loc: element 1 is NaN; need numbers."],
    [() => new Normal("0" as never, 1), 'Normal: loc is "0"; need a tensor or a number.'],
    [
      () => new Normal(tensor([1], { dtype: "int32" }), 1),
      "Normal: loc is int32[1]; need float32 or float64.",
    ],
    [() => new Normal(zeros([2]), ones([3])), "Normal"],
    [() => new Normal(0, 1, { validate: false } as never), "there is no option"],
    [() => new Uniform(1, 1), "Uniform: high − low: element 0 is 0; need numbers above 0."],
    [() => new Exponential(-1), "Exponential: rate: element 0 is -1; need numbers above 0."],
    [
      () => new Bernoulli(1.5),
      "Bernoulli: probs: element 0 is 1.5; need probabilities from 0 to 1.",
    ],
    [
      () => new Bernoulli(0.5, 0),
      "Bernoulli: both probs and logits are given; need one: new Bernoulli(probs)",
    ],
    [() => new Categorical(), "Categorical: neither probs nor logits is given"],
    [() => new Categorical(tensor([1, -1])), "element 1 is -1; need weights from 0 on"],
    [() => new Categorical(zeros([2])), "after the probs of each row were normalised"],
    [() => new Categorical(tensor(1)), "Categorical: probs is []; need […, classes]."],
    [
      () => new Categorical(ones([2])).logProb(2),
      "Categorical.logProb: element 0 is 2; need whole numbers from 0 to 1.",
    ],
    [() => new Bernoulli(0.5).logProb(0.5), "element 0 is 0.5; need 0 or 1"],
    [() => new Uniform(0, 1).logProb(2), "Uniform.logProb: high − value: element 0 is -1"],
    [() => new Exponential(1).logProb(-1), "element 0 is -1; need numbers from 0 on"],
    [() => new Normal(0, 1).icdf(2), "element 0 is 2; need probabilities from 0 to 1"],
    [
      () => new Normal(zeros([2]), 1).logProb(zeros([3])),
      "Normal.logProb: the value is [3]; need a shape that broadcasts with [2]",
    ],
    [() => new Normal(0, 1).sample(3 as never), "Normal.sample: the shape is 3; need an array"],
    [() => new Bernoulli(0.5).cdf(0), "Bernoulli.cdf: there is none."],
    [
      () => new Independent(new Normal(0, 1), 1),
      "Independent: reinterpretedBatchNdims is 1; need an integer from 0 to 0: batchShape is [].",
    ],
    [
      () => klDivergence(new Bernoulli(0.5), new Normal(0, 1)),
      "klDivergence: there is no rule for Bernoulli and Normal; p.logProb(x)",
    ],
    [
      () => {
        const p = new Normal(zeros([2, 2]), 1);
        klDivergence(new Independent(p, 1), new Independent(p, 2));
      },
      "klDivergence: 1 and 2 axes of the batch are the event's; need as many.",
    ],
  ])("%s", (make, message) => {
    expect(make).toThrow(message);
  });
});
