/** Longer trajectories on Rosenbrock's function in float64: golden `optim`. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { tensor } from "../../src/tensor/create.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { makeOptimizer } from "../support/optimizers.ts";

interface Run {
  readonly problem: string;
  readonly x0: [number, number];
  readonly optimizer: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly trajectory: readonly [number, number, [number, number]][];
}

const url = new URL("../golden/optim/trajectories.json", import.meta.url);
const { optimizers } = JSON.parse(readFileSync(url, "utf8")) as { optimizers: Run[] };

/** The gradient of (1 − x)² + 100 (y − x²)², written out. */
function gradient([x, y]: readonly [number, number]): [number, number] {
  return [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)];
}

/** How far a value may be off: the numbers between evaluations of LBFGS add up in another order. */
function allowed(run: Run, step: number): number {
  if (run.optimizer !== "LBFGS") return 1e-9;
  return step <= 5 ? 1e-6 : 1e-3;
}

describe("golden optim/trajectories", () => {
  it("has runs", () => expect(optimizers.length).toBe(28));

  it.each(
    optimizers.map((run) => [`${run.optimizer} ${JSON.stringify(run.options)}`, run] as const),
  )("%s", async (_, run) => {
    const x = tensor(run.x0, { dtype: "float64", requiresGrad: true });
    const optimizer = makeOptimizer(run.optimizer, [x], run.options);
    const evaluate = (): Tensor => {
      const at = x.dataSync() as Float64Array;
      const [a, b] = [at[0]!, at[1]!];
      x.grad = tensor(gradient([a, b]), { dtype: "float64" });
      return tensor((1 - a) * (1 - a) + 100 * (b - a * a) * (b - a * a), { dtype: "float64" });
    };
    let step = 0;
    for (const [until, value, expected] of run.trajectory) {
      let loss: Tensor | undefined;
      for (; step < until; step++) loss = await optimizer.step(evaluate);
      const at = [await loss!.item(), ...(await x.data())];
      [value, ...expected].forEach((wanted, k) => {
        const off = Math.abs(at[k]! - wanted) / Math.max(1, Math.abs(wanted));
        expect(off, `step ${until}`).toBeLessThanOrEqual(allowed(run, until));
      });
    }
  });
});
