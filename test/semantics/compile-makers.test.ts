/** compile() of functions that make tensors: positions, masks, first states, constants. */
import type { Tensor } from "nabla";
import {
  arange,
  autograd,
  cacheUsage,
  compile,
  eye,
  full,
  linspace,
  manualSeed,
  nn,
  noGrad,
  ones,
  onesLike,
  optim,
  tensor,
  zeros,
  zerosLike,
} from "nabla";
import { describe, expect, test } from "vitest";
import { modelBits } from "./helpers.ts";

/** What a language model's forward makes by the way: positions, a mask, a scale. */
class Decoder extends nn.Module {
  token = new nn.Embedding(16, 8);
  position = new nn.Embedding(32, 8);
  head = new nn.Linear(8, 16);

  forward(x: Tensor): Tensor {
    const t = x.shape[1]!;
    const h = this.token.forward(x).add(this.position.forward(arange(t, { dtype: "int32" })));
    const mask = ones([t, t]).tril().eq(0);
    const scores = h.matmul(h.transpose(1, 2)).div(tensor(8).sqrt());
    const weights = nn.functional.softmax(scores.maskedFill(mask, -Infinity), -1);
    return this.head.forward(weights.matmul(h).add(zerosLike(h)));
  }
}

function train(compiled: boolean): string[] {
  manualSeed(1);
  const model = new Decoder();
  const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
  const plain = (x: Tensor, y: Tensor): Tensor => {
    const loss = nn.functional.crossEntropy(model.forward(x).reshape([-1, 16]), y.reshape([-1]));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  };
  const step = compiled ? compile(plain) : plain;
  const x = tensor([[1, 2, 3, 4], [9, 3, 4, 5]], { dtype: "int32" }); // prettier-ignore
  const y = tensor([[2, 3, 4, 5], [3, 4, 5, 6]], { dtype: "int32" }); // prettier-ignore
  for (let i = 0; i < 5; i++) step(x, y);
  return modelBits(model);
}

describe("a compiled function may make tensors by rules", () => {
  test("a decoder with positions and a mask trains to the same bits", () => {
    expect(train(true)).toEqual(train(false));
  });

  const makers: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    full: (x) => x.mul(full([3], 2.5)),
    "full of int32": () => full([2, 2], 7, { dtype: "int32" }),
    ones: (x) => x.add(ones([2, 1])),
    onesLike: (x) => onesLike(x).sub(x),
    "zeros of no elements": () => zeros([0, 3]),
    arange: (x) => x.mul(arange(3)),
    "arange by tenths": (x) => x.add(arange(0, 0.3, 0.1, { dtype: "float64" })),
    linspace: (x) => x.add(linspace(0, 1, 3)),
    eye: (x) => x.matmul(eye(3)),
    "a number": (x) => x.mul(tensor(0.1)),
    "a truth value": () => full([3], 1, { dtype: "bool" }),
    "only a maker": () => arange(4),
  };
  test.each(Object.keys(makers))("%s gives what it gives outside", (name) => {
    const x = tensor([1, 2, 3]);
    const f = compile(makers[name]!);
    const expected = makers[name]!(x);
    for (let i = 0; i < 2; i++) {
      const y = f(x);
      expect([y.shape, y.dtype, y.toArraySync()]).toEqual([
        expected.shape,
        expected.dtype,
        expected.toArraySync(),
      ]);
    }
    expect(f.stats).toEqual({ hits: 1, misses: 1 });
  });

  test("on the device of the model", () => {
    const device = "interpret";
    const x = tensor([1, 2, 3], { device });
    const f = compile((v: Tensor) => v.add(arange(3, { device })).mul(full([3], 2, { device })));
    expect([f(x).device, f(x).toArraySync()]).toEqual([device, [2, 6, 10]]);
  });

  test("gradients reach a leaf that was made inside, and start anew each time", () => {
    const f = compile((x: Tensor) => {
      const w = ones([3], { requiresGrad: true });
      w.mul(x).sum().backward();
      return w.grad!;
    });
    const x = tensor([1, 2, 3]);
    for (let i = 0; i < 3; i++) expect(f(x).toArraySync()).toEqual([1, 2, 3]);
    const g = compile((x: Tensor) => {
      const w = linspace(0, 2, 3, { requiresGrad: true });
      return autograd.grad(w.pow(2).mul(x).sum(), [w])[0]!;
    });
    for (let i = 0; i < 3; i++) expect(g(x).toArraySync()).toEqual([0, 4, 12]);
    expect(g.stats.misses).toBe(1);
  });

  test("one that is set inside starts anew each time", () => {
    const f = compile((x: Tensor) => {
      const total = zeros([3], { requiresGrad: true });
      const from = arange(3, { requiresGrad: true });
      noGrad(() => {
        total.set(total.add(x));
        from.set(from.add(x));
      });
      return total.add(from).detach();
    });
    const x = tensor([1, 2, 3]);
    for (let i = 0; i < 3; i++) expect(f(x).toArraySync()).toEqual([2, 5, 8]);
  });

  test("another extent makes another program", () => {
    const f = compile((x: Tensor) => x.add(arange(x.shape[0]!)));
    expect(f(tensor([1, 1])).toArraySync()).toEqual([1, 2]);
    expect(f(tensor([1, 1, 1])).toArraySync()).toEqual([1, 2, 3]);
    expect(f.stats.misses).toBe(2);
  });

  test("filling costs no memory: a constant is spread where it is used", () => {
    const f = compile((x: Tensor) => x.add(full([300, 400], 3)).sum());
    const before = cacheUsage().bytes;
    expect(f(tensor([1])).itemSync()).toBe(480_000);
    expect(cacheUsage().bytes - before).toBeLessThan(100_000);
  });
});

describe("a compiled function refuses", () => {
  test("a number or an array that is another at each call", () => {
    let n = 0;
    const x = tensor([1, 2, 3]);
    expect(() => compile((v: Tensor) => v.mul(full([3], ++n)))(x)).toThrow(
      /number 1 the first time and number 2 the second.*must be an argument/s,
    );
    expect(() => compile((v: Tensor) => v.mul(linspace(0, ++n, 3)))(x)).toThrow(
      /other numbers at each call.*pass it as an argument/s,
    );
  });

  test("a user's array: it would stay the first batch", () => {
    const batch = Float32Array.of(1, 2, 3);
    expect(() => compile((v: Tensor) => v.mul(tensor(batch)))(tensor([1]))).toThrow(
      /another tensor from outside at each call. Make it once outside, or pass it as an argument/,
    );
  });
});
