/** What code above the table asks a node's row. */
import type { Node } from "./node.ts";
import { OPS } from "./ops.ts";
import type { OpRow } from "./row.ts";

/** How an operation becomes kernels, whichever it is. */
export type AnyLowering = OpRow["lowering"];

/** The row of a node. */
export function rowOf(node: Node): OpRow {
  // the row and the node's attributes belong to one operation, which the types cannot say
  return OPS[node.op] as OpRow;
}

/** How a node becomes kernels. */
export function loweringOf(node: Node): AnyLowering {
  return rowOf(node).lowering;
}

/** What users know a node by, in errors and profiles: where it was made, else its operation. */
export function nameOf(node: Node): string {
  if (node.origin !== "") return node.origin;
  return rowOf(node).title?.(node.attrs) ?? node.op;
}
