/** The rows of a table as a network takes them: scaled, float32, classes as columns of 0 and 1. */
import { argumentError } from "../../core/errors.ts";
import { showText } from "../../core/format.ts";
import type { Scaler } from "../../data/scaler.ts";
import { createScaler } from "../../data/scaler.ts";
import type { Encoded } from "./dataset.ts";
import { columnOfEach } from "./dataset.ts";
import type { FitOptions } from "./options.ts";
import type { Rows } from "./row-batches.ts";
import { makeRows } from "./row-batches.ts";

/** How many numbers a network answers for a row: one for each class, or for each target. */
export function outputsOf({ classes, targets }: Encoded): number {
  return classes?.length ?? targets;
}

/** Fits the scalers of inputs and targets; the scores of classes stay as they are. */
export function fitScalers(
  data: Encoded,
  { scale }: Pick<FitOptions, "scale">,
): [x: Scaler, y: Scaler] {
  const { x, y, width, targets, classes } = data;
  const outputs = outputsOf(data);
  const yScaler =
    classes === undefined
      ? createScaler(scale).fit(y, targets)
      : createScaler("none").fit(new Float64Array(outputs), outputs);
  return [createScaler(scale).fit(x, width), yScaler];
}

/** Scales rows. */
export function scaleRows(data: Encoded, xScaler: Scaler, yScaler: Scaler): Rows {
  const { rows, classes, width, targets } = data;
  const names = columnOfEach(data.inputs);
  const x = checked(xScaler.transformFloat32(data.x), names, width);
  if (classes === undefined) {
    const wanted = data.outputs.map(({ name }) => name);
    return makeRows(x, checked(yScaler.transformFloat32(data.y), wanted, targets), rows);
  }
  const y = new Float32Array(rows * classes.length);
  data.y.forEach((k, row) => (y[row * classes.length + k] = 1));
  return makeRows(x, y, rows);
}

function checked(values: Float32Array, names: readonly string[], width: number): Float32Array {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return values;
  throw argumentError(
    `column ${showText(names[bad % width]!)}: the value of row ${Math.floor(bad / width) + 1} ` +
      "does not fit into float32; scale the data (minmax or standard), or use a larger unit.",
  );
}
