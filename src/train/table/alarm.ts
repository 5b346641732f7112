/**
 * Says while a network trains that nothing comes of it: the same answer for every row, or a loss no
 * better than that of a constant. It looks at a few moments, changes nothing and draws nothing.
 */
import { exp, log } from "../../core/math.ts";
import type { Scaler } from "../../data/scaler.ts";
import { formatNumber } from "../../core/format.ts";
import { takeRows } from "../../data/rows.ts";
import type { Sequential } from "../../nn/sequential.ts";
import { tensor } from "../../tensor/create.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { Callback } from "../callback.ts";
import type { Finding } from "../doctor/finding.ts";
import { found } from "../doctor/finding.ts";
import { learnsNothing } from "../doctor/history-rules.ts";
import type { EpochEndEvent } from "../events.ts";
import type { Rows } from "./row-batches.ts";

/** What is watched. */
export interface AlarmOptions {
  readonly network: Sequential;
  /** The rows trained on, scaled. */
  readonly rows: Rows;
  readonly classes?: readonly string[];
  readonly yScaler: Scaler;
  readonly epochs: number;
  readonly onFinding: (finding: Finding, epoch: number) => void;
}

/** The parts of a training after which it is looked at. */
const MOMENTS = [0.05, 0.2, 0.5];
/** Shorter trainings are tried out, and few epochs say little. */
const [ENOUGH_EPOCHS, EARLIEST] = [100, 20];
/** So many rows are looked at, about as much work as an epoch of a table of that size. */
const MOST_ROWS = 512;

/** Looks at a training at its moments. */
export class Alarm implements Callback {
  readonly name = "alarm";
  readonly #options: AlarmOptions;
  readonly #moments: ReadonlySet<number>;
  readonly #said = new Set<string>();
  #loss = Infinity;

  constructor(options: AlarmOptions) {
    const { epochs } = options;
    this.#options = options;
    const moments = MOMENTS.map((share) => Math.max(EARLIEST, Math.round(share * epochs)));
    this.#moments = new Set(epochs < ENOUGH_EPOCHS ? [] : moments);
  }

  onEpochEnd({ epoch }: EpochEndEvent): Promise<void> | undefined {
    return this.#moments.has(epoch + 1) ? this.#look(epoch + 1) : undefined;
  }

  async #look(epoch: number): Promise<void> {
    const { network, rows, classes, onFinding } = this.#options;
    const stride = Math.ceil(rows.rows / MOST_ROWS);
    const some = Array.from({ length: Math.ceil(rows.rows / stride) }, (_, i) => i * stride);
    const shape = (values: Float32Array): [number, number] => [
      some.length,
      values.length / some.length,
    ];
    const x = takeRows(rows.x, rows.x.length / rows.rows, some);
    const y = takeRows(rows.y, rows.y.length / rows.rows, some);
    network.eval();
    const answers = await noGrad(() => network.forward(tensor(x, { shape: shape(x) }))).data();
    network.train();
    const width = y.length / some.length;
    const { loss, constant } = (classes === undefined ? squares : entropies)(
      Float64Array.from(answers),
      y,
      width,
    );
    const before = this.#loss;
    this.#loss = loss;
    if (!(loss >= 0.98 * constant) || !(constant > 0)) return;
    const name = `always answering the ${classes === undefined ? "mean" : "share of each class"}`;
    const findings = isAlike(answers, width)
      ? [this.#oneAnswer(Float64Array.from(answers.subarray(0, width)))]
      : loss >= 0.99 * before
        ? learnsNothing(loss, { loss: constant, name })
        : [];
    for (const finding of findings) {
      if (!this.#said.has(finding.rule)) onFinding(finding, epoch);
      this.#said.add(finding.rule);
    }
  }

  #oneAnswer(scores: Float64Array): Finding {
    const { classes, yScaler, rows } = this.#options;
    const answer =
      classes === undefined
        ? Array.from(yScaler.inverseTransform(scores), (v) => formatNumber(v)).join(", ")
        : classes[scores.indexOf(Math.max(...scores))]!;
    return found("one-answer", "error", { answer, rows: rows.rows });
  }
}

function isAlike(answers: ArrayLike<number>, width: number): boolean {
  return Array.from(answers).every((x, i) => {
    const own = answers[i % width]!;
    return Math.abs(x - own) <= 1e-5 * (Math.abs(own) + 1e-3);
  });
}

interface Losses {
  readonly loss: number;
  /** That of the best answer that does not look at the inputs. */
  readonly constant: number;
}

/** The mean square of what answers miss. */
export function squares(answers: Float64Array, y: Float32Array, width: number): Losses {
  const rows = y.length / width;
  const means = new Float64Array(width);
  y.forEach((value, i) => (means[i % width]! += value / rows));
  let [loss, constant] = [0, 0];
  y.forEach((value, i) => {
    const [miss, off] = [answers[i]! - value, means[i % width]! - value];
    loss += (miss * miss) / y.length;
    constant += (off * off) / y.length;
  });
  return { loss, constant };
}

/**
 * The mean cross-entropy of scores. Targets are the weight of the row in the column of its class,
 * and 0 elsewhere.
 */
export function entropies(answers: Float64Array, y: Float32Array, width: number): Losses {
  const rows = y.length / width;
  const sums = new Float64Array(width);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const scores = answers.subarray(row * width, (row + 1) * width);
    const top = Math.max(...scores);
    const norm = top + log(scores.reduce((sum, score) => sum + exp(score - top), 0));
    for (let k = 0; k < width; k++) {
      const weight = y[row * width + k]!;
      sums[k]! += weight;
      loss += (weight * (norm - scores[k]!)) / rows;
    }
  }
  const all = sums.reduce((total, sum) => total + sum, 0);
  const constant = sums.reduce((h, sum) => (sum > 0 ? h - (sum / rows) * log(sum / all) : h), 0);
  return { loss, constant };
}
