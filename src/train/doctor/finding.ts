/** What the doctor says: which rule, how bad, where, with which figures, why, what to try. */
import type { Figures, RuleName } from "./words.ts";
import { WORDS } from "./words.ts";

/**
 * How bad a finding is: with an "error" nothing useful can come of the training, a "warning" costs
 * much of it, a "note" is worth knowing.
 */
export type Severity = "error" | "warning" | "note";

/** Where a finding was made. */
export interface Place {
  /** The layer, as `0 (Linear)`. */
  readonly layer?: string;
  /** The column of a table. */
  readonly column?: string;
  /** The update before which it was seen, counted from 0. */
  readonly step?: number;
}

/** One finding, in words and as plain data. */
export interface Finding<R extends RuleName = RuleName> extends Place {
  readonly rule: R;
  readonly severity: Severity;
  readonly figures: Figures[R];
  /** What was seen, with layer and figures. */
  readonly message: string;
  /** Why it matters. */
  readonly why: string;
  /** What to try. */
  readonly try: string;
}

/** Makes a finding; its words come from the one table of words. */
export function found<R extends RuleName>(
  rule: R,
  severity: Severity,
  figures: Figures[R],
  place: Place = {},
): Finding<R> {
  const { message, why, cure } = WORDS[rule];
  return {
    ...{ rule, severity, ...place, figures },
    message: message(figures, { layer: "the model", column: "a column", ...place }),
    ...{ why, try: cure },
  };
}

const ORDER: readonly Severity[] = ["error", "warning", "note"];

/** Puts findings in order, the worst first; of one kind in the order in which they were made. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

/** Spells a finding in one line: how bad, what was seen, what to try. */
export function showFinding({ severity, message, try: cure }: Finding): string {
  return `${severity}: ${message} ${cure}`;
}
