/** How much the definition has to do to compute a graph, before it is computed. */
import { loweringOf } from "./lookup.ts";
import type { Graph, Node } from "./node.ts";
import { topological } from "./node.ts";

/** What one element of a map costs, in elements that are only moved. */
const MAP = 16;
/** What sorting costs an element. */
const SORT = 8;

/** Counts, roughly, the elements that {@link interpret} moves or computes for a graph. */
export function workOf(graph: Graph): number {
  let work = 0;
  for (const node of topological(graph.outputs)) work += workOfNode(node);
  return work;
}

function workOfNode(node: Node): number {
  const { size } = node.type;
  const [x, w] = node.inputs;
  const lowering = loweringOf(node);
  switch (lowering.kind) {
    case "input":
    case "pick":
      return 0;
    case "map":
      return size * MAP;
    case "contract":
      return size * x!.type.shape.at(-1)!;
    case "conv":
      return (size * w!.type.size) / Math.max(1, w!.type.shape[0]!);
    case "scan": {
      const { body, length } = lowering.attrs(node.attrs);
      return length * workOf(body);
    }
    case "sort":
      return size * SORT;
    default:
      return node.inputs.reduce((sum, input) => sum + input.type.size, size);
  }
}
