/**
 * What a model file says about its network besides the weights, read strictly: every fault is found
 * before anything is made, and all of them are in one message.
 */
import { NablaError } from "../../core/errors.ts";
import { showText } from "../../core/format.ts";
import { append, listFaults, unknownKeys } from "../../core/keys.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import { isRecipe } from "../../data/columns/recipe.ts";
import type { Scaler } from "../../data/scaler.ts";
import { scalerFromJson } from "../../data/scaler.ts";
import type { StoredTensor } from "../../io/safetensors.ts";
import type { Activation } from "../../models/activations.ts";
import { ACTIVATION_NAMES } from "../../models/activations.ts";
import type { MlpShape } from "../../models/mlp.ts";
import type { Band } from "./band.ts";
import type { Decision, TrainedColumn } from "./dataset.ts";
import { widthOf } from "./dataset.ts";

/** How a network came about; written into its file. */
export interface Provenance {
  readonly seed: number;
  readonly epochs: number;
  readonly optimizer: string;
  readonly lr: number;
  readonly finalLoss: number;
}

/** What a fitted network consists of. */
export interface FittedParts {
  readonly shape: MlpShape;
  readonly inputs: readonly TrainedColumn[];
  readonly outputs: readonly TrainedColumn[];
  readonly xScaler: Scaler;
  readonly yScaler: Scaler;
  readonly provenance: Provenance;
  /** From which probability on one of two classes is answered; else the likelier one is. */
  readonly decision?: Decision;
  /** Where what is true lies around an answer, by rows that were not trained on. */
  readonly band?: Band;
}

type Json = Readonly<Record<string, unknown>>;
type Metadata = Readonly<Record<string, string>>;
type Tensors = Readonly<Record<string, StoredTensor>>;

/** The widest and the deepest network that is believed: no file makes us reserve memory at will. */
const WIDEST = 1_000_000;
const DEEPEST = 1000;

/** Reads the parts of a network and compares them with its tensors; throws one error for all. */
export function readParts(metadata: Metadata, tensors: Tensors): FittedParts {
  const faults: string[] = [];
  const shape = readShape(metadata, faults);
  const inputs = readColumns(metadata, "nabla.inputs", faults);
  const outputs = readColumns(metadata, "nabla.outputs", faults);
  const scalers = readScalers(metadata, faults);
  const provenance = readProvenance(metadata, faults);
  const decision = readDecision(metadata, outputs, faults);
  const band = readBand(metadata, outputs, faults);
  if (shape !== undefined) {
    const agree = (what: string, has: number | undefined, wants: number): void => {
      if (has === undefined || has === wants) return;
      faults.push(`its ${what} do not belong to its network (${has} for ${wants})`);
    };
    agree("input columns", inputs && widthOf(inputs), shape.inputs);
    agree("output columns", outputs && widthOf(outputs), shape.outputs);
    agree("input scalers", scalers?.x.toJSON().offset.length, shape.inputs);
    agree("output scalers", scalers?.y.toJSON().offset.length, shape.outputs);
    append(faults, tensorFaults(shape, tensors));
  }
  if ((outputs?.length ?? 0) > 1 && outputs!.some(({ values }) => values !== undefined)) {
    faults.push("its columns do not belong to its network (classes among several targets)");
  }
  if (faults.length > 0) throw badModel(listFaults(faults));
  return {
    shape: shape!,
    inputs: inputs!,
    outputs: outputs!,
    xScaler: scalers!.x,
    yScaler: scalers!.y,
    provenance: provenance!,
    ...(decision === undefined ? {} : { decision }),
    ...(band === undefined ? {} : { band }),
  };
}

/** Makes the error about a model file. */
export function badModel(problem: string): NablaError {
  return new NablaError("format", `The model file cannot be used: ${problem}.`);
}

/** Parses one entry of the metadata; what is no object or list is a fault. */
function readJson(metadata: Metadata, key: string, faults: string[]): Json | undefined {
  const text = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  if (text === undefined) {
    faults.push(`${key} is missing`);
    return undefined;
  }
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === "object" && value !== null) return value as Json;
  } catch {
    // falls through to the same fault: what is not JSON is no description
  }
  faults.push(`${key} is not a description`);
  return undefined;
}

function readShape(metadata: Metadata, faults: string[]): MlpShape | undefined {
  const json = readJson(metadata, "nabla.architecture", faults);
  if (json === undefined) return undefined;
  const known = ["kind", "inputs", "hidden", "outputs", "activation"];
  const strange = unknownKeys(json, known, "nabla.architecture");
  append(faults, strange);
  const { kind, inputs, hidden, outputs, activation } = json;
  const layers = Array.isArray(hidden) && hidden.length <= DEEPEST ? (hidden as unknown[]) : [null];
  const widths = [inputs, ...layers, outputs];
  const valid =
    kind === "mlp" &&
    widths.every((n) => Number.isInteger(n) && (n as number) > 0 && (n as number) <= WIDEST) &&
    ACTIVATION_NAMES.includes(activation as Activation);
  if (valid) return strange.length === 0 ? (json as unknown as MlpShape) : undefined;
  faults.push("nabla.architecture describes no network that this version knows");
  return undefined;
}

function readColumns(
  metadata: Metadata,
  key: string,
  faults: string[],
): TrainedColumn[] | undefined {
  const json = readJson(metadata, key, faults);
  if (json === undefined) return undefined;
  const columns: unknown[] = Array.isArray(json) ? json : [];
  const before = faults.length;
  if (columns.length === 0) faults.push(`${key} lists no columns`);
  const names = new Set<string>();
  for (const column of columns) {
    if (!isColumn(column)) {
      faults.push(`${key} has an entry that describes no column`);
      continue;
    }
    const known = ["name", "min", "max", "values", "fill", "recipe"];
    const strange = unknownKeys(column, known, key);
    append(faults, strange);
    if (names.has(column.name)) faults.push(`${key} has "${showText(column.name)}" twice`);
    names.add(column.name);
  }
  return faults.length === before ? (columns as TrainedColumn[]) : undefined;
}

function isColumn(json: unknown): json is TrainedColumn {
  const { name, min, max, values, fill, recipe } = (json ?? {}) as Partial<TrainedColumn>;
  const texts =
    values === undefined ||
    (Array.isArray(values) &&
      values.length > 0 &&
      values.every((value) => typeof value === "string"));
  if (typeof name !== "string" || !texts) return false;
  if (
    recipe !== undefined &&
    !(isRecipe(recipe) && (recipe.kind === "class") === (values !== undefined))
  ) {
    return false;
  }
  const fits = values === undefined ? Number.isFinite(fill) : values.includes(fill as string);
  return Number.isFinite(min) && Number.isFinite(max) && (fill === undefined || fits);
}

function readScalers(
  metadata: Metadata,
  faults: string[],
): { readonly x: Scaler; readonly y: Scaler } | undefined {
  const json = readJson(metadata, "nabla.scalers", faults);
  if (json === undefined) return undefined;
  const before = faults.length;
  append(faults, unknownKeys(json, ["x", "y"], "nabla.scalers"));
  const read = (key: "x" | "y"): Scaler | undefined => {
    const one = Object.hasOwn(json, key) ? json[key] : undefined;
    try {
      const scaler = scalerFromJson(one);
      const known = ["kind", "offset", "scale"];
      append(faults, unknownKeys(one as object, known, `nabla.scalers.${key}`));
      return scaler;
    } catch (error) {
      if (!(error instanceof NablaError)) throw error;
      faults.push(`nabla.scalers.${key} is not the description of a fitted scaler`);
      return undefined;
    }
  };
  const [x, y] = [read("x"), read("y")];
  return faults.length === before ? { x: x!, y: y! } : undefined;
}

const PROVENANCE: Readonly<Record<keyof Provenance, (value: unknown) => boolean>> = {
  seed: Number.isInteger,
  epochs: Number.isInteger,
  optimizer: (value) => typeof value === "string",
  lr: Number.isFinite,
  finalLoss: Number.isFinite,
};

function readProvenance(metadata: Metadata, faults: string[]): Provenance | undefined {
  const json = readJson(metadata, "nabla.provenance", faults);
  if (json === undefined) return undefined;
  const before = faults.length;
  append(faults, unknownKeys(json, Object.keys(PROVENANCE), "nabla.provenance"));
  for (const [key, valid] of Object.entries(PROVENANCE)) {
    if (!valid(Object.hasOwn(json, key) ? json[key] : undefined)) {
      faults.push(`nabla.provenance has no valid "${key}"`);
    }
  }
  return faults.length === before ? (json as unknown as Provenance) : undefined;
}

function readDecision(
  metadata: Metadata,
  outputs: readonly TrainedColumn[] | undefined,
  faults: string[],
): Decision | undefined {
  if (!Object.hasOwn(metadata, "nabla.decision")) return undefined;
  const json = readJson(metadata, "nabla.decision", faults);
  if (json === undefined) return undefined;
  append(faults, unknownKeys(json, ["positive", "threshold"], "nabla.decision"));
  const { positive, threshold } = json as Partial<Decision>;
  const share = Number.isFinite(threshold) && threshold! >= 0 && threshold! <= 1;
  if (share && (positive === 0 || positive === 1) && outputs?.[0]?.values?.length === 2) {
    return json as unknown as Decision;
  }
  faults.push("nabla.decision does not belong to its classes");
  return undefined;
}

function readBand(
  metadata: Metadata,
  outputs: readonly TrainedColumn[] | undefined,
  faults: string[],
): Band | undefined {
  if (!Object.hasOwn(metadata, "nabla.band")) return undefined;
  const json = readJson(metadata, "nabla.band", faults);
  if (json === undefined) return undefined;
  append(faults, unknownKeys(json, ["quantiles", "low", "high"], "nabla.band"));
  const isList = (value: unknown, length: number): boolean =>
    Array.isArray(value) && value.length === length && value.every(Number.isFinite);
  const { quantiles, low, high } = json;
  const targets = outputs?.[0]?.values === undefined ? (outputs?.length ?? 0) : 0;
  if (targets > 0 && isList(quantiles, 2) && isList(low, targets) && isList(high, targets)) {
    return json as unknown as Band;
  }
  faults.push("nabla.band does not belong to its targets");
  return undefined;
}

/** Compares tensors with the network before any layer is made: missing, foreign, of other shape. */
function tensorFaults({ inputs, hidden, outputs }: MlpShape, tensors: Tensors): string[] {
  const faults: string[] = [];
  const widths = [inputs, ...hidden, outputs];
  const wanted = new Map<string, readonly number[]>();
  for (let i = 1; i < widths.length; i++) {
    wanted.set(`${2 * (i - 1)}.weight`, [widths[i]!, widths[i - 1]!]);
    wanted.set(`${2 * (i - 1)}.bias`, [widths[i]!]);
  }
  for (const [name, shape] of wanted) {
    const found = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
    if (found === undefined) faults.push(`the tensor ${name} is missing`);
    else if (!sameShape(found.shape, shape)) {
      faults.push(`${name} is ${showShape(found.shape)}, its network needs ${showShape(shape)}`);
    } else if (found.dtype !== "float32") faults.push(`${name} is ${found.dtype}, not float32`);
  }
  for (const name of Object.keys(tensors)) {
    if (!wanted.has(name)) faults.push(`the tensor "${showText(name)}" is not part of its network`);
  }
  return faults;
}
