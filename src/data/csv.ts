/**
 * Tables of text with a header: finds the delimiter, reads strictly, and names line and column in
 * every error. A cell becomes the number that it spells, or an error; never another number.
 */
import Papa from "papaparse";
import { NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { parseNumber } from "./number.ts";
import { decodeText } from "./decode.ts";

/** The delimiters that are recognised. */
export type Delimiter = "," | ";" | "\t";

/** What a column holds: numbers, or text as it stands. */
export type ColumnType = "number" | "text";

/** A table's columns under a schema: a `Float64Array` for numbers, strings for text. */
export type Columns<S extends Readonly<Record<string, ColumnType>>> = {
  readonly [K in keyof S]: S[K] extends "number" ? Float64Array : string[];
};

/** How to read a table; what is left out is found from the text. */
export interface CsvOptions {
  readonly delimiter?: Delimiter;
  /** A name for the source, at the start of every error. */
  readonly source?: string;
}

const CANDIDATES: readonly Delimiter[] = ["\t", ";", ","];
const PREVIEW_ROWS = 20;
const LONGEST_TEXT = 400_000_000; // below V8's limit for one string

/** Reads CSV text or UTF-8 bytes: first line the column names, then rows of equal length. */
export function parseCsv(input: string | Uint8Array, options: CsvOptions = {}): CsvTable {
  const source = options.source ?? "the table";
  if (input.length > LONGEST_TEXT) {
    throw bad(source, `is ${input.length} bytes; at most ${LONGEST_TEXT} can be read at once`);
  }
  const text = decodeText(input, source);
  if (text.trim() === "") throw bad(source, "is empty; the first line must name the columns");
  const delimiter = options.delimiter ?? findDelimiter(text);
  return new RowReader(source, delimiter).read(text);
}

/** Reads a table's columns under a schema that says for each what it holds. */
export function readColumns<const S extends Readonly<Record<string, ColumnType>>>(
  table: CsvTable,
  schema: S,
): Columns<S> {
  const columns = Object.create(null) as Record<string, Float64Array | string[]>;
  for (const [name, type] of Object.entries(schema)) {
    columns[name] = type === "number" ? table.numbers(name) : table.texts(name);
  }
  return columns as Columns<S>;
}

/** A table as its file spells it: text by column. */
export class CsvTable {
  readonly source: string;
  readonly delimiter: Delimiter;
  readonly names: readonly string[];
  readonly rows: number;
  readonly #cells: Map<string, string[]>;
  readonly #lines: readonly number[];

  constructor(
    source: string,
    delimiter: Delimiter,
    cells: Map<string, string[]>,
    lines: readonly number[],
  ) {
    this.source = source;
    this.delimiter = delimiter;
    this.names = [...cells.keys()];
    this.rows = lines.length;
    this.#cells = cells;
    this.#lines = lines;
  }

  /** Returns a column's cells as text. */
  texts(name: string): string[] {
    const cells = this.#cells.get(name);
    if (cells !== undefined) return [...cells];
    const known = this.names.map((each) => showText(each)).join(", ");
    throw bad(this.source, `has no column "${showText(name)}"; its columns are: ${known}`);
  }

  /**
   * Returns a column's numbers; throws an error that names the line of the first cell that is none.
   */
  numbers(name: string): Float64Array {
    const cells = this.texts(name);
    const out = new Float64Array(cells.length);
    for (let row = 0; row < cells.length; row++) {
      const value = parseNumber(cells[row]!);
      if (typeof value === "string") {
        throw bad(
          this.source,
          `line ${this.#lines[row]}, column "${showText(name)}": ${value}`,
          ", ",
        );
      }
      out[row] = value;
    }
    return out;
  }

  /**
   * Returns whether a column is meant to hold numbers: at least half of its cells spell one. What the
   * others hold is then a mistake that `numbers` names.
   */
  looksNumeric(name: string): boolean {
    const cells = this.texts(name);
    const numbers = cells.filter((cell) => typeof parseNumber(cell) === "number").length;
    return 2 * numbers >= cells.length;
  }

  /** Returns the line of the file on which a row starts, counted from 1. */
  lineOf(row: number): number {
    return this.#lines[row] ?? NaN;
  }
}

/** Collects the rows of one table, checking each against the header. */
class RowReader {
  readonly #source: string;
  readonly #delimiter: Delimiter;
  readonly #lines: number[] = [];
  #columns: string[][] = [];
  #names: string[] = [];
  #line = 1;

  constructor(source: string, delimiter: Delimiter) {
    this.#source = source;
    this.#delimiter = delimiter;
  }

  read(text: string): CsvTable {
    Papa.parse<string[]>(text, {
      delimiter: this.#delimiter,
      step: (result) => {
        const error = result.errors[0];
        if (error !== undefined) this.#fail(`a quoted cell is not closed (${error.message})`);
        this.#row(result.data);
      },
    });
    if (this.#lines.length === 0) {
      throw bad(this.#source, "has a header but no rows");
    }
    const cells = new Map(this.#names.map((name, i) => [name, this.#columns[i]!]));
    return new CsvTable(this.#source, this.#delimiter, cells, this.#lines);
  }

  #row(cells: string[]): void {
    const blank = cells.length === 1 && cells[0]!.trim() === "";
    if (!blank && this.#names.length === 0) this.#header(cells);
    else if (!blank) this.#data(cells);
    this.#line++;
    for (const cell of cells) if (cell.includes("\n")) this.#line += cell.split("\n").length - 1;
  }

  #header(cells: string[]): void {
    const names = cells.map((cell, i) => cell.trim() || `column ${i + 1}`);
    if (names.every((name) => typeof parseNumber(name) === "number")) {
      const found = showText(names.join(this.#delimiter));
      this.#fail(`the column names are missing: the first line is "${found}"`);
    }
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) this.#fail(`two columns are named "${showText(twice)}"`);
    this.#names = names;
    this.#columns = names.map(() => []);
  }

  #data(cells: string[]): void {
    if (cells.length !== this.#names.length) {
      const found = showText(cells.join(this.#delimiter));
      this.#fail(
        `${count(cells.length, "cell")} where the header has ` +
          `${count(this.#names.length, "column")}: "${found}"`,
      );
    }
    this.#lines.push(this.#line);
    for (let i = 0; i < cells.length; i++) this.#columns[i]!.push(cells[i]!);
  }

  #fail(problem: string): never {
    throw bad(this.#source, `line ${this.#line}: ${problem}`, ", ");
  }
}

/**
 * Finds the delimiter that splits the first rows into most cells, all rows alike where possible.
 */
function findDelimiter(text: string): Delimiter {
  let best: Delimiter = ",";
  let bestScore = 0;
  const start = text.slice(0, 1_000_000);
  for (const delimiter of CANDIDATES) {
    const { data } = Papa.parse<string[]>(start, { delimiter, preview: PREVIEW_ROWS });
    const rows = data.filter((row) => row.length > 1 || row[0]!.trim() !== "");
    const columns = rows[0]?.length ?? 1;
    const alike = rows.every((row) => row.length === columns);
    const score = (columns - 1) * (alike ? 1000 : 1);
    if (score > bestScore) [best, bestScore] = [delimiter, score];
  }
  return best;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

function bad(source: string, message: string, joint = " "): NablaError {
  return new NablaError("format", `${source}${joint}${message}.`);
}
