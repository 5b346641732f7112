/** What a report is made from. */
import type { Network } from "../network.ts";

/** What is known about a column of the table. */
export interface ColumnFacts {
  readonly name: string;
  readonly role: "input" | "target";
  /** A range, or the number of different texts, in words. */
  readonly range: string;
  /** The mean, or the most frequent text. */
  readonly middle: string;
}

/** One line of the table of errors: what predicted, which rows, and the numbers. */
export interface ErrorLine {
  readonly label: string;
  readonly cells: readonly string[];
}

/** The rows of the table with what the network says about them. */
export interface ReportData {
  readonly rows: number;
  readonly columns: readonly ColumnFacts[];
  /** Values of the first input, where it is one of numbers. */
  readonly x?: Float64Array;
  /** Each target, and what was predicted for it. */
  readonly targets: readonly {
    readonly name: string;
    readonly actual: Float64Array;
    readonly predicted: Float64Array;
  }[];
  /** Which rows were held out. */
  readonly held: ReadonlySet<number>;
  /** The network along its one input. */
  readonly curves?: readonly { readonly x: Float64Array; readonly y: Float64Array }[];
  readonly errorHead: readonly string[];
  readonly errors: readonly ErrorLine[];
  /** Whether some errors are of rows that the network had not seen. */
  readonly unseen: boolean;
  /** Which rows the confusion counts. */
  readonly judged?: string;
  /** Counts of classes: row i, column j: how many of class i were taken for class j. */
  readonly confusion?: readonly (readonly number[])[];
}

/** One more table of the page. */
export interface ExtraTable {
  readonly heading: string;
  readonly note: string;
  /** The heads of the columns behind the first. */
  readonly head: readonly string[];
  /** What each row is, and its cells. */
  readonly rows: readonly (readonly string[])[];
}

/** Something that the doctor had to say of the training. */
export interface ReportFinding {
  /** How bad it is, in a word. */
  readonly severity: string;
  readonly message: string;
  readonly why: string;
  readonly try: string;
}

/** What a report is made from. */
export interface ReportSource {
  readonly network: Network;
  /** The table's name. */
  readonly source: string;
  /** What to say where the table cannot be read any more. */
  readonly data: ReportData | string;
  readonly epochs: readonly number[];
  readonly losses: readonly number[];
  readonly heldLosses: readonly number[];
  /** Settings by name: optimizer, rate, seed, … */
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly summary: string;
  /** What is known about rows that a network had not seen. */
  readonly tables: readonly ExtraTable[];
  /** What is to be said of the training, the worst first. */
  readonly findings: readonly ReportFinding[];
}
