/** Copies a graph's nodes into another builder, where equal nodes become one. */
import type { Graph, Node, NodeBuilder } from "./node.ts";
import { topological } from "./node.ts";

/** Rebuilds `graph` in `b` with `inputs` in place of its own; returns the outputs. */
export function copyInto(b: NodeBuilder, graph: Graph, inputs: readonly Node[]): Node[] {
  const copies = new Map<Node, Node>(graph.inputs.map((input, i) => [input, inputs[i]!]));
  const { origin } = b;
  for (const node of topological(graph.outputs)) {
    if (copies.has(node)) continue;
    b.origin = node.origin;
    const operands = node.inputs.map((input) => copies.get(input)!);
    copies.set(node, b.apply(node.op, operands, node.attrs));
  }
  b.origin = origin;
  return graph.outputs.map((output) => copies.get(output)!);
}
