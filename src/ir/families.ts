/** Rows of the table that are alike, each family by its maker. */
import type { OpName } from "./attrs.ts";
import type { Node, NodeBuilder } from "./node.ts";
import { typeOf } from "./node.ts";
import type { AxisMap, OpRow } from "./row.ts";
import type { Accepted } from "./rules.ts";
import { elementwise, INT32 } from "./rules.ts";
import type { Scalar, ScalarOp } from "./scalar.ts";
import { literal, scalar } from "./scalar.ts";
import type { PlainName } from "./words.ts";

/** The cotangent of x from that of y = f(x). */
type Slope = (b: NodeBuilder, g: Node, x: Node, y: Node) => Node;

/** A row of one operand, element by element. */
export function unary(
  name: PlainName,
  accepted: Accepted,
  compute: ScalarOp | ((x: Scalar) => Scalar),
  slope: Slope | null,
): OpRow<PlainName> {
  return {
    type: (inputs) => elementwise(name, inputs, 1, accepted),
    vjp: slope && ((b, node, g) => [slope(b, g, node.inputs[0]!, node)]),
    lowering: {
      kind: "map",
      scalar: ([x]) => (typeof compute === "string" ? scalar(compute, x!) : compute(x!)),
    },
  };
}

/** A row of two equal operands, element by element. */
export function binary(
  name: PlainName,
  accepted: Accepted,
  compute: ScalarOp | ((x: Scalar, y: Scalar) => Scalar),
  vjp: null | ((b: NodeBuilder, g: Node, x: Node, y: Node, result: Node) => readonly Node[]),
): OpRow<PlainName> {
  return {
    type: (inputs) => elementwise(name, inputs, 2, accepted),
    vjp: vjp && ((b, node, g) => vjp(b, g, node.inputs[0]!, node.inputs[1]!, node)),
    lowering: {
      kind: "map",
      scalar: ([x, y]) => (typeof compute === "string" ? scalar(compute, x!, y!) : compute(x!, y!)),
    },
  };
}

/** The row with its mark that it is linear. */
export function linear<K extends OpName>(row: OpRow<K>): OpRow<K> {
  return { ...row, linear: true };
}

/** A comparison of two equal operands. */
export function comparison(name: PlainName, accepted: Accepted, code: ScalarOp): OpRow<PlainName> {
  return {
    type: (inputs) => typeOf("bool", elementwise(name, inputs, 2, accepted).shape),
    vjp: null,
    lowering: { kind: "map", scalar: ([x, y]) => scalar(code, x!, y!) },
  };
}

/** A shift of int32 bits by a fixed count. */
export function shift(name: "shl" | "shr"): OpRow<"shl" | "shr"> {
  return {
    type: (inputs) => elementwise(name, inputs, 1, INT32),
    vjp: null,
    lowering: {
      kind: "map",
      scalar: ([x], { by }) => scalar(name, x!, literal("int32", by)),
    },
  };
}

/**
 * Where each axis of a strided block finds its coordinate; run-time starts come from input `first`
 * on.
 */
export function blockView(
  start: readonly number[],
  step: readonly number[],
  dynamic: readonly number[],
  first: number,
): AxisMap[] {
  return start.map((from, axis) => {
    const map = { axis, step: step[axis]!, start: from };
    const moving = dynamic.indexOf(axis);
    return moving < 0 ? map : { ...map, dynamic: first + moving };
  });
}
