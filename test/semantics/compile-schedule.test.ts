/** When a compiled function is traced again though nothing that can be seen has changed. */
import type { Tensor } from "nabla";
import { compile, ones } from "nabla";
import { afterEach, expect, it, vi } from "vitest";

let now = 0;
const clock = (): void => void vi.spyOn(performance, "now").mockImplementation(() => now);

afterEach(() => {
  vi.restoreAllMocks();
});

/** The calls that trace, of a function whose traces and replays take such times. */
function traced(calls: number, trace: number, replay: number): number[] {
  clock();
  let runs = 0;
  const f = compile((x: Tensor) => {
    runs++;
    now += trace;
    return x.mul(2);
  });
  const x = ones([2]);
  const found: number[] = [];
  for (let k = 1; k <= calls; k++) {
    const before = runs;
    f(x);
    if (runs > before) found.push(k);
    now += replay;
  }
  return found;
}

it("looks at each of the first nine calls, and later four times as late where steps are short", () => {
  expect(traced(3000, 0.02, 0.000002)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 33, 129, 513, 2049]);
});

it("looks at every call where a step takes much longer than a trace", () => {
  expect(traced(200, 1, 100)).toHaveLength(200);
});

it("takes 3 % of the time in between", () => {
  const calls = traced(20_000, 0.1, 0.1);
  const share = (calls.length * 0.1) / (20_000 * 0.1);
  expect(share).toBeGreaterThan(0.025);
  expect(share).toBeLessThan(0.032);
});

it("sees what the closure replaced at such a call, and not before", () => {
  clock();
  let factor = 2;
  const f = compile((x: Tensor) => x.mul(factor));
  for (let k = 1; k <= 9; k++) f(ones([1]));
  factor = 3;
  for (let k = 10; k <= 32; k++) expect(f(ones([1])).itemSync()).toBe(2);
  expect(() => f(ones([1]))).toThrow(/mul/);
});
