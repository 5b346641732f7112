/** The batches that a training goes through: any iterable, now or later, whole or the first few. */
import { isThenable } from "../core/thenable.ts";

/**
 * Batches, epoch by epoch: a list, a `DataLoader`, anything that can be walked through anew for
 * each epoch. One that knows where it is (`stateDict`) is put back there by a resume; of any other
 * the batches that were used are skipped, with the random numbers that it had.
 */
export type Batches<B> = (Iterable<B> | AsyncIterable<B>) & {
  readonly length?: number;
  /** Says where the walk under way stands. */
  stateDict?(): unknown;
  /** Puts the next walk where a saved one stood. */
  loadStateDict?(state: never): void;
};

/** A walk through batches. */
export type Walk<B> = Iterator<B> | AsyncIterator<B>;

/** Begins an epoch. */
export function walk<B>(batches: Batches<B>): Walk<B> {
  if (needsAwait(batches)) return (batches as AsyncIterable<B>)[Symbol.asyncIterator]();
  return (batches as Iterable<B>)[Symbol.iterator]();
}

/** Batches that are made later or ahead are awaited; where both ways are open, now is quicker. */
function needsAwait<B>(batches: Batches<B>): boolean {
  if (!(Symbol.asyncIterator in batches)) return false;
  if (!(Symbol.iterator in batches)) return true;
  const { prefetch, dataset } = batches as {
    readonly prefetch?: number;
    readonly dataset?: { readonly length: number; at(index: number): unknown };
  };
  if ((prefetch ?? 0) > 0) return true;
  return dataset !== undefined && dataset.length > 0 && isThenable(dataset.at(0));
}

/** Returns the first `count` batches of an epoch, the same each time. */
export async function firstOf<B>(batches: Batches<B>, count: number): Promise<readonly B[]> {
  const taken: B[] = [];
  const steps = walk(batches);
  while (taken.length < count) {
    const next = await steps.next();
    if (next.done === true) return taken;
    taken.push(next.value);
  }
  await steps.return?.();
  return taken;
}
