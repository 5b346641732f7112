/**
 * What the tests of graphs share: build, run in float64, and compare gradients with differences.
 */
import { vjpGraph } from "../../src/autograd/derive.ts";
import type { DType, TypedArray } from "../../src/core/dtype.ts";
import { allocate } from "../../src/core/dtype.ts";
import type { Shape } from "../../src/core/shape.ts";
import { Builder } from "../../src/ir/builder.ts";
import { interpret } from "../../src/ir/interpret.ts";
import type { Graph, Node } from "../../src/ir/node.ts";
import { typeOf } from "../../src/ir/node.ts";
import { verify } from "../../src/ir/verify.ts";

/** A value given to a graph. */
export interface Given {
  readonly shape: Shape;
  readonly values: readonly number[];
  readonly dtype?: DType;
}

/** The graphs of definitions, and what else a module has as it is. */
export type Graphs<M> = { readonly [K in keyof M]: M[K] extends { graph: infer G } ? G : M[K] };

/** Lists the graphs of a module's definitions under their names. */
export function graphsOf<M extends object>(module: M): Graphs<M> {
  const entries = Object.entries(module as Readonly<Record<string, { graph?: unknown }>>);
  return Object.fromEntries(entries.map(([key, one]) => [key, one.graph ?? one])) as Graphs<M>;
}

/** Makes a scalar. */
export function scalarOf(value: number, dtype: DType = "float64"): Given {
  return { shape: [], values: [value], dtype };
}

/** Makes a vector. */
export function vector(values: readonly number[], dtype: DType = "float64"): Given {
  return { shape: [values.length], values, dtype };
}

/** Makes a tensor. */
export function tensor(shape: Shape, values: readonly number[], dtype: DType = "float64"): Given {
  return { shape, values, dtype };
}

/** Makes numbers between −limit and limit that look random and never repeat. */
export function spread(shape: Shape, seed = 1, low = -2, high = 2): Given {
  const size = shape.reduce((product, n) => product * n, 1);
  let state = seed * 7919 + 17;
  const values = Array.from({ length: size }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return low + ((high - low) * state) / 0x7fffffff;
  });
  return { shape, values };
}

/** The host array of a given value. */
export function arrayOf({ shape, values, dtype = "float64" }: Given): TypedArray {
  const out = allocate(
    dtype,
    shape.reduce((product, n) => product * n, 1),
  );
  out.set(values);
  return out;
}

/** Builds a graph on inputs of the given types. */
export function graphOf(
  given: readonly Given[],
  build: (b: Builder, ...inputs: Node[]) => Node | readonly Node[],
): Graph {
  const b = new Builder();
  const inputs = given.map(({ shape, dtype = "float64" }) => b.input(typeOf(dtype, shape)));
  const built = build(b, ...inputs);
  const graph = { inputs, outputs: "op" in built ? [built] : built };
  verify(graph);
  return graph;
}

/** Builds a graph, runs it, and returns the first output as plain numbers. */
export function run(
  given: readonly Given[],
  build: (b: Builder, ...inputs: Node[]) => Node | readonly Node[],
): number[] {
  return [...interpret(graphOf(given, build), given.map(arrayOf))[0]!];
}

/** What one comparison of gradients found. */
export interface GradientReport {
  readonly checked: number;
  /** The largest |derived − difference| / (1 + |difference|). */
  readonly worst: number;
  /** Whether any derived gradient differs from zero. */
  readonly alive: boolean;
}

/** Compares the derived gradients of a graph's float64 inputs with central differences. */
export function compareGradients(
  graph: Graph,
  values: readonly TypedArray[],
  step = 1e-5,
): GradientReport {
  const wanted = graph.inputs.map((node) => node.type.dtype === "float64");
  const flagged = graph.outputs.map((node) => node.type.dtype === "float64");
  const derived = vjpGraph(graph, wanted, flagged);
  verify(derived);
  const outputs = graph.outputs.filter((_, i) => flagged[i]);
  const cotangents = outputs.map(({ type }, i) => arrayOf(spread(type.shape, 31 + i, 0.5, 1.5)));
  const gradients = interpret(derived, [...values, ...cotangents]);
  const objective = (at: readonly TypedArray[]): number => {
    let total = 0;
    interpret(graph, at)
      .filter((_, i) => flagged[i])
      .forEach((y, i) => y.forEach((v, j) => (total += v * cotangents[i]![j]!)));
    return total;
  };
  let [checked, worst, alive, k] = [0, 0, false, 0];
  values.forEach((x, i) => {
    if (!wanted[i]) return;
    const gradient = gradients[k++]!;
    for (let j = 0; j < x.length; j++) {
      const moved = (by: number): number => {
        const copy = x.slice();
        copy[j] = copy[j]! + by;
        return objective(values.map((v, n) => (n === i ? copy : v)));
      };
      const difference = (moved(step) - moved(-step)) / (2 * step);
      const error = Math.abs(gradient[j]! - difference) / (1 + Math.abs(difference));
      worst = Math.max(worst, Number.isNaN(error) ? Infinity : error);
      alive ||= gradient[j] !== 0;
      checked++;
    }
  });
  return { checked, worst, alive };
}

/** Compares first and, unless told otherwise, second derivatives of a build with differences. */
export function gradientErrors(
  given: readonly Given[],
  build: (b: Builder, ...inputs: Node[]) => Node | readonly Node[],
  { second = true, step = 1e-5 } = {},
): { first: GradientReport; second: GradientReport | null } {
  const graph = graphOf(given, build);
  const values = given.map(arrayOf);
  const first = compareGradients(graph, values, step);
  if (!second) return { first, second: null };
  const wanted = graph.inputs.map((node) => node.type.dtype === "float64");
  const flagged = graph.outputs.map((node) => node.type.dtype === "float64");
  const derived = vjpGraph(graph, wanted, flagged);
  const cotangents = graph.outputs
    .filter((_, i) => flagged[i])
    .map(({ type }, i) => arrayOf(spread(type.shape, 57 + i, 0.5, 1.5)));
  return { first, second: compareGradients(derived, [...values, ...cotangents], step) };
}
