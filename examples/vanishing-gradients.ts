/**
 * Why deep sigmoid networks did not train: the gradient of each layer's weights in networks of
 * twelve layers, by activation, and what shortcuts (x + f(x)) do about it. A sigmoid's slope is at
 * most ¼, so each layer takes at least three quarters of the gradient away.
 */
import type { Tensor } from "nabla";
import { manualSeed, nn, randn } from "nabla";
import { figure, line, panel } from "nabla/plot";
import { savePicture } from "./scratch/save-picture.ts";

const DEPTH = 12;
const WIDTH = 32;
const BATCH = 128;

/** A chain of equal layers; with shortcuts each adds to its input. */
class Chain extends nn.Module {
  layers: nn.ModuleList<nn.Linear>;
  readonly activation: (x: Tensor) => Tensor;
  readonly shortcuts: boolean;

  constructor(activation: (x: Tensor) => Tensor, shortcuts: boolean) {
    super();
    const make = (): nn.Linear => new nn.Linear(WIDTH, WIDTH);
    this.layers = new nn.ModuleList(Array.from({ length: DEPTH }, make));
    this.activation = activation;
    this.shortcuts = shortcuts;
  }

  forward(x: Tensor): Tensor {
    let y = x; // [B, W]
    for (const layer of this.layers) {
      const z = this.activation(layer.forward(y));
      y = this.shortcuts ? y.add(z) : z;
    }
    return y;
  }
}

const F = nn.functional;
const CHAINS: Readonly<Record<string, () => Chain>> = {
  sigmoid: () => new Chain(F.sigmoid, false),
  tanh: () => new Chain(F.tanh, false),
  ReLU: () => new Chain(F.relu, false),
  "sigmoid with shortcuts": () => new Chain(F.sigmoid, true),
};

/** Runs the program: for each chain the norm of each layer's gradient. */
export async function run(
  print: (line: string) => void = console.log,
): Promise<{ norms: Record<string, number[]>; svg: string }> {
  const norms: Record<string, number[]> = {};
  for (const [name, make] of Object.entries(CHAINS)) {
    manualSeed(5);
    const chain = make();
    const loss = F.mseLoss(chain.forward(randn([BATCH, WIDTH])), randn([BATCH, WIDTH]));
    loss.backward();
    const found = [...chain.layers].map((layer) => layer.weight.grad!.norm().item());
    norms[name] = await Promise.all(found);
    const [first, last] = [norms[name]![0]!, norms[name]!.at(-1)!];
    print(
      `${name.padEnd(23)} layer 12: ${last.toExponential(1)}, layer 1: ${first.toExponential(1)}, ` +
        `ratio ${(first / last).toExponential(1)}`,
    );
  }
  const at = Float64Array.from({ length: DEPTH }, (_, k) => k + 1);
  const series = Object.entries(norms).map(([label, list]) => line(at, list, { label }));
  const labels = { xLabel: "layer", yLabel: "norm of the gradient", yScale: "log" } as const;
  const svg = figure([[panel(series, labels)]], { title: "Gradients vanish layer by layer" });
  savePicture("vanishing-gradients", svg, print);
  return { norms, svg };
}
