/** The playground's network: its layers by hand, so that every neuron's answer can be drawn. */
import { nn, noGrad, tensor } from "nabla";
import type { Tensor } from "nabla";

const BENDS: Readonly<Record<string, (z: Tensor) => Tensor>> = {
  tanh: (z) => z.tanh(),
  relu: (z) => z.relu(),
  sigmoid: (z) => z.sigmoid(),
  linear: (z) => z,
  leakyrelu: (z) => nn.functional.leakyRelu(z),
  gelu: (z) => nn.functional.gelu(z),
  sine: (z) => z.sin(),
};

const { init } = nn;

/** How weights begin, by the name of the setting. */
const BEGINNINGS: Readonly<Record<string, (layer: nn.Linear) => void>> = {
  playground(layer) {
    init.uniform(layer.weight, { a: -0.5, b: 0.5 });
    init.constant(layer.bias!, 0.1);
  },
  pytorch: () => undefined,
  xavier(layer) {
    init.xavierUniform(layer.weight);
    init.zeros(layer.bias!);
  },
  he(layer) {
    init.kaimingUniform(layer.weight, { nonlinearity: "relu" });
    init.zeros(layer.bias!);
  },
  zero(layer) {
    init.zeros(layer.weight);
    init.zeros(layer.bias!);
  },
};

/** How a network is built. */
export interface NetOptions {
  /** Inputs, neurons of each hidden layer, outputs. */
  readonly widths: readonly number[];
  readonly activation: string;
  readonly init: string;
  /** Whether the output is bent into (−1, 1), as for classes. */
  readonly bounded: boolean;
}

/** Linear layers with one bend between them. */
export class Net extends nn.Module {
  readonly layers: nn.ModuleList<nn.Linear>;
  private readonly bend: (z: Tensor) => Tensor;
  private readonly bounded: boolean;

  constructor({ widths, activation, init: beginning, bounded }: NetOptions) {
    super();
    const made = widths.slice(1).map((width, i) => new nn.Linear(widths[i]!, width));
    this.layers = new nn.ModuleList(made);
    this.bend = BENDS[activation]!;
    this.bounded = bounded;
    noGrad(() => made.forEach(BEGINNINGS[beginning]!));
  }

  /** The answers of every layer to inputs `[N, F]`, the output `[N, 1]` last. */
  answers(x: Tensor): Tensor[] {
    const layers = [...this.layers];
    let value = x;
    return layers.map((layer, i) => {
      const z = layer.forward(value);
      const last = i === layers.length - 1;
      value = last ? (this.bounded ? z.tanh() : z) : this.bend(z);
      return value;
    });
  }

  /** The output `[N, 1]` for inputs `[N, F]`. */
  override forward(x: Tensor): Tensor {
    return this.answers(x).at(-1)!;
  }

  /** Sets one weight, or a bias where `from` is null. */
  edit(layer: number, to: number, from: number | null, value: number): void {
    const { weight, bias } = [...this.layers][layer]!;
    const cell = from === null ? bias! : weight;
    const values = cell.dataSync().slice() as Float32Array;
    values[from === null ? to : to * weight.shape[1]! + from] = value;
    noGrad(() => cell.set(tensor(values, { shape: [...cell.shape] })));
  }
}
