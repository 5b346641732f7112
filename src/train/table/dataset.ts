/**
 * Tables as a network sees them: columns of numbers as they are, dates with what comes round in
 * them, columns of text as one input of 0 or 1 for each value, a text target as class numbers.
 * Encoded values are row-major float64.
 */
import { argumentError } from "../../core/errors.ts";
import { formatNumber, showText } from "../../core/format.ts";
import type { NumberRecipe, Recipe } from "../../data/columns/recipe.ts";
import { featuresOf, spellValue, widthUnder, writeCycles } from "../../data/columns/recipe.ts";
import { takeColumn, takeRows } from "../../data/rows.ts";
import { rangeOf } from "../../data/scaler.ts";

/** A named column of numbers. */
export interface Column {
  readonly name: string;
  /** How its cells became numbers, where they were not plain ones. */
  readonly recipe?: NumberRecipe;
  readonly values: Float64Array;
}

/** A named column of text. */
export interface TextColumn {
  readonly name: string;
  /** How its texts were taken for kinds, where not as they stand. */
  readonly recipe?: Recipe;
  readonly texts: readonly string[];
}

/** A column of either kind. */
export type DataColumn = Column | TextColumn;

/** What a network is fitted to. */
export interface Dataset {
  readonly inputs: readonly DataColumn[];
  /** Columns of numbers, or one column of text: the class. */
  readonly outputs: readonly DataColumn[];
  readonly rows: number;
  /** What rows are shared out by, beside inputs and targets. */
  readonly group?: DataColumn;
  readonly time?: Column;
}

/** A column that a network was trained on, with the range it had there. */
export interface TrainedColumn {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** The different texts of a column of text, in order; its range counts them. */
  readonly values?: readonly string[];
  /** What stands for a missing value: the mean of the training rows, or their commonest text. */
  readonly fill?: number | string;
  /** How its cells are read; without one as plain numbers, or as they stand. */
  readonly recipe?: Recipe;
}

/** From which probability on one of two classes is answered. */
export interface Decision {
  /** The number of that class. */
  readonly positive: number;
  readonly threshold: number;
}

/** A dataset encoded for a network. */
export interface Encoded {
  readonly inputs: readonly TrainedColumn[];
  readonly outputs: readonly TrainedColumn[];
  /** The classes of a text target. */
  readonly classes?: readonly string[];
  readonly rows: number;
  /** Row-major `[rows, width]`. */
  readonly x: Float64Array;
  readonly width: number;
  /** Row-major `[rows, targets]`; class numbers, `[rows]`, where there are classes. */
  readonly y: Float64Array;
  readonly targets: number;
  /** From which probability on one of two classes is answered; else the likelier one is. */
  readonly decision?: Decision;
  /** The group of each row, by number: groups stay whole where rows are held out. */
  readonly groups?: Int32Array;
  /** The time of each row: what is held out comes later than what is trained on. */
  readonly time?: Float64Array;
}

/** Text columns with more different values than these are names of rows, not kinds. */
export const MOST_KINDS = 1000;

/** Makes a dataset; checks that all columns are of one length. */
export function makeDataset(
  inputs: readonly DataColumn[],
  outputs: readonly DataColumn[],
): Dataset {
  const [first, ...others] = [...inputs, ...outputs];
  const rows = first === undefined ? 0 : lengthOf(first);
  if (inputs.length === 0 || outputs.length === 0) {
    throw argumentError("a fit needs at least one input and one target.");
  }
  if (others.some((column) => lengthOf(column) !== rows)) {
    throw argumentError("the columns of a fit must be of one length.");
  }
  if (outputs.length > 1 && outputs.some((column) => "texts" in column)) {
    throw argumentError(
      "a column of classes is fitted alone: name one text column, or columns of numbers.",
    );
  }
  return { inputs, outputs, rows };
}

/** The columns of a training: what each holds. */
export interface TrainedColumns {
  readonly inputs: readonly TrainedColumn[];
  readonly outputs: readonly TrainedColumn[];
}

/** Encodes a dataset; errors name the column that there is nothing to learn from. */
export function encode(data: Dataset): Encoded {
  const { inputs, outputs } = data;
  return encodeAs(
    { inputs: inputs.map(describeColumn), outputs: outputs.map(describeColumn) },
    data,
  );
}

/** Encodes a dataset as it was for a training; it must have no other texts than that had. */
export function encodeAs(
  { inputs: seen, outputs: wanted }: TrainedColumns,
  { inputs, outputs, rows, group, time }: Dataset,
): Encoded {
  const classes = wanted[0]!.values;
  const y = classes === undefined ? joinNumbers(outputs, rows) : classNumbers(outputs[0]!, classes);
  return {
    inputs: seen,
    outputs: wanted,
    rows,
    y,
    ...(classes === undefined ? {} : { classes }),
    x: encodeInputs(seen, inputs, rows),
    width: widthOf(seen),
    targets: classes === undefined ? outputs.length : 1,
    ...(group === undefined ? {} : { groups: groupNumbers(group) }),
    ...(time === undefined ? {} : { time: time.values }),
  };
}

/** Numbers the groups in the order of their first rows. */
function groupNumbers(column: DataColumn): Int32Array {
  const numbers = new Map<number | string, number>();
  const cells: readonly (number | string)[] = "texts" in column ? column.texts : [...column.values];
  return Int32Array.from(cells.keys(), (row) => {
    const known = numbers.get(cells[row]!) ?? numbers.size;
    numbers.set(cells[row]!, known);
    return known;
  });
}

/** Returns the rows with a threshold from which on the rarer of two classes is answered. */
export function decideBy(data: Encoded, threshold: number | undefined): Encoded {
  if (threshold === undefined) return data;
  if (data.classes?.length !== 2) {
    throw argumentError(
      `--threshold is for two classes; here ${data.classes === undefined ? "numbers are fitted" : `there are ${data.classes.length}`}.`,
    );
  }
  const second = data.y.reduce((sum, k) => sum + k, 0);
  const positive = second <= data.rows / 2 ? 1 : 0;
  return { ...data, decision: { positive, threshold } };
}

/** Returns how many numbers a network sees for these columns. */
export function widthOf(columns: readonly TrainedColumn[]): number {
  return columns.reduce((sum, column) => sum + widthOfOne(column), 0);
}

function widthOfOne({ values, recipe }: TrainedColumn): number {
  return values?.length ?? widthUnder(recipe);
}

/** Names for each number that a network sees the column that it comes from. */
export function columnOfEach(columns: readonly TrainedColumn[]): string[] {
  return columns.flatMap((column) => new Array<string>(widthOfOne(column)).fill(column.name));
}

/** Names each number that a network sees. */
export function featureNames(columns: readonly TrainedColumn[]): string[] {
  return columns.flatMap(({ name, values, recipe }) =>
    values === undefined ? featuresOf(name, recipe) : values.map((value) => `${name}=${value}`),
  );
}

/** Encodes input columns, `[rows, width]`; a text that was not in training becomes zeros. */
export function encodeInputs(
  trained: readonly TrainedColumn[],
  columns: readonly DataColumn[],
  rows: number,
): Float64Array {
  const width = widthOf(trained);
  const x = new Float64Array(rows * width);
  let at = 0;
  trained.forEach((one, j) => {
    const { values, recipe } = one;
    const column = columns[j]!;
    if (values === undefined || !("texts" in column)) {
      const numbers = (column as Column).values;
      for (let row = 0; row < rows; row++) x[row * width + at] = numbers[row]!;
      if (recipe?.kind === "date") {
        for (let row = 0; row < rows; row++) {
          writeCycles(recipe, numbers[row]!, x, row * width + at + 1);
        }
      }
      at += widthOfOne(one);
      return;
    }
    const places = new Map(values.map((value, k) => [value, k]));
    column.texts.forEach((text, row) => {
      const place = places.get(text);
      if (place !== undefined) x[row * width + at + place] = 1;
    });
    at += values.length;
  });
  return x;
}

/** Returns the input columns with what stands for a missing value in each. */
export function withFills({ inputs, x, width, rows }: Encoded): TrainedColumn[] {
  const sums = new Float64Array(width);
  for (let i = 0; i < x.length; i++) sums[i % width]! += x[i]!;
  let at = 0;
  return inputs.map((column) => {
    const place = at;
    const own = sums.subarray(place, (at += widthOfOne(column)));
    if (column.values !== undefined) {
      return { ...column, fill: column.values[own.indexOf(Math.max(...own))]! };
    }
    if (Number.isFinite(own[0]!)) return { ...column, fill: own[0]! / rows };
    const parts = takeColumn(x, width, place); // their sum overflows
    return { ...column, fill: parts.reduce((sum, value) => sum + value / rows, 0) };
  });
}

/** Takes some rows of encoded data; the ranges of its columns are those of these rows. */
export function subset(data: Encoded, rows: ArrayLike<number>): Encoded {
  const x = takeRows(data.x, data.width, rows);
  let at = 0;
  const inputs = data.inputs.map((column) => {
    const place = at;
    at += widthOfOne(column);
    if (column.values !== undefined) return column;
    const [min, max] = rangeOf(takeColumn(x, data.width, place));
    return { ...column, min, max };
  });
  const { groups, time } = data;
  return {
    ...{ ...data, rows: rows.length, inputs, x, y: takeRows(data.y, data.targets, rows) },
    ...(groups === undefined ? {} : { groups: Int32Array.from(rows, (row) => groups[row]!) }),
    ...(time === undefined ? {} : { time: takeRows(time, 1, rows) }),
  };
}

function lengthOf(column: DataColumn): number {
  return "texts" in column ? column.texts.length : column.values.length;
}

function describeColumn(column: DataColumn): TrainedColumn {
  const { name } = column;
  const recipe = column.recipe === undefined ? {} : { recipe: column.recipe };
  const shown = `column ${showText(name)}`;
  const rows = lengthOf(column);
  if (rows < 2) {
    throw argumentError(
      `${shown} has ${rows} row${rows === 1 ? "" : "s"}; a fit needs at least 2.`,
    );
  }
  const constant = (value: string): Error =>
    argumentError(
      `${shown} is constant (${value} in all ${rows} rows); there is nothing to learn from it.`,
    );
  if (!("texts" in column)) {
    const [min, max] = rangeOf(column.values);
    if (min === max) throw constant(spellValue(column.recipe, min) ?? formatNumber(min));
    return { name, min, max, ...recipe };
  }
  const values = kindsOf(column);
  if (values.length === 1) throw constant(`"${showText(values[0]!)}"`);
  if (values.length > MOST_KINDS) {
    throw argumentError(
      `${shown} holds ${values.length} different texts; at most ${MOST_KINDS} can be told apart.`,
    );
  }
  return { name, min: 0, max: values.length - 1, values, ...recipe };
}

/** Returns the different texts of a column in order; where all are numbers, in theirs. */
export function kindsOf({ texts }: TextColumn): string[] {
  const kinds = [...new Set(texts)];
  const numbers = kinds.every((kind) => String(Number(kind)) === kind);
  return kinds.sort(numbers ? byNumber : byCodeUnits);
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function byNumber(a: string, b: string): number {
  return Number(a) - Number(b);
}

function joinNumbers(columns: readonly DataColumn[], rows: number): Float64Array {
  const out = new Float64Array(rows * columns.length);
  columns.forEach((column, j) => {
    const { values } = column as Column;
    for (let row = 0; row < rows; row++) out[row * columns.length + j] = values[row]!;
  });
  return out;
}

function classNumbers(column: DataColumn, classes: readonly string[]): Float64Array {
  const places = new Map(classes.map((value, k) => [value, k]));
  return Float64Array.from((column as TextColumn).texts, (text) => places.get(text)!);
}
