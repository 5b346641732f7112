/**
 * A fitted network as one file: weights as tensors by PyTorch's names, and in the metadata all that
 * predicting needs (columns, training range, scalers, architecture), with where it came from.
 */
import { argumentError, NablaError } from "../core/errors.ts";
import { exp } from "../core/math.ts";
import { VERSION } from "../core/version.ts";
import type { Scaler } from "../data/scaler.ts";
import { scalerFromJson } from "../data/scaler.ts";
import type { StoredTensor } from "../io/safetensors.ts";
import { decodeSafetensors, encodeSafetensors } from "../io/safetensors.ts";
import type { Activation, MlpShape } from "../models/mlp.ts";
import { ACTIVATION_NAMES, mlp } from "../models/mlp.ts";
import type { Sequential } from "../nn/sequential.ts";
import { tensor } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import type { TrainedColumn } from "./dataset.ts";
import { widthOf } from "./dataset.ts";

/** How a network came about; written into its file. */
export interface Provenance {
  readonly seed: number;
  readonly epochs: number;
  readonly optimizer: string;
  readonly lr: number;
  readonly finalLoss: number;
}

/** An input that lies outside the range of the training data. */
export interface OutsideRange {
  readonly column: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

/** What a fitted network consists of. */
export interface FittedParts {
  readonly shape: MlpShape;
  readonly inputs: readonly TrainedColumn[];
  readonly outputs: readonly TrainedColumn[];
  readonly xScaler: Scaler;
  readonly yScaler: Scaler;
  readonly provenance: Provenance;
}

const FORMAT = "nabla-fit-1";

/** A network with what it needs to answer in the units of its data. */
export class FittedModel {
  readonly network: Sequential;
  readonly parts: FittedParts;

  constructor(network: Sequential, parts: FittedParts) {
    this.network = network;
    this.parts = parts;
  }

  /** Predicts row-major inputs `[N, inputs]`; returns row-major outputs `[N, outputs]`. */
  async predict(values: ArrayLike<number>): Promise<Float64Array> {
    const { xScaler, yScaler, shape } = this.parts;
    const rows = values.length / shape.inputs;
    if (!Number.isInteger(rows)) {
      throw argumentError(`predict: ${values.length} values do not make rows of ${shape.inputs}.`);
    }
    if (rows === 0) return new Float64Array();
    const scaled = Float32Array.from(xScaler.transform(values));
    if (!scaled.every(Number.isFinite)) {
      throw argumentError(
        "predict: an input is too far outside the training range to compute with.",
      );
    }
    const x = tensor(scaled, { shape: [rows, shape.inputs] });
    const y = noGrad(() => this.network.forward(x));
    return yScaler.inverseTransform(await y.data());
  }

  /** The classes of a network that tells classes apart. */
  get classes(): readonly string[] | undefined {
    return this.parts.outputs[0]!.values;
  }

  /** Lists which of one row's inputs lie outside the training range: one number per column. */
  outsideRange(row: ArrayLike<number>): OutsideRange[] {
    return this.parts.inputs.flatMap(({ name, min, max, values }, i) => {
      const value = row[i]!;
      const outside = values === undefined && (value < min || value > max);
      return outside ? [{ column: name, value, min, max }] : [];
    });
  }

  /** Encodes the whole as a safetensors file; other programs can read its weights. */
  async encode(): Promise<Uint8Array> {
    const { shape, inputs, outputs, xScaler, yScaler, provenance } = this.parts;
    const tensors: Record<string, StoredTensor> = {};
    for (const [name, value] of Object.entries(this.network.stateDict())) {
      tensors[name] = { dtype: value.dtype, shape: value.shape, data: await value.data() };
    }
    return encodeSafetensors(tensors, {
      "nabla.format": FORMAT,
      "nabla.version": VERSION,
      "nabla.architecture": JSON.stringify({ kind: "mlp", ...shape }),
      "nabla.inputs": JSON.stringify(inputs),
      "nabla.outputs": JSON.stringify(outputs),
      "nabla.scalers": JSON.stringify({ x: xScaler, y: yScaler }),
      "nabla.provenance": JSON.stringify(provenance),
    });
  }

  /** Decodes such a file; throws a format error that says what is wrong with it. */
  static decode(bytes: Uint8Array): FittedModel {
    const { tensors, metadata, checked } = decodeSafetensors(bytes);
    const format = metadata["nabla.format"];
    if (format === undefined) throw bad("it holds tensors, but no network written by nabla fit");
    if (format !== FORMAT) {
      const version = metadata["nabla.version"] ?? "another version";
      throw bad(`it was written by Nabla ${version} (${format}); this is ${VERSION} (${FORMAT})`);
    }
    if (!checked) throw bad("its checksum is missing");
    const parts = readParts(metadata);
    checkSize(parts.shape, tensors);
    const network = mlp(parts.shape);
    network.loadStateDict(
      Object.fromEntries(
        Object.entries(tensors).map(([name, { data, shape }]) => [name, tensor(data, { shape })]),
      ),
    );
    return new FittedModel(network, parts);
  }
}

/** Returns the place of the largest of each row's `width` scores: the most likely class. */
export function mostLikely(scores: Float64Array, width: number): Float64Array {
  return Float64Array.from({ length: scores.length / width }, (_, row) => {
    let best = 0;
    for (let k = 1; k < width; k++) {
      if (scores[row * width + k]! > scores[row * width + best]!) best = k;
    }
    return best;
  });
}

/** Turns one row's scores into probabilities (softmax). */
export function probabilities(scores: ArrayLike<number>): number[] {
  const list = Array.from(scores);
  const top = Math.max(...list);
  const powers = list.map((score) => exp(score - top));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

function readParts(metadata: Readonly<Record<string, string>>): FittedParts {
  const shape = readShape(readJson(metadata, "nabla.architecture"));
  const inputs = readColumns(readJson(metadata, "nabla.inputs"), shape.inputs);
  const outputs = readColumns(readJson(metadata, "nabla.outputs"), shape.outputs);
  if (outputs.length > 1 && outputs.some(({ values }) => values !== undefined)) {
    throw bad("its columns do not belong to its network");
  }
  const scalers = readJson(metadata, "nabla.scalers");
  const xScaler = scalerFromJson(scalers["x"]);
  const yScaler = scalerFromJson(scalers["y"]);
  if (
    xScaler.toJSON().offset.length !== shape.inputs ||
    yScaler.toJSON().offset.length !== shape.outputs
  ) {
    throw bad("its scalers do not belong to its network");
  }
  const provenance = readJson(metadata, "nabla.provenance") as unknown as Provenance;
  return { shape, inputs, outputs, xScaler, yScaler, provenance };
}

function readJson(
  metadata: Readonly<Record<string, string>>,
  key: string,
): Readonly<Record<string, unknown>> {
  const text = metadata[key];
  if (text === undefined) throw bad(`${key} is missing`);
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // falls through to the same error: what is not JSON is no description
  }
  throw bad(`${key} is not a description`);
}

/** The widest layer that is believed: a file must not make us reserve memory without end. */
const WIDEST = 1_000_000;

function readShape(json: Readonly<Record<string, unknown>>): MlpShape {
  const { kind, inputs, hidden, outputs, activation } = json;
  const widths = [inputs, ...(Array.isArray(hidden) ? (hidden as unknown[]) : [null]), outputs];
  const valid =
    kind === "mlp" &&
    widths.every((n) => Number.isInteger(n) && (n as number) > 0 && (n as number) <= WIDEST) &&
    ACTIVATION_NAMES.includes(activation as Activation);
  if (!valid) throw bad("nabla.architecture describes no network that this version knows");
  return json as unknown as MlpShape;
}

/** Compares counts before any layer is made, so that a dishonest file reserves no memory. */
function checkSize(shape: MlpShape, tensors: Readonly<Record<string, StoredTensor>>): void {
  const widths = [shape.inputs, ...shape.hidden, shape.outputs];
  const wanted = widths.slice(1).reduce((sum, out, i) => sum + (widths[i]! + 1) * out, 0);
  const found = Object.values(tensors).reduce((sum, { data }) => sum + data.length, 0);
  if (wanted !== found) {
    throw bad(`its network has ${wanted} parameters, its tensors hold ${found}`);
  }
}

function readColumns(json: unknown, width: number): TrainedColumn[] {
  const columns = Array.isArray(json) ? (json as unknown[]) : [];
  const valid = columns.length > 0 && columns.every(isColumn) && widthOf(columns) === width;
  if (!valid) throw bad("its columns do not belong to its network");
  return columns;
}

function isColumn(json: unknown): json is TrainedColumn {
  const { name, min, max, values } = (json ?? {}) as Partial<TrainedColumn>;
  const texts =
    values === undefined ||
    (Array.isArray(values) &&
      values.length > 0 &&
      values.every((value) => typeof value === "string"));
  return typeof name === "string" && Number.isFinite(min) && Number.isFinite(max) && texts;
}

function bad(problem: string): NablaError {
  return new NablaError("format", `The model file cannot be used: ${problem}.`);
}
