/**
 * A network that is told a law and no data: the damped oscillator u″ + 2·d·u′ + ω²·u = 0 with u(0)
 * = 1 and u′(0) = 0. The loss is the law's residual, so training differentiates second derivatives.
 * u(t) = 1 + t² · network(t) holds both conditions at the start by itself.
 */
import type { Tensor } from "nabla";
import { autograd, compile, linspace, manualSeed, nn, noGrad, optim } from "nabla";
import { figure, line, panel } from "nabla/plot";
import { savePicture } from "./scratch/save-picture.ts";

const DAMPING = 1;
const OMEGA = 8;
const STEPS = 3000;
const POINTS = 64;

/** u(t) for times `[N, 1]`. */
function motion(network: nn.Sequential, t: Tensor): Tensor {
  return t.mul(t).mul(network.forward(t)).add(1);
}

/** The exact motion. */
function exact(t: number): number {
  const w = Math.sqrt(OMEGA * OMEGA - DAMPING * DAMPING);
  return Math.exp(-DAMPING * t) * (Math.cos(w * t) + (DAMPING / w) * Math.sin(w * t));
}

/** What a run gives back: the first and last loss, and the largest error of u. */
export interface OscillatorRun {
  readonly losses: readonly number[];
  readonly error: number;
  readonly svg: string;
}

/** Runs the program. */
export async function run(
  print: (line: string) => void = console.log,
  steps = STEPS,
): Promise<OscillatorRun> {
  manualSeed(1);
  const tanh = (): nn.Tanh => new nn.Tanh();
  const network = new nn.Sequential(
    ...[new nn.Linear(1, 32), tanh(), new nn.Linear(32, 32), tanh(), new nn.Linear(32, 1)],
  );
  network.to("float64");
  const times = linspace(0, 1, POINTS, { dtype: "float64" }).reshape([POINTS, 1]);
  const optimizer = new optim.Adam(network.parameters(), { lr: 3e-3 });
  const t = times.detach().requireGrad();
  const step = compile(() => {
    const u = motion(network, t);
    const [du] = autograd.grad(u.sum(), t, { createGraph: true });
    const [ddu] = autograd.grad(du!.sum(), t, { createGraph: true });
    const law = ddu!.add(du!.mul(2 * DAMPING)).add(u.mul(OMEGA * OMEGA));
    const loss = law
      .div(OMEGA * OMEGA)
      .pow(2)
      .mean();
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  const losses: number[] = [];
  for (let k = 0; k <= steps; k++) {
    const loss = step();
    if (k % 500 !== 0) continue;
    losses.push(await loss.item());
    print(`step ${String(k).padStart(5)}  residual ${losses.at(-1)!.toExponential(2)}`);
  }
  const x = await times.data();
  const found = await noGrad(() => motion(network, times)).data();
  const truth = Float64Array.from(x, exact);
  const error = Math.max(...truth.map((u, i) => Math.abs(u - found[i]!)));
  print(`largest error of u: ${error.toExponential(2)}`);
  const series = [
    line(x, truth, { label: "exact" }),
    line(x, found, { label: "network", dashed: true, width: 3 }),
  ];
  const labels = { xLabel: "t", yLabel: "u", zeroLine: true };
  const svg = figure([[panel(series, labels)]], {
    title: "A damped oscillator, learned from its law alone",
    subtitle: `${steps} steps of Adam on the residual at ${POINTS} times; no data`,
  });
  savePicture("pinn-oscillator", svg, print);
  return { losses, error, svg };
}
