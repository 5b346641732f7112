/**
 * Tables of records: JSON lines, a JSON array of objects, and rows that other readers give. Values
 * become the texts that a CSV file would have, so that columns are read in one way.
 */
import { NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { CsvTable } from "./table.ts";

/** Objects within objects deeper than this are no records. */
const DEEPEST = 8;
/** Each column costs memory of its own. */
const MOST_COLUMNS = 10_000;
/** Cells that are reserved at most, so that records of odd keys do not fill the memory. */
const MOST_CELLS = 50_000_000;

/** Collects records whose keys become columns; a record without a key has no value there. */
export class RecordTable {
  readonly #source: string;
  readonly #form: string;
  readonly #columns = new Map<string, string[]>();
  readonly #lines: number[] = [];

  constructor(source: string, form: string) {
    this.#source = source;
    this.#form = form;
  }

  /** Adds a record that stands on a line; `place` names it in errors. */
  add(record: unknown, line: number, place: string): void {
    if (typeof record !== "object" || record === null || Array.isArray(record)) {
      throw bad(this.#source, `${place} is no object of names and values`);
    }
    this.#lines.push(line);
    this.#take(record, "", place, 0);
  }

  #take(record: object, prefix: string, place: string, depth: number): void {
    if (depth > DEEPEST) throw bad(this.#source, `${place} has objects in objects without end`);
    for (const [key, value] of Object.entries(record)) {
      const name = prefix + key;
      if (isPlainObject(value)) this.#take(value, `${name}.`, place, depth + 1);
      else this.#put(name, textOf(value), place);
    }
  }

  #put(name: string, text: string, place: string): void {
    let cells = this.#columns.get(name);
    if (cells === undefined) {
      const columns = this.#columns.size + 1;
      if (columns > MOST_COLUMNS || columns * this.#lines.length > MOST_CELLS) {
        throw bad(this.#source, `${place} brings more columns than can be read`);
      }
      this.#columns.set(name, (cells = []));
    }
    const row = this.#lines.length - 1;
    if (cells.length > row) throw bad(this.#source, `${place} has "${showText(name)}" twice`);
    while (cells.length < row) cells.push("");
    cells.push(text);
  }

  /** Returns the table; throws where there are no rows. */
  table(): CsvTable {
    const rows = this.#lines.length;
    if (rows === 0 || this.#columns.size === 0) throw bad(this.#source, "has no rows");
    for (const cells of this.#columns.values()) while (cells.length < rows) cells.push("");
    const style = {
      ...({ source: this.#source, delimiter: ",", decimal: ".", countsFirst: false } as const),
      form: this.#form,
    };
    return new CsvTable(style, this.#columns, this.#lines);
  }
}

/** Whether a text begins as JSON lines or as a JSON array of objects do. */
export function looksLikeJson(text: string): boolean {
  return /^\s*(?:\[\s*)?\{\s*(?:"|\})/.test(text.slice(0, 10_000));
}

/** Reads JSON lines, or a JSON array of objects. */
export function parseJsonTable(text: string, source: string): CsvTable {
  return text.trimStart().startsWith("[") ? parseArray(text, source) : parseLines(text, source);
}

function parseArray(text: string, source: string): CsvTable {
  const value = parse(text, source, "it");
  const table = new RecordTable(source, "JSON");
  if (!Array.isArray(value)) throw bad(source, "is JSON, but no list of objects");
  value.forEach((record, i) => table.add(record, i + 1, `entry ${i + 1}`));
  return table.table();
}

function parseLines(text: string, source: string): CsvTable {
  const table = new RecordTable(source, "JSON lines");
  const lines = text.split("\n");
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "") continue;
    table.add(parse(line, source, `line ${i + 1}`), i + 1, `line ${i + 1}`);
  }
  return table.table();
}

/** Parses JSON; whole numbers of many digits stay texts, since they would lose some. */
function parse(text: string, source: string, place: string): unknown {
  const kept = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?[0-9]{16,}(?![0-9.eE])/g, (found) =>
    found.startsWith('"') ? found : `"${found}"`,
  );
  try {
    return JSON.parse(kept) as unknown;
  } catch (cause) {
    const problem = cause instanceof SyntaxError ? cause.message : "it cannot be read";
    const text = `${source}: ${place} is not JSON (${showText(problem, 100)}).`;
    throw new NablaError("format", text, { cause });
  }
}

/** Spells a value as a cell. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return spellDate(value);
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value === "boolean" || typeof value === "string") return String(value);
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "bigint" ? String(inner) : inner,
  );
}

function spellDate(date: Date): string {
  if (Number.isNaN(date.getTime())) return "";
  return date.toISOString().replace("T00:00:00.000Z", "");
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function bad(source: string, problem: string): NablaError {
  return new NablaError("format", `${source} ${problem}.`);
}
