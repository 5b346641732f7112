/** The answers of a fitted network, row by row, with what lies outside its training range. */
import { formatNumber, showText } from "../core/format.ts";
import { quantityOf } from "../data/units.ts";
import type { DataColumn, TrainedColumn } from "../train/dataset.ts";
import { encodeInputs } from "../train/dataset.ts";
import type { FittedModel, OutsideRange } from "../train/fitted.ts";
import { mostLikely, probabilities } from "../train/fitted.ts";

/** One row's question and answer. */
export interface Answer {
  readonly inputs: Readonly<Record<string, number | string>>;
  readonly outputs: Readonly<Record<string, number | string>>;
  /** For classes, how sure the network is of each. */
  readonly probabilities?: Readonly<Record<string, number>>;
  readonly inRange: boolean;
  readonly outside: readonly Outside[];
}

/** An input that training did not cover: outside a range, or a text that was not there. */
export type Outside =
  | OutsideRange
  | { readonly column: string; readonly value: string; readonly known: readonly string[] };

/** Answers rows given as columns. */
export async function answer(
  model: FittedModel,
  columns: readonly DataColumn[],
): Promise<Answer[]> {
  const { inputs, outputs } = model.parts;
  const first = columns[0]!;
  const rows = "texts" in first ? first.texts.length : first.values.length;
  const scores = await model.predict(encodeInputs(inputs, columns, rows));
  const { classes } = model;
  const width = scores.length / rows;
  const best = classes === undefined ? undefined : mostLikely(scores, width);
  return Array.from({ length: rows }, (_, row) => {
    const own = scores.subarray(row * width, (row + 1) * width);
    const outside = outsideOf(inputs, columns, row);
    const head = {
      inputs: record(
        inputs.map(({ name }) => name),
        (j) => cellOf(columns[j]!, row),
      ),
    };
    const tail = { inRange: outside.length === 0, outside };
    const names = outputs.map(({ name }) => name);
    if (classes === undefined) return { ...head, outputs: record(names, (j) => own[j]!), ...tail };
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
  return "texts" in column ? column.texts[row]! : column.values[row]!;
}

function outsideOf(
  inputs: readonly TrainedColumn[],
  columns: readonly DataColumn[],
  row: number,
): Outside[] {
  return inputs.flatMap(({ name, min, max, values }, j): Outside[] => {
    const value = cellOf(columns[j]!, row);
    if (typeof value === "string") {
      const known = values ?? [];
      return known.includes(value) ? [] : [{ column: name, value, known }];
    }
    return value < min || value > max ? [{ column: name, value, min, max }] : [];
  });
}

/** Says in words how far outside the range a value lies. */
export function describeOutside(outside: Outside): string {
  const { symbol, unit } = quantityOf(outside.column);
  if ("known" in outside) {
    const known = outside.known.slice(0, 6).map((text) => showText(text, 20));
    const more = outside.known.length > 6 ? ", …" : "";
    return (
      `not in the training data: ${showText(symbol)} "${showText(outside.value, 30)}" ` +
      `(it had ${known.join(", ")}${more}); do not rely on this`
    );
  }
  const { value, min, max } = outside;
  const range = `${formatNumber(min)}–${formatNumber(max, { unit })}`;
  const below = value < min;
  const distance = formatNumber(below ? min - value : value - max, { unit });
  return (
    `outside the training range (${showText(symbol)} ${range}): ` +
    `${distance} ${below ? "below" : "above"} it; do not rely on this`
  );
}
