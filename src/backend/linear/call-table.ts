/**
 * Programs in linear memory: a table of buffer addresses, then the list of calls and their
 * arguments.
 *
 *     table:  | failing value | scratch | buffer 0 | buffer 1 | … |
 *     calls:  | slot, arguments | … |       arguments: offsets into the table
 *     scan: slot −1; arguments: | turns | table | calls | count | moving | all | bindings … |
 *     binding: | offset in its table | offset in the outer table | bytes at first | bytes on |
 */
import type { LoopedKernel, Plan, ScanKernel } from "../../compiler/kernel.ts";

/** A kernel that can be called, in the slot of that number. */
export interface Entry {
  readonly slot: number;
  readonly scratchBytes: number;
}

/** The word of a table that holds the address of scratch memory. */
export const SCRATCH_WORD = 1;

/** The word of a table where its buffers begin. */
export const FIRST_BUFFER = 2;

/** The slot that stands for a scan. */
export const SCAN = 0xffffffff;

/** What a kernel returns when it fails; 0 where it does not. */
export const STATUS = { index: 1, overflow: 2 } as const;

const RECORD_WORDS = 6;
const BINDING_WORDS = 4;

/** A call of a kernel that has code of its own. */
export interface EmittedCall {
  readonly kernel: LoopedKernel;
  readonly origin: string;
}

/** Lists the calls of a plan that have kernels of their own, nested ones in place. */
export function flatCalls(plan: Plan): EmittedCall[] {
  return plan.calls.flatMap(({ kernel, origin }) =>
    kernel.kind === "scan" ? flatCalls(kernel.plan) : [{ kernel, origin }],
  );
}

/** How many words a plan's table and calls take. */
export function tableWords(plan: Plan): number {
  let words = FIRST_BUFFER + plan.buffers.length;
  for (const { kernel, args } of plan.calls) {
    words += 2;
    if (kernel.kind !== "scan") words += args.length;
    else words += RECORD_WORDS + BINDING_WORDS * kernel.bindings.length + tableWords(kernel.plan);
  }
  return words;
}

/** Where a plan's table and calls lie. */
export interface TablePlace {
  readonly table: number;
  readonly calls: number;
  readonly end: number;
}

/** Writes a plan's table and calls at an address; takes the entries of `flatCalls` from `next`. */
export function writeTable(
  u32: Uint32Array,
  plan: Plan,
  table: number,
  next: () => Entry,
): TablePlace {
  const calls = table + 4 * (FIRST_BUFFER + plan.buffers.length);
  u32.fill(0, table >>> 2, calls >>> 2);
  let call = calls >>> 2;
  let end = calls + 8 * plan.calls.length;
  for (const { kernel, args } of plan.calls) {
    u32[call++] = kernel.kind === "scan" ? SCAN : next().slot;
    u32[call++] = end;
    if (kernel.kind === "scan") {
      end = writeScan(u32, kernel, args, end, next);
      continue;
    }
    for (const buffer of args) {
      u32[end >>> 2] = wordOf(buffer);
      end += 4;
    }
  }
  return { table, calls, end };
}

function wordOf(buffer: number): number {
  return 4 * (FIRST_BUFFER + buffer);
}

function writeScan(
  u32: Uint32Array,
  { length, plan, bindings }: ScanKernel,
  args: readonly number[],
  at: number,
  next: () => Entry,
): number {
  const moving = bindings.filter(({ step }) => step !== 0);
  const still = bindings.filter(({ step }) => step === 0);
  let word = (at >>> 2) + RECORD_WORDS;
  for (const { buffer, param, offset, step } of [...moving, ...still]) {
    u32[word++] = wordOf(buffer);
    u32[word++] = wordOf(args[param]!);
    u32[word++] = offset;
    u32[word++] = step;
  }
  const place = writeTable(u32, plan, word * 4, next);
  const record = [
    length,
    place.table,
    place.calls,
    plan.calls.length,
    moving.length,
    bindings.length,
  ];
  u32.set(record, at >>> 2);
  return place.end;
}
