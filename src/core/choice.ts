/** Words of which an option takes one: any other is refused, and not taken for the last of them. */
import { argumentError } from "./errors.ts";
import { showText } from "./format.ts";

/** Throws unless a value is one of some words. */
export function needOneOf(what: string, value: string, words: readonly string[]): void {
  if (words.includes(value)) return;
  const quoted = words.map((word) => `"${word}"`);
  const listed = `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)!}`;
  throw argumentError(`${what} is "${showText(String(value))}"; need ${listed}.`);
}
