/** How the functions of this folder are made: each is one program, forward and backward. */
import { argumentError } from "../../core/errors.ts";
import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import { Fn } from "../../runtime/function.ts";
import { call } from "../../tensor/call.ts";
import { constantAttrs } from "../../tensor/functions/define.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Tensors by name, any of them missing. */
export type NamedTensors = Readonly<Record<string, Tensor | null | undefined>>;

/** What a program is told: its options, and which named tensors follow. */
interface Given<O> {
  readonly options: O;
  readonly names: readonly string[];
}

/**
 * Builds a graph: the tensors' nodes, then the options, in which the named tensors that were given
 * are nodes.
 */
export type Compose = (b: Builder, nodes: readonly Node[], options: never) => readonly Node[];

/** A function of tensors, options, and tensors that may be missing. */
export type Program = (
  tensors: readonly Tensor[],
  options: object,
  named?: NamedTensors,
) => Tensor[];

/** Makes a function of its composite. */
export function program(name: string, compose: Compose): Program {
  const fn = new Fn<Given<object>>(name, (b, nodes, { options, names }) => {
    const first = nodes.length - names.length;
    const named = Object.fromEntries(names.map((key, k) => [key, nodes[first + k]!]));
    return compose(b, nodes.slice(0, first), { ...options, ...named } as never);
  });
  return (tensors, options, named = {}) => {
    const given = Object.entries(named).filter(
      ([, value]) => value !== null && value !== undefined,
    );
    const attrs = constantAttrs({ options, names: given.map(([key]) => key) });
    return call(fn, [...tensors, ...given.map(([, value]) => value!)], [], attrs);
  };
}

/** Throws unless a probability lies in 0 … 1. */
export function needProbability(name: string, what: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw argumentError(`${name}: ${what} is ${value}; need a number from 0 to 1.`);
}
