/** Muon beside its published reference, and beside AdamW in one training. */
import { readFileSync } from "node:fs";
import { compile, optim, tensor } from "nabla";
import { describe, expect, it } from "vitest";
import { bitsOf } from "../support/tensors.ts";

interface Case {
  readonly shape: readonly [number, number];
  readonly nesterov: boolean;
  readonly weightDecay: number;
  readonly lr: number;
  readonly momentum: number;
  readonly adjustLrFn: "original" | "match_rms_adamw";
  readonly start: readonly number[];
  readonly grads: readonly (readonly number[])[];
  readonly params: readonly (readonly number[])[];
}

const { cases } = JSON.parse(readFileSync(new URL("muon.json", import.meta.url), "utf8")) as {
  readonly cases: readonly Case[];
};

describe("Muon", () => {
  it.each(cases)("gives the reference's steps: $shape, nesterov $nesterov, $adjustLrFn", (c) => {
    for (const [dtype, digits] of [
      ["float64", 10],
      ["float32", 4],
    ] as const) {
      const made = (data: readonly number[]) => tensor([...data], { dtype }).reshape([...c.shape]);
      const p = made(c.start).requireGrad();
      const { lr, momentum, weightDecay, nesterov, adjustLrFn } = c;
      const muon = new optim.Muon([p], { lr, momentum, weightDecay, nesterov, adjustLrFn });
      c.grads.forEach((grad, k) => {
        p.grad = made(grad);
        muon.step();
        p.dataSync().forEach((value, i) => expect(value).toBeCloseTo(c.params[k]![i]!, digits));
      });
    }
  });

  it("is for matrices, and says so", () => {
    const p = tensor([1, 2], { requiresGrad: true });
    expect(() => new optim.Muon([p])).toThrow(
      "optim.Muon: a parameter is [2]; it updates matrices",
    );
    const m = tensor([[1, 2]], { requiresGrad: true });
    expect(() => new optim.Muon([m], { adjustLrFn: "x" as "original" })).toThrow(
      'adjustLrFn is "x"',
    );
  });
});

describe("SideBySide", () => {
  it("trains with two optimizers, compiled, saved and loaded, to the same bits", () => {
    const train = (compiled: boolean, reload: boolean): string => {
      const w = tensor(
        [
          [1, -2, 0.5],
          [0.3, 0.1, 0.7],
        ],
        { requiresGrad: true },
      );
      const v = tensor([0.2, -0.4], { requiresGrad: true });
      const make = () => new optim.SideBySide(new optim.Muon([w]), new optim.AdamW([v]));
      let both = make();
      const stepOf = (): (() => void) => {
        const own = both;
        const step = (): void => {
          own.zeroGrad();
          w.mul(w).sin().sum().add(v.mul(v).sum()).backward();
          own.step();
        };
        return compiled ? compile(step) : step;
      };
      let run = stepOf();
      for (let k = 0; k < 6; k++) {
        if (k === 3 && reload) {
          const saved = both.stateDict();
          expect(saved.paramGroups.map(({ params }) => params)).toEqual([[0], [1]]);
          both = make();
          both.loadStateDict(saved);
          run = stepOf();
        }
        run();
      }
      return bitsOf(w) + bitsOf(v);
    };
    const plain = train(false, false);
    expect(train(true, false)).toBe(plain);
    expect(train(false, true)).toBe(plain);
    expect(train(true, true)).toBe(plain);
  });
});
