/**
 * The one protocol between pages and the engine: what an experiment is, and the messages that start,
 * step, run, pause, read, set, snapshot and restore it. Imports nothing, so both sides can.
 */

/** Numbers, words and lists that configure a run; plain enough for a link. */
export type Settings = { readonly [name: string]: number | string | boolean | readonly number[] };

/** One running experiment. Whatever `read` and `snapshot` return can be cloned. */
export interface Run<S extends Settings, R> {
  /** Does the smallest piece of work that a page can ask for. */
  step(): void;
  /** Returns what the page shows. */
  read(): R;
  /** Changes settings in mid-run, between two steps. */
  set(changes: Partial<S>): void;
  /** Returns all that `restore` needs to go on from here. */
  snapshot(): unknown;
  /** Goes back to a snapshot of the same settings. */
  restore(snapshot: unknown): void;
}

/** An experiment: the only part of a lesson that knows the engine. */
export interface Experiment<S extends Settings, R> {
  readonly defaults: S;
  /** Begins a run; the same settings give the same run, bit for bit. */
  start(settings: S): Run<S, R>;
}

/** What a page asks of the worker. */
export type Command =
  | { readonly kind: "start"; readonly experiment: string; readonly settings: Settings }
  | { readonly kind: "step"; readonly count: number }
  /** `perSecond` null is as fast as it goes; the run ends after step `until`. */
  | { readonly kind: "run"; readonly perSecond: number | null; readonly until: number | null }
  | { readonly kind: "pause" }
  /** Goes to a step that the run has been at, by the kept snapshot before it. */
  | { readonly kind: "goto"; readonly step: number }
  | { readonly kind: "read" }
  | { readonly kind: "set"; readonly changes: Settings }
  | { readonly kind: "snapshot" }
  | { readonly kind: "restore"; readonly snapshot: unknown };

/** A command with the number that its answer carries. */
export interface Request {
  readonly id: number;
  readonly command: Command;
}

/** What is known of a run at one moment. */
export interface Report {
  readonly reading: unknown;
  readonly steps: number;
  readonly running: boolean;
  /** Steps per second, measured since the run last went on. */
  readonly perSecond: number;
  /** The latest step that `goto` reaches. */
  readonly reached: number;
}

/** A page's word that it has shown a report, so that the next may come. */
export interface Shown {
  readonly shown: true;
}

/** What the worker sends: an answer to a request, or a report in mid-run. */
export type Message =
  | { readonly id: number; readonly report: Report; readonly snapshot?: unknown }
  | { readonly id: number | null; readonly error: string }
  | { readonly id: null; readonly report: Report };
