/** Fields of modules that hold parameters: what may take their place. */
import type { Tensor } from "nabla";
import { compile, nn, noGrad, ones } from "nabla";
import { expect, it } from "vitest";

class Scaled extends nn.Module {
  w: nn.Parameter | null = new nn.Parameter(ones([2]));
  forward(x: Tensor): Tensor {
    return this.w === null ? x : x.mul(this.w);
  }
}

/** Assigns what the types may refuse. */
function assign(module: nn.Module, value: unknown): void {
  Object.assign(module, { w: value });
}

const REFUSED = /Scaled\.w is a Parameter; a plain tensor in its place is not trained/;

it("refuses a tensor computed from the parameter, and leaves the parameter", () => {
  const module = new Scaled();
  const { w } = module;
  const half = w!.mul(0.5);
  expect(() => assign(module, half)).toThrow(REFUSED);
  expect(module.w).toBe(w);
  expect(module.parameters()).toEqual([w]);
});

it("refuses a plain tensor in the place of a parameter of a module that ran", () => {
  const [plain, traced] = [new Scaled(), new Scaled()];
  plain.forward(ones([2]));
  compile((x: Tensor) => traced.forward(x))(ones([2]));
  for (const module of [plain, traced]) {
    expect(() => noGrad(() => assign(module, ones([2])))).toThrow(REFUSED);
  }
});

it("takes null, another parameter, and after null a parameter again", () => {
  const module = new Scaled();
  const step = compile((x: Tensor) => module.forward(x));
  for (const run of [(x: Tensor) => module.forward(x), step]) {
    module.w = new nn.Parameter(ones([2]).mul(3));
    expect(run(ones([2])).toArraySync()).toEqual([3, 3]);
    module.w = null;
    expect(run(ones([2])).toArraySync()).toEqual([1, 1]);
    module.w = new nn.Parameter(ones([2]).mul(2));
    expect(run(ones([2])).toArraySync()).toEqual([2, 2]);
  }
});

it("leaves fields of other kinds alone", () => {
  class Cached extends nn.Module {
    last: Tensor | null = null;
    fc = new nn.Linear(2, 2);
    forward(x: Tensor): Tensor {
      this.last = this.fc.forward(x);
      return this.last;
    }
  }
  const module = new Cached();
  for (let k = 0; k < 3; k++)
    module
      .forward(ones([1, 2]))
      .sum()
      .backward();
  expect(module.last?.shape).toEqual([1, 2]);
});
