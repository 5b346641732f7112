/**
 * Scalers: affine maps of columns, fitted on the training rows and undone for what is reported.
 * Values are row-major, `[rows, columns]`; all arithmetic is float64.
 */
import { argumentError, NablaError } from "../core/errors.ts";

/** The kinds of scaler. */
export type ScalerKind = "minmax" | "standard" | "none";

/** A fitted scaler as plain data: column j maps x to (x − offset[j]) / scale[j]. */
export interface ScalerJson {
  readonly kind: ScalerKind;
  readonly offset: readonly number[];
  readonly scale: readonly number[];
}

/** The names of the scalers, in the order in which help texts show them. */
export const SCALER_KINDS: readonly ScalerKind[] = ["minmax", "standard", "none"];

abstract class AffineScaler {
  abstract readonly kind: ScalerKind;
  protected offset: readonly number[] = [];
  protected scale: readonly number[] = [];

  /** Computes offset and scale of one column. */
  protected abstract fitColumn(values: Float64Array): readonly [offset: number, scale: number];

  /** Fits the scaler to row-major values with `columns` columns (default 1); returns itself. */
  fit(values: ArrayLike<number>, columns = 1): this {
    const rows = rowsOf(values, columns);
    if (rows === 0) throw argumentError(`${this.kind} scaler: nothing to fit: there are no rows.`);
    const fitted = Array.from({ length: columns }, (_, j) => {
      const column = new Float64Array(rows);
      for (let i = 0; i < rows; i++) column[i] = values[i * columns + j]!;
      return this.fitColumn(column);
    });
    this.offset = fitted.map(([offset]) => offset);
    this.scale = fitted.map(([, scale]) => scale);
    return this;
  }

  /** Maps values into the scaled range. */
  transform(values: ArrayLike<number>): Float64Array {
    return this.#map(values, toScaled, new Float64Array(values.length));
  }

  /** The same in float32, as networks take it, without the float64 values between. */
  transformFloat32(values: ArrayLike<number>): Float32Array {
    return this.#map(values, toScaled, new Float32Array(values.length));
  }

  /** Maps scaled values back into their units. */
  inverseTransform(values: ArrayLike<number>): Float64Array {
    return this.#map(values, fromScaled, new Float64Array(values.length));
  }

  /** Returns the fitted scaler as plain data. */
  toJSON(): ScalerJson {
    return { kind: this.kind, offset: [...this.offset], scale: [...this.scale] };
  }

  /** Takes offset and scale from plain data; returns itself. */
  restore(json: ScalerJson): this {
    this.offset = json.offset;
    this.scale = json.scale;
    return this;
  }

  #map<T extends Float32Array | Float64Array>(
    values: ArrayLike<number>,
    of: (x: number, offset: number, scale: number) => number,
    out: T,
  ): T {
    const columns = this.offset.length;
    if (columns === 0) throw new NablaError("state", `${this.kind} scaler: call fit first.`);
    rowsOf(values, columns);
    for (let i = 0; i < values.length; i++) {
      const j = i % columns;
      out[i] = of(values[i]!, this.offset[j]!, this.scale[j]!);
    }
    return out;
  }
}

function toScaled(x: number, offset: number, scale: number): number {
  return (x - offset) / scale;
}

function fromScaled(x: number, offset: number, scale: number): number {
  return x * scale + offset;
}

/** Maps each column onto [0, 1]; a constant column maps to 0. */
export class MinMaxScaler extends AffineScaler {
  readonly kind = "minmax";

  protected fitColumn(values: Float64Array): readonly [number, number] {
    const [low, high] = rangeOf(values);
    return [low, high - low || 1];
  }
}

/**
 * Maps each column to mean 0 and (population) standard deviation 1; a constant column maps to 0.
 */
export class StandardScaler extends AffineScaler {
  readonly kind = "standard";

  protected fitColumn(values: Float64Array): readonly [number, number] {
    const [low, high] = rangeOf(values);
    if (low === high) return [low, 1]; // exactly, where rounding of the mean would leave dust
    let sum = 0;
    for (const value of values) sum += value;
    const mean = sum / values.length;
    let squares = 0;
    for (const value of values) squares += (value - mean) * (value - mean);
    return [mean, Math.sqrt(squares / values.length) || 1];
  }
}

/** Leaves every column as it is. */
export class IdentityScaler extends AffineScaler {
  readonly kind = "none";

  protected fitColumn(): readonly [number, number] {
    return [0, 1];
  }
}

/** A scaler of any kind. */
export type Scaler = MinMaxScaler | StandardScaler | IdentityScaler;

/** Makes an unfitted scaler by name. */
export function createScaler(kind: ScalerKind): Scaler {
  switch (kind) {
    case "minmax":
      return new MinMaxScaler();
    case "standard":
      return new StandardScaler();
    case "none":
      return new IdentityScaler();
    default:
      return kind satisfies never;
  }
}

/** Restores a fitted scaler from plain data; throws a format error where it is not one. */
export function scalerFromJson(json: unknown): Scaler {
  const { kind, offset, scale } = (json ?? {}) as Partial<ScalerJson>;
  const valid =
    SCALER_KINDS.includes(kind as ScalerKind) &&
    isNumbers(offset) &&
    isNumbers(scale) &&
    offset.length === scale.length &&
    offset.length > 0 &&
    scale.every((s) => s !== 0);
  if (!valid) throw new NablaError("format", "scaler: not the description of a fitted scaler.");
  return createScaler(kind as ScalerKind).restore({ kind: kind as ScalerKind, offset, scale });
}

/** Returns the smallest and the largest of the values. */
export function rangeOf(values: ArrayLike<number>): readonly [low: number, high: number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  return [low, high];
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isFinite(n));
}

function rowsOf(values: ArrayLike<number>, columns: number): number {
  const rows = values.length / columns;
  if (Number.isInteger(rows) && columns >= 1) return rows;
  throw argumentError(`scaler: ${values.length} values do not make rows of ${columns}.`);
}
