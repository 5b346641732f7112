/** Graphs as text, numbered in order of evaluation: for `explain`, and to compare two traces. */
import type { Graph, Node } from "./node.ts";
import { attrsKey, isGraph, topological } from "./node.ts";

/** Spells a graph, one node a line: `%3 = add(%1, %2) : float32[2, 3]`. */
export function printGraph(graph: Graph): string {
  const numbers = new Map<Node, number>();
  const lines: string[] = [];
  const nested: Graph[] = [];
  const name = (node: Node): string => `%${numbers.get(node)}`;
  for (const node of graph.inputs) {
    numbers.set(node, numbers.size);
    lines.push(`${name(node)} = input : ${node.type.text}`);
  }
  for (const node of topological(graph.outputs)) {
    if (numbers.has(node)) continue;
    numbers.set(node, numbers.size);
    const operands = node.inputs.map(name).join(", ");
    const attrs = printAttrs(node, nested);
    lines.push(`${name(node)} = ${node.op}(${operands})${attrs} : ${node.type.text}`);
    for (const inner of nested.splice(0)) {
      lines.push(
        ...printGraph(inner)
          .split("\n")
          .map((line) => `  ${line}`),
      );
    }
  }
  lines.push(`return ${graph.outputs.map(name).join(", ")}`);
  return lines.join("\n");
}

/** Spells the attributes: ` {axes: [0, 1]}`, or nothing; graphs among them come after the line. */
function printAttrs(node: Node, nested: Graph[]): string {
  const entries = Object.entries(node.attrs as Record<string, unknown>);
  if (entries.length === 0) return "";
  const text = entries.map(([key, value]) => {
    if (!isGraph(value)) return `${key}: ${attrsKey(value).replaceAll(",", ", ")}`;
    nested.push(value);
    return `${key}: below`;
  });
  return ` {${text.join(", ").replaceAll('"', "")}}`;
}
