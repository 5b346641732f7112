/** What `nabla fit` is told by its options. */
import type { Choice } from "../train/table/choose.ts";
import type { Earlier } from "../train/table/network.ts";
import type { FitOptions, OpenOption } from "../train/table/options.ts";
import type { FoldAnswers, SweepRow } from "../train/table/validate.ts";
import type { DeviceChoice } from "./choices.ts";
import type { MissingRule } from "./gaps.ts";
import type { ReadingFlags } from "./reading.ts";

/** The options of `nabla fit` as commander hands them over; what may be left open is not there. */
export interface GivenFlags
  extends
    Omit<FitOptions, OpenOption | "open">,
    Partial<Pick<FitOptions, OpenOption>>,
    ReadingFlags {
  /** As it was typed; the names themselves where a run goes on. */
  readonly x?: string | readonly string[];
  readonly y?: string | readonly string[];
  readonly missing?: MissingRule;
  readonly classify?: boolean;
  /** What columns are said to hold: `name=kind`. */
  readonly column?: readonly string[];
  /** The column whose groups stay whole, and the one that orders rows in time. */
  readonly group?: string;
  readonly time?: string;
  /** Whether it is asked what answers rest on. */
  readonly importance?: boolean;
  /** From which probability on the rarer of two classes is answered. */
  readonly threshold?: number;
  readonly folds?: number;
  readonly sweep?: Sweep;
  /** The folder of a run to go on with. */
  readonly resume?: string;
  /** Where it runs, and on how many threads. */
  readonly device?: DeviceChoice;
  readonly threads?: number;
  readonly out?: string;
  /** Seconds from one save to the next. */
  readonly saveEvery?: number;
  readonly plot?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** The same when the data has decided what was left open. */
export type FitFlags = GivenFlags & FitOptions;

/** A sweep: which option takes which values, as they were typed and as options. */
export interface Sweep {
  readonly option: string;
  readonly settings: readonly { readonly text: string; readonly change: Partial<FitOptions> }[];
}

/** What is done already of a run that was cut off before its fit. */
export interface Done {
  readonly answers?: FoldAnswers;
  /** The settings of a sweep that were tried, and the rows of those that did not diverge. */
  readonly sweep?: { readonly tried: number; readonly rows: readonly Omit<SweepRow, "options">[] };
}

/** What a fit is made from, and when it began. */
export interface Job {
  readonly path: string;
  readonly folder: string;
  readonly flags: FitFlags;
  /** The options that were given, or that a run goes on with, as words for a shell. */
  readonly words: readonly (readonly string[])[];
  readonly started: number;
  /** Where a run stood that this one goes on with. */
  readonly earlier?: Earlier;
  /** What is done already of a run that was cut off before its fit. */
  readonly done?: Done;
  /** What the table decided. */
  readonly chosen?: Choice;
  /** What its cross-validation found, as it was written. */
  readonly crossValidation?: unknown;
}
