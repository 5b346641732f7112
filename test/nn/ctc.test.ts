/** The CTC loss: PyTorch's values, all alignments counted by hand, derivatives, errors. */
import { autograd, compile, nn, ones, randn, tensor, zeros } from "nabla";
import type { Tensor } from "nabla";
import { describe, expect, it } from "vitest";
import type { MoreCase, Run } from "../golden/more.ts";
import { compiledProblems, gradientCases, moreProblems, readMore } from "../golden/more.ts";

const F = nn.functional;
const ints = (data: unknown): Tensor => tensor(data as number[], { dtype: "int32" });

function settingsOf({ settings }: MoreCase) {
  const { zero_infinity: zeroInfinity = false, ...options } = settings["options"] as Record<
    string,
    never
  >;
  const lengths = ["inner", "outer"].map((key) => settings[key] as number[]);
  return { options: { ...options, zeroInfinity } as object, lengths };
}

const run: Run = (c, [x, targets]) => {
  const { options, lengths } = settingsOf(c);
  return F.ctcLoss(x!.logSoftmax(-1), targets!, lengths[0]!, lengths[1]!, options);
};
const byTensors: Run = (c, [x, targets]) => {
  const { options, lengths } = settingsOf(c);
  const [inner, outer] = lengths.map(ints) as [Tensor, Tensor];
  return new nn.CTCLoss(options).forward(x!.logSoftmax(-1), targets!, inner, outer);
};

const cases = readMore("ctc");

it("gives PyTorch's values and gradients", () => {
  expect(cases.length).toBe(10);
  expect(gradientCases(cases)).toBe(10);
  const exact = { rtol: 1e-11, atol: 1e-13 };
  const near = { rtol: 1e-4, atol: 1e-5 };
  expect([
    ...cases.flatMap((c) => moreProblems(c, run, "float64", exact)),
    ...cases.flatMap((c) => moreProblems(c, byTensors, "float64", exact)),
    ...cases.flatMap((c) => moreProblems(c, run, "float32", near)),
  ]).toEqual([]);
});

it("compiles to the same bits", { timeout: 60_000 }, () => {
  expect(cases.flatMap((c) => compiledProblems(c, run))).toEqual([]);
});

describe("the likelihood", () => {
  /** What a path of classes spells: repetitions taken out, then blanks. */
  const spelled = (path: readonly number[]): string =>
    path.filter((k, t) => k !== path[t - 1]).filter((k) => k !== 0).join(); // prettier-ignore

  it("is the sum over all paths that spell the target", async () => {
    const x = randn([5, 3], { dtype: "float64" }).logSoftmax(-1);
    const p = (await x.exp().toArray()) as number[][];
    const chances = new Map<string, number>();
    for (let code = 0; code < 243; code++) {
      const path = p.map((_, t) => Math.floor(code / [1, 3, 9, 27, 81][t]!) % 3);
      const chance = path.reduce((product, k, t) => product * p[t]![k]!, 1);
      chances.set(spelled(path), (chances.get(spelled(path)) ?? 0) + chance);
    }
    for (const target of [[], [1], [1, 1], [1, 2], [2, 1, 2], [1, 1, 2]]) {
      const labels = ints([...target, ...new Array<number>(3 - target.length).fill(0)]);
      const loss = F.ctcLoss(x, labels, 5, target.length, { reduction: "none" });
      expect(loss.shape).toEqual([]);
      expect(await loss.exp().reciprocal().item()).toBeCloseTo(chances.get(target.join())!, 13);
    }
  });

  it("is 0 where no path does: ∞ without a gradient, or 0", async () => {
    const x = randn([3, 1, 3]).requireGrad();
    const loss = (zeroInfinity: boolean): Tensor =>
      F.ctcLoss(x.logSoftmax(-1), ints([[1, 1, 2]]), [3], [3], { zeroInfinity });
    expect(await loss(false).item()).toBe(Infinity);
    loss(false).backward();
    expect(await x.grad!.isFinite().any().item()).toBe(0);
    x.grad = null;
    expect(await loss(true).item()).toBe(0);
    loss(true).backward();
    expect(await x.grad!.abs().max().item()).toBe(0);
  });

  it("takes classes that cannot be (log 0)", async () => {
    const x = tensor([[[-Infinity, 0]], [[0, -Infinity]]]);
    expect(await F.ctcLoss(x, ints([[1]]), [2], [1]).item()).toBeCloseTo(0, 6);
  });

  it("has the derivative of finite differences, as it stands and behind logSoftmax", async () => {
    const x = randn([6, 2, 3], { dtype: "float64" }).logSoftmax(-1).detach().requireGrad();
    const labels = ints([[1, 2], [2, 2]]); // prettier-ignore
    const of = (t: Tensor): Tensor => F.ctcLoss(t, labels, [6, 5], [2, 2]);
    expect(await autograd.gradcheck(of, [x])).toBe(true);
    expect(await autograd.gradcheck((t) => of((t as Tensor).logSoftmax(-1)), [x])).toBe(true);
  });

  it("falls in training until the labels are spelled", async () => {
    const x = zeros([8, 1, 4]).requireGrad();
    const target = ints([[2, 1, 1, 3]]);
    const step = compile(() => {
      const loss = F.ctcLoss(x.logSoftmax(-1), target, [8], [4]);
      loss.backward();
      x.set(x.sub(x.grad!.mul(5)).detach());
      x.grad = null;
      return loss;
    });
    let last = step();
    for (let k = 0; k < 200; k++) last = step();
    expect(await last.item()).toBeLessThan(0.05);
    expect(spelled((await x.argmax(-1).flatten().toArray()) as number[])).toBe("2,1,1,3");
  });
});

describe("errors", () => {
  const x = zeros([4, 2, 3]);
  const y = ints([[1], [2]]);
  it.each([
    [() => F.ctcLoss(zeros([4]), y, [4, 4], [1, 1]), "ctcLoss: logProbs are [4]; need [T, N, C]"],
    [() => F.ctcLoss(ints([[1]]), y, [4, 4], [1, 1]), "logProbs are int32[1, 1]; need float32"],
    [() => F.ctcLoss(x, ones([2, 1]), [4, 4], [1, 1]), "targets are float32[2, 1]; need int32."],
    [() => F.ctcLoss(x, ints([[[1]]]), [4, 4], [1, 1]), "targets are [1, 1, 1]; need [2, S]"],
    [() => F.ctcLoss(x, y, [4], [1, 1]), "inputLengths are int32[1]; need int32[2]"],
    [() => F.ctcLoss(x, y, [5, 4], [1, 1]), "inputLengths: element 0 is 5; need 0 to 4 steps"],
    [() => F.ctcLoss(x, y, [4, 4], [1, 2]), "targetLengths: element 1 is 2; need 0 to 1 labels"],
    [
      () => F.ctcLoss(x, ints([1, 2, 1]), [4, 4], [1, 1]),
      "targets are [3]; need [2], the sum of lengths",
    ],
    [() => F.ctcLoss(x, y, [4, 4], [1, 1], 3), "blank is 3; need a class from 0 to 2"],
    [() => F.ctcLoss(x, ints([[3], [1]]), [4, 4], [1, 1]).itemSync(), "index"],
    [() => F.ctcLoss(x, y, [4, 4], [1, 1], { reduction: "all" as never }), 'reduction is "all"'],
    [() => new nn.CTCLoss({ zero: true } as never), "there is no option"],
  ])("%s", (make, message) => {
    expect(make).toThrow(message);
  });

  it("inside compile, one line of targets needs lengths as numbers", () => {
    const line = ints([1, 2]);
    const lengths = ints([1, 1]);
    const by = compile((outer: Tensor) => F.ctcLoss(x, line, [4, 4], outer));
    expect(() => by(lengths)).toThrow("need targetLengths as numbers inside compile");
    const fixed = compile((scores: Tensor) => F.ctcLoss(scores, line, [4, 4], [1, 1]));
    expect(fixed(x).itemSync()).toBe(F.ctcLoss(x, y, [4, 4], [1, 1]).itemSync());
  });
});
