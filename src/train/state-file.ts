/**
 * The state of a training as a safetensors file: tensors under the path at which the state has
 * them (`optimizer.state.0.exp_avg`), all else as JSON in the metadata, all under one checksum.
 */
import type { TypedArray } from "../core/dtype.ts";
import { argumentError, NablaError } from "../core/errors.ts";
import { listFaults, unknownKeys } from "../core/keys.ts";
import { show } from "../core/options.ts";
import { VERSION } from "../core/version.ts";
import type { SafetensorsFile, StoredTensor } from "../io/safetensors.ts";
import { decodeSafetensors, encodeSafetensors } from "../io/safetensors.ts";
import { tensor } from "../tensor/create.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { TrainerState } from "./trainer-state.ts";

const FORMAT = "nabla-training-2";

/** What of a value JSON cannot hold stands in it as an object with one such key. */
const MARKS = { tensor: "$tensor", array: "$array", number: "$number" } as const;

/** Encodes a state; `data` is a checksum of what it was trained on, where that is known. */
export async function encodeState(state: TrainerState, data = ""): Promise<Uint8Array> {
  const tensors = new Map<string, Tensor | TypedArray>();
  const training = JSON.stringify(packed(state, "", tensors));
  const stored: Record<string, StoredTensor> = Object.create(null) as Record<string, StoredTensor>;
  for (const [path, value] of tensors) stored[path] = await storedOf(value);
  return encodeSafetensors(stored, {
    "nabla.format": FORMAT,
    "nabla.version": VERSION,
    "nabla.training": training,
    "nabla.data": data,
  });
}

async function storedOf(value: Tensor | TypedArray): Promise<StoredTensor> {
  if (value instanceof Tensor) {
    return { dtype: value.dtype, shape: value.shape, data: await value.data() };
  }
  const dtype = dtypeOf(value);
  return { dtype, shape: [value.length], data: value.slice() };
}

function dtypeOf(array: TypedArray): StoredTensor["dtype"] {
  if (array instanceof Float32Array) return "float32";
  if (array instanceof Float64Array) return "float64";
  return array instanceof Int32Array ? "int32" : "bool";
}

/** Puts tensors and arrays aside, and marks where they were. */
function packed(value: unknown, path: string, tensors: Map<string, Tensor | TypedArray>): unknown {
  if (value instanceof Tensor) {
    tensors.set(path, value);
    return { [MARKS.tensor]: path };
  }
  if (ArrayBuffer.isView(value)) {
    tensors.set(path, value as TypedArray);
    return { [MARKS.array]: path };
  }
  if (typeof value === "number") {
    const plain = Number.isFinite(value) && !Object.is(value, -0);
    return plain ? value : { [MARKS.number]: Object.is(value, -0) ? "-0" : String(value) };
  }
  const below = (key: string): string => (path === "" ? key : `${path}.${key}`);
  if (Array.isArray(value)) return value.map((item, k) => packed(item, below(String(k)), tensors));
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, packed(item, below(key), tensors)]),
    );
  }
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  throw argumentError(
    `Trainer: a checkpoint cannot keep ${show(value)} (${path}); a state is made of numbers, texts, ` +
      "truth values, tensors and typed arrays, in lists and objects.",
  );
}

/** A state as its file holds it, and the checksum of its data. */
export interface KeptState {
  readonly state: TrainerState;
  readonly data: string;
}

/** Decodes such a file; throws a format error where it is none. */
export function decodeState(bytes: Uint8Array): KeptState {
  return stateOf(decodeSafetensors(bytes));
}

/** Reads what such a file holds. */
export function stateOf({ tensors, metadata, checked }: SafetensorsFile): KeptState {
  if (metadata["nabla.format"] !== FORMAT || !checked) {
    throw badState("it is no state of a training");
  }
  let json: unknown;
  try {
    json = JSON.parse(metadata["nabla.training"] ?? "null");
  } catch {
    json = null; // what is no JSON describes no training
  }
  const state = unpacked(json, tensors);
  const faults = faultsOf(state);
  if (faults.length > 0) throw badState(listFaults(faults));
  return { state: state as TrainerState, data: metadata["nabla.data"] ?? "" };
}

function unpacked(value: unknown, tensors: SafetensorsFile["tensors"]): unknown {
  if (Array.isArray(value)) return value.map((item) => unpacked(item, tensors));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [[mark, at] = [], more] = entries as [[string, unknown]?, unknown?];
  if (more === undefined && typeof at === "string") {
    if (mark === MARKS.number) return Number(at);
    const isTensor = mark === MARKS.tensor;
    if (isTensor || mark === MARKS.array) {
      const { dtype, shape, data } = tensors[at] ?? missing(at);
      return isTensor ? tensor(data, { dtype, shape }) : data;
    }
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, unpacked(item, tensors)]));
}

function missing(path: string): never {
  throw badState(`${path} is missing`);
}

const KEYS = ["epoch", "step", "place", "random", "model", "optimizer", "callbacks", "history"];

/** Says what of a state cannot be; model, optimizer and callbacks judge their parts themselves. */
function faultsOf(value: unknown): string[] {
  if (!isObject(value)) return ["nabla.training describes no training"];
  const { epoch, step, place, random, optimizer, model, callbacks, history } = value;
  const isPlace = isObject(place) && isCount(place["batch"]) && isRandom(place["random"]);
  const groups = isObject(optimizer) && isObject(optimizer["state"]) ? optimizer : {};
  const faults = [
    ...(isCount(epoch) && isCount(step) ? [] : ["epoch and step are no counts"]),
    ...(isPlace ? [] : ["place is none in an epoch"]),
    ...(isRandom(random) ? [] : ["random is no state of random numbers"]),
    ...(isObject(model) && Object.values(model).every((one) => one instanceof Tensor)
      ? []
      : ["model holds something else than tensors"]),
    ...(Array.isArray(groups["paramGroups"]) ? [] : ["optimizer has no groups"]),
    ...Object.keys((groups["state"] ?? {}) as object)
      .filter((key) => !/^[0-9]+$/.test(key))
      .map((key) => `optimizer has a state of ${show(key)}`),
    ...(isObject(callbacks) ? [] : ["callbacks are none"]),
    ...(Array.isArray(history) && history.every(isRecord) ? [] : ["history is none"]),
  ];
  return [...faults, ...unknownKeys(value, [...KEYS, "schedule", "batches"], "it")];
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRandom(value: unknown): boolean {
  return isObject(value) && isCount(value["seed"]) && isCount(value["draws"]);
}

function isRecord(value: unknown): boolean {
  return isObject(value) && isCount(value["epoch"]) && typeof value["loss"] === "number";
}

/** Whether a value is a whole number from 0 on. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Makes the error of a state that cannot be used. */
export function badState(problem: string): NablaError {
  return new NablaError("format", `The state of the training cannot be used: ${problem}.`);
}
