/** Hooks on tensors, functions with a gradient of one's own, and derivatives of functions. */
import { autograd, compile, noGrad, ones, tensor } from "nabla";
import type { Tensor } from "nabla";
import { describe, expect, it } from "vitest";

const f64 = (data: number[] | number, requiresGrad = false): Tensor =>
  tensor(data, { dtype: "float64", requiresGrad });

describe("registerHook", () => {
  it("sees the complete gradient of an intermediate value once, and may replace it", () => {
    const x = f64([1, 2], true);
    const y = x.mul(3);
    const seen: unknown[] = [];
    const handle = y.registerHook((g) => {
      seen.push(g.toArraySync());
      return g.mul(10);
    });
    const z = y.sum().add(y.mul(2).sum());
    z.backward(undefined, { retainGraph: true });
    expect(seen).toEqual([[3, 3]]);
    expect(x.grad!.toArraySync()).toEqual([90, 90]);
    handle.remove();
    x.grad = null;
    z.backward();
    expect(x.grad!.toArraySync()).toEqual([9, 9]);
    expect(seen).toHaveLength(1);
  });

  it("works on leaves, in autograd.grad, and inside compile", () => {
    const x = f64([1, 2], true);
    x.registerHook((g) => g.neg());
    const handle = x.registerHook((g) => void g);
    handle.remove();
    const loss = (): Tensor => x.mul(x).sum();
    expect(autograd.grad(loss(), x)[0]!.toArraySync()).toEqual([-2, -4]);
    loss().backward();
    expect(x.grad!.toArraySync()).toEqual([-2, -4]);
    x.grad = null;
    compile(() => void loss().backward())();
    expect((x.grad as Tensor | null)!.toArraySync()).toEqual([-2, -4]);
  });

  it("gives autograd.grad the replaced gradient of a value in between", () => {
    const x = f64(2, true);
    const y = x.mul(x);
    y.registerHook((g) => g.mul(5));
    const [gx, gy] = autograd.grad(y.mul(3), [x, y]);
    expect([gx!.itemSync(), gy!.itemSync()]).toEqual([60, 15]);
  });

  it("refuses what cannot be", () => {
    expect(() => f64(1).registerHook(() => null)).toThrow("requires no gradient");
    const x = f64([1, 2], true);
    x.registerHook((g) => g.sum());
    expect(() => x.sum().backward()).toThrow("the hook returned float64[]; need");
    const outside = compile((y: Tensor) => {
      const z = y.mul(2);
      z.registerHook((g) => g.neg());
      return z.sum();
    });
    expect(() => outside(f64([1], true))).toThrow("a hook on a tensor is used");
  });
});

class Cube extends autograd.Function {
  static forward(ctx: autograd.FunctionContext, x: Tensor): Tensor {
    ctx.saveForBackward(x);
    return x.mul(x).mul(x);
  }
  static backward(ctx: autograd.FunctionContext, g: Tensor): Tensor {
    return g.mul(ctx.savedTensors[0]!.pow(2).mul(3));
  }
}

/** eˣ that keeps its output, scaled by a number. */
class ScaledExp extends autograd.Function {
  static forward(ctx: autograd.FunctionContext, x: Tensor, factor: number): Tensor {
    const y = x.exp().mul(factor);
    ctx.saveForBackward(y);
    return y;
  }
  static backward(ctx: autograd.FunctionContext, g: Tensor): (Tensor | null)[] {
    return [g.mul(ctx.savedTensors[0]!), null];
  }
}

class Split extends autograd.Function {
  static forward(ctx: autograd.FunctionContext, x: Tensor, y: Tensor): Tensor[] {
    ctx.memory.needs = ctx.needsInputGrad;
    return [x.add(y), x.mul(2)];
  }
  static backward(_: autograd.FunctionContext, sum: Tensor, twice: Tensor): Tensor[] {
    return [sum.add(twice.mul(2)), sum];
  }
}

/** A wrong rule on purpose. */
class Straight extends autograd.Function {
  static forward(_: autograd.FunctionContext, x: Tensor): Tensor {
    return x.round();
  }
  static backward(_: autograd.FunctionContext, g: Tensor): Tensor {
    return g;
  }
}

describe("autograd.Function", () => {
  it("uses its own gradient, also for gradients of gradients", () => {
    const x = f64([1, 2], true);
    const y = Cube.apply(x);
    expect(y.toArraySync()).toEqual([1, 8]);
    const [first] = autograd.grad(y.sum(), x, { createGraph: true });
    const [second] = autograd.grad(first!.sum(), x, { createGraph: true });
    const [third] = autograd.grad(second!.sum(), x);
    const all = [first!, second!, third!].map((g) => g.toArraySync());
    expect(all).toEqual([
      [3, 12],
      [6, 12],
      [6, 6],
    ]);
    expect(Cube.apply(f64(2)).requiresGrad).toBe(false);
    expect(noGrad(() => Cube.apply(x)).requiresGrad).toBe(false);
  });

  it("differentiates through a saved output, with numbers among the arguments", async () => {
    const x = f64([0.5, -0.25], true);
    const fn = (v: Tensor): Tensor => ScaledExp.apply(v, 3);
    expect(await autograd.gradcheck(fn, x)).toBe(true);
    expect(await autograd.gradgradcheck(fn, x)).toBe(true);
  });

  it("has several outputs and inputs; an unused output counts as 0", () => {
    const [x, y] = [f64([1, 2], true), f64([3, 4], true)];
    const [sum, twice] = Split.apply(x, y) as [Tensor, Tensor];
    sum
      .sum()
      .add(twice.mul(f64([1, 10])).sum())
      .backward();
    expect([x.grad!.toArraySync(), y.grad!.toArraySync()]).toEqual([
      [3, 21],
      [1, 1],
    ]);
    x.grad = null;
    (Split.apply(x, y) as Tensor[])[0]!.sum().backward();
    expect((x.grad as Tensor | null)!.toArraySync()).toEqual([1, 1]);
  });

  it("passes a gradient straight through, inside compile too", () => {
    const x = f64([0.4, 1.6], true);
    const factors = f64([2, 3]);
    const step = compile(() => {
      const loss = Straight.apply(x).mul(factors).sum();
      loss.backward();
      return loss;
    });
    expect(step().itemSync()).toBe(6);
    expect(x.grad!.toArraySync()).toEqual([2, 3]);
    const open = compile((v: Tensor) => Straight.apply(v).sum());
    expect(() => open(x)).toThrow("autograd.Function Straight is used");
  });

  it("a wrong gradient is seen by gradcheck", async () => {
    const x = f64([0.4, 1.6], true);
    await expect(autograd.gradcheck((v) => Straight.apply(v), x)).rejects.toThrow(
      "gradcheck: output 0 by input 0: element 0 by element 0 is 1, finite differences give 0.",
    );
    const soft = { raiseException: false };
    expect(await autograd.gradcheck((v) => Straight.apply(v), x, soft)).toBe(false);
  });
});

describe("derivatives of functions", () => {
  const quadratic = (x: Tensor): Tensor => x.mul(x).sum();
  const x = f64([1, 2, 3]);

  it("jacobian", () => {
    const found = autograd.jacobian((v) => v.mul(v), x);
    expect(found.toArraySync()).toEqual([
      [2, 0, 0],
      [0, 4, 0],
      [0, 0, 6],
    ]);
    const [a, b] = autograd.jacobian((p, q) => p!.mul(q!.sum()), [f64([1, 2]), f64([3, 4, 5])]);
    expect(a!.toArraySync()).toEqual([
      [12, 0],
      [0, 12],
    ]);
    expect(b!.toArraySync()).toEqual([
      [1, 1, 1],
      [2, 2, 2],
    ]);
    expect(autograd.jacobian((v) => v.detach(), x).toArraySync()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it("hessian", () => {
    const cubic = (v: Tensor): Tensor => v.pow(3).sum();
    expect(autograd.hessian(cubic, x).toArraySync()).toEqual([
      [6, 0, 0],
      [0, 12, 0],
      [0, 0, 18],
    ]);
    const blocks = autograd.hessian((p, q) => p!.mul(q!).sum(), [f64([1, 2]), f64([3, 4])]);
    const shown = blocks.map((row) => row.map((block) => block.toArraySync()));
    const [zero, one] = [
      [
        [0, 0],
        [0, 0],
      ],
      [
        [1, 0],
        [0, 1],
      ],
    ];
    expect(shown).toEqual([
      [zero, one],
      [one, zero],
    ]);
    expect(() => autograd.hessian((v) => v, x)).toThrow("the output is [3]; need a scalar");
  });

  it("vjp and jvp", () => {
    const fn = (v: Tensor): Tensor => v.mul(v);
    const [y, back] = autograd.vjp(fn, x, f64([1, 10, 100]));
    expect([(y as Tensor).toArraySync(), back.toArraySync()]).toEqual([
      [1, 4, 9],
      [2, 40, 600],
    ]);
    const [, forth] = autograd.jvp(fn, x, f64([1, 10, 100]));
    expect((forth as Tensor).toArraySync()).toEqual([2, 40, 600]);
    const [, one] = autograd.vjp(quadratic, x);
    expect(one.toArraySync()).toEqual([2, 4, 6]);
    expect(() => autograd.vjp(fn, x)).toThrow("vjp: the output is [3]; give v of that shape");
    expect(() => autograd.jvp(fn, x, ones([2]))).toThrow("jvp: v is float32[2]; need float64[3]");
  });

  it("can be differentiated with createGraph", () => {
    const w = f64([1, 2], true);
    const j = autograd.jacobian((v) => v.pow(3), w, { createGraph: true });
    const [g] = autograd.grad(j.sum(), w);
    expect(g!.toArraySync()).toEqual([6, 12]);
  });
});
