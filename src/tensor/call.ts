/**
 * The one path of every operation: look the program up, run it, and record it where a gradient is
 * required. Inside a trace the tracer puts the function's graph into its own instead.
 */
import { isFloat } from "../core/dtype.ts";
import { argumentError, NablaError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import type { Device } from "../runtime/device.ts";
import type { Fn, Mask, Specialization } from "../runtime/function.ts";
import type { Storage } from "../runtime/storage.ts";
import type { TapeRecord, Value } from "./value.ts";
import { context, storageOf } from "./value.ts";

let sequence = 0;

/**
 * Calls a function on tensors and numbers; `maker` lends class and device where there is no tensor.
 */
export function call<A, V extends Value>(
  fn: Fn<A>,
  inputs: readonly V[],
  numbers: readonly number[],
  attrs: A,
  maker: V = inputs[0]!,
): V[] {
  const { tracer } = context;
  const device = inputs.length === 0 ? maker.home : deviceOf(fn.name, inputs);
  if (tracer !== null) return tracer.call(fn, inputs, numbers, attrs, maker) as V[];
  const mask = context.gradEnabled ? maskOf(inputs) : 0;
  const spec = fn.find(inputs, numbers.length, attrs, mask, device);
  const storages = new Array<Storage>(inputs.length);
  for (let i = 0; i < inputs.length; i++) storages[i] = storageOf(inputs[i]!);
  if (mask === 0) {
    const results = spec.executable.run(storages, numbers);
    context.check?.(fn.name, results);
    return wrap(maker, spec, results);
  }
  const results = spec.recording.forward.run(storages, numbers);
  context.check?.(fn.name, results);
  return recorded(maker, spec, inputs, numbers, storages, results);
}

/** Calls a function that has one result. */
export function call1<A, V extends Value>(
  fn: Fn<A>,
  inputs: readonly V[],
  numbers: readonly number[],
  attrs: A,
): V {
  return call(fn, inputs, numbers, attrs)[0]!;
}

/**
 * Calls a function on numbers that host state gives; inside a trace they are read at each replay.
 */
export function callReading<A, V extends Value>(
  fn: Fn<A>,
  inputs: readonly V[],
  numbers: readonly (() => number)[],
  attrs: A,
  maker: V = inputs[0]!,
): V[] {
  const { tracer } = context;
  if (tracer !== null) return tracer.callReading(fn, inputs, numbers, attrs, maker) as V[];
  const values = numbers.map((read) => read());
  return call(fn, inputs, values, attrs, maker);
}

function wrap<V extends Value>(maker: V, spec: Specialization, results: readonly Storage[]): V[] {
  const types = spec.outputTypes;
  const values = new Array<V>(types.length);
  for (let o = 0; o < types.length; o++) values[o] = maker.like(types[o]!, results[o]!, null);
  return values;
}

/** The record of a call; `nodes`: those of a trace, `custom`: a rule instead of the derived one. */
export function newRecord(
  spec: Specialization,
  inputs: readonly Value[],
  numbers: readonly number[],
  kept: TapeRecord["kept"],
  nodes: TapeRecord["nodes"],
  storages: readonly Storage[] = [],
  custom: TapeRecord["custom"] = null,
): TapeRecord {
  return {
    spec,
    inputs,
    numbers,
    kept,
    nodes,
    storages,
    versions: versionsOf(storages),
    sequence: sequence++,
    scope: context.scope,
    cotangents: null,
    hooks: null,
    names: null,
    custom,
  };
}

/** Wraps results and puts the call on the tape. */
export function recorded<V extends Value>(
  maker: V,
  spec: Specialization,
  inputs: readonly Value[],
  numbers: readonly number[],
  storages: readonly Storage[],
  results: readonly Storage[],
): V[] {
  context.settle?.();
  const { keptInputs, keptOutputs } = spec.recording;
  const kept = new Array<Storage>(keptInputs.length + keptOutputs.length);
  let k = 0;
  for (const i of keptInputs) kept[k++] = storages[i]!;
  const visible = spec.outputTypes.length;
  for (const o of keptOutputs) {
    const storage = (kept[k++] = results[o]!);
    if (o >= visible) storage.inner = true;
  }
  for (const storage of kept) storage.pins++;
  const read = inputs.some(isReading)
    ? inputs.map((x, i) => (isReading(x) ? x.like(x.type, storages[i]!, null) : x))
    : inputs;
  const record = newRecord(spec, read, numbers, kept, null, storages);
  return attach(wrap(maker, spec, results), record);
}

/** Whether a value is read anew at each use; on the tape it is what was read. */
function isReading(value: Value): boolean {
  return value.reading !== null && !value.requiresGrad;
}

/** Returns a sum that changes whenever one of the storages is updated in place. */
export function versionsOf(storages: readonly (Storage | null)[]): number {
  let sum = 0;
  for (let i = 0; i < storages.length; i++) sum += storages[i]!.version;
  return sum;
}

/** Returns the number of the next call. */
export function nextSequence(): number {
  return sequence++;
}

/** Marks the float results of a recorded call as depending on it. */
export function attach<V extends Value>(values: V[], record: TapeRecord): V[] {
  for (const o of record.spec.smooth) {
    const value = values[o]!;
    value.requiresGrad = true;
    value.record = record;
    value.output = o;
  }
  return values;
}

/** Returns the inputs that require gradients, as a program's key wants them. */
export function maskOf(inputs: readonly Value[]): Mask {
  const count = inputs.length;
  if (count > 30) {
    const text = inputs.map((v) => (v.requiresGrad && isFloat(v.type.dtype) ? "1" : "0")).join("");
    return text.includes("1") ? text : 0;
  }
  let mask = 0;
  for (let i = 0; i < count; i++) if (inputs[i]!.requiresGrad) mask |= 1 << i;
  return mask;
}

/** Returns the device that all inputs are on; throws where they differ, or one is no tensor. */
export function deviceOf(name: string, inputs: readonly Value[]): Device {
  const device = inputs[0]?.home;
  for (let i = 0; i < inputs.length; i++) {
    const other = inputs[i]?.home;
    if (other === undefined) {
      throw argumentError(`${name}: input ${i} is ${show(inputs[i])}; need a tensor.`);
    }
    if (other === device) continue;
    throw new NablaError(
      "device",
      `${name}: input 0 is on ${device!.name}, input ${i} on ${other.name}. ` +
        `Move one: x.to("${device!.name}").`,
    );
  }
  return device!;
}

/**
 * Runs an effect on host state after the program that it belongs to: now, or after each replay. It
 * may return what undoes it, for a device where a failure of that program shows only later. `late`
 * names an effect that a function which returns host values could tell from one at once.
 */
export function afterRun(effect: () => unknown, late = ""): void {
  if (context.tracer !== null) context.tracer.afterRun(effect, late);
  else runEffect(effect, context.device);
}

/** Runs an effect of a program on a device. */
export function runEffect(effect: () => unknown, device: Device | null): void {
  const undo = effect();
  if (typeof undo === "function") device?.memory?.late?.pending?.replaced(null, undo as () => void);
}

/**
 * Says how often `owner` already asked within this trace (0 outside): its n-th step of one program.
 */
export function replayIndex(owner: object): number {
  return context.tracer === null ? 0 : context.tracer.replayIndex(owner);
}

/** Reads host state that decides what a program is (such as `training`); replays check it again. */
export function guard<T extends boolean | number | string>(read: () => T): T {
  return context.tracer === null ? read() : context.tracer.guard(read);
}

/**
 * Runs a function without gradient and gives its k-th result to the k-th target, in place where
 * nobody else holds the target's numbers. Each target is among the inputs, always at the same
 * position for one function and attributes. All results exist before the first target changes.
 */
export function updateCells<A>(
  fn: Fn<A>,
  targets: readonly Value[],
  inputs: readonly Value[],
  numbers: readonly (() => number)[],
  attrs: A,
): void {
  if (context.tracer !== null) {
    context.tracer.update(fn, targets, inputs, numbers, attrs);
    return;
  }
  const device = deviceOf(fn.name, inputs);
  const replaced = (): number[] => targets.map((target) => inputs.indexOf(target));
  const spec = fn.find(inputs, numbers.length, attrs, 0, device, replaced);
  const storages = inputs.map(storageOf);
  const values = numbers.map((read) => read());
  // not in place where a check may refuse the results
  const results = spec.executable.run(storages, values, context.check === null);
  context.check?.(fn.name, results);
  for (let k = 0; k < targets.length; k++) replaceStorage(targets[k]!, results[k]!);
}

/** Gives a cell new numbers; the old ones leave the device at once where nobody else holds them. */
export function replaceStorage(cell: Value, next: Storage): void {
  const old = cell.storage;
  if (old === next) return;
  cell.storage = next;
  const pending = cell.home.memory?.late?.pending ?? null;
  if (pending !== null) pending.replaced(old, () => (cell.storage = old));
  else if (old !== null && !old.exposed && old.pins === 0) old.memory?.drop(old);
}

/** The gradient of a leaf for what only reads it within this call: users may keep theirs. */
export function gradientOf<V extends Value>(leaf: V): V | null {
  const { tracer } = context;
  return (tracer === null ? leaf.gradient : tracer.gradOf(leaf)) as V | null;
}

/** Gives a leaf its gradient. */
export function replaceGradient(leaf: Value, next: Value | null): void {
  const old = leaf.gradient;
  leaf.gradient = next;
  leaf.home.memory?.late?.pending?.replaced(null, () => (leaf.gradient = old));
  if (old !== null && old !== next) old.storage?.leave();
}
