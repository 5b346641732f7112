/** nabla/func: PyTorch's values, examples one by one, nesting, trees of tensors, errors. */
import { autograd, compile, manualSeed, nn, noGrad, ones, randn, tensor, zeros } from "nabla";
import type { Tensor } from "nabla";
import { functionalCall, grad, gradAndValue, hessian, jacrev, vmap } from "nabla/func";
import { describe, expect, it } from "vitest";
import type { Run } from "../golden/more.ts";
import { compiledProblems, gradientCases, moreProblems, readMore } from "../golden/more.ts";

const loss = (w: Tensor, x: Tensor, y: Tensor): Tensor => x.matmul(w).tanh().sub(y).square().mean();
const cube = (w: Tensor, x: Tensor): Tensor => x.matmul(w).pow(3);
const outer = (a: Tensor, b: Tensor): Tensor => a.outer(b).softmax(1);

const RUNS: Readonly<Record<string, (...inputs: Tensor[]) => Tensor>> = {
  grad: (w, x, y) => grad(loss)(w!, x!, y!),
  perExample: (w, x, y) => vmap(grad(loss), { inDims: [null, 0, 0] })(w!, x!, y!),
  jacrev: (w, x) => jacrev(cube)(w!, x!),
  jacobians: (w, x) => vmap(jacrev(cube, 1), [null, 0])(w!, x!),
  hessian: (w, x, y) => hessian(loss)(w!, x!, y!),
  vmap: (a, b) => vmap(outer, [1, 0], 2)(a!, b!),
};
const run: Run = ({ op }, inputs) => RUNS[op]!(...inputs);

const cases = readMore("func");
const double = { dtype: "float64" } as const;

it("gives PyTorch's values, and the derivatives of derivatives", () => {
  expect(cases.length).toBe(6);
  expect(gradientCases(cases)).toBe(6);
  const exact = { rtol: 1e-11, atol: 1e-13 };
  const near = { rtol: 1e-3, atol: 1e-4 };
  expect([
    ...cases.flatMap((c) => moreProblems(c, run, "float64", exact)),
    ...cases.flatMap((c) => moreProblems(c, run, "float32", near)),
  ]).toEqual([]);
});

it("compiles to the same bits", { timeout: 60_000 }, () => {
  expect(cases.flatMap((c) => compiledProblems(c, run))).toEqual([]);
});

describe("grad", () => {
  it("goes to any order, and can be checked by finite differences", async () => {
    const cubed = (x: Tensor): Tensor => x.pow(3);
    expect(await grad(cubed)(tensor(2)).item()).toBe(12);
    expect(await grad(grad(cubed))(tensor(2)).item()).toBe(12);
    expect(await grad(grad(grad(cubed)))(tensor(2)).item()).toBe(6);
    const x = randn([3], { ...double, requiresGrad: true });
    const slope = grad((t: Tensor) => t.sin().mul(t).sum());
    expect(await autograd.gradcheck((t) => slope(t as Tensor), [x])).toBe(true);
  });

  it("takes several arguments, and tensors in objects", async () => {
    const f = (p: { w: Tensor; b: Tensor[] }, x: Tensor): Tensor => p.w.mul(x).add(p.b[0]!).sum();
    const p = { w: ones([2]), b: [zeros([2])] };
    const slopes = grad(f)(p, tensor([3, 4]));
    expect([slopes.w.toArraySync(), slopes.b[0]!.toArraySync()]).toEqual([
      [3, 4],
      [1, 1],
    ]);
    const both = grad(f, [0, 1])(p, tensor([3, 4]));
    expect((both[1] as Tensor).toArraySync()).toEqual([1, 1]);
    const [by, value] = gradAndValue(f, 1)(p, tensor([3, 4]));
    expect([by.toArraySync(), await value.item()]).toEqual([[1, 1], 7]); // prettier-ignore
    expect([value.requiresGrad, by.requiresGrad]).toEqual([false, false]);
    expect(p.w.grad).toBeNull();
  });

  it("is 0 for what the value does not depend on, and works within noGrad", () => {
    const f = (x: Tensor, y: Tensor): Tensor => y.sum().add(0).mul(x.shape.length);
    expect(grad(f)(ones([2]), ones([2])).toArraySync()).toEqual([0, 0]);
    const slope = noGrad(() => grad((x: Tensor) => x.square())(tensor(3, { requiresGrad: true })));
    expect([slope.itemSync(), slope.requiresGrad]).toEqual([6, false]); // prettier-ignore
  });

  it("gives the gradients of single examples of a module", () => {
    manualSeed(1);
    const net = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 1));
    const params = net.stateDict();
    const [x, y] = [randn([6, 3]), randn([6, 1])];
    const of = (p: Record<string, Tensor>, a: Tensor, b: Tensor): Tensor =>
      functionalCall(net, p, [a]).sub(b).square().mean();
    const each = vmap(grad(of), { inDims: [null, 0, 0] });
    const slopes = each(params, x, y);
    of(params, x, y);
    nn.functional.mseLoss(net.forward(x), y).backward();
    for (const [name, parameter] of net.namedParameters()) {
      const apart = slopes[name]!.mean(0).sub(parameter.grad!).abs().max().itemSync();
      expect(slopes[name]!.shape).toEqual([6, ...parameter.shape]);
      expect(apart, name).toBeLessThan(1e-6);
    }
    const compiled = compile((a: Tensor, b: Tensor) => each(params, a, b)["0.weight"]!);
    expect(compiled(x, y).toArraySync()).toEqual(slopes["0.weight"]!.toArraySync());
  });
});

describe("vmap", () => {
  it("maps several axes, and lays results where they are asked for", () => {
    const [a, b] = [randn([3, 4]), randn([4, 2, 3])];
    const both = vmap((x: Tensor, y: Tensor) => [y.mv(x), x.sum()], [1, 0], [1, 0]);
    const [left, right] = both(a, b) as [Tensor, Tensor];
    expect([left.shape, right.shape]).toEqual([[2, 4], [4]]); // prettier-ignore
    const whole = b.bmm(a.T.unsqueeze(2)).squeeze(2).T;
    expect(left.sub(whole).abs().max().itemSync()).toBeLessThan(1e-6);
    const named = vmap((x: Tensor) => ({ twice: x.mul(2) }))(a);
    expect(named.twice.toArraySync()).toEqual(a.mul(2).toArraySync());
  });

  it("nests, and leaves alone what is not mapped", () => {
    const [x, y] = [randn([3, 2]), randn([4, 2])];
    const dots = vmap(
      vmap((p: Tensor, q: Tensor) => p.dot(q), [null, 0]),
      [0, null],
    )(x, y);
    expect(dots.sub(x.matmul(y.T)).abs().max().itemSync()).toBeLessThan(1e-6);
    const scaled = vmap((p: Tensor, factor: number) => p.mul(factor));
    expect(scaled(x, 2).toArraySync()).toEqual(x.mul(2).toArraySync());
  });

  it("draws other random numbers for each example", () => {
    const drawn = vmap((x: Tensor) => x.add(randn([2])))(zeros([3, 2]));
    expect(new Set(drawn.flatten().dataSync()).size).toBe(6);
  });
});

describe("errors", () => {
  const x = ones([2, 3]);
  it.each([
    [() => vmap((a: Tensor, b: Tensor) => a.add(b))(x, ones([3])), "have [2, 3] places; need one"],
    [() => vmap((a: Tensor) => a)(zeros([0])), "have [0] places"],
    [() => vmap((a: Tensor) => a, null)(x), "have [] places"],
    [() => vmap((a: Tensor) => a)(tensor(1)), "vmap: argument 0 is a scalar; need an axis to map"],
    [() => vmap((a: Tensor) => a, [0, 0])(x), "inDims has 2 entries for 1 arguments"],
    [() => vmap((a: Tensor) => a, { inDims: 2 })(x), "vmap: axis 2 is out of range"],
    [() => vmap((a: Tensor) => a.ndim)(x), "vmap: the function returned 1; need tensors."],
    [() => vmap((a: Tensor) => a, { dims: 0 } as never), 'vmap: there is no option "dims"'],
    [() => grad((a: Tensor) => a)(x), "grad: the function returned [2, 3]; need a scalar."],
    [
      () => grad((a: Tensor) => a.sum(), 1)(x as never),
      "grad: argument 1 holds no tensor; there are 1",
    ],
    [() => jacrev((a: Tensor[]) => a[0]!)([x]), "jacrev: argument 0 is an array; need a tensor."],
    [() => hessian((a: Tensor) => a)(x), "hessian: the output is [2, 3]; need a scalar."],
  ])("%s", (make, message) => {
    expect(make).toThrow(message);
  });
});
