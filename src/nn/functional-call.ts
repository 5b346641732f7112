/**
 * Calls modules with other tensors in place of their own. PyTorch: `torch.func.functional_call`.
 */
import { argumentError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import { sameShape, showShape } from "../core/shape.ts";
import { synchronous } from "../tensor/grad-mode.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Module } from "./module.ts";
import { takesPart } from "./watch.ts";

/** A field of a module that holds a tensor. */
interface Place {
  readonly module: Module;
  readonly field: string;
  readonly tensor: Tensor;
}

/** All fields of a module and those below it that hold parameters and buffers, by their names. */
function placesOf(module: Module): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const [path, part] of module.namedModules()) {
    const own = { recurse: false };
    for (const [field, tensor] of [...part.namedParameters(own), ...part.namedBuffers(own)]) {
      places.set(path === "" ? field : `${path}.${field}`, { module: part, field, tensor });
    }
  }
  return places;
}

/** What stands in for a tensor; throws for what does not fit. */
function checked(name: string, value: unknown, tensor: Tensor): Tensor {
  if (!(value instanceof Tensor)) {
    throw argumentError(`functionalCall: ${name} is ${show(value)}; need a tensor.`);
  }
  if (sameShape(value.shape, tensor.shape)) return value;
  throw argumentError(
    `functionalCall: ${name} is ${showShape(value.shape)}; need ${showShape(tensor.shape)}.`,
  );
}

/**
 * Calls `module.forward(...args)` with the tensors of `paramsAndBuffers`, by the names of
 * `stateDict()`, in place of its own, which stay as they are; gradients reach those given. Names
 * that are missing keep the module's tensor; one that is shared is replaced everywhere. Throws for
 * names that there are not, other shapes, and an asynchronous `forward`.
 */
export function functionalCall<A extends readonly unknown[], R>(
  module: Module & { forward(...args: A): R },
  paramsAndBuffers: Readonly<Record<string, Tensor>>,
  args: A | A[0],
): R {
  const places = placesOf(module);
  const given = new Map<Tensor, Tensor>();
  for (const [name, value] of Object.entries(paramsAndBuffers)) {
    const place = places.get(name);
    if (place === undefined) {
      const known = [...places.keys()].join(", ") || "none";
      throw argumentError(`functionalCall: there is no tensor ${show(name)}; there are ${known}.`);
    }
    given.set(place.tensor, checked(name, value, place.tensor));
  }
  const replaced = replace([...shared(module, given)]);
  try {
    const list = (Array.isArray(args) ? args : [args]) as unknown as A;
    return synchronous("functionalCall", module.forward(...list));
  } finally {
    for (const putBack of replaced.reverse()) putBack();
  }
}

/** Every field whose tensor is replaced, also those that share it, and by what. */
function* shared(module: Module, given: ReadonlyMap<Tensor, Tensor>): Generator<[Place, Tensor]> {
  for (const part of module.modules()) {
    takesPart(part); // the trace looks at the fields as they are
    for (const [field, tensor] of Object.entries(part) as [string, unknown][]) {
      const value = tensor instanceof Tensor ? given.get(tensor) : undefined;
      if (value !== undefined) yield [{ module: part, field, tensor: tensor as Tensor }, value];
    }
  }
}

/** Puts tensors into fields without a word to those who watch them; returns what puts them back. */
function replace(list: readonly (readonly [Place, Tensor])[]): (() => void)[] {
  return list.map(([{ module, field }, value]) => {
    const before = Object.getOwnPropertyDescriptor(module, field)!;
    Object.defineProperty(module, field, {
      configurable: true,
      enumerable: true,
      get: () => value,
    });
    return () => void Object.defineProperty(module, field, before);
  });
}
