/**
 * Less work in the bodies of scans: what comes out the same at each step is computed once, before
 * the scan, and handed in; what nobody picks is not stacked; what the body does not use is not
 * handed in.
 */
import type { Graph, Node, NodeBuilder, Scan } from "../ir/node.ts";
import { topological } from "../ir/node.ts";
import { copyInto } from "../ir/splice.ts";

/** A scan made smaller: the new node, and where each of the old values is now (−1: nowhere). */
export interface SmallerScan {
  readonly node: Node;
  readonly places: readonly number[];
}

/** Applies a scan to `inputs` in `b`; only the values in `picked` are wanted. */
export function smallerScan(
  b: NodeBuilder,
  node: Node,
  inputs: readonly Node[],
  picked: ReadonlySet<number>,
  simplify: (graph: Graph) => Graph,
): SmallerScan {
  const scan = node.attrs as Scan;
  const { carries } = scan;
  const first = carries + scan.sequences;
  const wanted = scan.body.outputs.map((_, i) => i < carries || picked.has(i));
  const kept = scan.body.outputs.flatMap((_, i) => (wanted[i] ? [i] : []));
  const body = simplify({
    inputs: scan.body.inputs,
    outputs: kept.map((i) => scan.body.outputs[i]!),
  });
  const same = sameEachStep(body, first);
  const given = new Map(body.inputs.map((input, i) => [input, inputs[i]!]));
  const handed = [...same].filter((value) => usedBeside(body, same, value));
  const outside = handed.map((value) => once(b, value, given));
  const nb = b.nested();
  const own = body.inputs.slice(0, first).map((input) => nb.input(input.type));
  const captured = handed.map((value) => nb.input(value.type));
  const cut = cutAt(
    nb,
    body,
    new Map([
      ...own.map((input, i): [Node, Node] => [body.inputs[i]!, input]),
      ...captured.map((input, i): [Node, Node] => [handed[i]!, input]),
    ]),
  );
  const smaller: Scan = { ...scan, body: { inputs: [...own, ...captured], outputs: cut } };
  return {
    node: b.apply("scan", [...inputs.slice(0, first), ...outside], smaller),
    places: scan.body.outputs.map((_, i) => kept.indexOf(i)),
  };
}

/** Captured values, and what is made of them alone without becoming larger. */
function sameEachStep(body: Graph, first: number): Set<Node> {
  const same = new Set(body.inputs.slice(first));
  const known = new Set(body.inputs);
  const plain = new Set<Node>(); // made of no input at all, as constants are
  for (const node of topological(body.outputs)) {
    if (known.has(node)) continue;
    if (node.inputs.every((input) => plain.has(input))) plain.add(node);
    else if (node.inputs.every((input) => plain.has(input) || same.has(input))) {
      const largest = Math.max(...node.inputs.map((x) => (same.has(x) ? x.type.size : 0)));
      if (node.type.size <= largest && node.type.parts === undefined) same.add(node);
    }
  }
  return same;
}

/** Whether something that differs by step, or a result, reads a value. */
function usedBeside(body: Graph, same: ReadonlySet<Node>, value: Node): boolean {
  if (body.outputs.includes(value)) return true;
  return topological(body.outputs).some((node) => !same.has(node) && node.inputs.includes(value));
}

/** Makes a value of captures outside of the scan. */
function once(b: NodeBuilder, value: Node, given: ReadonlyMap<Node, Node>): Node {
  const inputs = [...given.keys()];
  return copyInto(
    b,
    { inputs, outputs: [value] },
    inputs.map((input) => given.get(input)!),
  )[0]!;
}

/** Copies a body's outputs, with some of its nodes replaced; what only those needed is left out. */
function cutAt(b: NodeBuilder, body: Graph, replaced: ReadonlyMap<Node, Node>): Node[] {
  const needed = new Set<Node>();
  const stack = [...body.outputs];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (needed.has(node) || replaced.has(node)) continue;
    needed.add(node);
    stack.push(...node.inputs);
  }
  const copies = new Map(replaced);
  for (const node of topological(body.outputs)) {
    if (!needed.has(node)) continue;
    b.origin = node.origin;
    const inputs = node.inputs.map((input) => copies.get(input)!);
    copies.set(node, b.apply(node.op, inputs, node.attrs));
  }
  return body.outputs.map((output) => copies.get(output)!);
}
