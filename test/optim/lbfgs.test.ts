/** LBFGS against PyTorch's, with and without a line search; its faults and its state. */
import { afterEach, describe, expect, it } from "vitest";
import type { DType } from "../../src/core/dtype.ts";
import * as optim from "../../src/doors/optim.ts";
import { compile } from "../../src/tensor/compile.ts";
import { tensor } from "../../src/tensor/create.ts";
import { setDefaultDevice } from "../../src/tensor/device.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { mismatch } from "../support/compare.ts";
import { camelOptions } from "../support/optimizers.ts";
import { bitsOf, valuesOf } from "../support/tensors.ts";
import type { CaseBase, JsonTensor } from "../support/torch-json.ts";
import { loadTensor, readGroup, readValues } from "../support/torch-json.ts";
import { toleranceOf } from "../golden/run-torch.ts";

interface LBFGSCase extends CaseBase {
  readonly optimizer: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly data: { readonly A: JsonTensor; readonly b: JsonTensor };
  readonly params: readonly JsonTensor[];
  readonly steps: number;
  readonly losses: JsonTensor;
  readonly trajectory: readonly JsonTensor[];
}

const cases = readGroup<LBFGSCase>("08_optimizers").cases.filter((c) => c.optimizer === "LBFGS");

afterEach(() => setDefaultDevice("wasm"));

describe.each([
  ["interpret", "float64"],
  ["wasm", "float32"],
  ["wasm", "float64"],
] as const satisfies readonly (readonly [string, DType])[])(
  "golden LBFGS on %s in %s",
  (device, float) => {
    it("has cases", () => expect(cases.length).toBe(3));

    it.each(cases.map((c) => [c.name, c] as const))("%s", async (_, c) => {
      setDefaultDevice(device);
      const x = loadTensor(c.params[0]!, float, true).leaf;
      const [a, b] = [c.data.A, c.data.b].map((json) => loadTensor(json, float, false).value);
      const optimizer = new optim.LBFGS([x], camelOptions(c.kwargs));
      const [losses, path]: [number[], number[]] = [[], []];
      for (let k = 0; k < c.steps; k++) {
        const loss = await optimizer.step(() => {
          optimizer.zeroGrad();
          const rest = a!
            .matmul(x.reshape([3, 1]))
            .reshape([6])
            .sub(b!);
          const value = rest.mul(rest).sum().mul(0.5);
          value.backward();
          return value;
        });
        losses.push(await loss.item());
        path.push(...(await x.data()));
      }
      const tolerance = toleranceOf(c, float);
      const got = (values: number[], shape: number[]) =>
        valuesOf(tensor(values, { shape, dtype: float }));
      expect(mismatch(got(losses, [c.steps]), readValues(c.losses, float), tolerance)).toBeNull();
      const wanted = readValues(c.trajectory[0]!, float);
      expect(mismatch(got(path, [c.steps, 3]), wanted, tolerance)).toBeNull();
    });
  },
);

describe("LBFGS", () => {
  const leaf = (): Tensor => tensor([-1.5, 2], { dtype: "float64", requiresGrad: true });

  function rosenbrock(p: Tensor): Tensor {
    const [x, y] = [p.narrow(0, 0, 1), p.narrow(0, 1, 1)];
    const valley = y.sub(x.mul(x));
    const far = x.neg().add(1);
    return far.mul(far).add(valley.mul(valley).mul(100)).sum();
  }

  const closureOf = (optimizer: optim.LBFGS, p: Tensor) => () => {
    optimizer.zeroGrad();
    const loss = rosenbrock(p);
    loss.backward();
    return loss;
  };

  it("finds the minimum, with a compiled and an asynchronous closure to the same bits", async () => {
    const found: string[] = [];
    for (const kind of ["plain", "compiled", "asynchronous"]) {
      const p = leaf();
      const optimizer = new optim.LBFGS([p], { lineSearchFn: "strong_wolfe" });
      const plain = closureOf(optimizer, p);
      const compiled = compile(plain);
      const closure =
        kind === "asynchronous"
          ? () => Promise.resolve().then(plain)
          : kind === "plain"
            ? plain
            : compiled;
      for (let k = 0; k < 4; k++) await optimizer.step(closure as optim.Closure);
      for (const value of await p.data()) expect(value).toBeCloseTo(1, 5);
      found.push(bitsOf(p));
    }
    expect(new Set(found).size).toBe(1);
  });

  it("saved and loaded, goes on with the same bits", async () => {
    const [whole, copy] = [leaf(), leaf()];
    const options = { maxIter: 3, historySize: 2 };
    const first = new optim.LBFGS([whole], { ...options, lr: 0.1 });
    for (let k = 0; k < 2; k++) await first.step(closureOf(first, whole));
    const saved = first.stateDict();
    expect(Object.keys(saved.state[0]!)).toEqual([
      "func_evals",
      "n_iter",
      "d",
      "t",
      "old_dirs",
      "old_stps",
      "ro",
      "H_diag",
      "prev_flat_grad",
      "prev_loss",
    ]);
    copy.set(whole.detach());
    const second = new optim.LBFGS([copy], options);
    second.loadStateDict(saved);
    for (let k = 0; k < 2; k++) await first.step(closureOf(first, whole));
    for (let k = 0; k < 2; k++) await second.step(closureOf(second, copy));
    expect(bitsOf(copy)).toBe(bitsOf(whole));
    const other = new optim.LBFGS([tensor([1], { requiresGrad: true })]);
    expect(() => other.loadStateDict(saved)).toThrow("has 2 elements, need 1");
  });

  it("refuses a state that lacks numbers, and loads nothing", async () => {
    const p = leaf();
    const optimizer = new optim.LBFGS([p], { maxIter: 4, lr: 0.1 });
    await optimizer.step(closureOf(optimizer, p));
    const { state, paramGroups } = optimizer.stateDict();
    const entry = state[0]!;
    const ro = entry.ro.map(() => null);
    const wrongs: readonly (readonly [object, string])[] = [
      [{ ro: undefined }, "ro: is undefined, need a list"],
      [{ ro: [] }, `ro: has 0 entries, old_dirs ${ro.length}`],
      [{ ro }, "ro[0]: is null, need a number"],
      [{ n_iter: "4" }, 'n_iter: is "4", need a whole number'],
      [{ H_diag: NaN }, "H_diag: is NaN, need a number"],
      [{ d: [1, 2] }, "d: has no elements, need 2"],
    ];
    expect(ro.length).toBeGreaterThan(0);
    const other = new optim.LBFGS([leaf()], { lr: 0.7 });
    for (const [wrong, what] of wrongs) {
      const broken = { state: { 0: { ...entry, ...wrong } }, paramGroups } as never;
      expect(() => other.loadStateDict(broken)).toThrow(`nothing was loaded:\n  state[0].${what}`);
    }
    expect([other.stateDict().state, other.paramGroups[0]!.lr]).toEqual([{}, 0.7]);
  });

  it("follows a schedule", async () => {
    const p = leaf();
    const optimizer = new optim.LBFGS([p], { lr: 0.5, maxIter: 2 });
    const scheduler = new optim.lrScheduler.ExponentialLR(optimizer, 0.5);
    await optimizer.step(closureOf(optimizer, p));
    scheduler.step();
    expect(optimizer.paramGroups[0]!.lr).toBe(0.25);
  });

  it("is as before where the closure fails, and says what is wrong", async () => {
    const p = leaf();
    const optimizer = new optim.LBFGS([p], { lr: 0.01 });
    const closure = closureOf(optimizer, p);
    let calls = 0;
    const failing = () => {
      if (++calls === 3) throw new Error("no");
      return closure();
    };
    await expect(optimizer.step(failing)).rejects.toThrow("no");
    expect(await p.toArray()).toEqual([-1.5, 2]);
    const running = optimizer.step(closure);
    await expect(optimizer.step(closure)).rejects.toThrow("a step is still running");
    await running;
    expect(() => new optim.LBFGS([])).toThrow("there are no parameters");
    expect(() => new optim.LBFGS([{ params: [p] }, { params: [leaf()] }])).toThrow("one group");
    expect(() => new optim.LBFGS([p], { lineSearchFn: "armijo" } as never)).toThrow(
      "lineSearchFn is",
    );
    expect(() => new optim.LBFGS([p], { history: 3 } as never)).toThrow(
      'there is no option "history"',
    );
  });
});

it("steps again after the parameters could not be read", async () => {
  const p = tensor([3], { dtype: "float64", requiresGrad: true });
  const optimizer = new optim.LBFGS([p]);
  const closure = (): Tensor => {
    optimizer.zeroGrad();
    const loss = p.square().sum();
    loss.backward();
    return loss;
  };
  p.data = () => Promise.reject(new Error("the device is gone"));
  await expect(optimizer.step(closure)).rejects.toThrow("the device is gone");
  delete (p as Partial<Tensor>).data;
  expect((await optimizer.step(closure)).itemSync()).toBe(9);
});
