/**
 * Products beyond the matrix product: contractions over chosen axes, Kronecker, cross, and fused
 * sums.
 */
import { promote } from "../../core/dtype.ts";
import { argumentError, shapeError } from "../../core/errors.ts";
import { broadcastShapes, normalizeAxis, sameShape, showShape } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { castTo, concat, expandTo, op, permute, reshape, sliceAxis } from "../words.ts";
import { add, mul } from "./arithmetic.ts";
import { matmul } from "./linalg.ts";
import { sum } from "./reduction.ts";

/** beta · x + alpha · product, x stretched to the product; alpha and beta are float64 scalars. */
export function addProduct(
  b: NodeBuilder,
  name: string,
  x: Node,
  product: Node,
  beta: Node | null,
  alpha: Node | null,
): Node {
  const { shape, dtype } = product.type;
  if (!sameShape(broadcastShapes(name, x.type.shape, shape), shape)) {
    throw shapeError(
      `${name}: input is ${showShape(x.type.shape)}; it does not stretch to ${showShape(shape)}.`,
    );
  }
  const scaled = (node: Node, factor: Node | null): Node =>
    factor === null ? node : mul(b, node, castTo(b, factor, node.type.dtype));
  const left = expandTo(b, scaled(castTo(b, x, dtype), beta), shape);
  return add(b, left, scaled(product, alpha));
}

/** The sum of the products of a batch of matrices. */
export function sumOfProducts(b: NodeBuilder, x: Node, y: Node): Node {
  const [m, n] = [x.type.shape, y.type.shape];
  if (m.length !== 3 || n.length !== 3 || m[0] !== n[0] || m[2] !== n[1]) {
    throw shapeError(
      `addbmm: batch1 is ${showShape(m)}, batch2 is ${showShape(n)}; ` +
        `need [B, M, K] and [B, K, N].`,
    );
  }
  return sum(b, matmul(b, x, y), 0);
}

/** Sums products over the last axes of both; of scalars, the plain product. */
export function inner(b: NodeBuilder, x: Node, y: Node): Node {
  const [m, n] = [x.type.shape, y.type.shape];
  if (m.length === 0 || n.length === 0) return mul(b, x, y);
  if (m.at(-1) !== n.at(-1)) {
    throw shapeError(`inner: x is ${showShape(m)}, y is ${showShape(n)}; the last axes differ.`);
  }
  return tensordot(b, x, y, [[m.length - 1], [n.length - 1]]);
}

/** Sums products over the last `dims` axes of x and the first of y, or over the axes listed. */
export function tensordot(
  b: NodeBuilder,
  x: Node,
  y: Node,
  dims: number | readonly (readonly number[])[],
): Node {
  const [m, n] = [x.type.shape, y.type.shape];
  const listed =
    typeof dims === "number"
      ? [Array.from({ length: dims }, (_, i) => m.length - dims + i), range(dims)]
      : dims;
  const [left, right] = [
    listed[0]!.map((d) => normalizeAxis("tensordot", d, m.length)),
    listed[1]!.map((d) => normalizeAxis("tensordot", d, n.length)),
  ];
  const differ = left.length !== right.length || left.some((axis, i) => m[axis] !== n[right[i]!]);
  if (differ) {
    throw shapeError(
      `tensordot: x is ${showShape(m)}, y is ${showShape(n)}; axes [${left.join(", ")}] and ` +
        `[${right.join(", ")}] have different extents.`,
    );
  }
  const rows = range(m.length).filter((axis) => !left.includes(axis));
  const columns = range(n.length).filter((axis) => !right.includes(axis));
  const size = (shape: readonly number[], axes: readonly number[]): number =>
    axes.reduce((product, axis) => product * shape[axis]!, 1);
  const tall = reshape(b, permute(b, x, [...rows, ...left]), [size(m, rows), size(m, left)]);
  const wide = reshape(b, permute(b, y, [...right, ...columns]), [
    size(n, right),
    size(n, columns),
  ]);
  return reshape(b, matmul(b, tall, wide), [
    ...rows.map((axis) => m[axis]!),
    ...columns.map((axis) => n[axis]!),
  ]);
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/** Every element of x times the whole of y, laid out in blocks. */
export function kron(b: NodeBuilder, x: Node, y: Node): Node {
  const rank = Math.max(x.type.shape.length, y.type.shape.length);
  const padded = (node: Node): number[] => [
    ...new Array<number>(rank - node.type.shape.length).fill(1),
    ...node.type.shape,
  ];
  const [m, n] = [padded(x), padded(y)];
  const dtype = promote(x.type.dtype, y.type.dtype);
  const shape = range(rank).flatMap((axis) => [m[axis]!, n[axis]!]);
  const left = reshape(
    b,
    castTo(b, x, dtype),
    range(rank).flatMap((axis) => [m[axis]!, 1]),
  );
  const right = reshape(
    b,
    castTo(b, y, dtype),
    range(rank).flatMap((axis) => [1, n[axis]!]),
  );
  const product = op(b, "mul", expandTo(b, left, shape), expandTo(b, right, shape));
  return reshape(
    b,
    product,
    range(rank).map((axis) => m[axis]! * n[axis]!),
  );
}

/** The cross product of vectors along an axis of extent 3. Without `dim`, the first such axis. */
export function cross(b: NodeBuilder, x: Node, y: Node, dim: number | null = null): Node {
  const shape = broadcastShapes("cross", x.type.shape, y.type.shape);
  const axis = dim === null ? shape.indexOf(3) : normalizeAxis("cross", dim, shape.length);
  if (shape[axis] !== 3) {
    throw argumentError(
      `cross: the operands are ${showShape(x.type.shape)} and ${showShape(y.type.shape)}; ` +
        `need an axis of extent 3.`,
    );
  }
  const dtype = promote(x.type.dtype, y.type.dtype);
  const [p, q] = [x, y].map((node) => {
    const full = expandTo(b, castTo(b, node, dtype), shape);
    return [0, 1, 2].map((k) => sliceAxis(b, full, axis, k, 1));
  }) as [Node[], Node[]];
  const part = (i: number, j: number): Node =>
    op(b, "sub", op(b, "mul", p[i]!, q[j]!), op(b, "mul", p[j]!, q[i]!));
  return concat(b, [part(1, 2), part(2, 0), part(0, 1)], axis);
}

/** The inner product along an axis, the operands broadcast. */
export function vecdot(b: NodeBuilder, x: Node, y: Node, dim = -1): Node {
  return sum(b, mul(b, x, y), dim);
}
