/** Makes optimizers and schedules from PyTorch's names and options. */
import * as nn from "../../src/doors/nn.ts";
import * as optim from "../../src/doors/optim.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

/** Turns `weight_decay` into `weightDecay`; `T_max` into `tMax`. */
export function camelCase(name: string): string {
  return name
    .replace(/_([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase())
    .replace(/^[A-Z]/, (letter) => letter.toLowerCase());
}

/** Turns the keys of keyword arguments into camel case. */
export function camelOptions(kwargs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(kwargs).map(([key, value]) => [camelCase(key), value]));
}

/** Makes an optimizer by name. */
export function makeOptimizer(
  name: string,
  params: readonly Tensor[] | readonly { params: Tensor[] }[],
  kwargs: Readonly<Record<string, unknown>>,
): optim.Optimizer {
  const make = (optim as unknown as Record<string, new (...args: unknown[]) => optim.Optimizer>)[
    name
  ];
  if (make === undefined) throw new Error(`there is no optim.${name}`);
  return new make(params, camelOptions(kwargs));
}

/** Whether the optimizer exists. */
export function hasOptimizer(name: string): boolean {
  return name in optim;
}

/** Makes a Sequential from `[["Linear", { in_features: 1, out_features: 10 }], ["Tanh", {}]]`. */
export function makeSequential(
  layers: readonly (readonly [string, Readonly<Record<string, number>>])[],
): nn.Sequential {
  return new nn.Sequential(
    ...layers.map(([name, ctor]): nn.Layer => {
      if (name === "Linear") return new nn.Linear(ctor.in_features!, ctor.out_features!);
      if (name === "Tanh") return new nn.Tanh();
      throw new Error(`no recipe for ${name}`);
    }),
  );
}
