/** The first runs of small graphs are computed by the definition; programs come for what stays. */
import { deviceNamed } from "../../src/runtime/device.ts";
import { warmUp } from "../../src/runtime/executable.ts";
import { manualSeed, profile, randn, tensor } from "nabla";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const backend = deviceNamed("wasm").memory!.backend;
const made = vi.spyOn(backend, "compile");

beforeEach(() => {
  warmUp.runs = 2;
  made.mockClear();
});
afterEach(() => void (warmUp.runs = 0));

test("the third run of a graph makes its program, with the same bits", () => {
  manualSeed(1);
  const x = randn([5, 7]);
  const runs = [1, 2, 3, 4].map(() => {
    const values = x.sin().matmul(x.t()).softmax(1).dataSync();
    return { values: [...values], programs: made.mock.calls.length };
  });
  expect(runs[1]!.programs).toBe(0);
  expect(runs[2]!.programs).toBeGreaterThan(2);
  expect(runs[3]!.programs).toBe(runs[2]!.programs);
  for (const { values } of runs) expect(values).toEqual(runs[0]!.values);
});

test("gradients as well, and a graph with much work has its program at once", () => {
  const x = tensor([[1, 2, 3]], { requiresGrad: true });
  x.pow(3).sum().backward();
  expect([x.grad!.toArraySync(), made.mock.calls.length]).toEqual([[[3, 12, 27]], 0]);
  randn([100, 100])
    .matmul(randn([100, 100]))
    .dataSync();
  expect(made.mock.calls.length).toBeGreaterThan(0);
});

test("what the definition refuses is spelt by the program, as at every later run", () => {
  const message = (): string => {
    try {
      tensor([1, 2, 3])
        .gather(0, tensor([5], { dtype: "int32" }))
        .dataSync();
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  const first = message();
  expect(first).toMatch(/index 5 is out of range/);
  warmUp.runs = 0;
  expect(message()).toBe(first);
});

test("a profile counts them", () => {
  const rows = profile(() => tensor([1, 2, 3]).cosh().dataSync());
  expect(rows.map(({ name }) => name)).toContain("cosh");
  expect(made).not.toHaveBeenCalled();
});
