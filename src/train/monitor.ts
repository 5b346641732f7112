/** What is watched from epoch to epoch, and whether it became better. */
import { argumentError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import type { EpochRecord } from "./events.ts";

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
