/** Small linear least squares in float64 by Householder's reflections. */

/** A matrix by its columns, all of one length. */
export type Columns = readonly Float64Array[];

/** An upper triangle by its columns, and the right side that was reflected with it. */
export interface Triangle {
  readonly columns: readonly Float64Array[];
  readonly right: Float64Array;
}

/** Reflects a matrix to an upper triangle, and the right side with it. Copies both. */
export function triangulate(matrix: Columns, right: Float64Array): Triangle {
  const columns = matrix.map((column) => column.slice());
  const b = right.slice();
  columns.forEach((column, k) => {
    const norm = Math.sqrt(column.subarray(k).reduce((sum, x) => sum + x * x, 0));
    if (norm === 0) return;
    const head = column[k]! > 0 ? -norm : norm;
    const v = column.slice(k);
    v[0]! -= head;
    const half = norm * (norm + Math.abs(column[k]!)); // vᵀv / 2
    for (const other of [...columns.slice(k + 1), b]) reflect(other.subarray(k), v, half);
    column.fill(0, k);
    column[k] = head;
  });
  return { columns, right: b };
}

function reflect(x: Float64Array, v: Float64Array, half: number): void {
  let product = 0;
  for (let i = 0; i < v.length; i++) product += v[i]! * x[i]!;
  const factor = product / half;
  for (let i = 0; i < v.length; i++) x[i]! -= factor * v[i]!;
}

/** Solves a triangle for its right side; an unknown that it does not determine is 0. */
export function solveTriangle({ columns, right }: Triangle): Float64Array {
  const size = columns.length;
  const x = right.slice(0, size);
  for (let k = size - 1; k >= 0; k--) {
    const column = columns[k]!;
    x[k] = column[k] === 0 ? 0 : x[k]! / column[k]!;
    for (let i = 0; i < k; i++) x[i]! -= column[i]! * x[k]!;
  }
  return x;
}

/** Finds x with the least |A x − b|² + Σ (damping[k] x[k])². */
export function solveDamped(
  matrix: Columns,
  right: Float64Array,
  damping: ArrayLike<number>,
): Float64Array {
  const [rows, size] = [right.length, matrix.length];
  const columns = matrix.map((column, k) => {
    const tall = new Float64Array(rows + size);
    tall.set(column);
    tall[rows + k] = damping[k]!;
    return tall;
  });
  const b = new Float64Array(rows + size);
  b.set(right);
  return solveTriangle(triangulate(columns, b));
}

/** Returns the diagonal of (AᵀA)⁻¹; infinite where A determines nothing. */
export function inverseDiagonal(matrix: Columns): Float64Array {
  const size = matrix.length;
  const { columns } = triangulate(matrix, new Float64Array(matrix[0]?.length ?? 0));
  const diagonal = new Float64Array(size);
  if (columns.some((column, k) => !(Math.abs(column[k] ?? 0) > 0))) return diagonal.fill(Infinity);
  for (let j = 0; j < size; j++) {
    const right = Float64Array.from({ length: size }, (_, i) => (i === j ? 1 : 0));
    // the rows of R⁻¹ are the diagonal's addends
    solveTriangle({ columns, right }).forEach((x, i) => (diagonal[i]! += x * x));
  }
  return diagonal;
}
