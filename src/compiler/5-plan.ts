/**
 * Pass 5: puts the kernels in order, gives every value a buffer, and lets values share memory: a
 * temporary takes the place of one that dies, and an output may be written over an input where
 * nothing reads that input afterwards.
 */
import type { Fused } from "./2-fuse.ts";
import type { Group } from "./groups.ts";
import type { Item } from "./items.ts";
import type { Call, Kernel, Plan, PlanBuffer } from "./kernel.ts";
import type { Limits } from "./limits.ts";
import { PriorityQueue } from "./priority-queue.ts";
import { donationsOf, placeTemporaries, usesOf } from "./sharing.ts";
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
