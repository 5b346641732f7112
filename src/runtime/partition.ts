/**
 * Splits the joint graph of values and gradients in two: a forward graph that also returns what the
 * gradient reads, and a backward graph that starts from it. What costs nothing is computed again.
 */
import { pullBack } from "../autograd/derive.ts";
import { isFloat } from "../core/dtype.ts";
import { Builder } from "../ir/builder.ts";
import type { Graph, Node } from "../ir/node.ts";
import { topological } from "../ir/node.ts";
import { loweringOf } from "../ir/lookup.ts";
import { copyInto } from "../ir/splice.ts";
import { fillLike } from "../ir/words.ts";

/** A forward and a backward graph that fit together. */
export interface Split {
  /** The same inputs; the outputs, then what is saved beside them. */
  readonly forward: Graph;
  /**
   * Inputs: kept inputs, saved values, the numbers, one cotangent per float output. Outputs:
   * gradients.
   */
  readonly backward: Graph;
  /** Which of the inputs backward reads. */
  readonly keptInputs: readonly number[];
  /** Which of the forward graph's outputs backward reads, in order. */
  readonly keptOutputs: readonly number[];
}

/**
 * Derives both graphs; `wanted` says which inputs get a gradient, `numbers` how many inputs are
 * numbers.
 */
export function splitGraph(graph: Graph, wanted: readonly boolean[], numbers: number): Split {
  const joint = new Builder();
  const inputs = graph.inputs.map((input) => joint.input(input.type));
  const outputs = copyInto(joint, graph, inputs);
  const smooth = outputs.filter((output) => isFloat(output.type.dtype));
  const cotangents = smooth.map((output) => joint.input(output.type));
  const targets = inputs.filter((_, i) => wanted[i]);
  const results = pullBack(joint, smooth, cotangents, targets).map(
    (gradient, i) => gradient ?? fillLike(joint, targets[i]!, 0),
  );
  const boundary = findBoundary(results, new Set(cotangents));
  const tensors = inputs.slice(0, inputs.length - numbers);
  const keptInputs = tensors.flatMap((input, i) => (boundary.has(input) ? [i] : []));
  const forwardOutputs = [...outputs];
  for (const node of boundary) {
    if (loweringOf(node).kind !== "input" && !forwardOutputs.includes(node))
      forwardOutputs.push(node);
  }
  const keptOutputs = forwardOutputs.flatMap((node, o) => (boundary.has(node) ? [o] : []));
  const given = [
    ...keptInputs.map((i) => tensors[i]!),
    ...keptOutputs.map((o) => forwardOutputs[o]!),
    ...inputs.slice(tensors.length),
    ...cotangents,
  ];
  return {
    forward: { inputs, outputs: forwardOutputs },
    backward: cutAt(given, results),
    keptInputs,
    keptOutputs,
  };
}

/** The values that the gradient reads and that are worth keeping rather than computing again. */
function findBoundary(results: readonly Node[], cotangents: ReadonlySet<Node>): Set<Node> {
  const order = topological(results);
  const backward = new Set<Node>(cotangents);
  for (const node of order) {
    if (node.inputs.some((input) => backward.has(input))) backward.add(node);
  }
  const boundary = new Set<Node>();
  const needed = order.filter((n) => !backward.has(n)).reverse();
  const read = new Set<Node>(results.filter((node) => !backward.has(node)));
  for (const node of order) {
    if (backward.has(node)) for (const input of node.inputs) read.add(input);
  }
  for (const node of needed) {
    if (!read.has(node)) continue;
    if (isFree(node)) for (const input of node.inputs) read.add(input);
    else boundary.add(node);
  }
  return boundary;
}

/** Whether a value is cheaper to make again than to keep. */
function isFree(node: Node): boolean {
  const { kind } = loweringOf(node);
  if (kind === "input" || kind === "pick") return false; // a scan is kept by its values
  return kind === "view" || kind === "iota" || node.inputs.length === 0 || node.type.size === 1;
}

/** A graph that computes `outputs` from `given`, which become its inputs. */
function cutAt(given: readonly Node[], outputs: readonly Node[]): Graph {
  const b = new Builder();
  const map = new Map<Node, Node>();
  const inputs = given.map((node) => {
    const input = b.input(node.type);
    if (!map.has(node)) map.set(node, input);
    return input;
  });
  const stack = [...outputs].reverse();
  while (stack.length > 0) {
    const node = stack[stack.length - 1]!;
    if (map.has(node)) {
      stack.pop();
      continue;
    }
    const missing = node.inputs.filter((input) => !map.has(input));
    if (missing.length > 0) {
      stack.push(...missing);
      continue;
    }
    b.origin = node.origin;
    map.set(
      node,
      b.apply(
        node.op,
        node.inputs.map((input) => map.get(input)!),
        node.attrs,
      ),
    );
    stack.pop();
  }
  return { inputs, outputs: outputs.map((node) => map.get(node)!) };
}
