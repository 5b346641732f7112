/** Modules one after another, as `torch.nn.Sequential`. */
import { argumentError } from "../core/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { hostChanged } from "../tensor/observe.ts";
import { context } from "../tensor/value.ts";
import { Module } from "./module.ts";
import { passesOn } from "./watch.ts";

/** A module from one tensor to one tensor. */
export type Layer = Module & {
  /** Computes the layer. */
  forward(x: Tensor): Tensor;
};

/**
 * Feeds a tensor through modules in order: `new Sequential(new Linear(1, 10), new Tanh())`,
 * numbered from 0, or with names: `new Sequential({ hidden: new Linear(1, 10), act: new Tanh()
 * })`. Can be iterated over. PyTorch: `torch.nn.Sequential`.
 */
export class Sequential extends Module {
  constructor(...layers: readonly Layer[] | readonly [Readonly<Record<string, Layer>>]) {
    super();
    const [first] = layers;
    const named =
      layers.length === 1 && first !== undefined && !(first instanceof Module)
        ? Object.entries(first as Readonly<Record<string, Layer>>)
        : (layers as readonly Layer[]).map((layer, k): [string, Layer] => [String(k), layer]);
    for (const [name, layer] of named) add(this, name, layer);
  }

  /** Returns how many modules it has. */
  get length(): number {
    return layersOf(this).length;
  }

  /** Returns the module at a position; negative ones count from the end. Throws out of range. */
  at(index: number): Layer {
    const layers = layersOf(this);
    const layer = layers.at(index);
    if (layer !== undefined && Number.isInteger(index)) return layer;
    throw argumentError(
      `Sequential.at: ${index} is out of range; there are ${layers.length} modules.`,
    );
  }

  /** Adds a module at the end. Returns the Sequential. */
  append(layer: Layer): this {
    add(this, String(this.length), layer);
    return this;
  }

  /** Iterates over the modules in order. */
  [Symbol.iterator](): Iterator<Layer> {
    return layersOf(this)[Symbol.iterator]();
  }

  /** Feeds `x` through all modules. */
  forward(x: Tensor): Tensor {
    let y = x;
    const since = context.births;
    let isPassed = false;
    for (const layer of layersOf(this)) {
      const passes = passesOn(layer);
      const next = layer.forward(y);
      // between two layers of ours nobody else sees it
      if (isPassed && passes && y.born > since && next !== y) keepWithin(y, next);
      [y, isPassed] = [next, passes];
    }
    return y;
  }
}

/** Says that the engine alone holds what one layer gives the next, unless it shares its numbers. */
function keepWithin({ storage }: Tensor, next: Tensor): void {
  if (storage === null || storage.exposed) return;
  storage.inner = true;
  if (next.record === null) storage.leave(); // else the walk back may need it
}

// functions and not private methods, so that clone() can copy the class

function layersOf(sequential: Sequential): Layer[] {
  return Object.values(sequential).filter((value): value is Layer => value instanceof Module);
}

function add(sequential: Sequential, name: string, layer: unknown): void {
  if (!(layer instanceof Module)) {
    throw argumentError(`Sequential: its entry ${name} is no module but ${typeof layer}.`);
  }
  if (name in sequential) throw argumentError(`Sequential: the name ${name} is taken.`);
  hostChanged(); // compiled functions hold the list as it was
  (sequential as unknown as Record<string, unknown>)[name] = layer;
}
