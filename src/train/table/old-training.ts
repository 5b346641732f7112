/** Reads the state of a training as versions before 0.2 kept it; `fit --resume` goes on with it. */
import { listFaults, unknownKeys } from "../../core/keys.ts";
import { crc32, showCrc32 } from "../../io/crc32.ts";
import type { SafetensorsFile } from "../../io/safetensors.ts";
import { decodeSafetensors } from "../../io/safetensors.ts";
import { tensorsOf } from "../../io/stored.ts";
import type { StateDict } from "../../nn/module.ts";
import type { ParamState } from "../../optim/optimizer.ts";
import type { KeptState } from "../state-file.ts";
import { badState, isCount, stateOf } from "../state-file.ts";

const FORMAT = "nabla-training-1";

/** Returns the checksum of a dataset: a training goes on with the same numbers only. */
export function fingerprint({ x, y }: Record<"x" | "y", Float64Array>): string {
  const bytes = ({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array =>
    new Uint8Array(buffer, byteOffset, byteLength);
  return `crc32:${showCrc32(crc32(bytes(y), crc32(bytes(x))))}`;
}

/** Decodes the state of a fit, of this version or an older one. */
export function decodeTraining(bytes: Uint8Array): KeptState {
  const file = decodeSafetensors(bytes);
  return file.metadata["nabla.format"] === FORMAT ? oldStateOf(file) : stateOf(file);
}

function oldStateOf({ tensors: stored, metadata, checked }: SafetensorsFile): KeptState {
  if (!checked) throw badState("it is no state of a training");
  const { epochs, random, steps, data, best } = readFacts(metadata["nabla.training"]);
  const tensors = Object.entries(tensorsOf(stored));
  const part = (prefix: string): StateDict =>
    Object.fromEntries(
      tensors
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, value]) => [name.slice(prefix.length), value]),
    );
  const entries = Object.entries(steps).map(([k, step]): [string, ParamState] => [
    k,
    { ...(part(`optimizer.${k}.`) as object), step },
  ]);
  const order = stored["order"]?.data;
  const kept = best === undefined ? {} : { best: { ...best, weights: part("best.") } };
  const state = {
    epoch: epochs,
    step: Math.max(0, ...Object.values(steps)),
    place: { batch: 0, whole: false, first: 0, sum: 0, rows: 0, random },
    random,
    model: part("network."),
    optimizer: { state: Object.fromEntries(entries), paramGroups: [] }, // those of the fit
    ...(order instanceof Int32Array ? { batches: { order, position: 0 } } : {}),
    callbacks: { fit: kept },
    history: [],
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
  if (!valid) throw badState("nabla.training describes no training");
  const strange = unknownKeys(json as object, ["epochs", "random", "steps", "data", "best"], "it");
  if (strange.length > 0) throw badState(listFaults(strange));
  return json as Facts;
}
