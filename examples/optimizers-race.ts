/**
 * Ten optimizers from one start down Rosenbrock's valley, 300 steps each, with rates chosen by
 * hand; LBFGS counts evaluations of the function, which is what a step costs the others.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import type { Tensor } from "nabla";
import { optim, tensor } from "nabla";
import { figure, line, panel } from "nabla/plot";

const STEPS = 300;
const START = [-1.5, 2];

const RACERS: Readonly<Record<string, (p: Tensor[]) => optim.Optimizer>> = {
  SGD: (p) => new optim.SGD(p, { lr: 1e-3 }),
  "SGD, momentum": (p) => new optim.SGD(p, { lr: 1e-3, momentum: 0.9 }),
  Adagrad: (p) => new optim.Adagrad(p, { lr: 0.5 }),
  RMSprop: (p) => new optim.RMSprop(p, { lr: 0.02 }),
  Adadelta: (p) => new optim.Adadelta(p, { lr: 20 }),
  Adam: (p) => new optim.Adam(p, { lr: 0.1 }),
  NAdam: (p) => new optim.NAdam(p, { lr: 0.1 }),
  Adamax: (p) => new optim.Adamax(p, { lr: 0.2 }),
  Rprop: (p) => new optim.Rprop(p, { lr: 0.01 }),
};

/** Computes (1 − x)² + 100 (y − x²)². */
function rosenbrock(p: Tensor): Tensor {
  const [x, y] = [p.narrow(0, 0, 1), p.narrow(0, 1, 1)];
  return x
    .sub(1)
    .pow(2)
    .add(y.sub(x.mul(x)).pow(2).mul(100))
    .sum();
}

/** Returns the values that one optimizer sees, evaluation by evaluation. */
async function race(name: string): Promise<number[]> {
  const p = tensor(START, { dtype: "float64", requiresGrad: true });
  const values: number[] = [];
  const evaluate = (): Tensor => {
    p.grad = null;
    const value = rosenbrock(p);
    value.backward();
    values.push(value.itemSync());
    return value;
  };
  if (name === "LBFGS") {
    const optimizer = new optim.LBFGS([p], { lineSearchFn: "strong_wolfe" });
    for (let k = 0; k < 5; k++) await optimizer.step(evaluate);
    return values.slice(0, STEPS);
  }
  const optimizer = RACERS[name]!([p]);
  for (let k = 0; k < STEPS; k++) optimizer.step(evaluate);
  return values;
}

/** Runs the program. */
export async function run(
  print: (line: string) => void = console.log,
): Promise<{ best: Record<string, number>; svg: string }> {
  const names = [...Object.keys(RACERS), "LBFGS"];
  const best: Record<string, number> = {};
  const series = [];
  for (const name of names) {
    const values = await race(name);
    best[name] = Math.min(...values);
    print(`${name.padEnd(14)} ${values.length} evaluations, best ${best[name]!.toExponential(2)}`);
    const steps = Float64Array.from(values, (_, k) => k);
    series.push(
      line(
        steps,
        values.map((v) => Math.max(v, 1e-12)),
        { label: name },
      ),
    );
  }
  const labels = { xLabel: "evaluations", yLabel: "value", yScale: "log" } as const;
  const half = Math.ceil(series.length / 2);
  const columns = [series.slice(0, half), series.slice(half)].map((some) => [panel(some, labels)]);
  const svg = figure(columns, { width: 960, title: "Down Rosenbrock's valley" });
  mkdirSync("runs/examples", { recursive: true });
  writeFileSync("runs/examples/optimizers-race.svg", svg);
  print("drawn: runs/examples/optimizers-race.svg");
  return { best, svg };
}
