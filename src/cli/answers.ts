/** The answers of a fitted network, row by row, with what lies outside its training range. */
import { digitsFor, formatNumber, showText } from "../core/format.ts";
import { spellValue } from "../data/columns/recipe.ts";
import { quantityOf } from "../data/units.ts";
import type { DataColumn, TrainedColumn } from "../train/table/dataset.ts";
import { encodeInputs } from "../train/table/dataset.ts";
import type { FittedModel, OutsideRange } from "../train/table/fitted.ts";
import { mostLikely, probabilities } from "../train/table/fitted.ts";
import type { Answerable } from "./predict-gaps.ts";

/** One row's question and answer. */
export interface Answer {
  readonly inputs: Readonly<Record<string, number | string>>;
  readonly outputs: Readonly<Record<string, number | string>>;
  /** For classes, how sure the network is of each. */
  readonly probabilities?: Readonly<Record<string, number>>;
  /** For numbers, the ends of the band around each, where the run has one. */
  readonly band?: Readonly<Record<string, readonly [low: number, high: number]>>;
  readonly inRange: boolean;
  readonly outside: readonly OutsideRange[];
  /** The inputs that had no value and were filled in, if any. */
  readonly filled?: readonly string[];
}

/** Answers rows given as columns. */
export async function answer(
  model: FittedModel,
  { columns, filled }: Pick<Answerable, "columns" | "filled">,
): Promise<Answer[]> {
  const { inputs, outputs } = model.parts;
  const first = columns[0]!;
  const rows = "texts" in first ? first.texts.length : first.values.length;
  const scores = await model.predict(encodeInputs(inputs, columns, rows));
  const { classes } = model;
  const width = scores.length / rows;
  const best = classes === undefined ? undefined : mostLikely(scores, width, model.parts.decision);
  return Array.from({ length: rows }, (_, row) => {
    const own = scores.subarray(row * width, (row + 1) * width);
    const outside = outsideOf(inputs, columns, row);
    const head = {
      inputs: record(
        inputs.map(({ name }) => name),
        (j) => cellOf(columns[j]!, row),
      ),
    };
    const made = filled[row] ?? [];
    const tail = {
      inRange: outside.length === 0,
      outside,
      ...(made.length === 0 ? {} : { filled: made }),
    };
    const names = outputs.map(({ name }) => name);
    if (classes === undefined) {
      const { band } = model.parts;
      const around =
        band && record(names, (j) => [own[j]! + band.low[j]!, own[j]! + band.high[j]!] as const);
      const answers = record(names, (j) => own[j]!);
      return { ...head, outputs: answers, ...(around && { band: around }), ...tail };
    }
    const shares = probabilities(own);
    const sure = record(classes, (k) => shares[k]!);
    const chosen = record(names, () => classes[best![row]!]!);
    return { ...head, outputs: chosen, probabilities: sure, ...tail };
  });
}

/** Makes an object whose keys may have any name. */
function record<T>(names: readonly string[], valueOf: (place: number) => T): Record<string, T> {
  const out = Object.create(null) as Record<string, T>;
  names.forEach((name, place) => (out[name] = valueOf(place)));
  return out;
}

function cellOf(column: DataColumn, row: number): number | string {
  if ("texts" in column) return column.texts[row]!;
  return spellValue(column.recipe, column.values[row]!) ?? column.values[row]!;
}

function outsideOf(
  inputs: readonly TrainedColumn[],
  columns: readonly DataColumn[],
  row: number,
): OutsideRange[] {
  return inputs.flatMap(({ name, min, max, values, recipe }, j) => {
    const column = columns[j]!;
    if (values !== undefined || "texts" in column) return [];
    const value = column.values[row]!;
    if (!(value < min || value > max)) return [];
    const spelled = [min, max].map((one) => spellValue(recipe, one)!);
    const dated = recipe?.kind === "date" ? { dates: spelled, unit: recipe.unit } : {};
    return [{ column: name, value, min, max, ...dated }];
  });
}

/** Says in words how far outside the range a value lies. */
export function describeOutside(outside: OutsideRange): string {
  const { column, value, min, max, dates } = outside;
  const quantity = quantityOf(column);
  const symbol = dates === undefined ? quantity.symbol : column;
  const unit = outside.unit ?? quantity.unit;
  const digits = digitsFor(min, max, 4);
  const range =
    dates?.join(" – ") ?? `${formatNumber(min, { digits })}–${formatNumber(max, { digits, unit })}`;
  const below = value < min;
  const distance = formatNumber(below ? min - value : value - max, { unit });
  return (
    `outside the training range (${showText(symbol)} ${range}): ` +
    `${distance} ${below ? "below" : "above"} it; do not rely on this`
  );
}
