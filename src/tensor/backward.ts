/**
 * The reverse walk: from the results back along the tape, call by call, each through its own
 * backward program. Iterative, so that a tape may be as long as memory allows.
 */
import { NablaError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import { fill, fillLike } from "../ir/words.ts";
import type { None } from "../runtime/function.ts";
import { Fn, NONE } from "../runtime/function.ts";
import type { Storage } from "../runtime/storage.ts";
import { call, call1, replaceGradient } from "./call.ts";
import { assertKept, assertUnchanged, audit, reachable, sumOf } from "./tape.ts";
import type { GradientHook, OutputHook, TapeRecord, Value } from "./value.ts";
import { context, isLeaf } from "./value.ts";

/** What a walk is to do. */
export interface WalkOptions {
  /** Keep what was saved, so that `backward` can run again. */
  readonly retainGraph: boolean;
  /** Record the walk itself, so that gradients can be differentiated. */
  readonly createGraph: boolean;
  /** Give the gradients of these values instead of accumulating into leaves. */
  readonly wanted: readonly Value[] | null;
}

const ones = /* @__PURE__ */ new Fn<None>("ones", (b, [x]) => [fillLike(b, x!, 1)]);
const zeros = /* @__PURE__ */ new Fn<Value["type"]>("zeros", (b, _, { dtype, shape }) => [
  fill(b, dtype, shape, 0),
]);

/**
 * Walks from `roots` (with their cotangents; null means 1) to the leaves and accumulates into their
 * gradients, or returns the gradients of `wanted` (null where none reaches it).
 */
export function walk<V extends Value>(
  roots: readonly V[],
  cotangents: readonly (V | null)[],
  options: WalkOptions,
): (V | null)[] {
  const collected = new Map<Value, Value>();
  const { tracer } = context;
  const targets: readonly Value[] | null =
    tracer === null || options.wanted === null
      ? options.wanted
      : options.wanted.map((value) => tracer.own(value));
  const wanted = targets === null ? null : new Set<Value>(targets);
  const before = context.gradEnabled;
  const order = reachable(roots);
  if (options.wanted === null) audit(order);
  // a hook or a user's own rule may start a walk within a walk: that one's slots are put back
  const outer = order.map((record) => record.cotangents);
  context.gradEnabled = options.createGraph;
  try {
    for (const record of order) record.cotangents = newSlots(record);
    roots.forEach((root, k) => {
      deliver(root, cotangents[k] ?? seedFor(root), wanted, collected);
    });
    for (const record of order) stepBack(record, options, wanted, collected);
    if (wanted === null) accumulate(collected);
    if (!options.retainGraph) order.forEach(release);
  } finally {
    context.gradEnabled = before;
    for (let i = 0; i < order.length; i++) order[i]!.cotangents = outer[i]!;
  }
  return (targets ?? []).map((value) => {
    const gradient = collected.get(value);
    return gradient === undefined ? null : (hooked(value, gradient) as V);
  });
}

function newSlots(record: TapeRecord): (Value | null)[] {
  return new Array<Value | null>(record.spec.outputTypes.length).fill(null);
}

function seedFor(root: Value): Value {
  if (root.type.size !== 1) {
    throw new NablaError(
      "autograd",
      `backward: the tensor is ${showShape(root.type.shape)}, and only a scalar has one gradient. ` +
        `Reduce it first (loss.mean().backward()) or give the cotangent: y.backward(onesLike(y)).`,
    );
  }
  return call1(ones, [root], [], NONE);
}

/** Adds a cotangent to where it belongs: an output of a recorded call, a leaf, a wanted value. */
function deliver(
  value: Value,
  cotangent: Value,
  wanted: ReadonlySet<Value> | null,
  collected: Map<Value, Value>,
): void {
  const sum = (known: Value | null | undefined): Value =>
    known ? sumOf(known, cotangent) : cotangent;
  if (wanted === null ? isLeaf(value) : wanted.has(value)) {
    collected.set(value, sum(collected.get(value)));
  }
  const slots = value.record?.cotangents;
  if (slots) slots[value.output] = sum(slots[value.output]);
}

function stepBack(
  record: TapeRecord,
  options: WalkOptions,
  wanted: ReadonlySet<Value> | null,
  collected: Map<Value, Value>,
): void {
  const slots = record.cotangents!;
  record.cotangents = null;
  if (record.hooks !== null) runHooks(record.hooks, slots, wanted, collected);
  const given = slots.map((slot) => slot !== null);
  if (!given.includes(true)) return;
  assertKept(record); // a walk started by a hook may have released it
  const gradients = gradientsOf(record, slots, given, options);
  let g = 0;
  record.inputs.forEach((input, i) => {
    if (record.spec.wanted[i]) deliver(input, gradients[g++]!, wanted, collected);
  });
}

function gradientsOf(
  record: TapeRecord,
  slots: readonly (Value | null)[],
  given: readonly boolean[],
  { createGraph, wanted }: WalkOptions,
): Value[] {
  const { spec } = record;
  if (record.custom !== null) return record.custom(slots);
  const present = slots.filter((slot) => slot !== null);
  const { tracer } = context;
  if (tracer !== null && !createGraph) return tracer.backward(record, given, present);
  if (createGraph) {
    if (tracer === null) assertUnchanged(record);
    return call(spec.backwardFn(given), [...record.inputs, ...present], record.numbers, NONE);
  }
  const full = spec.smooth.map((o) => slots[o] ?? zerosFor(spec.outputTypes[o]!, present[0]!));
  const storages: Storage[] = [...record.kept!, ...full.map((value) => value.storage!)];
  const results = spec.recording.backward.run(storages, record.numbers);
  context.check?.(`${spec.name} backward`, results);
  const maker = present[0]!;
  const types = spec.types.filter((_, i) => spec.wanted[i]);
  for (const { storage } of full) storage!.leave();
  if (wanted === null) for (const storage of results) storage.inner = true;
  return results.map((storage, g) => maker.like(types[g]!, storage, null));
}

function zerosFor(type: Value["type"], maker: Value): Value {
  return call(zeros, [], [], type, maker)[0]!;
}

/** Adds gradients to the leaves' own; a hook that throws leaves all of them as they were. */
function accumulate(collected: ReadonlyMap<Value, Value>): void {
  const { tracer } = context;
  if (tracer !== null) for (const leaf of collected.keys()) tracer.reached(leaf, true);
  const found = [...collected].map(([leaf, gradient]) => [leaf, hooked(leaf, gradient)] as const);
  const sums = found.map(([leaf, gradient]) => {
    const known = tracer === null ? leaf.gradient : tracer.gradOf(leaf);
    return known === null ? gradient : sumOf(known, gradient);
  });
  found.forEach(([leaf], k) => {
    if (tracer === null) replaceGradient(leaf, sums[k]!);
    else tracer.setGrad(leaf, sums[k]!);
  });
}

function release(record: TapeRecord): void {
  for (const storage of record.kept ?? []) {
    storage.pins--;
    storage.leave();
  }
  if (record.kept !== null) for (const { storage } of record.inputs) storage?.leave();
  record.kept = null;
  record.nodes = null;
  record.custom = null;
}

/** Lets the hooks on a call's outputs see and replace the gradients, complete by now. */
function runHooks(
  hooks: readonly OutputHook[],
  slots: (Value | null)[],
  wanted: ReadonlySet<Value> | null,
  collected: Map<Value, Value>,
): void {
  for (const { value, run } of hooks) {
    const gradient = slots[value.output] ?? null;
    if (gradient === null) continue;
    slots[value.output] = afterHook(gradient, run);
    if (wanted?.has(value)) collected.set(value, slots[value.output]!);
  }
}

/** The gradient of a leaf after its hooks; that of any other value as it is. */
function hooked(value: Value, gradient: Value): Value {
  context.tracer?.reached(value, false);
  if (value.hooks === null || value.record !== null) return gradient;
  return value.hooks.reduce(afterHook, gradient);
}

function afterHook(gradient: Value, run: GradientHook): Value {
  if (gradient.storage !== null) gradient.storage.inner = false; // the hook may keep it
  const next = run(gradient) ?? gradient;
  if (next.type === gradient.type) return next;
  throw new NablaError(
    "autograd",
    `registerHook: the hook returned ${(next as Partial<Value>).type?.text ?? String(next)}; ` +
      `need that of the gradient, ${gradient.type.text}.`,
  );
}
