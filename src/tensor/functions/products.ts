/**
 * Products beyond `matmul`: fused sums of products, contractions over chosen axes, Kronecker,
 * cross.
 */
import { readNamed } from "../../core/options.ts";
import * as f from "../../ir/compose/factorization.ts";
import { matmul as composeMatmul, outer as composeOuter } from "../../ir/compose/linalg.ts";
import * as c from "../../ir/compose/products.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import type { None } from "../../runtime/function.ts";
import { Fn, NONE } from "../../runtime/function.ts";
import { call1 } from "../call.ts";
import type { Value } from "../value.ts";
import { constantAttrs, unary } from "./define.ts";

/** Options of `addmm` and its like: beta · input + alpha · product. */
export interface AddProductOptions {
  /** Default: 1. */
  readonly beta?: number;
  /** Default: 1. */
  readonly alpha?: number;
}

/** beta · input + alpha · (x times y). */
export type AddProduct = <V extends Value>(input: V, x: V, y: V, options?: AddProductOptions) => V;

function fused(name: string, compose: (b: NodeBuilder, x: Node, y: Node) => Node): AddProduct {
  const plain = new Fn<None>(name, (b, [input, x, y]) => [
    c.addProduct(b, name, input!, compose(b, x!, y!), null, null),
  ]);
  const scaled = new Fn<None>(name, (b, [input, x, y, beta, alpha]) => [
    c.addProduct(b, name, input!, compose(b, x!, y!), beta!, alpha!),
  ]);
  return (input, x, y, options) => {
    const { beta, alpha } = readNamed(name, { beta: 1, alpha: 1 }, options);
    return beta === 1 && alpha === 1
      ? call1(plain, [input, x, y], [], NONE)
      : call1(scaled, [input, x, y], [beta, alpha], NONE);
  };
}

/** beta · input + alpha · (matrix · matrix). */
export const addmm = /* @__PURE__ */ fused("addmm", composeMatmul);
/** beta · input + alpha · (matrix · vector). */
export const addmv = /* @__PURE__ */ fused("addmv", composeMatmul);
/** beta · input + alpha · (vector ⊗ vector). */
export const addr = /* @__PURE__ */ fused("addr", composeOuter);
/** beta · input + alpha · the products of two batches of matrices. */
export const baddbmm = /* @__PURE__ */ fused("baddbmm", composeMatmul);
/** beta · input + alpha · the sum of the products of two batches of matrices. */
export const addbmm = /* @__PURE__ */ fused("addbmm", c.sumOfProducts);

function product(name: string, compose: (b: NodeBuilder, x: Node, y: Node) => Node) {
  const fn = new Fn<None>(name, (b, [x, y]) => [compose(b, x!, y!)]);
  return <V extends Value>(x: V, y: V): V => call1(fn, [x, y], [], NONE);
}

/** Sums products over the last axes of both. */
export const inner = /* @__PURE__ */ product("inner", c.inner);
/** Every element of x times the whole of y, laid out in blocks. */
export const kron = /* @__PURE__ */ product("kron", c.kron);
/** The inner product of two vectors. */
export const vdot = /* @__PURE__ */ product("vdot", composeMatmul);

/** The axes to sum over: the last of x with the first of y, or lists of both. */
export type ContractedAxes = number | readonly (readonly number[])[];

const tensordotFn = /* @__PURE__ */ new Fn<{ readonly dims: ContractedAxes }>(
  "tensordot",
  (b, [x, y], { dims }) => [c.tensordot(b, x!, y!, dims)],
);

/**
 * Sums products over the last `dims` (default 2) axes of x and the first of y, or over those
 * listed.
 */
export function tensordot<V extends Value>(
  x: V,
  y: V,
  dims: ContractedAxes | { readonly dims?: ContractedAxes } = 2,
): V {
  const axes = typeof dims === "number" || "length" in dims ? dims : (dims.dims ?? 2);
  return call1(tensordotFn, [x, y], [], constantAttrs({ dims: axes }));
}

interface AlongAttrs {
  readonly dim: number | null;
}

const crossFn = /* @__PURE__ */ new Fn<AlongAttrs>("cross", (b, [x, y], { dim }) => [
  c.cross(b, x!, y!, dim),
]);

/** The cross product along an axis of extent 3 (default: the first such axis). */
export function cross<V extends Value>(x: V, y: V, dim?: number | { readonly dim?: number }): V {
  const axis = typeof dim === "object" ? dim.dim : dim;
  return call1(crossFn, [x, y], [], constantAttrs({ dim: axis ?? null }));
}

/** The sum of the diagonal of a matrix. */
export const trace = /* @__PURE__ */ unary("trace", f.trace);

const chainFn = /* @__PURE__ */ new Fn<None>("chainMatmul", (b, matrices) => [
  f.multiDot(b, matrices),
]);

/** The product of matrices in the order that takes the fewest multiplications. */
export function chainMatmul<V extends Value>(...matrices: readonly V[]): V {
  return call1(chainFn, matrices, [], NONE);
}
