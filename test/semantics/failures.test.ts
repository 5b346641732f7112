/** What fails leaves nothing half done: cells, gradients, memory of others. */
import type { Tensor } from "nabla";
import {
  autograd,
  cell,
  compile,
  full,
  manualSeed,
  nn,
  noGrad,
  ones,
  optim,
  randn,
  setDefaultDevice,
  tensor,
  zeros,
} from "nabla";
import { afterEach, describe, expect, test } from "vitest";

afterEach(() => setDefaultDevice("wasm"));

const DEVICES = ["wasm", "interpret"] as const;
const labels = (list: number[]): Tensor => tensor(list, { dtype: "int32" });

describe.each(DEVICES)("a compiled function that fails on %s", (device) => {
  test("leaves the weights as they were: a step, then a bad validation batch", () => {
    setDefaultDevice(device);
    manualSeed(0);
    const model = new nn.Linear(3, 3);
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.5, momentum: 0.9 });
    const lossFn = new nn.CrossEntropyLoss();
    const step = compile((x: Tensor, y: Tensor, heldX: Tensor, heldY: Tensor) => {
      lossFn.forward(model.forward(x), y).backward();
      optimizer.step();
      optimizer.zeroGrad();
      return noGrad(() => lossFn.forward(model.forward(heldX), heldY));
    });
    const [x, y] = [randn([4, 3]), labels([0, 1, 2, 0])];
    step(x, y, x, y);
    const now = (): unknown[] => {
      const { state } = optimizer.stateDict();
      const buffers = Object.values(state).map((one) => one["momentum_buffer"] as Tensor);
      return [...model.parameters(), ...buffers].map((x) => x.toArraySync());
    };
    const before = now();
    expect(() => step(x, y, x, labels([0, 1, 2, 3]))).toThrow(/index 3 is out of range/);
    expect(now()).toEqual(before);
    step(x, y, x, y);
    expect(now()[0]).not.toEqual(before[0]);
  });

  test.each([8, 4000])("leaves cells of %i elements: a lookup that depends on them", (n) => {
    setDefaultDevice(device);
    const [p, q] = [cell(zeros([n])), cell(full([n], 7))];
    const table = ones([5, 3]);
    const f = compile((i: Tensor) => {
      q.set(q.mul(2));
      p.set(p.add(1));
      return table.index(p.sum().div(n).to("int32").add(i)).sum();
    });
    f(labels([0, 1]));
    expect(() => f(labels([1, 99]))).toThrow(/out of range/);
    expect([p.toArraySync(), q.toArraySync()]).toEqual([
      new Array(n).fill(1),
      new Array(n).fill(14),
    ]);
  });

  test("leaves cells where a sum overflows", () => {
    setDefaultDevice(device);
    const s = cell(tensor(new Int32Array(8).fill(2 ** 24)));
    const f = compile(() => {
      s.set(s.mul(2));
      return s.sum();
    });
    for (let i = 0; i < 3; i++) f();
    const before = s.toArraySync();
    expect(() => f()).toThrow(/int32.*float64/);
    expect(s.toArraySync()).toEqual(before);
  });
});

describe("autograd.grad holds gradOutputs to their tensors", () => {
  const x = tensor([1, 2, 3], { requiresGrad: true });
  const gradOf = (gradOutputs: Tensor | Tensor[]): unknown =>
    autograd.grad(x.mul(x), x, { gradOutputs })[0]!.toArraySync();

  test("another shape is refused, and harms nobody", () => {
    const others = Array.from({ length: 20 }, () => new nn.Parameter(ones([4])));
    others.forEach((one) => one.mul(1));
    for (const wrong of [tensor([1]), tensor(1), full([4096], 5), ones([1, 3])]) {
      expect(() => gradOf(wrong)).toThrow(/grad: the cotangent is float32.*need.*float32\[3\]/);
    }
    for (const one of others) expect(one.mul(1).toArraySync()).toEqual([1, 1, 1, 1]);
  });

  test("another dtype is converted, as backward does", () => {
    expect(gradOf(tensor([1, 2, 3], { dtype: "float64" }))).toEqual([2, 8, 18]);
    expect(gradOf(tensor([1, 2, 3], { dtype: "int32" }))).toEqual([2, 8, 18]);
  });

  test("there is one for each output", () => {
    const one = ones([3]);
    expect(() => gradOf([one, one])).toThrow(/there are 2 gradOutputs for 1 outputs/);
    expect(() => autograd.grad([x.mul(2), x.mul(3)], x, { gradOutputs: [one] })).toThrow(/1 gradO/);
  });
});

describe("values stay what they were when a cell is set", () => {
  const takes: Readonly<Record<string, (p: Tensor) => Tensor>> = {
    "slice of all": (p) => p.slice(0),
    "index of all": (p) => p.index([null, null]),
    narrow: (p) => p.narrow(0, 0, 2),
    reshape: (p) => p.reshape([2]),
    detach: (p) => p.detach(),
  };
  test.each(Object.keys(takes))("%s", (name) => {
    const p = new nn.Parameter(tensor([1, 2]));
    const taken = takes[name]!(p);
    p.grad = ones([2]);
    new optim.SGD([p], { lr: 1 }).step();
    expect([p.toArraySync(), taken.toArraySync()]).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  test("slice of all of a parameter passes its gradient on", () => {
    const p = new nn.Parameter(tensor([1, 2]));
    p.slice(0).mul(3).sum().backward();
    expect(p.grad!.toArraySync()).toEqual([3, 3]);
  });
});
