/**
 * Singular vectors and eigenvectors are unique up to sign, and those that only complete a basis up
 * to a rotation. Both are taken from the expected ones before the comparison; gradients pass
 * through the same change.
 */
import { zeros } from "../../src/tensor/create.ts";
import { cat as joined } from "../../src/tensor/functions/movement.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import type { Values } from "../support/compare.ts";
import { makeTensor } from "../support/tensors.ts";

/** Ones where a sign or a rotation is free: on the diagonal, and in the block after `known`. */
function freedom(size: number, known: number, like: Tensor): Tensor {
  const data = Float64Array.from({ length: size * size }, (_, at) => {
    const [row, column] = [Math.floor(at / size), at % size];
    return Number(row === column || (row >= known && column >= known));
  });
  return makeTensor(like.dtype, [size, size], data);
}

/** The signs of the first `known` columns and the rotation of the others that lead to `want`. */
function changeTo(x: Tensor, want: Tensor, known: number): Tensor {
  const products = x.detach().transpose(-2, -1).matmul(want);
  return products.mul(freedom(x.shape.at(-1)!, known, x));
}

function expectedLike(values: Values, x: Tensor): Tensor {
  return makeTensor(x.dtype, values.shape, values.data);
}

/** The outputs of `linalg.eigh` and `linalg.svd` in the signs of the expected ones. */
export function aligned(op: string, outputs: Tensor[], expected: readonly Values[]): Tensor[] {
  if (op === "linalg.eigh" && outputs.length === 2) {
    const [values, vectors] = outputs as [Tensor, Tensor];
    const want = expectedLike(expected[1]!, vectors);
    return [values, vectors.matmul(changeTo(vectors, want, values.shape.at(-1)!))];
  }
  if (op !== "linalg.svd" || outputs.length !== 3) return outputs;
  const [u, s, vh] = outputs as [Tensor, Tensor, Tensor];
  const known = s.shape.at(-1)!;
  if (known === 0) return [expectedLike(expected[0]!, u), s, expectedLike(expected[2]!, vh)];
  const left = changeTo(u, expectedLike(expected[0]!, u), known);
  const turned = vh.transpose(-2, -1);
  const own = changeTo(turned, expectedLike(expected[2]!, vh).transpose(-2, -1), known);
  // the signs of both sides belong together: those of u count
  const right = own.where(outside(own, known), embedded(left, own, known));
  return [u.matmul(left), s, turned.matmul(right).transpose(-2, -1)];
}

/** Whether a place of a square matrix lies outside the first `known` rows. */
function outside(x: Tensor, known: number): Tensor {
  const size = x.shape.at(-1)!;
  const data = Float64Array.from({ length: size * size }, (_, at) => Number(at >= known * size));
  return makeTensor("bool", [size, size], data).expand(x.shape);
}

/** The first `known` rows and columns of one change in the size of another. */
function embedded(x: Tensor, like: Tensor, known: number): Tensor {
  const start = x.slice(-2, 0, known).slice(-1, 0, known);
  const missing = like.shape.at(-1)! - known;
  const wide = zeros(like.shape, { dtype: like.dtype });
  if (missing === 0) return start;
  const padded = wide.slice(-2, 0, known).slice(-1, 0, known).add(start);
  const right = wide.slice(-2, 0, known).slice(-1, known);
  const rows = [padded, right];
  return joined([joined(rows, -1), wide.slice(-2, known)], -2);
}
