/**
 * What flows back into one value from several users. Where they read parts of it that lie side by
 * side (the gates of a cell, the heads of an attention), their cotangents are laid side by side as
 * well, rather than each put into zeros and added up.
 */
import type { Node, NodeBuilder } from "../ir/node.ts";
import { loweringOf, rowOf } from "../ir/lookup.ts";
import type { AxisMap } from "../ir/row.ts";
import { constantOf } from "../ir/row.ts";

/** Adds up cotangents, first to last. */
export function collect(b: NodeBuilder, cotangents: readonly Node[]): Node {
  const whole = cotangents.length > 1 ? sideBySide(b, cotangents) : null;
  return whole ?? cotangents.reduce((sum, cotangent) => b.apply("add", [sum, cotangent], {}));
}

/** A block of zeros elsewhere: where it begins. */
interface Block {
  readonly node: Node;
  readonly start: readonly number[];
}

function sideBySide(b: NodeBuilder, cotangents: readonly Node[]): Node | null {
  const blocks: Block[] = [];
  for (const cotangent of cotangents) {
    const block = blockOf(cotangent);
    if (block === null) return null;
    blocks.push(block);
  }
  const { shape } = cotangents[0]!.type;
  const axis = shape.findIndex((extent, a) => blocks[0]!.node.type.shape[a] !== extent);
  const whole = blocks.every(({ node, start }) =>
    shape.every((extent, a) => a === axis || (start[a] === 0 && node.type.shape[a] === extent)),
  );
  if (axis < 0 || !whole) return null;
  blocks.sort((p, q) => p.start[axis]! - q.start[axis]!);
  let next = 0;
  for (const { node, start } of blocks) {
    if (start[axis] !== next) return null;
    next += node.type.shape[axis]!;
  }
  if (next !== shape[axis]) return null;
  return b.apply(
    "concat",
    blocks.map(({ node }) => node),
    { axis },
  );
}

/** The block that a value is, if it is zeros elsewhere. */
function blockOf(node: Node): Block | null {
  const lowering = loweringOf(node);
  if (lowering.kind !== "update" || node.inputs.length > 2) return null;
  const [zeros, block] = node.inputs as readonly [Node, Node];
  const view: readonly AxisMap[] = lowering.view(node.attrs, block.type, node.type);
  if (!Object.is(constantOf(zeros, rowOf), 0) || view.some(({ step }) => step !== 1)) return null;
  return { node: block, start: view.map(({ start }) => start) };
}
