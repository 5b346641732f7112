/** What a compiled function keeps: its program, and not the tensors that it was traced with. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { compile, randn } from "nabla";
import type { Tensor } from "nabla";
import { expect, test } from "vitest";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const weight = randn([5000]).requireGrad();

test("the first arguments are let go of once others came", async () => {
  const double = compile((x: Tensor) => x.mul(2).sum());
  const traced = (() => {
    const x = randn([101]);
    double(x);
    return new WeakRef(x);
  })();
  double(randn([101]));
  await new Promise((resolve) => setTimeout(resolve, 10)); // WeakRefs hold until the task ends
  collectGarbage();
  expect(traced.deref()).toBeUndefined();
  expect(double.stats).toEqual({ hits: 1, misses: 1 });
});

test.each([
  ["a result that needs no gradient", (x: Tensor): unknown => x.mul(2).sum()],
  ["gradients taken inside", (x: Tensor): unknown => weight.mul(x).sum().backward()],
])("a batch is let go of when the call is over: %s", async (_, fn) => {
  const compiled = compile(fn);
  for (let k = 0; k < 2; k++) compiled(randn([5000])); // with no gradient at first, then with one
  const last = (() => {
    const x = randn([5000]);
    compiled(x);
    return new WeakRef(x);
  })();
  await new Promise((resolve) => setTimeout(resolve, 10));
  collectGarbage();
  expect(last.deref()).toBeUndefined();
  expect(compiled.stats.hits).toBeGreaterThan(0);
});
