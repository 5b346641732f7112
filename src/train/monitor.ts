/** What is watched from epoch to epoch, and whether it became better. */
import { argumentError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import { needOneOf } from "../core/choice.ts";
import type { EpochRecord } from "./events.ts";

/** What is watched. */
export interface MonitorOptions {
  /** `valLoss` (where nothing is validated: `loss`), or the name of a metric. */
  readonly monitor?: string;
  /** Whether less of it is better (`"min"`, the default) or more. */
  readonly mode?: "min" | "max";
  /** By how much it must be better to count; default: 0. */
  readonly minDelta?: number;
}

/** Knows the best that was measured. */
export class Monitor {
  /** The best so far, if anything was measured. */
  best: number | undefined;
  readonly #options: MonitorOptions;

  constructor(owner: string, options: MonitorOptions) {
    needOneOf(`${owner}: mode`, options.mode ?? "min", ["min", "max"]);
    this.#options = options;
  }

  /** Takes note of an epoch; says whether it is the best so far. */
  improves(record: EpochRecord): boolean {
    const { monitor, mode = "min", minDelta = 0 } = this.#options;
    const value = measuredIn(record, monitor);
    const gain =
      mode === "min" ? (this.best ?? Infinity) - value : value - (this.best ?? -Infinity);
    if (!(gain > minDelta)) return false;
    this.best = value;
    return true;
  }
}

/** Returns what an epoch measured: `valLoss` (where nothing is named, else `loss`), or a metric. */
export function measuredIn(record: EpochRecord, name?: string): number {
  if (name === undefined) return record.valLoss ?? record.loss;
  const known: Readonly<Record<string, number | undefined>> = {
    ...record.metrics,
    loss: record.loss,
    valLoss: record.valLoss,
  };
  const value = Object.hasOwn(known, name) ? known[name] : undefined;
  if (value !== undefined) return value;
  const there = Object.keys(known).filter((key) => known[key] !== undefined);
  throw argumentError(
    `Trainer: nothing is measured as ${show(name)}; there are ${there.join(", ")}. Validation loss ` +
      "and metrics need a second argument: trainer.fit(batches, validation).",
  );
}
