/** What every optimizer does alike: saving and loading, and the same bits when compiled. */
import { describe, expect, it } from "vitest";
import type { Tensor } from "nabla";
import { compile, optim, tensor } from "nabla";
import { bitsOf } from "../support/tensors.ts";

const MAKERS: Readonly<Record<string, (p: Tensor[]) => optim.Optimizer>> = {
  SGD: (p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.1 }),
  Adam: (p) => new optim.Adam(p, { amsgrad: true }),
  AdamW: (p) => new optim.AdamW(p, { amsgrad: true, maximize: true }),
  Adamax: (p) => new optim.Adamax(p),
  NAdam: (p) => new optim.NAdam(p),
  RAdam: (p) => new optim.RAdam(p, { lr: 0.01 }),
  RMSprop: (p) => new optim.RMSprop(p, { centered: true, momentum: 0.5 }),
  Adagrad: (p) => new optim.Adagrad(p, { initialAccumulatorValue: 0.5, lrDecay: 0.1 }),
  Adadelta: (p) => new optim.Adadelta(p),
  ASGD: (p) => new optim.ASGD(p, { t0: 2 }),
  Rprop: (p) => new optim.Rprop(p),
};

it("NAdam's first step is that of Dozat's rule, not PyTorch 1.13's", () => {
  const p = tensor([1], { dtype: "float64", requiresGrad: true });
  p.grad = tensor([1], { dtype: "float64" });
  new optim.NAdam([p]).step();
  expect(p.dataSync()[0]).toBeCloseTo(0.9978871, 8); // 1.13: 0.99790094
});

describe.each(Object.entries(MAKERS))("%s", (_, make) => {
  /** Takes 8 steps; after the third a fresh optimizer takes over the state. */
  function train(compiled: boolean, reload: boolean): string {
    const p = tensor([1, -2, 0.5], { requiresGrad: true });
    let optimizer = make([p]);
    const stepOf = (): (() => void) => {
      const own = optimizer;
      const step = (): void => {
        own.zeroGrad();
        p.mul(p).mul(p).sin().sum().backward();
        own.step();
      };
      return compiled ? compile(step) : step;
    };
    let run = stepOf();
    for (let k = 0; k < 8; k++) {
      if (k === 3 && reload) {
        const saved = optimizer.stateDict();
        optimizer = make([p]);
        optimizer.loadStateDict(saved);
        run = stepOf();
      }
      run();
    }
    return bitsOf(p);
  }

  it("gives the bits of the plain loop when compiled, and when saved and loaded", () => {
    const plain = train(false, false);
    expect(plain).not.toBe(bitsOf(tensor([1, -2, 0.5])));
    expect(train(true, false)).toBe(plain);
    expect(train(false, true)).toBe(plain);
    expect(train(true, true)).toBe(plain);
  });
});
