/** What a compiled function keeps: its program, and not the tensors that it was traced with. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { compile, randn } from "nabla";
import type { Tensor } from "nabla";
import { expect, test } from "vitest";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

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
