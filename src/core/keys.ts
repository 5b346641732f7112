/** Names what stands in data that somebody wrote and that nobody knows: misspelt keys above all. */
import { showText } from "./format.ts";

/** Most keys that a message names; a file may hold any number. */
const MOST_NAMED = 20;

/** Says of each key that is not known that it is none, and which one was probably meant. */
export function unknownKeys(value: object, known: readonly string[], where: string): string[] {
  const isKnown = new Set(known);
  const strange = Object.keys(value).filter((key) => !isKnown.has(key));
  return strange.map((key, i) => {
    if (i >= MOST_NAMED) return `${where} has an unknown key`; // these are only counted
    const meant = closest(key, known);
    const hint = meant === undefined ? "" : ` (${meant}?)`;
    return `${where} has an unknown key "${showText(key, 60)}"${hint}`;
  });
}

/** Appends faults of any number: a call takes only so many arguments. */
export function append(faults: string[], more: readonly string[]): void {
  for (const fault of more) faults.push(fault);
}

/** Joins faults into one text; the rest of very many are counted. */
export function listFaults(faults: readonly string[], joint = "; "): string {
  const more = faults.length - MOST_NAMED;
  const named = faults.slice(0, MOST_NAMED).join(joint);
  return more > 0 ? `${named}${joint}and ${more} more` : named;
}

/** Returns the known word that a misspelt one is nearest to, if one is near. */
export function closest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 60) return undefined;
  const lower = word.toLowerCase();
  let most = Math.max(1, word.length / 3);
  let nearest: string | undefined;
  for (const each of known) {
    if (Math.abs(each.length - word.length) > most) continue; // so many letters to leave out
    const letters = distance(lower, each.toLowerCase());
    if (letters > most || (letters === most && nearest !== undefined)) continue;
    [most, nearest] = [letters, each];
  }
  return nearest;
}

/** Counts the letters to change, leave out or put in (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + Number(a[i - 1] !== b[j - 1]);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
