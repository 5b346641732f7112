/**
 * LoRA (Hu and others, 2021): the weights of a model stay as they are, and to each of its matrices
 * a product of two thin ones is added, which alone is trained; in the end it is added for good.
 */
import { argumentError } from "../core/errors.ts";
import { linear } from "../nn/functional/linear.ts";
import * as init from "../nn/init.ts";
import { Linear } from "../nn/linear.ts";
import type { Module } from "../nn/module.ts";
import { Parameter } from "../nn/parameter.ts";
import { zeros } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { hostChanged } from "../tensor/observe.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** How LoRA layers are made. */
export interface LoRAOptions {
  /** The width of the thin matrices. */
  readonly rank: number;
  /** What is added is multiplied by `alpha / rank`. Default: twice the rank. */
  readonly alpha?: number;
  /** Which linear layers get one, by the end of their names. Default: those of GPT's blocks. */
  readonly targets?: readonly string[];
}

const TARGETS = ["c_attn", "c_proj", "c_fc"];

/** A linear layer whose weight stays, with `lora_B · lora_A` added, which starts at 0. */
export class LoRALinear extends Linear {
  lora_A: Parameter;
  lora_B: Parameter;
  readonly scale: number;

  constructor(of: Linear, { rank, alpha = 2 * rank }: LoRAOptions) {
    const { inFeatures, outFeatures, bias } = of;
    super(inFeatures, outFeatures, { bias: bias !== null });
    this.weight = of.weight;
    this.bias = bias;
    this.lora_A = new Parameter(zeros([rank, inFeatures], { dtype: of.weight.dtype }));
    this.lora_B = new Parameter(zeros([outFeatures, rank], { dtype: of.weight.dtype }));
    this.scale = alpha / rank;
    init.kaimingUniform(this.lora_A, { a: Math.sqrt(5) });
  }

  override forward(x: Tensor): Tensor {
    const added = linear(linear(x, this.lora_A), this.lora_B); // […, outFeatures]
    return super.forward(x).add(added.mul(this.scale));
  }

  /** The weight with what was learned. */
  merged(): Tensor {
    return noGrad(() => this.weight.add(this.lora_B.matmul(this.lora_A).mul(this.scale)));
  }
}

/** Freezes a model and gives LoRA to its linear layers. Returns the model. */
export function addLoRA<M extends Module>(model: M, options: LoRAOptions): M {
  const { rank, targets = TARGETS } = options;
  if (!(Number.isInteger(rank) && rank > 0)) {
    throw argumentError(`addLoRA: rank is ${rank}; need an integer from 1 on.`);
  }
  model.requireGrad(false);
  let count = 0;
  for (const parent of model.modules()) {
    for (const [name, child] of parent.namedChildren()) {
      if (!(child instanceof Linear) || child instanceof LoRALinear || !targets.includes(name)) {
        continue;
      }
      put(parent, name, new LoRALinear(child, options));
      count++;
    }
  }
  if (count > 0) return model;
  throw argumentError(`addLoRA: the model has no linear layer named ${targets.join(", ")}.`);
}

/** Adds what LoRA has learned to the weights, for good, and lets all be trained. */
export function mergeLoRA<M extends Module>(model: M): M {
  for (const parent of model.modules()) {
    for (const [name, child] of parent.namedChildren()) {
      if (!(child instanceof LoRALinear)) continue;
      const { inFeatures, outFeatures, bias } = child;
      const plain = init.withoutDrawing(() => {
        return new Linear(inFeatures, outFeatures, { bias: bias !== null });
      });
      noGrad(() => plain.weight.set(child.merged()));
      plain.bias = bias;
      put(parent, name, plain);
    }
  }
  return model.requireGrad();
}

/** The weights by name as they are without LoRA: with what it has learned. */
export function mergedWeights(model: Module): [string, Tensor][] {
  const merged = new Map<string, Tensor>();
  for (const [path, module] of model.namedModules()) {
    if (module instanceof LoRALinear) merged.set(`${path}.weight`, module.merged());
  }
  return model
    .namedParameters()
    .filter(([name]) => !/\.lora_[AB]$/.test(name))
    .map(([name, parameter]) => [name, merged.get(name) ?? parameter]);
}

function put(parent: Module, name: string, child: Module): void {
  hostChanged(); // compiled functions hold the layer that was there
  (parent as unknown as Record<string, unknown>)[name] = child;
}
