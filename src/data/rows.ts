/** Rows and columns of row-major values, `[rows, width]`. */

/** Takes some rows of row-major values. */
export function takeRows<T extends Float32Array | Float64Array>(
  values: T,
  width: number,
  rows: ArrayLike<number>,
): T {
  const out = new (values.constructor as new (length: number) => T)(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * width;
    for (let j = 0; j < width; j++) out[i * width + j] = values[from + j]!;
  }
  return out;
}

/** Takes column `j` out of row-major values. */
export function takeColumn(values: Float64Array, width: number, j: number): Float64Array {
  return Float64Array.from({ length: values.length / width }, (_, row) => values[row * width + j]!);
}
