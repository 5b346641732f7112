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
import { isDecimalComma, isDecimalPoint, isMissing, parseNumber } from "./number.ts";

/** What a column holds: numbers, or text as it stands. */
export type ColumnType = "number" | "text";

/** A table's columns under a schema: a `Float64Array` for numbers, strings for text. */
export type Columns<S extends Readonly<Record<string, ColumnType>>> = {
  readonly [K in keyof S]: S[K] extends "number" ? Float64Array : string[];
};

/** How to read a table; what is left out is found from the text. */
export interface CsvOptions {
  readonly delimiter?: Delimiter;
  /** The mark before the fraction of numbers. */
  readonly decimal?: "." | ",";
  /** Whether the first line names the columns; without it, one that looks like data is refused. */
  readonly header?: boolean;
  /** Leaves out every line that begins so; without it, those before the table that begin with #. */
  readonly comment?: string;
  /** What bytes are, where they are not UTF-8. */
  readonly encoding?: string;
  /** What the text was made from, where it was no text. */
  readonly form?: string;
  /** A name for the source, at the start of every error. */
  readonly source?: string;
}

const CANDIDATES: readonly Delimiter[] = ["\t", ";", "|", ","];
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
  const decoded = decodeText(input, source, options.encoding);
  if (decoded.trim() === "") throw bad(source, "is empty; the first line must name the columns");
  const { text, said, before } = withoutComments(decoded, options);
  if (text.trim() === "") throw bad(source, "holds nothing but comments");
  const delimiter = options.delimiter ?? findDelimiter(text);
  const table = delimiter === " " ? blanksToTabs(text) : text;
  return new RowReader({ ...options, source, delimiter }, said, before).read(table);
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
  readonly #options: CsvOptions;
  readonly #said: string[];
  readonly #lines: number[] = [];
  #columns: string[][] = [];
  #names: string[] = [];
  /** The first line where it may be scikit-learn's: numbers of rows and columns, classes. */
  #counts: readonly string[] | undefined;
  #classes: readonly string[] | undefined;
  #line: number;
  /** The first line as it stands, and its number. */
  #first: { readonly cells: readonly string[]; readonly line: number } | undefined;

  constructor(
    options: CsvOptions & { readonly source: string; readonly delimiter: Delimiter },
    said: readonly string[],
    before: number,
  ) {
    this.#source = options.source;
    this.#delimiter = options.delimiter;
    this.#options = options;
    this.#said = [...said];
    this.#line = before + 1;
  }

  read(text: string): CsvTable {
    Papa.parse<string[]>(text, {
      delimiter: this.#delimiter === " " ? "\t" : this.#delimiter,
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
    this.#refuseData();
    const style = {
      source: this.#source,
      delimiter: this.#delimiter,
      decimal: this.#options.decimal ?? this.#decimal(),
      countsFirst: this.#classes !== undefined,
      said: this.#said,
      ...(this.#options.form === undefined ? {} : { form: this.#options.form }),
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
    const { header } = this.#options;
    if (header === false) return this.#numbered(cells);
    const names = cells.map((cell, i) => cell.trim() || `column ${i + 1}`);
    if (header === undefined && names.every((name) => typeof parseNumber(name) === "number")) {
      const found = showText(names.join(this.#delimiter));
      this.#fail(`the column names are missing: the first line is "${found}" (${HEADER_WAYS})`);
    }
    if (/^[0-9]+$/.test(names[0]!) && /^[0-9]+$/.test(names[1] ?? "")) {
      this.#counts = cells.map((cell) => cell.trim());
    } else this.#checkNames(names);
    this.#names = names;
    this.#first = { cells, line: this.#line };
    this.#columns = names.map(() => []);
  }

  /** Names the columns of a table that has no names. */
  #numbered(cells: string[]): void {
    this.#names = cells.map((_, i) => `x${i + 1}`);
    this.#columns = cells.map(() => []);
    this.#said.push(`its columns have no names: they are called x1 to x${cells.length}`);
    this.#data(cells);
  }

  #checkNames(names: readonly string[]): void {
    const twice = firstTwice(names);
    if (twice !== undefined) this.#fail(`two columns are named "${showText(twice)}"`);
  }

  #data(cells: string[]): void {
    if (this.#counts !== undefined && this.#countedHeader(this.#counts, cells)) return;
    if (this.#lines.length === 0) this.#rowNames(cells.length);
    if (cells.length !== this.#names.length) {
      const found = showText(cells.join(this.#delimiter));
      const [only] = this.#names;
      const comment = cells[0]!.trimStart().startsWith("#");
      const hint = comment
        ? ' (lines that are comments: --comment #, or comment: "#", leaves them out)'
        : this.#names.length === 1
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

  /**
   * Takes a first line such as `150,4,setosa,versicolor,virginica` for what it is; `506,13,,`
   * stands before the line of names, which is then this row.
   */
  #countedHeader([, inputs, ...others]: readonly string[], cells: string[]): boolean {
    this.#counts = undefined;
    const width = cells.length;
    const fits = Number(inputs) === width - 1;
    const isName = (cell: string): boolean =>
      cell.trim() !== "" && typeof parseNumber(cell) === "string";
    if (fits && others.every((cell) => cell === "") && cells.every(isName)) {
      this.#said.push("its first line counts rows and inputs (scikit-learn's form)");
      this.#header(cells);
      return true;
    }
    if (!fits || others.length < 2 || others.includes("")) {
      this.#checkNames(this.#names);
      return false;
    }
    this.#classes = others;
    this.#names = Array.from({ length: width }, (_, i) => (i < width - 1 ? `x${i + 1}` : "class"));
    this.#columns = this.#names.map(() => []);
    return false;
  }

  /** Takes the first cell of each row for its name where the first line has one cell less. */
  #rowNames(width: number): void {
    const apart = this.#delimiter === " " || this.#delimiter === "\t";
    if (!apart || width !== this.#names.length + 1 || this.#first === undefined) return;
    this.#names = ["column 1", ...this.#names];
    this.#columns.unshift([]);
    this.#said.push("its rows begin with a name for which the first line has none (R's form)");
  }

  /** Refuses a first line that looks like the others: numbers over numbers, texts over texts. */
  #refuseData(): void {
    const { cells, line } = this.#first ?? { cells: [], line: 0 };
    if (this.#options.header !== undefined || this.#classes !== undefined) return;
    if (cells.length !== this.#columns.length || !looksLikeData(cells, this.#columns)) return;
    this.#line = line;
    const found = showText(cells.join(this.#delimiter));
    this.#fail(`the first line looks like data, not like names: "${found}" (${HEADER_WAYS})`);
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

/** What can be said of a first line that is taken for something else. */
const HEADER_WAYS = "--no-header, or header: false, takes it for data; --header for names";

/** So many rows are compared with the first line. */
const COMPARED_ROWS = 200;

/** Whether a first line is one of the rows: some of its cells are numbers, and all stand well. */
function looksLikeData(first: readonly string[], columns: readonly (readonly string[])[]): boolean {
  const isNumber = (cell: string): boolean =>
    typeof parseNumber(cell) === "number" || typeof parseNumber(cell, ",") === "number";
  const numbers = first.filter(isNumber);
  if (numbers.length === 0) return false;
  const rows = columns.map((cells) => cells.slice(0, COMPARED_ROWS));
  const fits = first.every((cell, j) => {
    const held = rows[j]!.filter((each) => !isMissing(each));
    const share = held.filter(isNumber).length / Math.max(1, held.length);
    return isMissing(cell) || (isNumber(cell) ? share > 0.5 : share < 0.5);
  });
  if (!fits) return false;
  const again = first.some(
    (cell, j) => !isNumber(cell) && !isMissing(cell) && rows[j]!.includes(cell),
  );
  return again || !looksLikeNumbering(numbers);
}

/** Whether numbers are names, as those of years and of repetitions are: whole, at equal steps. */
function looksLikeNumbering(cells: readonly string[]): boolean {
  if (!cells.every((cell) => /^\s*[0-9]+\s*$/.test(cell))) return false;
  const numbers = cells.map(Number);
  const years = numbers.every((n) => n >= 1500 && n <= 2100);
  const step = numbers.length === 1 ? 0 : numbers[1]! - numbers[0]!;
  if (numbers.length < 3) return years || step === 1;
  return step > 0 && numbers.every((n, i) => i === 0 || n - numbers[i - 1]! === step);
}

interface WithoutComments {
  readonly text: string;
  readonly said: readonly string[];
  /** How many lines stand before the text. */
  readonly before: number;
}

/** Leaves out lines that are comments. */
function withoutComments(text: string, { comment, header }: CsvOptions): WithoutComments {
  if (comment !== undefined && comment !== "") {
    let skipped = 0;
    const lines = text.split("\n").map((line) => {
      if (!line.trimStart().startsWith(comment)) return line;
      skipped++;
      return ""; // the lines keep their numbers
    });
    const said = `skipped ${count(skipped, "line")} that begin with ${showText(comment, 10)}`;
    return { text: lines.join("\n"), said: skipped === 0 ? [] : [said], before: 0 };
  }
  const found = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*/.exec(text)![0];
  const lines = found.split("\n").slice(0, -1);
  const marked = lines.filter((line) => line.trim() !== "");
  if (marked.length === 0) return { text, said: [], before: 0 };
  const rest = text.slice(found.length);
  const names = header === undefined ? namesBehind(marked.at(-1)!, rest) : undefined;
  if (names !== undefined) {
    const others = marked.length - 1;
    const also = others === 0 ? "" : `; ${count(others, "line")} before it skipped`;
    const said = [`its names stand in a line that begins with #${also}`];
    return { text: `${names}\n${rest}`, said, before: lines.length - 1 };
  }
  const said = [`skipped ${count(marked.length, "line")} before the table, which begin with #`];
  return { text: rest, said, before: lines.length };
}

/** Returns the names that a comment gives to columns, where the line after it is one of data. */
function namesBehind(line: string, rest: string): string | undefined {
  const names = line.trim().replace(/^#+\s*/, "");
  const next = rest.slice(0, 1_000_000).split("\n", 1)[0]!.trim();
  const delimiter = findDelimiter(`${names}\n${next}\n`);
  const split = (text: string): string[] =>
    delimiter === " " ? text.split(/\s+/) : text.split(delimiter);
  const [cells, data] = [split(names), split(next)];
  const isNumber = (cell: string): boolean => typeof parseNumber(cell) === "number";
  const fits = cells.length > 1 && cells.length === data.length;
  return fits && !cells.some(isNumber) && data.some(isNumber) ? names : undefined;
}

/** Puts one tab between cells that blanks separate, and none at the ends of a line. */
function blanksToTabs(text: string): string {
  return text
    .replaceAll(/"(?:[^"]|"")*"|[ \t]+/g, (found) => (found.startsWith('"') ? found : "\t"))
    .replaceAll(/^\t|\t(?=\r?$)/gm, "");
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
  return bestScore === 0 && isBlankSeparated(start) ? " " : best;
}

/** Whether lines fall into cells at blanks, all alike, and some of the cells are numbers. */
function isBlankSeparated(start: string): boolean {
  const lines = blanksToTabs(
    start
      .split("\n", PREVIEW_ROWS + 1)
      .slice(0, PREVIEW_ROWS)
      .join("\n"),
  );
  const rows = lines
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.trimEnd().split("\t"));
  const [header, first, ...others] = rows;
  if (header === undefined || first === undefined || first.length < 2) return false;
  const alike = others.every((row) => row.length === first.length);
  const named = header.length === first.length || header.length === first.length - 1;
  const isNumber = (cell: string): boolean =>
    typeof parseNumber(cell) === "number" || typeof parseNumber(cell, ",") === "number";
  return alike && named && first.some(isNumber);
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
