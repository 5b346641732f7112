/** nabla/distributions against PyTorch's values and gradients, plain and compiled. */
import {
  Bernoulli,
  Categorical,
  Exponential,
  Independent,
  klDivergence,
} from "nabla/distributions";
import type { Distribution } from "nabla/distributions";
import { Normal, Uniform } from "nabla/distributions";
import type { Tensor } from "nabla";
import { expect, it } from "vitest";
import type { Run } from "../golden/more.ts";
import { compiledProblems, gradientCases, moreProblems, readMore } from "../golden/more.ts";

const FAMILIES: Readonly<Record<string, (...p: readonly Tensor[]) => Distribution>> = {
  Normal: (loc, scale) => new Normal(loc!, scale!),
  Uniform: (low, high) => new Uniform(low!, high!),
  Exponential: (rate) => new Exponential(rate!),
  Bernoulli: (probs) => new Bernoulli(probs!),
  "Bernoulli logits": (logits) => new Bernoulli({ logits: logits! }),
  Categorical: (probs) => new Categorical(probs!),
  "Categorical logits": (logits) => new Categorical({ logits: logits! }),
  Independent: (loc, scale) => new Independent(new Normal(loc!, scale!), 1),
};

const run: Run = ({ op, settings }, inputs) => {
  const made = FAMILIES[settings["family"] as string]!;
  if (op === "klDivergence") {
    const first = settings["first"] as number;
    const other = FAMILIES[settings["other"] as string]!;
    return klDivergence(made(...inputs.slice(0, first)), other(...inputs.slice(first)));
  }
  if (op === "logProb" || op === "cdf" || op === "icdf") {
    return made(...inputs.slice(0, -1))[op](inputs.at(-1)!);
  }
  const own = made(...inputs);
  return op === "entropy" ? own.entropy() : own[op as "mean" | "variance" | "stddev" | "mode"];
};

const cases = readMore("distributions");

it("gives PyTorch's values and gradients in float64 and float32", () => {
  expect(cases.length).toBe(71);
  expect(gradientCases(cases)).toBeGreaterThan(50);
  const close = { rtol: 2e-11, atol: 1e-13 };
  const near = { rtol: 2e-4, atol: 2e-5 };
  const exact = cases.flatMap((c) => moreProblems(c, run, "float64", close));
  const coarse = cases.flatMap((c) => moreProblems(c, run, "float32", near));
  expect([...exact, ...coarse]).toEqual([]);
});

it("sees a wrong value", () => {
  const c = cases.find(({ name }) => name === "Normal.entropy")!;
  const wrong: Run = (one, inputs) => (run(one, inputs) as Tensor).mul(1.001);
  expect(moreProblems(c, wrong, "float64", { rtol: 1e-11, atol: 1e-13 })).not.toEqual([]);
});

it("compiles to the same bits", { timeout: 60_000 }, () => {
  expect(cases.flatMap((c) => compiledProblems(c, run))).toEqual([]);
});
