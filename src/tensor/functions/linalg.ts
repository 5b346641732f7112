/** Products of vectors and matrices. */
import { einsum as composeEinsum } from "../../ir/compose/einsum.ts";
import * as c from "../../ir/compose/linalg.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import { Fn, NONE } from "../../runtime/function.ts";
import { call1 } from "../call.ts";
import type { Value } from "../value.ts";
import { constantAttrs } from "./define.ts";

function product(name: string, compose: (b: NodeBuilder, x: Node, y: Node) => Node) {
  const fn = new Fn(name, (b, [x, y]) => [compose(b, x!, y!)]);
  return <V extends Value>(x: V, y: V): V => call1(fn, [x, y], [], NONE);
}

/** The matrix product by PyTorch's rules for vectors, matrices and batches. */
export const matmul = /* @__PURE__ */ product("matmul", c.matmul);
/** The product of two matrices. */
export const mm = /* @__PURE__ */ product("mm", c.mm);
/** The products of two batches [B, M, K] and [B, K, N]. */
export const bmm = /* @__PURE__ */ product("bmm", c.bmm);
/** A matrix times a vector. */
export const mv = /* @__PURE__ */ product("mv", c.mv);
/** The inner product of two vectors. */
export const dot = /* @__PURE__ */ product("dot", c.dot);
/** Every element of one vector times every element of another: [N, M]. */
export const outer = /* @__PURE__ */ product("outer", c.outer);

const linearFn = /* @__PURE__ */ new Fn("linear", (b, [x, weight, bias]) => [
  c.linear(b, x!, weight!, bias ?? null),
]);

/** x · weightᵀ + bias: x is [..., in], weight [out, in], bias [out] or null. */
export function linear<V extends Value>(x: V, weight: V, bias?: V | null): V {
  return call1(linearFn, bias ? [x, weight, bias] : [x, weight], [], NONE);
}

const einsumFn = /* @__PURE__ */ new Fn<{ readonly equation: string }>(
  "einsum",
  (b, operands, { equation }) => [composeEinsum(b, equation, operands)],
);

/** Sums products by Einstein's convention: `einsum("bij,bjk->bik", x, y)`. */
export function einsum<V extends Value>(
  equation: string,
  ...operands: readonly V[] | [operands: readonly V[]]
): V {
  return call1(einsumFn, operands.flat() as V[], [], constantAttrs({ equation }));
}
