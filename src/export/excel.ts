/**
 * Writes a small network as formulas of a spreadsheet: what Excel, LibreOffice and their like
 * compute without a program.
 */
import { argumentError } from "../core/errors.ts";
import { spellingOf } from "../models/activations.ts";
import { spellFloat32, spellNumber } from "./literals.ts";
import type { Network } from "./network.ts";
import { isText } from "./network.ts";

/** A formula of a spreadsheet takes at most so many characters. */
const MOST_CHARACTERS = 8192;

/** A formula and where it goes. */
export interface CellFormula {
  readonly cell: string;
  readonly what: string;
  readonly formula: string;
}

/** Writes the formulas of the row below a line of names: inputs from A2 on, answers behind them. */
export function excelFormulas(network: Network): CellFormula[] {
  const { inputs, outputs, classes, yScaler } = network;
  const scores = scoresOf(network);
  const cellAt = (place: number): string => `${columnName(inputs.length + place)}2`;
  const answers = classes
    ? scores.map((score, k) => answer(cellAt(k + 1), `score of ${classes[k]!}`, score))
    : scores.map((score, j) => {
        const [scale, offset] = [yScaler.scale[j]!, yScaler.offset[j]!].map(spellFormulaNumber);
        return answer(cellAt(j), outputs[j]!, `(${score})*${scale!}+${offset!}`);
      });
  const chosen = classes ? [mostLikely(outputs[0]!, classes, cellAt)] : [];
  const all = [...chosen, ...answers];
  return [...all, answer(cellAt(all.length), "outside the training data", outsideOf(network))];
}

/** Writes the formulas as a text to read and to copy from. */
export function exportExcel(network: Network): string {
  const inputs = network.inputs.map((column, i) => {
    const known = isText(column)
      ? column.values.join(", ")
      : `${spellNumber(column.min)} to ${spellNumber(column.max)}`;
    return `${columnName(i)}2  ${oneLine(`${column.name} (${known})`)}`;
  });
  const formulas = excelFormulas(network);
  const long = formulas.find(({ formula }) => formula.length > MOST_CHARACTERS);
  if (long !== undefined) {
    throw argumentError(
      `export: the formula would have ${long.formula.length} characters, and a cell takes ` +
        `${MOST_CHARACTERS}: a network of fewer neurons fits, or --to c, typescript.`,
    );
  }
  const cells = formulas.map(
    ({ cell, what, formula }) => `${cell}  ${oneLine(what)}\n${formula}\n`,
  );
  return `${oneLine(network.command)}
The fitted network as formulas of a spreadsheet (Excel, LibreOffice).
Written by Nabla ${network.version}.

Inputs, one cell each:
${inputs.join("\n")}

Formulas, each into its cell; pull them down for more rows:
${cells.join("\n")}`;
}

function answer(cell: string, what: string, formula: string): CellFormula {
  return { cell, what, formula: `=${formula}` };
}

/** The expression of each output of the network, in scaled units. */
function scoresOf({ inputs, layers, xScaler, activation }: Network): string[] {
  const { excel } = spellingOf(activation);
  let place = 0;
  const scaled = (): readonly [number, number] => {
    const pair = [xScaler.offset[place]!, xScaler.scale[place]!] as const;
    place++;
    return pair;
  };
  let values = inputs.flatMap((column, i) => {
    const cell = `${columnName(i)}2`;
    if (!isText(column)) {
      const [offset, scale] = scaled();
      return [`(${cell}-${spellFormulaNumber(offset)})/${spellFormulaNumber(scale)}`];
    }
    return column.values.map((value) => {
      const [offset, scale] = scaled();
      const [yes, no] = [(1 - offset) / scale, (0 - offset) / scale].map(spellFormulaNumber);
      return `IF(EXACT(${cell},${spellFormulaText(value)}),${yes!},${no!})`;
    });
  });
  layers.forEach(({ inputs: from, outputs, weight, bias }, k) => {
    const hidden = k < layers.length - 1;
    values = Array.from({ length: outputs }, (_, i) => {
      const terms = values.map((value, j) => {
        const factor = spellWeight(weight[i * from + j]!);
        return `${factor.startsWith("-") ? "" : "+"}${factor}*${value}`;
      });
      const sum = `${spellWeight(bias[i]!)}${terms.join("")}`;
      return hidden ? excel(sum) : sum;
    });
  });
  return values;
}

/** The class of the largest score; the scores stand in the cells behind it. */
function mostLikely(
  name: string,
  classes: readonly string[],
  cellAt: (place: number) => string,
): CellFormula {
  const scores = `${cellAt(1)}:${cellAt(classes.length)}`;
  const names = classes.map(spellFormulaText).join(",");
  return answer(cellAt(0), name, `CHOOSE(MATCH(MAX(${scores}),${scores},0),${names})`);
}

/** Counts the inputs that the training data did not cover. */
function outsideOf({ inputs }: Network): string {
  const tests = inputs.map((column, i) => {
    const cell = `${columnName(i)}2`;
    if (!isText(column)) {
      const [min, max] = [column.min, column.max].map(spellFormulaNumber);
      return `IF(OR(${cell}<${min!},${cell}>${max!}),1,0)`;
    }
    const known = column.values.map((value) => `EXACT(${cell},${spellFormulaText(value)})`);
    return `IF(OR(${known.join(",")}),0,1)`;
  });
  return tests.join("+");
}

/** Spells a number that begins a term: a sign before it stays with it. */
function spellFormulaNumber(value: number): string {
  const text = spellNumber(value).replace("e+", "E").replace("e", "E");
  return value < 0 ? `(${text})` : text;
}

function spellWeight(value: number): string {
  return spellFloat32(value).replace("e+", "E").replace("e", "E");
}

function spellFormulaText(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, "?");
}

/** Names a column as spreadsheets do: A … Z, AA … */
function columnName(place: number): string {
  const rest = Math.floor(place / 26);
  return `${rest === 0 ? "" : columnName(rest - 1)}${String.fromCharCode(65 + (place % 26))}`;
}
