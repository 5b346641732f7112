/** Products of matrices and vectors, all by one primitive. */
import { isFloat, promote } from "../../core/dtype.ts";
import { shapeError } from "../../core/errors.ts";
import { broadcastShapes, showShape, sizeOf } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { innerSizesError } from "../rules.ts";
import { castTo, expandTo, fillLike, op, reshape, swapAxes } from "../words.ts";
import { add, mul } from "./arithmetic.ts";
import { checkedInt } from "./numeric.ts";

/**
 * The matrix product by PyTorch's rules: a vector counts as a row on the left and a column on the
 * right, leading axes broadcast.
 */
export function matmul(b: NodeBuilder, x: Node, w: Node): Node {
  if (x.type.shape.length === 0 || w.type.shape.length === 0) {
    throw shapeError(
      `matmul: x is ${showShape(x.type.shape)}, w is ${showShape(w.type.shape)}; ` +
        `need at least one axis each. Use mul for scalars.`,
    );
  }
  const inner = w.type.shape.at(w.type.shape.length === 1 ? -1 : -2)!;
  if (x.type.shape.at(-1) !== inner) throw innerSizesError(x.type.shape, w.type.shape);
  const dtype = promote(x.type.dtype, w.type.dtype);
  const [left, right] = [castTo(b, x, dtype), castTo(b, w, dtype)];
  const row = x.type.shape.length === 1 ? reshape(b, left, [1, inner]) : left;
  const column = w.type.shape.length === 1 ? reshape(b, right, [inner, 1]) : right;
  const y = product(b, row, column);
  const { shape } = y.type;
  const kept = [
    ...shape.slice(0, -2),
    ...(x.type.shape.length === 1 ? [] : shape.slice(-2, -1)),
    ...(w.type.shape.length === 1 ? [] : shape.slice(-1)),
  ];
  return reshape(b, y, kept);
}

/** Multiplies matrices with leading axes that broadcast. */
function product(b: NodeBuilder, x: Node, w: Node): Node {
  const [m, k] = x.type.shape.slice(-2) as [number, number];
  const n = w.type.shape.at(-1)!;
  const batch = x.type.shape.slice(0, -2);
  if (w.type.shape.length === 2 && batch.length > 0) {
    // one tall matrix: the weight is shared by the whole batch
    const y = product(b, reshape(b, x, [sizeOf(batch) * m, k]), w);
    return reshape(b, y, [...batch, m, n]);
  }
  const common = broadcastShapes("matmul", batch, w.type.shape.slice(0, -2));
  const left = expandTo(b, x, [...common, m, k]);
  const right = expandTo(b, w, [...common, k, n]);
  if (isFloat(x.type.dtype)) return op(b, "contract", left, right);
  return integerProduct(b, left, right);
}

/** The product of int32 matrices: that of float64, where it is exact, or else an overflow. */
function integerProduct(b: NodeBuilder, x: Node, w: Node): Node {
  const wide = [x, w].map((node) => castTo(b, node, "float64"));
  const size = op(b, "contract", ...wide.map((node) => op(b, "abs", node)));
  const exact = op(b, "le", size, fillLike(b, size, 9007199254740992));
  const y = op(b, "contract", ...wide);
  return checkedInt(b, op(b, "where", exact, y, fillLike(b, y, NaN)));
}

function needRank(name: string, argument: string, x: Node, rank: number): void {
  if (x.type.shape.length === rank) return;
  throw shapeError(`${name}: ${argument} is ${showShape(x.type.shape)}; need rank ${rank}.`);
}

/** The product of two matrices. */
export function mm(b: NodeBuilder, x: Node, w: Node): Node {
  needRank("mm", "x", x, 2);
  needRank("mm", "w", w, 2);
  return matmul(b, x, w);
}

/** The products of two batches of matrices. */
export function bmm(b: NodeBuilder, x: Node, w: Node): Node {
  needRank("bmm", "x", x, 3);
  needRank("bmm", "w", w, 3);
  if (x.type.shape[0] !== w.type.shape[0]) {
    throw shapeError(
      `bmm: batches differ: x is ${showShape(x.type.shape)}, w is ${showShape(w.type.shape)}.`,
    );
  }
  return matmul(b, x, w);
}

/** A matrix times a vector. */
export function mv(b: NodeBuilder, x: Node, v: Node): Node {
  needRank("mv", "x", x, 2);
  needRank("mv", "v", v, 1);
  return matmul(b, x, v);
}

/** The inner product of two vectors. */
export function dot(b: NodeBuilder, x: Node, y: Node): Node {
  needRank("dot", "x", x, 1);
  needRank("dot", "y", y, 1);
  return matmul(b, x, y);
}

/** Every element of one vector times every element of another. */
export function outer(b: NodeBuilder, x: Node, y: Node): Node {
  needRank("outer", "x", x, 1);
  needRank("outer", "y", y, 1);
  return mul(b, reshape(b, x, [x.type.size, 1]), y);
}

/** x · weightᵀ + bias: x is [..., in], weight [out, in], bias [out]. */
export function linear(b: NodeBuilder, x: Node, weight: Node, bias: Node | null = null): Node {
  needRank("linear", "weight", weight, 2);
  const [outputs, inputs] = weight.type.shape as [number, number];
  if (x.type.shape.at(-1) !== inputs) {
    throw shapeError(
      `linear: x is ${showShape(x.type.shape)}, weight is ${showShape(weight.type.shape)} ` +
        `([out, in]); need x.shape[-1] (${x.type.shape.at(-1)}) = weight.shape[1] (${inputs}).`,
    );
  }
  if (bias !== null && showShape(bias.type.shape) !== showShape([outputs])) {
    throw shapeError(
      `linear: bias is ${showShape(bias.type.shape)}, weight is ${showShape(weight.type.shape)}; ` +
        `need a bias of shape [${outputs}].`,
    );
  }
  const y = matmul(b, x, swapAxes(b, weight, 0, 1));
  return bias === null ? y : add(b, y, bias);
}

/** Σ x[i] · weight[o, i, j] · y[j] + bias[o]: x is [..., in1], y [..., in2]. */
export function bilinear(
  b: NodeBuilder,
  x: Node,
  y: Node,
  weight: Node,
  bias: Node | null = null,
): Node {
  needRank("bilinear", "weight", weight, 3);
  const [outputs, first, second] = weight.type.shape as [number, number, number];
  const lead = x.type.shape.slice(0, -1);
  const fits = x.type.shape.at(-1) === first && y.type.shape.at(-1) === second;
  if (!fits || showShape(lead) !== showShape(y.type.shape.slice(0, -1))) {
    throw shapeError(
      `bilinear: x1 is ${showShape(x.type.shape)}, x2 is ${showShape(y.type.shape)}, weight is ` +
        `${showShape(weight.type.shape)} ([out, in1, in2]); need [..., ${first}] and ` +
        `[..., ${second}] with equal leading axes.`,
    );
  }
  const rows = sizeOf(lead);
  const flat = reshape(b, swapAxes(b, weight, 0, 1), [first, outputs * second]);
  const half = matmul(b, reshape(b, x, [rows, first]), flat);
  const cube = reshape(b, half, [rows, outputs, second]);
  const z = matmul(b, cube, reshape(b, y, [rows, second, 1])); // [rows, out, 1]
  const result = reshape(b, z, [...lead, outputs]);
  return bias === null ? result : add(b, result, bias);
}
