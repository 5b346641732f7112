/** Longer trajectories on Rosenbrock's function in float64: golden `optim`. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { tensor } from "../../src/tensor/create.ts";
import { hasOptimizer, makeOptimizer } from "../support/optimizers.ts";

interface Run {
  readonly problem: string;
  readonly x0: [number, number];
  readonly optimizer: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly trajectory: readonly [number, number, [number, number]][];
}

const url = new URL("../golden/optim/trajectories.json", import.meta.url);
const { optimizers } = JSON.parse(readFileSync(url, "utf8")) as { optimizers: Run[] };
const runs = optimizers.filter((run) => hasOptimizer(run.optimizer));

/** The gradient of (1 − x)² + 100 (y − x²)², written out. */
function gradient([x, y]: readonly [number, number]): [number, number] {
  return [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)];
}

describe("golden optim/trajectories", () => {
  it("has runs", () => expect(runs.length).toBeGreaterThanOrEqual(26));

  it.each(runs.map((run) => [`${run.optimizer} ${JSON.stringify(run.options)}`, run] as const))(
    "%s",
    (_, run) => {
      const x = tensor(run.x0, { dtype: "float64", requiresGrad: true });
      const optimizer = makeOptimizer(run.optimizer, [x], run.options);
      let step = 0;
      for (const [until, , expected] of run.trajectory) {
        for (; step < until; step++) {
          const at = x.dataSync();
          x.grad = tensor(gradient([at[0]!, at[1]!]), { dtype: "float64" });
          optimizer.step();
        }
        const at = x.dataSync();
        expected.forEach((value, k) => {
          expect(Math.abs(at[k]! - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
        });
      }
    },
  );
});
