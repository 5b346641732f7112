/** A table as its file spells it: text by column, read as numbers where they are wanted. */
import { NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { closest, listFaults } from "../core/keys.ts";
import { isMissing, parseNumber } from "./number.ts";

/** The delimiters that are recognised; a blank stands for any number of blanks and tabs. */
export type Delimiter = "," | ";" | "\t" | "|" | " ";

/** How a table spells itself, as it was found. */
export interface TableStyle {
  /** What names the table at the start of every error. */
  readonly source: string;
  readonly delimiter: Delimiter;
  /** The mark before the fraction of a number. */
  readonly decimal: "." | ",";
  /** Whether its first line was the one of scikit-learn's tables: rows, columns, classes. */
  readonly countsFirst: boolean;
  /** What was done to read it, for who wants to know. */
  readonly said?: readonly string[];
  /** What it was, where it was no text of separated cells. */
  readonly form?: string;
}

/** A column's cells as numbers; NaN where a cell spells none. */
interface Parsed {
  readonly values: Float64Array;
  readonly numbers: number;
  /** How many cells say that there is no value. */
  readonly missing: number;
  /** The first row whose cell spells neither a number nor that there is none; −1 for none. */
  readonly firstBad: number;
}

/** A table of text; columns are read by name. */
export class CsvTable {
  readonly source: string;
  readonly delimiter: Delimiter;
  readonly decimal: "." | ",";
  readonly countsFirst: boolean;
  /** What was done to read it: lines skipped, names made up. */
  readonly said: readonly string[];
  /** What it was, where it was no text of separated cells: JSON lines, Parquet. */
  readonly form: string | undefined;
  readonly names: readonly string[];
  readonly rows: number;
  readonly #cells: ReadonlyMap<string, readonly string[]>;
  readonly #lines: readonly number[];
  readonly #parsed = new Map<string, Parsed>();

  constructor(
    style: TableStyle,
    cells: ReadonlyMap<string, readonly string[]>,
    lines: readonly number[],
  ) {
    this.source = style.source;
    this.delimiter = style.delimiter;
    this.decimal = style.decimal;
    this.countsFirst = style.countsFirst;
    this.said = style.said ?? [];
    this.form = style.form;
    this.names = [...cells.keys()];
    this.rows = lines.length;
    this.#cells = cells;
    this.#lines = lines;
  }

  /** Returns a column's cells as text. */
  texts(name: string): string[] {
    return [...this.#column(name)];
  }

  /**
   * Returns a column's numbers; throws an error that names the line of the first cell that is none.
   * With `missing`, cells that are empty or say NA become NaN instead.
   */
  numbers(name: string, options: { readonly missing?: boolean } = {}): Float64Array {
    const { values, missing, firstBad } = this.#parse(name);
    const bad = options.missing ? firstBad : values.findIndex(Number.isNaN);
    if (bad >= 0 && (firstBad >= 0 || missing > 0)) throw this.#notANumber(name, bad);
    return values.slice();
  }

  /**
   * Returns whether a column is meant to hold numbers: at least half of the cells that hold
   * something spell one. What the others hold is then a mistake that `numbers` names.
   */
  looksNumeric(name: string): boolean {
    const { numbers, missing } = this.#parse(name);
    return numbers > 0 && 2 * numbers >= this.rows - missing;
  }

  /** Returns whether a column has numbers, and in every cell that holds something. */
  allNumeric(name: string): boolean {
    const { numbers, firstBad } = this.#parse(name);
    return numbers > 0 && firstBad < 0;
  }

  /** Returns the line of the file on which a row starts, counted from 1. */
  lineOf(row: number): number {
    return this.#lines[row] ?? NaN;
  }

  /** Says what is wrong with a cell where a number is needed, with line and column. */
  faultAt(name: string, row: number): string {
    const found = parseNumber(this.#column(name)[row]!, this.decimal);
    const problem = typeof found === "string" ? found : "the cell is empty";
    return `${this.source}, line ${this.#lines[row]}, column "${showText(name)}": ${problem}`;
  }

  #notANumber(name: string, row: number): NablaError {
    return new NablaError("format", `${this.faultAt(name, row)}.`);
  }

  #column(name: string): readonly string[] {
    const cells = this.#cells.get(name);
    if (cells !== undefined) return cells;
    const meant = name.length < 3 ? undefined : closest(name, this.names);
    const known = listFaults(
      this.names.map((each) => showText(each)),
      ", ",
    );
    throw new NablaError(
      "format",
      `${this.source} has no column "${showText(name)}"` +
        `${meant === undefined ? "" : ` (${showText(meant)}?)`}; its columns are: ${known}.`,
    );
  }

  #parse(name: string): Parsed {
    const known = this.#parsed.get(name);
    if (known !== undefined) return known;
    const cells = this.#column(name);
    const values = new Float64Array(cells.length);
    let [numbers, missing, firstBad] = [0, 0, -1];
    for (let row = 0; row < cells.length; row++) {
      const value = parseNumber(cells[row]!, this.decimal);
      values[row] = typeof value === "number" ? value : NaN;
      if (typeof value === "number") numbers++;
      else if (isMissing(cells[row]!)) missing++;
      else if (firstBad < 0) firstBad = row;
    }
    const parsed = { values, numbers, missing, firstBad };
    this.#parsed.set(name, parsed);
    return parsed;
  }
}
