/**
 * The reverse walk: gradients of a graph as another graph. It asks each row for its rule and adds
 * up cotangents in one fixed order, users last to first, so that the same program gives the same
 * bits.
 */
import { isFloat } from "../core/dtype.ts";
import { NablaError } from "../core/errors.ts";
import { Builder } from "../ir/builder.ts";
import type { Graph, Node, NodeBuilder } from "../ir/node.ts";
import { topological } from "../ir/node.ts";
import { rowOf } from "../ir/lookup.ts";
import { copyInto } from "../ir/splice.ts";
import { fillLike } from "../ir/words.ts";
import { collect } from "./collect.ts";

/**
 * Derives a graph: its inputs are those of `graph` and then one cotangent for each output flagged
 * in `cotangentOf`; its outputs are the gradients of the inputs flagged in `wanted`.
 */
export function vjpGraph(
  graph: Graph,
  wanted: readonly boolean[],
  cotangentOf: readonly boolean[],
): Graph {
  const b = new Builder();
  const inputs = graph.inputs.map((node) => b.input(node.type));
  const outputs = copyInto(b, graph, inputs).filter((_, i) => cotangentOf[i]);
  const cotangents = outputs.map((node) => b.input(node.type));
  const targets = inputs.filter((_, i) => wanted[i]);
  const found = pullBack(b, outputs, cotangents, targets);
  return {
    inputs: [...inputs, ...cotangents],
    outputs: found.map((gradient, i) => gradient ?? fillLike(b, targets[i]!, 0)),
  };
}

/**
 * Adds to `b` the gradients of `targets` (any nodes) from the cotangents of `outputs`; null for a
 * target on which no output depends smoothly.
 */
export function pullBack(
  b: NodeBuilder,
  outputs: readonly Node[],
  cotangents: readonly Node[],
  targets: readonly Node[],
): (Node | null)[] {
  for (const node of [...outputs, ...targets]) {
    if (isFloat(node.type.dtype)) continue;
    throw new NablaError(
      "autograd",
      `gradient: ${node.type.text} is not differentiable; need float32 or float64.`,
    );
  }
  const order = topological(outputs);
  const active = dependents(order, targets);
  const given = new Map<Node, Node[][]>();
  const give = (node: Node, cotangent: Node, part = 0): void => {
    let parts = given.get(node);
    if (parts === undefined) {
      parts = Array.from({ length: node.type.parts?.length ?? 1 }, () => []);
      given.set(node, parts);
    }
    parts[part]!.push(cotangent);
  };
  const sumsOf = (node: Node): (Node | null)[] =>
    (given.get(node) ?? [[]]).map((list) => (list.length === 0 ? null : collect(b, list)));
  outputs.forEach((output, i) => give(output, cotangents[i]!));
  const { origin } = b;
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    const { vjp, lowering } = rowOf(node);
    if (!given.has(node) || vjp === null || !active.has(node)) continue;
    b.origin = node.origin;
    const cotangents = sumsOf(node);
    const part = lowering.kind === "pick" ? lowering.index(node.attrs) : 0;
    const first = cotangents.find((cotangent) => cotangent !== null)!;
    vjp(b, node, first, { cotangents, derive: vjpGraph, rowOf }).forEach((gradient, k) => {
      const input = node.inputs[k]!;
      if (gradient !== null && active.has(input)) give(input, gradient, part);
    });
  }
  b.origin = origin;
  return targets.map((target) => sumsOf(target)[0]!);
}

/** Finds the nodes through which something flows back to a target. */
function dependents(order: readonly Node[], targets: readonly Node[]): Set<Node> {
  const active = new Set<Node>(targets);
  for (const node of order) {
    if (rowOf(node).vjp === null || !isFloat(node.type.dtype)) continue;
    if (node.inputs.some((input) => active.has(input))) active.add(node);
  }
  return active;
}
