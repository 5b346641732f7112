/** Single steps of recurrent layers as modules, as in `torch.nn`. */
import type { Settings } from "../core/options.ts";
import { read } from "../core/options.ts";
import { zeros } from "../tensor/create.ts";
import * as R from "../tensor/functions/recurrent.ts";
import type { Tensor } from "../tensor/tensor.ts";
import * as init from "./init.ts";
import type { FactoryOptions } from "./factory.ts";
import { FACTORY, madeBy, needSize } from "./factory.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** Options of the cells. */
export interface CellOptions extends FactoryOptions {
  /** Default: true. */
  readonly bias?: boolean;
}

const BIAS = { bias: true };

/** What the cells share. */
abstract class Cell extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  weight_ih: Parameter;
  weight_hh: Parameter;
  bias_ih: Parameter | null;
  bias_hh: Parameter | null;

  constructor(
    gates: number,
    [inputSize, hiddenSize]: readonly [number, number],
    settings: typeof BIAS & typeof FACTORY,
  ) {
    super();
    const { bias } = settings;
    const factory = madeBy(settings);
    this.inputSize = needSize(this.constructor.name, "inputSize", inputSize);
    this.hiddenSize = needSize(this.constructor.name, "hiddenSize", hiddenSize);
    const rows = gates * hiddenSize;
    this.weight_ih = new Parameter(zeros([rows, inputSize], factory));
    this.weight_hh = new Parameter(zeros([rows, hiddenSize], factory));
    this.bias_ih = bias ? new Parameter(zeros([rows], factory)) : null;
    this.bias_hh = bias ? new Parameter(zeros([rows], factory)) : null;
    this.resetParameters();
  }

  /** Draws fresh weights, as the constructor does: evenly spread over ±1/√hiddenSize. */
  resetParameters(): void {
    const bound = this.hiddenSize > 0 ? 1 / Math.sqrt(this.hiddenSize) : 0;
    for (const p of this.parameters()) init.uniform(p, { a: -bound, b: bound });
  }

  /** The parameters in PyTorch's order. */
  protected weights(): Tensor[] {
    const { weight_ih, weight_hh, bias_ih, bias_hh } = this;
    const biases = bias_ih === null || bias_hh === null ? [] : [bias_ih, bias_hh];
    return [weight_ih, weight_hh, ...biases];
  }

  /** x and its states as batches; without states zeros. */
  protected batched(x: Tensor, states: readonly Tensor[] | null, count: number): Tensor[] {
    const lift = (y: Tensor): Tensor => (x.ndim === 1 ? y.unsqueeze(0) : y);
    const rows = lift(x);
    const { dtype, device } = x;
    const shape = [rows.shape[0]!, this.hiddenSize];
    const blank = (): Tensor => zeros(shape, { dtype, device });
    return [
      rows,
      ...Array.from({ length: count }, (_, k) => (states ? lift(states[k]!) : blank())),
    ];
  }

  override extraRepr(): string {
    const { inputSize, hiddenSize, bias_ih } = this;
    return `${inputSize}, ${hiddenSize}${bias_ih === null ? ", bias=False" : ""}`;
  }
}

/**
 * One step of an Elman layer: `[N, inputSize]` and a state `[N, hiddenSize]` (zeros unless given)
 * to the next state. Options: `bias`, `nonlinearity` ("tanh" or "relu"). PyTorch:
 * `torch.nn.RNNCell`.
 */
export class RNNCell extends Cell {
  readonly nonlinearity: "tanh" | "relu";

  constructor(
    inputSize: number,
    hiddenSize: number,
    ...args: Settings<
      [bias: boolean, nonlinearity: "tanh" | "relu"],
      CellOptions & { readonly nonlinearity?: "tanh" | "relu" }
    >
  ) {
    const defaults = { ...BIAS, nonlinearity: "tanh" as "tanh" | "relu" };
    const settings = read("RNNCell", defaults, args, FACTORY);
    super(1, [inputSize, hiddenSize], settings);
    this.nonlinearity = settings.nonlinearity;
  }

  forward(x: Tensor, h: Tensor | null = null): Tensor {
    const [rows, state] = this.batched(x, h === null ? null : [h], 1);
    const next = R.rnnCell(rows!, state!, this.weights(), this.nonlinearity);
    return x.ndim === 1 ? next.squeeze(0) : next;
  }
}

/**
 * One step of an LSTM: `[N, inputSize]` and states h and c `[N, hiddenSize]` (zeros unless given)
 * to the next h and c. PyTorch: `torch.nn.LSTMCell`.
 */
export class LSTMCell extends Cell {
  constructor(
    inputSize: number,
    hiddenSize: number,
    ...args: Settings<[bias: boolean], CellOptions>
  ) {
    super(4, [inputSize, hiddenSize], read("LSTMCell", BIAS, args, FACTORY));
  }

  forward(x: Tensor, hx: readonly [Tensor, Tensor] | null = null): [Tensor, Tensor] {
    const [rows, h, c] = this.batched(x, hx, 2);
    const next = R.lstmCell(rows!, [h!, c!], this.weights());
    return x.ndim === 1 ? [next[0].squeeze(0), next[1].squeeze(0)] : next;
  }
}

/**
 * One step of a GRU: `[N, inputSize]` and a state `[N, hiddenSize]` (zeros unless given) to the
 * next state. PyTorch: `torch.nn.GRUCell`.
 */
export class GRUCell extends Cell {
  constructor(
    inputSize: number,
    hiddenSize: number,
    ...args: Settings<[bias: boolean], CellOptions>
  ) {
    super(3, [inputSize, hiddenSize], read("GRUCell", BIAS, args, FACTORY));
  }

  forward(x: Tensor, h: Tensor | null = null): Tensor {
    const [rows, state] = this.batched(x, h === null ? null : [h], 1);
    const next = R.gruCell(rows!, state!, this.weights());
    return x.ndim === 1 ? next.squeeze(0) : next;
  }
}
