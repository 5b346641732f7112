/**
 * Where a training stands, so that it can go on as if it had never stopped: weights, state of the
 * optimizer, random numbers, order of the rows, the best weights so far. Kept as a safetensors
 * file.
 */
import { NablaError } from "../core/errors.ts";
import { listFaults, unknownKeys } from "../core/keys.ts";
import { VERSION } from "../core/version.ts";
import { crc32, showCrc32 } from "../io/crc32.ts";
import type { StoredTensor } from "../io/safetensors.ts";
import { decodeSafetensors, encodeSafetensors } from "../io/safetensors.ts";
import { storedOf, tensorsOf } from "../io/stored.ts";
import type { StateDict } from "../nn/module.ts";
import type { OptimizerState, ParamState } from "../optim/optimizer.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The best epoch so far by the rows held out. */
export interface BestSoFar {
  readonly epoch: number;
  readonly loss: number;
  readonly weights: StateDict;
}

/** Where a training stands after an epoch. */
export interface TrainingState {
  /** How many epochs were run. */
  readonly epochs: number;
  readonly weights: StateDict;
  readonly optimizer: OptimizerState["state"];
  readonly random: { readonly seed: number; readonly draws: number };
  /** The order of the rows, where batches are drawn from them. */
  readonly order?: Int32Array;
  readonly best?: BestSoFar;
}

/** The losses that were noted before a training goes on. */
export interface EarlierLosses {
  readonly epochs: readonly number[];
  readonly losses: readonly number[];
  readonly held: readonly number[];
}

const FORMAT = "nabla-training-1";

/** Returns the checksum of a dataset: a training goes on with the same numbers only. */
export function fingerprint({ x, y }: Record<"x" | "y", Float64Array>): string {
  const bytes = ({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array =>
    new Uint8Array(buffer, byteOffset, byteLength);
  return `crc32:${showCrc32(crc32(bytes(y), crc32(bytes(x))))}`;
}

/** Encodes a state, with the checksum of its data. */
export async function encodeTraining(state: TrainingState, data: string): Promise<Uint8Array> {
  const { epochs, random, best, order, optimizer } = state;
  const tensors: Record<string, StoredTensor> = {};
  const put = async (prefix: string, values: Readonly<Record<string, Tensor>>): Promise<void> => {
    for (const [name, stored] of Object.entries(await storedOf(values))) {
      tensors[`${prefix}.${name}`] = stored;
    }
  };
  await put("network", state.weights);
  await put("best", best?.weights ?? {});
  const steps: Record<string, number> = {};
  for (const [k, { step, ...entry }] of Object.entries(optimizer)) {
    steps[k] = step;
    await put(`optimizer.${k}`, entry as Readonly<Record<string, Tensor>>);
  }
  if (order !== undefined) {
    tensors["order"] = { dtype: "int32", shape: [order.length], data: order };
  }
  const kept = best === undefined ? {} : { best: { epoch: best.epoch, loss: best.loss } };
  return encodeSafetensors(tensors, {
    "nabla.format": FORMAT,
    "nabla.version": VERSION,
    "nabla.training": JSON.stringify({ epochs, random, steps, data, ...kept }),
  });
}

/** A state as its file holds it. */
export interface KeptTraining {
  readonly state: TrainingState;
  /** The checksum of the data. */
  readonly data: string;
}

/** Decodes such a file; throws a format error where it is none. */
export function decodeTraining(bytes: Uint8Array): KeptTraining {
  const { tensors: stored, metadata, checked } = decodeSafetensors(bytes);
  if (metadata["nabla.format"] !== FORMAT || !checked) throw bad("it is no state of a training");
  const { epochs, random, steps, data, best } = readFacts(metadata["nabla.training"]);
  const tensors = Object.entries(tensorsOf(stored));
  const part = (prefix: string): StateDict =>
    Object.fromEntries(
      tensors
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, value]) => [name.slice(prefix.length), value]),
    );
  const optimizer = Object.fromEntries(
    Object.entries(steps).map(([k, step]): [string, ParamState] => [
      k,
      { ...(part(`optimizer.${k}.`) as object), step },
    ]),
  );
  const order = stored["order"]?.data;
  const state = {
    epochs,
    random,
    optimizer,
    weights: part("network."),
    ...(order instanceof Int32Array ? { order } : {}),
    ...(best === undefined ? {} : { best: { ...best, weights: part("best.") } }),
  };
  return { state, data };
}

interface Facts {
  readonly epochs: number;
  readonly random: { readonly seed: number; readonly draws: number };
  readonly steps: Readonly<Record<string, number>>;
  readonly data: string;
  readonly best?: { readonly epoch: number; readonly loss: number };
}

function readFacts(text: string | undefined): Facts {
  let json: unknown;
  try {
    json = JSON.parse(text ?? "null");
  } catch {
    json = null; // what is no JSON describes no training
  }
  const { epochs, random, steps, data, best } = (json ?? {}) as Partial<Facts>;
  const valid =
    isCount(epochs) &&
    isCount(random?.seed) &&
    isCount(random.draws) &&
    typeof steps === "object" &&
    steps !== null &&
    Object.entries(steps).every(([key, step]) => /^[0-9]+$/.test(key) && isCount(step)) &&
    typeof data === "string" &&
    (best === undefined || (isCount(best?.epoch) && Number.isFinite(best.loss)));
  if (!valid) throw bad("nabla.training describes no training");
  const strange = unknownKeys(json as object, ["epochs", "random", "steps", "data", "best"], "it");
  if (strange.length > 0) throw bad(listFaults(strange));
  return json as Facts;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function bad(problem: string): NablaError {
  return new NablaError("format", `The state of the training cannot be used: ${problem}.`);
}
