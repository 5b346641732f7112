/**
 * A strict JSON reader for file headers. Unlike `JSON.parse` it refuses duplicate keys, keeps
 * objects as maps (so that a key named `__proto__` is only a key) and takes whole numbers in plain
 * digits only.
 */
import { NablaError } from "../core/errors.ts";

/** What a header may hold: text, whole numbers, lists, and maps from text. */
export type HeaderValue = string | number | HeaderValue[] | Map<string, HeaderValue>;

const DEEPEST = 8;
/** Bounds time and memory for dishonest headers; a tensor takes at most a dozen values. */
const MOST_VALUES = 400_000;
const LONGEST_TEXT = 16_000_000;
const SPACE = /[ \t\n\r]*/y;
const INTEGER = /(?:0|[1-9][0-9]{0,15})(?![0-9.eE])/y;

/**
 * Parses header text; throws a format error that starts with `what` and says where it went wrong.
 */
export function parseHeaderJson(text: string, what: string): HeaderValue {
  const reader = new HeaderReader(text, what);
  const value = reader.value(0);
  reader.skipSpace();
  if (reader.at !== text.length) throw reader.fail("nothing more");
  return value;
}

class HeaderReader {
  at = 0;
  #values = 0;
  readonly text: string;
  readonly what: string;

  constructor(text: string, what: string) {
    this.text = text;
    this.what = what;
  }

  value(depth: number): HeaderValue {
    if (++this.#values > MOST_VALUES) throw this.fail(`at most ${MOST_VALUES} values`);
    if (depth > DEEPEST) throw this.fail(`at most ${DEEPEST} levels of nesting`);
    this.skipSpace();
    switch (this.text[this.at]) {
      case "{":
        return this.#map(depth);
      case "[":
        return this.#list(depth);
      case '"':
        return this.#string();
      default:
        return this.#integer();
    }
  }

  skipSpace(): void {
    SPACE.lastIndex = this.at;
    SPACE.test(this.text);
    this.at = SPACE.lastIndex;
  }

  fail(wanted: string): NablaError {
    const found = this.text.slice(this.at, this.at + 12);
    const shown = found === "" ? "its end" : JSON.stringify(found);
    return new NablaError(
      "format",
      `${this.what}: the header is not valid at character ${this.at}: expected ${wanted}, found ${shown}.`,
    );
  }

  #map(depth: number): Map<string, HeaderValue> {
    const map = new Map<string, HeaderValue>();
    this.at++;
    if (this.#take("}")) return map;
    do {
      this.skipSpace();
      const start = this.at;
      const key = this.#string();
      if (map.has(key)) {
        this.at = start;
        throw this.fail(`each key once (${JSON.stringify(key.slice(0, 60))} is there twice)`);
      }
      if (!this.#take(":")) throw this.fail('":"');
      map.set(key, this.value(depth + 1));
    } while (this.#take(","));
    if (!this.#take("}")) throw this.fail('"," or "}"');
    return map;
  }

  #list(depth: number): HeaderValue[] {
    const list: HeaderValue[] = [];
    this.at++;
    if (this.#take("]")) return list;
    do list.push(this.value(depth + 1));
    while (this.#take(","));
    if (!this.#take("]")) throw this.fail('"," or "]"');
    return list;
  }

  #string(): string {
    if (this.text[this.at] !== '"') throw this.fail("text in double quotes");
    // Not a regular expression: those run out of stack on text of some megabytes.
    let end = this.text.indexOf('"', this.at + 1);
    while (end > 0 && this.#isEscaped(end)) end = this.text.indexOf('"', end + 1);
    if (end < 0) throw this.fail("text with its closing quote");
    if (end - this.at > LONGEST_TEXT) throw this.fail(`text of at most ${LONGEST_TEXT} characters`);
    try {
      const value = JSON.parse(this.text.slice(this.at, end + 1)) as string;
      this.at = end + 1;
      return value;
    } catch {
      throw this.fail("text with valid escapes");
    }
  }

  #isEscaped(quote: number): boolean {
    let slashes = 0;
    while (this.text[quote - 1 - slashes] === "\\") slashes++;
    return slashes % 2 === 1;
  }

  #integer(): number {
    const value = Number(this.#match(INTEGER, "a value: text, a whole number, a list or a map"));
    if (!Number.isSafeInteger(value)) throw this.fail("a whole number below 2^53");
    return value;
  }

  #match(pattern: RegExp, wanted: string): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) throw this.fail(wanted);
    this.at += found[0].length;
    return found[0];
  }

  #take(mark: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== mark) return false;
    this.at++;
    return true;
  }
}
