/** The multilayer perceptron: linear layers with an activation between them. */
import { argumentError } from "../core/errors.ts";
import * as modules from "../nn/activation.ts";
import { Dropout } from "../nn/dropout.ts";
import { Linear } from "../nn/linear.ts";
import { Module } from "../nn/module.ts";
import type { Layer } from "../nn/sequential.ts";
import { Sequential } from "../nn/sequential.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Activation } from "./activations.ts";
import { ACTIVATIONS } from "./activations.ts";

/** The shape of a perceptron. */
export interface MlpShape {
  readonly inputs: number;
  /** The widths of the hidden layers. */
  readonly hidden: readonly number[];
  readonly outputs: number;
  readonly activation: Activation;
}

/** An activation with dropout behind it: one layer, so that the linear layers keep their names. */
class ThinnedActivation extends Module {
  readonly activation: Layer;
  readonly dropout: Dropout;

  constructor(activation: Layer, p: number) {
    super();
    this.activation = activation;
    this.dropout = new Dropout(p);
  }

  forward(x: Tensor): Tensor {
    return this.dropout.forward(this.activation.forward(x));
  }
}

/**
 * Makes a perceptron: `[N, inputs]` → `[N, outputs]`, named as PyTorch names it (`0.weight`). With
 * `dropout`, so large a share of the hidden activations is dropped while it trains.
 */
export function mlp(shape: MlpShape, options: { readonly dropout?: number } = {}): Sequential {
  const { inputs, hidden, outputs, activation } = shape;
  const { dropout = 0 } = options;
  const widths = [inputs, ...hidden, outputs];
  if (!widths.every((width) => Number.isInteger(width) && width > 0)) {
    throw argumentError(`mlp: widths ${widths.join(", ")} must be whole numbers from 1.`);
  }
  const layers: Layer[] = [];
  for (let i = 1; i < widths.length; i++) {
    if (i > 1) {
      const layer = new modules[ACTIVATIONS[activation].module]();
      layers.push(dropout > 0 ? new ThinnedActivation(layer, dropout) : layer);
    }
    layers.push(new Linear(widths[i - 1]!, widths[i]!));
  }
  return new Sequential(...layers);
}

/** Draws the shape in one line: `1 → 10 (relu) → 1`. */
export function describeMlp({ inputs, hidden, outputs, activation }: MlpShape): string {
  return [inputs, ...hidden.map((width) => `${width} (${activation})`), outputs].join(" → ");
}

/** Counts the numbers that training changes. */
export function countParameters(model: Module): number {
  return model.parameters().reduce((sum, parameter) => sum + parameter.numel(), 0);
}
