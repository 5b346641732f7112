/**
 * Which buffers of a plan share memory: temporaries that follow each other, and outputs written
 * over inputs that nothing reads any more.
 */
import { bytesOf } from "../core/dtype.ts";
import { arrange } from "./arena.ts";
import type { Fused } from "./2-fuse.ts";
import { lastFailure } from "./failure.ts";
import type { Item } from "./items.ts";
import type { Limits } from "./limits.ts";
import { mayReplace } from "./replace.ts";
import type { Step } from "./step.ts";

/** The first and the last call that touch an item's buffer, and the first that writes it. */
export interface Use {
  first: number;
  last: number;
}

/** When each buffer of a sequence of calls is touched. */
export function usesOf(sequence: readonly Step[]): Map<Item, Use> {
  const uses = new Map<Item, Use>();
  sequence.forEach(({ args }, call) => {
    for (const item of args) {
      const use = uses.get(item);
      if (use === undefined) uses.set(item, { first: call, last: call });
      else use.last = call;
    }
  });
  return uses;
}

/** Finds the place of each temporary in the arena. Those that replace each other share one. */
export function placeTemporaries(
  temporaries: readonly Item[],
  uses: ReadonlyMap<Item, Use>,
  sequence: readonly Step[],
  limits: Limits,
): { offsets: number[]; bytes: number } {
  const numbers = new Map(temporaries.map((item, i) => [item, i]));
  const lives: { bytes: number; first: number; last: number }[] = [];
  const slots = new Array<number>(temporaries.length);
  const byFirst = temporaries.map((_, i) => i);
  byFirst.sort((i, j) => uses.get(temporaries[i]!)!.first - uses.get(temporaries[j]!)!.first);
  const taken = new Set<Item>();
  for (const i of byFirst) {
    const item = temporaries[i]!;
    const { first, last } = uses.get(item)!;
    const step = sequence[first]!;
    const dying = step.args.find(
      (other) =>
        limits.aliasing &&
        numbers.has(other) &&
        !taken.has(other) &&
        uses.get(other)!.last === first &&
        uses.get(other)!.first < first &&
        sameBytes(other, item) &&
        mayReplace(step, other, item),
    );
    if (dying === undefined) {
      slots[i] = lives.length;
      lives.push({ bytes: item.type.size * bytesOf(item.type.dtype), first, last });
    } else {
      taken.add(dying);
      slots[i] = slots[numbers.get(dying)!]!;
      lives[slots[i]]!.last = last;
    }
  }
  const { offsets, bytes } = arrange(lives, Math.max(64, limits.alignment));
  return { offsets: slots.map((slot) => offsets[slot]!), bytes };
}

function sameBytes(a: Item, b: Item): boolean {
  return a.type.size * bytesOf(a.type.dtype) === b.type.size * bytesOf(b.type.dtype);
}

/** Checks which of the asked pairs of output and input can be one buffer. */
export function donationsOf(
  fused: Fused,
  donate: readonly number[],
  sequence: readonly Step[],
  uses: ReadonlyMap<Item, Use>,
  limits: Limits,
): number[] {
  const { inputs, outputs } = fused.items;
  const given = new Set<number>();
  const failing = lastFailure(sequence);
  return outputs.map((output, o) => {
    const i = donate[o]!;
    const input = inputs[i];
    if (input === undefined || given.has(i)) return -1;
    if (input.type.dtype !== output.type.dtype || input.type.size !== output.type.size) return -1;
    const written = uses.get(output)?.first ?? Infinity;
    const read = uses.get(input)?.last ?? -1;
    if (read > written || written <= failing) return -1;
    if (read === written) {
      if (!limits.aliasing || !mayReplace(sequence[written]!, input, output)) return -1;
    }
    given.add(i);
    return i;
  });
}
