/**
 * A fitted network as one file: weights as tensors by PyTorch's names, and in the metadata all that
 * predicting needs (columns, training range, scalers, architecture), with where it came from.
 */
import { argumentError } from "../../core/errors.ts";
import { showText } from "../../core/format.ts";
import { exp } from "../../core/math.ts";
import { VERSION } from "../../core/version.ts";
import { decodeSafetensors, encodeSafetensors } from "../../io/safetensors.ts";
import { storedOf, tensorsOf } from "../../io/stored.ts";
import { mlp } from "../../models/mlp.ts";
import type { Sequential } from "../../nn/sequential.ts";
import { tensor } from "../../tensor/create.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { Decision } from "./dataset.ts";
import { columnOfEach } from "./dataset.ts";
import type { FittedParts } from "./model-parts.ts";
import { badModel, readParts } from "./model-parts.ts";

/** An input that lies outside the range of the training data. */
export interface OutsideRange {
  readonly column: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** For dates, the two ends of the range as they are spelled, and the unit of its numbers. */
  readonly dates?: readonly string[];
  readonly unit?: string;
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
    const scaled = xScaler.transformFloat32(values);
    const far = scaled.findIndex((value) => !Number.isFinite(value));
    if (far >= 0) {
      const names = columnOfEach(this.parts.inputs);
      const at = `${showText(names[far % shape.inputs]!)} of row ${Math.floor(far / shape.inputs) + 1}`;
      throw argumentError(
        `predict: ${at} is ${values[far]!}, too far outside the training range to compute with.`,
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
    const { shape, inputs, outputs, xScaler, yScaler, provenance, decision, band } = this.parts;
    return encodeSafetensors(await storedOf(this.network.stateDict()), {
      "nabla.format": FORMAT,
      "nabla.version": VERSION,
      "nabla.architecture": JSON.stringify({ kind: "mlp", ...shape }),
      "nabla.inputs": JSON.stringify(inputs),
      "nabla.outputs": JSON.stringify(outputs),
      "nabla.scalers": JSON.stringify({ x: xScaler, y: yScaler }),
      "nabla.provenance": JSON.stringify(provenance),
      ...(band === undefined ? {} : { "nabla.band": JSON.stringify(band) }),
      ...(decision === undefined ? {} : { "nabla.decision": JSON.stringify(decision) }),
    });
  }

  /** Decodes such a file; throws a format error that says what is wrong with it. */
  static decode(bytes: Uint8Array): FittedModel {
    const { tensors, metadata, checked } = decodeSafetensors(bytes);
    const format = metadata["nabla.format"];
    if (format === undefined)
      throw badModel("it holds tensors, but no network written by nabla fit");
    if (format.startsWith("nabla-training-")) {
      throw badModel("it is the state of a training; the model is model.safetensors beside it");
    }
    if (format !== FORMAT) {
      const version = metadata["nabla.version"] ?? "another version";
      throw badModel(
        `it was written by Nabla ${version} (${format}); this is ${VERSION} (${FORMAT})`,
      );
    }
    if (!checked) throw badModel("its checksum is missing");
    const parts = readParts(metadata, tensors);
    const network = mlp(parts.shape);
    network.loadStateDict(tensorsOf(tensors));
    return new FittedModel(network, parts);
  }
}

/**
 * Returns the place of the largest of each row's `width` scores: the most likely class, or what the
 * threshold decides.
 */
export function mostLikely(scores: Float64Array, width: number, decision?: Decision): Float64Array {
  if (decision !== undefined && width === 2) {
    const { positive, threshold } = decision;
    return Float64Array.from({ length: scores.length / 2 }, (_, row) => {
      const share = probabilities(scores.subarray(2 * row, 2 * row + 2))[positive]!;
      return share >= threshold ? positive : 1 - positive;
    });
  }
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
