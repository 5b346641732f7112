/**
 * What a network's answers rest on: how much worse they get on rows where one column is shuffled,
 * and how they go, on the average, with one column while the others stay.
 */
import { shuffledRows } from "../split.ts";
import type { Encoded, TrainedColumn } from "./dataset.ts";
import { widthOf } from "./dataset.ts";
import { answerRows, errorOf, evaluate } from "./evaluate.ts";
import type { FittedModel } from "./fitted.ts";

/** How much worse answers get where a column is shuffled. */
export interface ColumnImportance {
  readonly column: string;
  /** The mean growth of the error, and its deviation over the shuffles. */
  readonly increase: number;
  readonly deviation: number;
}

/** The importance of every column, the most important first. */
export interface Importance {
  /** How many rows were asked, and whether the network had seen them. */
  readonly rows: number;
  readonly seen: boolean;
  /** The error that grows: RMSE (by range over several targets), or the mean of −ln of shares. */
  readonly measure: "rmse" | "logLoss";
  readonly error: number;
  readonly columns: readonly ColumnImportance[];
}

/** How answers go with one column: their mean over rows in which all else stays. */
export interface Dependence {
  readonly column: string;
  readonly at: readonly (number | string)[];
  /** For each target, or each class, a mean at each place. */
  readonly answers: readonly (readonly number[])[];
}

const SHUFFLES = 5;

/** Shuffles one column after the other, several times each, and asks again. */
export async function importanceOf(
  model: FittedModel,
  data: Encoded,
  seed: number,
  seen: boolean,
): Promise<Importance> {
  const error = errorIn(await answerRows(model, data), data);
  const columns: ColumnImportance[] = [];
  for (const { column, from, width } of placesOf(data.inputs)) {
    const grown: number[] = [];
    for (let k = 0; k < SHUFFLES; k++) {
      const order = shuffledRows(data.rows, seed + k);
      const x = data.x.slice();
      order.forEach((other, row) => {
        const own = other * data.width + from;
        x.set(data.x.subarray(own, own + width), row * data.width + from);
      });
      const other = { ...data, x };
      grown.push(errorIn(await answerRows(model, other), other) - error);
    }
    const increase = mean(grown);
    const deviation = Math.sqrt(mean(grown.map((g) => (g - increase) * (g - increase))));
    columns.push({ column: column.name, increase, deviation });
  }
  const measure = data.classes === undefined ? "rmse" : "logLoss";
  return { rows: data.rows, seen, measure, error, columns: sorted(columns) };
}

/** Joins what the folds found, each by its rows. */
export function joinImportance(parts: readonly Importance[]): Importance {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const joint = (of: (part: Importance) => number): number =>
    parts.reduce((sum, part) => sum + (of(part) * part.rows) / rows, 0);
  const columns = parts[0]!.columns.map(({ column }): ColumnImportance => {
    const own = (part: Importance): ColumnImportance =>
      part.columns.find((one) => one.column === column)!;
    const increase = joint((part) => own(part).increase);
    const deviation = joint((part) => own(part).deviation);
    return { column, increase, deviation };
  });
  return {
    ...parts[0]!,
    rows,
    error: joint(({ error }) => error),
    columns: sorted(columns),
  };
}

const [GRID, MOST_ROWS] = [21, 200];

/** Asks, for each column, what is answered on the average where it has one value after another. */
export async function dependenceOf(model: FittedModel, data: Encoded): Promise<Dependence[]> {
  const stride = Math.ceil(data.rows / MOST_ROWS);
  const rows = Array.from({ length: Math.ceil(data.rows / stride) }, (_, i) => i * stride);
  const found: Dependence[] = [];
  for (const { column, from, width } of placesOf(data.inputs)) {
    const { name, min, max, values } = column;
    if (values === undefined && width > 1) continue; // such as the parts of a date
    const at: readonly (number | string)[] =
      values ?? Array.from({ length: GRID }, (_, i) => min + ((max - min) * i) / (GRID - 1));
    const means: number[][] = [];
    for (const [k, place] of at.entries()) {
      const x = new Float64Array(rows.length * data.width);
      rows.forEach((row, i) => {
        x.set(data.x.subarray(row * data.width, (row + 1) * data.width), i * data.width);
        const own = x.subarray(i * data.width + from, i * data.width + from + width);
        if (values === undefined) own[0] = place as number;
        else own.fill(0)[k] = 1;
      });
      const asked = { ...data, x, rows: rows.length };
      const answers = await answerRows(model, asked);
      const outputs = answers.length / rows.length;
      means.push(
        Array.from({ length: outputs }, (_, j) =>
          mean(rows.map((__, i) => answers[i * outputs + j]!)),
        ),
      );
    }
    const answers = means[0]!.map((_, j) => means.map((one) => one[j]!));
    found.push({ column: name, at, answers });
  }
  return found;
}

function placesOf(columns: readonly TrainedColumn[]) {
  let at = 0;
  return columns.map((column) => {
    const place = { column, from: at, width: widthOf([column]) };
    at += place.width;
    return place;
  });
}

function errorIn(answers: Float64Array, data: Encoded): number {
  const found = evaluate(answers, data);
  return found.probabilities?.logLoss ?? errorOf(found, data);
}

function sorted(columns: readonly ColumnImportance[]): ColumnImportance[] {
  return [...columns].sort((a, b) => b.increase - a.increase);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
