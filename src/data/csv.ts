/**
 * Tables of text with a header: finds the delimiter, reads strictly, and names line and column in
 * every error. A cell becomes the number that it spells, or an error; never another number.
 */
import Papa from "papaparse";
import { NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { decodeText } from "./decode.ts";
import type { Delimiter } from "./table.ts";
import { CsvTable } from "./table.ts";
import { isDecimalComma, isDecimalPoint, parseNumber } from "./number.ts";

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
/** A header of more names than these is no header, and each column costs memory of its own. */
const MOST_COLUMNS = 100_000;
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

/** Collects the rows of one table, checking each against the header. */
class RowReader {
  readonly #source: string;
  readonly #delimiter: Delimiter;
  readonly #lines: number[] = [];
  #columns: string[][] = [];
  #names: string[] = [];
  /** The first line where it may be scikit-learn's: numbers of rows and columns, classes. */
  #counts: readonly string[] | undefined;
  #classes: readonly string[] | undefined;
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
        if (error !== undefined) {
          this.#fail(
            error.code === "MissingQuotes"
              ? "a quoted cell is not closed"
              : 'something follows the closing quote of a cell; a quote inside a cell is spelled ""',
          );
        }
        this.#row(result.data);
      },
    });
    this.#dropEmptyEnd();
    if (this.#lines.length === 0) {
      throw bad(this.#source, "has a header but no rows");
    }
    if (this.#classes !== undefined) this.#nameClasses(this.#classes);
    const style = {
      source: this.#source,
      delimiter: this.#delimiter,
      decimal: this.#decimal(),
      countsFirst: this.#classes !== undefined,
    };
    const cells = new Map(this.#names.map((name, i) => [name, this.#columns[i]!]));
    return new CsvTable(style, cells, this.#lines);
  }

  /** Leaves out last rows of nothing but separators, which spreadsheets write. */
  #dropEmptyEnd(): void {
    const isEmpty = (row: number): boolean => this.#columns.every((c) => c[row]!.trim() === "");
    let rows = this.#lines.length;
    while (rows > 0 && this.#columns.length > 1 && isEmpty(rows - 1)) rows--;
    this.#lines.length = rows;
    for (const column of this.#columns) column.length = rows;
  }

  #row(cells: string[]): void {
    const blank = cells.length === 1 && cells[0]!.trim() === "";
    if (!blank && this.#names.length === 0) this.#header(cells);
    else if (!blank) this.#data(cells);
    this.#line++;
    for (const cell of cells) if (cell.includes("\n")) this.#line += cell.split("\n").length - 1;
  }

  #header(cells: string[]): void {
    if (cells.length > MOST_COLUMNS) {
      this.#fail(`${cells.length} columns; at most ${MOST_COLUMNS} can be read`);
    }
    const names = cells.map((cell, i) => cell.trim() || `column ${i + 1}`);
    if (names.every((name) => typeof parseNumber(name) === "number")) {
      const found = showText(names.join(this.#delimiter));
      this.#fail(`the column names are missing: the first line is "${found}"`);
    }
    if (/^[0-9]+$/.test(names[0]!) && /^[0-9]+$/.test(names[1] ?? "")) this.#counts = names;
    else this.#checkNames(names);
    this.#names = names;
    this.#columns = names.map(() => []);
  }

  #checkNames(names: readonly string[]): void {
    const twice = firstTwice(names);
    if (twice !== undefined) this.#fail(`two columns are named "${showText(twice)}"`);
  }

  #data(cells: string[]): void {
    if (this.#counts !== undefined) this.#countedHeader(this.#counts, cells.length);
    if (cells.length !== this.#names.length) {
      const found = showText(cells.join(this.#delimiter));
      const [only] = this.#names;
      const hint =
        this.#names.length === 1
          ? ` (the first line, "${showText(only!)}", must name the columns)`
          : "";
      this.#fail(
        `${count(cells.length, "cell")} where the header has ` +
          `${count(this.#names.length, "column")}: "${found}"${hint}`,
      );
    }
    this.#lines.push(this.#line);
    for (let i = 0; i < cells.length; i++) this.#columns[i]!.push(cells[i]!);
  }

  /** Takes a first line such as `150,4,setosa,versicolor,virginica` for what it is. */
  #countedHeader([, inputs, ...classes]: readonly string[], width: number): void {
    this.#counts = undefined;
    if (Number(inputs) !== width - 1 || classes.length < 2) return this.#checkNames(this.#names);
    this.#classes = classes;
    this.#names = Array.from({ length: width }, (_, i) => (i < width - 1 ? `x${i + 1}` : "class"));
    this.#columns = this.#names.map(() => []);
  }

  /** Replaces class numbers by the names that the first line gives them. */
  #nameClasses(classes: readonly string[]): void {
    const codes = this.#columns.at(-1)!;
    codes.forEach((code, row) => {
      const name = /^[0-9]+$/.test(code.trim()) ? classes[Number(code)] : undefined;
      if (name === undefined) {
        this.#line = this.#lines[row]!;
        this.#fail(`class "${showText(code)}" where the first line names ${classes.length}`);
      }
      codes[row] = name;
    });
  }

  /** Finds decimal commas: some cell can be nothing else, and no number has a point. */
  #decimal(): "." | "," {
    if (this.#delimiter === ",") return ".";
    let found = false;
    for (const column of this.#columns) {
      for (const cell of column) {
        if (cell.length > 60) continue;
        if (isDecimalPoint(cell.trim())) return ".";
        found ||= cell.includes(",") && isDecimalComma(cell.trim());
      }
    }
    return found ? "," : ".";
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

/** Returns the first name that stands there a second time. */
function firstTwice(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

function bad(source: string, message: string, joint = " "): NablaError {
  return new NablaError("format", `${source}${joint}${message}.`);
}
