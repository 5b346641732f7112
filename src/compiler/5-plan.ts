/**
 * Pass 5: puts the kernels in order, gives every value a buffer, and lets values share memory: a
 * temporary takes the place of one that dies, and an output may be written over an input where
 * nothing reads that input afterwards.
 */
import { bytesOf } from "../core/dtype.ts";
import { arrange } from "./arena.ts";
import type { Fused } from "./2-fuse.ts";
import { lastFailure } from "./failure.ts";
import type { Group } from "./groups.ts";
import type { Item } from "./items.ts";
import type { Call, Kernel, Plan, PlanBuffer } from "./kernel.ts";
import type { Limits } from "./limits.ts";
import { mayReplace } from "./replace.ts";
import type { Step } from "./step.ts";

/** What a caller may ask of a plan. */
export interface PlanOptions {
  /** For each output the input that it should be written over, or −1. */
  readonly donate?: readonly number[];
}

/** Orders the calls and places the buffers. */
export function plan(
  fused: Fused,
  steps: readonly (readonly Step[])[],
  limits: Limits,
  options: PlanOptions = {},
): Plan {
  const { inputs, outputs } = fused.items;
  const donate = outputs.map((_, o) => options.donate?.[o] ?? -1);
  const sequence: Step[] = [];
  for (const at of schedule(fused, donate)) sequence.push(...steps[at]!);
  const uses = usesOf(sequence);
  const numbering = new Map<Item, number>();
  const buffers: PlanBuffer[] = [];
  const give = (item: Item, place: PlanBuffer["place"]): void => {
    numbering.set(item, buffers.length);
    buffers.push({ dtype: item.type.dtype, length: item.type.size, place });
  };
  inputs.forEach((item, index) => give(item, { kind: "input", index }));
  outputs.forEach((item, index) => give(item, { kind: "output", index }));
  const temporaries = [...uses.keys()].filter((item) => !numbering.has(item));
  const places = placeTemporaries(temporaries, uses, sequence, limits);
  temporaries.forEach((item, i) => give(item, { kind: "arena", offset: places.offsets[i]! }));
  const calls: Call[] = [];
  for (const { kernel, args, origin } of sequence) {
    const numbers = args.map((item) => numbering.get(item)!);
    if (!isSelfCopy(kernel, numbers, buffers)) calls.push({ kernel, args: numbers, origin });
  }
  const donations = donationsOf(fused, donate, sequence, uses, limits);
  return { buffers, calls, arenaBytes: places.bytes, donations };
}

/** Whether a kernel copies a temporary onto itself. */
function isSelfCopy(
  kernel: Kernel,
  args: readonly number[],
  buffers: readonly PlanBuffer[],
): boolean {
  if (kernel.kind !== "map" || kernel.body.length !== 1 || kernel.stages.length !== 1) return false;
  const [from, to] = args.map((arg) => buffers[arg]!);
  if (from?.place.kind !== "arena" || to?.place.kind !== "arena") return false;
  return from.place.offset === to.place.offset && kernel.body[0]!.op === "load";
}

// ── order ────────────────────────────────────────────────────────────────────────────────────────

/** Orders the groups; those that write over inputs come as late as they can. */
function schedule(fused: Fused, donate: readonly number[]): number[] {
  const { groups, items } = fused;
  const numbers = new Map(groups.map((group, at) => [group, at]));
  const waiting = groups.map((group) => group.needs.size);
  const readers = readersOf(groups);
  const replaced = groups.map((group) => replacedBy(group, items.inputs, donate));
  const ready = new PriorityQueue();
  const late: number[] = [];
  const enqueue = (at: number): void => {
    if (replaced[at]!.length === 0) ready.push(firstId(groups[at]!), at);
    else late.push(at);
  };
  waiting.forEach((count, at) => count === 0 && enqueue(at));
  const order: number[] = [];
  while (order.length < groups.length) {
    const at = ready.pop() ?? takeLate(late, groups, replaced, readers);
    order.push(at);
    for (const item of groups[at]!.reads) readers.get(item)?.delete(groups[at]!);
    for (const user of groups[at]!.users) {
      const next = numbers.get(user)!;
      if (--waiting[next]! === 0) enqueue(next);
    }
  }
  return order;
}

/** Takes the first group whose inputs nobody else still has to read, or else the first. */
function takeLate(
  late: number[],
  groups: readonly Group[],
  replaced: readonly (readonly Item[])[],
  readers: ReadonlyMap<Item, ReadonlySet<Group>>,
): number {
  const free = late.findIndex((at) =>
    replaced[at]!.every((item) => {
      const left = readers.get(item);
      return left === undefined || left.size === (left.has(groups[at]!) ? 1 : 0);
    }),
  );
  if (late.length === 0) throw new Error("plan: the groups form a cycle");
  return late.splice(Math.max(free, 0), 1)[0]!;
}

function firstId(group: Group): number {
  return group.members[0]!.id;
}

function readersOf(groups: readonly Group[]): Map<Item, Set<Group>> {
  const readers = new Map<Item, Set<Group>>();
  for (const group of groups) {
    for (const item of group.reads) {
      if (item.work.kind !== "input") continue;
      const known = readers.get(item);
      if (known === undefined) readers.set(item, new Set([group]));
      else known.add(group);
    }
  }
  return readers;
}

function replacedBy(group: Group, inputs: readonly Item[], donate: readonly number[]): Item[] {
  const replaced: Item[] = [];
  for (const { output } of group.members) {
    const input = output >= 0 ? inputs[donate[output]!] : undefined;
    if (input !== undefined) replaced.push(input);
  }
  return replaced;
}

/** Numbers in a heap: the smallest key first. */
class PriorityQueue {
  private readonly entries: [number, number][] = [];

  push(key: number, value: number): void {
    const { entries } = this;
    let at = entries.push([key, value]) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (entries[up]![0] <= entries[at]![0]) break;
      [entries[up], entries[at]] = [entries[at]!, entries[up]!];
      at = up;
    }
  }

  pop(): number | undefined {
    const { entries } = this;
    const top = entries[0];
    const end = entries.pop();
    if (top === undefined || end === undefined) return undefined;
    if (entries.length > 0) this.sink(end);
    return top[1];
  }

  private sink(entry: [number, number]): void {
    const { entries } = this;
    let at = 0;
    entries[0] = entry;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= entries.length) return;
      if (child + 1 < entries.length && entries[child + 1]![0] < entries[child]![0]) child++;
      if (entries[at]![0] <= entries[child]![0]) return;
      [entries[at], entries[child]] = [entries[child]!, entries[at]!];
      at = child;
    }
  }
}

// ── memory ───────────────────────────────────────────────────────────────────────────────────────

/** The first and the last call that touch an item's buffer, and the first that writes it. */
interface Use {
  first: number;
  last: number;
}

function usesOf(sequence: readonly Step[]): Map<Item, Use> {
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
function placeTemporaries(
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
function donationsOf(
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
