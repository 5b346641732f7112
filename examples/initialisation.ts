/**
 * How large the signal and the gradient are at each layer of a deep network before any training,
 * for bad and good first weights: too small and both die out, too large and they saturate or
 * explode; Xavier's (tanh) and He's (ReLU) keep their size.
 */
import type { Tensor } from "nabla";
import { manualSeed, nn, randn } from "nabla";
import { figure, line, panel } from "nabla/plot";
import { savePicture } from "./scratch/save-picture.ts";

const DEPTH = 30;
const WIDTH = 100;
const BATCH = 64;

/** A way to start, with the activation that it is tried with. */
interface Scheme {
  readonly activation: "tanh" | "relu";
  readonly fill: (weight: nn.Parameter) => void;
}

const SCHEMES: Readonly<Record<string, Scheme>> = {
  "tanh, std 0.01": { activation: "tanh", fill: (w) => nn.init.normal(w, { std: 0.01 }) },
  "tanh, std 1": { activation: "tanh", fill: (w) => nn.init.normal(w) },
  "tanh, Xavier": { activation: "tanh", fill: (w) => nn.init.xavierNormal(w, { gain: 5 / 3 }) },
  "ReLU, std 0.01": { activation: "relu", fill: (w) => nn.init.normal(w, { std: 0.01 }) },
  "ReLU, Xavier": { activation: "relu", fill: (w) => nn.init.xavierNormal(w) },
  "ReLU, He": {
    activation: "relu",
    fill: (w) => nn.init.kaimingNormal(w, { nonlinearity: "relu" }),
  },
};

/** The scale (root mean square) of signal and gradient at each layer. */
export interface Scales {
  readonly signal: readonly number[];
  readonly gradient: readonly number[];
}

async function scaleOf(x: Tensor): Promise<number> {
  return x.mul(x).mean().sqrt().item();
}

async function measure({ activation, fill }: Scheme): Promise<Scales> {
  manualSeed(3);
  const layers = Array.from({ length: DEPTH }, () => new nn.Linear(WIDTH, WIDTH, { bias: false }));
  for (const layer of layers) fill(layer.weight);
  const signals: Tensor[] = [];
  const gradients: Tensor[] = [];
  let x = randn([BATCH, WIDTH]).requireGrad(); // [B, W]
  for (const layer of layers) {
    x = nn.functional[activation](layer.forward(x));
    x.registerHook((g) => void gradients.unshift(g));
    signals.push(x.detach());
  }
  x.mul(randn([BATCH, WIDTH]))
    .sum()
    .backward();
  return {
    signal: await Promise.all(signals.map(scaleOf)),
    gradient: await Promise.all(gradients.map(scaleOf)),
  };
}

/** Runs the program. */
export async function run(
  print: (line: string) => void = console.log,
): Promise<{ scales: Record<string, Scales>; svg: string }> {
  const scales: Record<string, Scales> = {};
  print("                 signal, layer 1 → 30      gradient, layer 30 → 1");
  for (const [name, scheme] of Object.entries(SCHEMES)) {
    const { signal, gradient } = (scales[name] = await measure(scheme));
    const show = (from: number, to: number): string =>
      `${from.toExponential(1)} → ${to.toExponential(1)}`;
    print(
      `${name.padEnd(15)}  ${show(signal[0]!, signal.at(-1)!)}        ` +
        show(gradient.at(-1)!, gradient[0]!),
    );
  }
  const at = Float64Array.from({ length: DEPTH }, (_, k) => k + 1);
  const draw = (kind: keyof Scales): ReturnType<typeof panel> =>
    panel(
      Object.entries(scales).map(([name, found]) =>
        line(
          at,
          found[kind].map((v) => (v > 0 ? v : NaN)),
          { label: name },
        ),
      ),
      { title: kind, xLabel: "layer", yLabel: "scale", yScale: "log" },
    );
  const svg = figure([[draw("signal")], [draw("gradient")]], {
    width: 960,
    title: "Signal and gradient by depth, before training",
  });
  savePicture("initialisation", svg, print);
  return { scales, svg };
}
