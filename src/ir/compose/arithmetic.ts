/**
 * Arithmetic as users write it: broadcasting and PyTorch's dtype promotion happen here, so that the
 * primitives below see equal types alone.
 */
import type { DType } from "../../core/dtype.ts";
import { isFloat, promote } from "../../core/dtype.ts";
import { dtypeError } from "../../core/errors.ts";
import { broadcastShapes } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import type { PlainName } from "../words.ts";
import { castTo, expandTo, fillLike, op } from "../words.ts";

/** How two operands take part in promotion. */
export interface BinaryOptions {
  /**
   * Which operand is a number the user wrote (a float64 scalar), whose dtype gives way to the
   * other's: "integer" where its value is whole, "float" where it may have a fraction.
   */
  readonly weak?: { readonly operand: 0 | 1; readonly kind: "integer" | "float" };
}

/**
 * Returns the dtype in which two operands meet. As in PyTorch a scalar tensor gives way to one with
 * axes unless it is of a higher kind (bool, integer, float).
 */
export function meetingDType(x: Node, y: Node, { weak }: BinaryOptions = {}): DType {
  const [p, q] = [x.type.dtype, y.type.dtype];
  if (weak === undefined) {
    const scalars = [x, y].map((node) => node.type.shape.length === 0);
    if (isFloat(p) !== isFloat(q) || scalars[0] === scalars[1]) return promote(p, q);
    return isFloat(p) ? (scalars[0] ? q : p) : promote(p, q);
  }
  const other = weak.operand === 0 ? q : p;
  if (isFloat(other)) return other;
  if (weak.kind === "float") return "float32";
  return other === "bool" ? "int32" : other;
}

/** Casts and expands operands to one dtype and shape; errors name `name`. */
export function align(
  b: NodeBuilder,
  name: string,
  operands: readonly Node[],
  dtype: DType,
): Node[] {
  let shape = operands[0]!.type.shape;
  for (const node of operands.slice(1)) shape = broadcastShapes(name, shape, node.type.shape);
  return operands.map((node) => expandTo(b, castTo(b, node, dtype), shape));
}

/** Casts int32 and bool to float32, as PyTorch does for functions with fractional results. */
export function toFloat(b: NodeBuilder, x: Node): Node {
  return isFloat(x.type.dtype) ? x : castTo(b, x, "float32");
}

/** Casts bool to int32: what is counted is a number. */
export function toNumber(b: NodeBuilder, x: Node): Node {
  return x.type.dtype === "bool" ? castTo(b, x, "int32") : x;
}

/** Applies a primitive of two operands with broadcasting and promotion. */
export function broadcast(
  b: NodeBuilder,
  name: PlainName,
  x: Node,
  y: Node,
  options: BinaryOptions = {},
): Node {
  const dtype = meetingDType(x, y, options);
  return op(b, name, ...align(b, name, [x, y], dtype));
}

/** A composite of two operands. */
export type Binary = (b: NodeBuilder, x: Node, y: Node, options?: BinaryOptions) => Node;

/** A composite of one operand. */
export type Unary = (b: NodeBuilder, x: Node) => Node;

function floatBinary(name: PlainName): Binary {
  return (b, x, y, options) => {
    const dtype = meetingDType(x, y, options);
    return op(b, name, ...align(b, name, [x, y], isFloat(dtype) ? dtype : "float32"));
  };
}

/** A comparison: bools are compared as numbers. */
export function comparing(name: "eq" | "ne" | "lt" | "le", swapped: boolean): Binary {
  return (b, x, y, options) => {
    const dtype = meetingDType(x, y, options);
    const [p, q] = align(b, name, [x, y], dtype === "bool" ? "int32" : dtype);
    return swapped ? op(b, name, q!, p!) : op(b, name, p!, q!);
  };
}

/** x + y; of bools: either. */
export const add: Binary = (b, x, y, options) =>
  bothBool(x, y) ? broadcast(b, "or", x, y) : broadcast(b, "add", x, y, options);

/** x · y; of bools: both. */
export const mul: Binary = (b, x, y, options) =>
  bothBool(x, y) ? broadcast(b, "and", x, y) : broadcast(b, "mul", x, y, options);

/** x − y. */
export const sub: Binary = (b, x, y, options) => {
  if (bothBool(x, y)) throw dtypeError("sub: both operands are bool; use logicalXor.");
  return broadcast(b, "sub", x, y, options);
};

/** x / y, always with a fraction. */
export const div: Binary = /* @__PURE__ */ floatBinary("div");

/** Whether x = y. */
export const eq: Binary = /* @__PURE__ */ comparing("eq", false);

/** Whether x < y. */
export const lt: Binary = /* @__PURE__ */ comparing("lt", false);

/** Whether x ≤ y. */
export const le: Binary = /* @__PURE__ */ comparing("le", false);

function bothBool(x: Node, y: Node): boolean {
  return x.type.dtype === "bool" && y.type.dtype === "bool";
}

/** a where the condition holds, else c; all three broadcast. */
export function where(
  b: NodeBuilder,
  condition: Node,
  a: Node,
  c: Node,
  options: BinaryOptions = {},
): Node {
  if (condition.type.dtype !== "bool") {
    throw dtypeError(`where: the condition is ${condition.type.text}; need bool.`);
  }
  const dtype = meetingDType(a, c, options);
  const shape = broadcastShapes("where", a.type.shape, c.type.shape);
  const full = broadcastShapes("where", condition.type.shape, shape);
  const [p, q] = [a, c].map((node) => expandTo(b, castTo(b, node, dtype), full));
  return op(b, "where", expandTo(b, condition, full), p!, q!);
}

/** Applies a float primitive; int32 and bool become float32 first. */
function lifted(name: PlainName): Unary {
  return (b, x) => op(b, name, toFloat(b, x));
}

/** The natural logarithm. */
export const log: Unary = /* @__PURE__ */ lifted("log");

/** −1, 0 or 1; 0 of NaN. */
export const sign: Unary = (b, x) => {
  if (x.type.dtype === "bool") return x;
  const zero = fillLike(b, x, 0);
  const above = castTo(b, op(b, "lt", zero, x), x.type.dtype);
  return op(b, "sub", above, castTo(b, op(b, "lt", x, zero), x.type.dtype));
};

/** x². */
export const square: Unary = (b, x) => op(b, "mul", toNumber(b, x), toNumber(b, x));

/** x, cut off from what it came from. */
export const stopGradient: Unary = (b, x) => op(b, "stopGradient", x);
