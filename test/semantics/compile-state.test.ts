/** What compiled functions see of the host, and what they return: as plain code, or refused. */
import {
  compile,
  detectAnomaly,
  manualSeed,
  nn,
  noGrad,
  ones,
  rand,
  randomState,
  setDefaultDevice,
  setRandomState,
  tensor,
} from "nabla";
import type { Tensor } from "nabla";
import { afterEach, describe, expect, test } from "vitest";
import { bitsOf, smallData, smallModel } from "./helpers.ts";

afterEach(() => {
  setDefaultDevice("wasm");
});

describe("what is changed between two calls", () => {
  test("hooks that are added and removed", () => {
    const layer = new nn.Linear(3, 2);
    const compiled = compile((x: Tensor) => layer.forward(x));
    const same = (): void => {
      expect(bitsOf(compiled(ones([1, 3])))).toBe(bitsOf(layer.forward(ones([1, 3]))));
    };
    same();
    const added = layer.registerForwardHook((_, __, y) => (y as Tensor).mul(3));
    same();
    const first = layer.registerForwardPreHook((_, [x]) => (x as Tensor).add(1));
    same();
    added.remove();
    same();
    first.remove();
    same();
    const { hits, misses } = compiled.stats;
    same();
    expect(compiled.stats).toEqual({ hits: hits + 1, misses });
    expect(misses).toBe(4); // without hooks at the end as at the beginning
  });

  test("parameters that are made anew by module.to", () => {
    const layer = new nn.Linear(3, 2);
    const compiled = compile(() => layer.forward(ones([1, 3], { dtype: layer.weight.dtype })));
    expect(compiled().dtype).toBe("float32");
    layer.to("float64");
    expect(compiled().dtype).toBe("float64");
    layer.to("float32");
    layer.weight.set(layer.weight.detach().mul(2));
    expect(bitsOf(compiled())).toBe(bitsOf(layer.forward(ones([1, 3]))));
  });

  test("a buffer that is registered anew", () => {
    class Shift extends nn.Module {
      declare shift: Tensor;
      forward(x: Tensor): Tensor {
        return x.add(this.shift);
      }
    }
    const module = new Shift();
    module.registerBuffer("shift", tensor([1]));
    const compiled = compile((x: Tensor) => module.forward(x));
    expect(compiled(tensor([1])).toArraySync()).toEqual([2]);
    module.registerBuffer("shift", tensor([5]));
    expect(compiled(tensor([1])).toArraySync()).toEqual([6]);
  });

  test("modules of a ModuleDict that are replaced and taken out", () => {
    const scale = (factor: number): nn.Module =>
      Object.assign(new nn.Identity(), { forward: (x: Tensor): Tensor => x.mul(factor) });
    const heads = new nn.ModuleDict({ a: scale(2), b: scale(3) });
    const compiled = compile((x: Tensor) =>
      heads.values().reduce((y, head) => head.forward(y as never) as Tensor, x),
    );
    const read = (): unknown => compiled(tensor([1])).toArraySync();
    expect(read()).toEqual([6]);
    heads.put("b", scale(10));
    expect(read()).toEqual([20]);
    heads.pop("a");
    expect(read()).toEqual([10]);
  });

  test("the default device", () => {
    const compiled = compile(() => rand([3]));
    expect(compiled().device).toBe("wasm");
    setDefaultDevice("interpret");
    expect(compiled().device).toBe("interpret");
    setDefaultDevice("wasm");
    expect(compiled().device).toBe("wasm");
    expect(compiled.stats).toEqual({ hits: 1, misses: 2 });
  });

  test("a hook that the function itself adds and removes makes nothing stale", () => {
    const layer = new nn.Linear(3, 2);
    const compiled = compile((x: Tensor) => {
      const hook = layer.registerForwardHook((_, __, y) => (y as Tensor).mul(2));
      const y = layer.forward(x);
      hook.remove();
      return y;
    });
    const twice = layer.forward(ones([1, 3])).mul(2);
    for (let k = 0; k < 3; k++) expect(bitsOf(compiled(ones([1, 3])))).toBe(bitsOf(twice));
    expect(compiled.stats).toEqual({ hits: 2, misses: 1 });
  });
});

describe("what is set inside", () => {
  test("the seed and the state of the generator are refused", () => {
    const state = randomState();
    const inside = (set: () => void) => (): unknown =>
      compile(() => {
        set();
        return rand([1]);
      })();
    const seed = /the seed is set inside the compiled function .*set it outside/;
    expect(inside(() => manualSeed(3))).toThrow(seed);
    expect(inside(() => setRandomState(state))).toThrow(seed);
    expect(randomState()).toEqual(state);
  });

  type Wrap = (step: (x: Tensor) => Tensor[]) => (x: Tensor) => Tensor[];
  const bits = (mode: (model: nn.Module) => void, last: boolean, wrap: Wrap): unknown[] => {
    const model = smallModel(3, 0.5);
    const step = wrap((x) => {
      const trained = model.forward(x);
      mode(model);
      const tested = model.forward(x);
      model.train(last);
      return [trained, tested, model.forward(x)];
    });
    manualSeed(1);
    const { x } = smallData();
    return Array.from({ length: 4 }, () => [step(x).map(bitsOf), model.training]);
  };

  test.each([
    ["eval and back to train", (model: nn.Module): unknown => model.eval(), true],
    ["eval to stay", (model: nn.Module): unknown => model.train(), false],
    ["one module alone", (model: nn.Module): unknown => ((model.training = false), model), true],
  ])("%s: the bits of plain code, and one program for each start", (_, mode, last) => {
    let stats = { hits: 0, misses: 0 };
    const compiled = bits(mode, last, (step) => {
      const made = compile(step);
      ({ stats } = made);
      return made as typeof step;
    });
    expect(compiled).toEqual(bits(mode, last, (step) => step));
    expect(stats).toEqual(last ? { hits: 3, misses: 1 } : { hits: 2, misses: 2 });
  });

  test("a function that throws while it is traced leaves the mode as it was", () => {
    const model = smallModel();
    const compiled = compile((x: Tensor) => {
      model.eval();
      return model.forward(x).sum().itemSync();
    });
    expect(() => compiled(ones([1, 3]))).toThrow(/values of a tensor are read/);
    expect(model.training).toBe(true);
  });
});

describe("what is returned", () => {
  test("may be an object without a prototype", () => {
    const bare = (x: Tensor): Record<string, Tensor> =>
      Object.assign(Object.create(null) as Record<string, Tensor>, { y: x.mul(2) });
    const made = compile(bare)(tensor([3]));
    expect(made.y!.toArraySync()).toEqual([6]);
    expect(Object.getPrototypeOf(made)).toBe(null);
  });

  class Pair {
    readonly parts: Tensor[];
    constructor(...parts: Tensor[]) {
      this.parts = parts;
    }
  }

  test.each([
    ["Map", (y: Tensor): unknown => new Map([["y", y]])],
    ["Map", (y: Tensor): unknown => [new Map([[y, 1]])]],
    ["Set", (y: Tensor): unknown => ({ all: new Set([y]) })],
    ["Pair", (y: Tensor): unknown => new Pair(y)],
  ])("a %s of tensors is refused", (name, wrap) => {
    const compiled = compile((x: Tensor) => wrap(x.mul(2)));
    expect(() => compiled(tensor([3]))).toThrow(
      `the function returns a ${name} that holds tensors, which replays cannot make again`,
    );
    expect(() => compile(wrap)(tensor([3]))).toThrow(`returns a ${name}`);
  });

  test("may be any object that holds none of the trace", () => {
    const [outside, map] = [new Pair(tensor([1])), new Map([["data", new Float32Array(9)]])];
    expect(compile((x: Tensor) => [x.mul(2), outside, map])(tensor([3])).slice(1)).toEqual([
      outside,
      map,
    ]);
  });

  test("may not come later, in any kind of promise", () => {
    const later = { then: (): void => undefined };
    expect(() => compile(() => later)()).toThrow(/the function is asynchronous/);
    expect(() => noGrad(() => later)).toThrow(/noGrad: the function is asynchronous/);
    expect(() => detectAnomaly(() => later)).toThrow(/detectAnomaly: the function is async/);
  });
});
