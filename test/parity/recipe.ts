/** What a parity recipe is: operands and the operation applied to them. Runs anywhere. */
import type { DType } from "../../src/core/dtype.ts";
import type { OpAttrs, OpName } from "../../src/ir/attrs.ts";
import type { Node, NodeBuilder } from "../../src/ir/node.ts";
import type { Operand } from "./layouts.ts";

/** A graph to be: operands, and what is applied to them. */
export interface Recipe {
  readonly label: string;
  readonly dtype: DType;
  readonly operands: readonly Operand[];
  /** Of the operation, where it is one of the table. */
  readonly attrs?: object;
  readonly apply: (b: NodeBuilder, nodes: readonly Node[]) => Node;
}

function show(operand: Operand): string {
  const layout = operand.layout === undefined ? "" : ` ${operand.layout}`;
  const from = operand.from === undefined ? "" : ` from [${operand.from.join()}]`;
  return `[${operand.shape.join()}]${layout}${from}`;
}

/** Makes the recipe of one operation of the table. */
export function recipe<K extends OpName>(
  op: K,
  dtype: DType,
  operands: readonly Operand[],
  attrs: OpAttrs[K],
): Recipe {
  const text = JSON.stringify(attrs);
  return {
    label: `${op} ${dtype} ${operands.map(show).join(" × ")}${text === "{}" ? "" : ` ${text}`}`,
    dtype,
    operands,
    attrs,
    apply: (b, nodes) => b.apply(op, nodes, attrs),
  };
}
