/** How classes are told apart beyond the share of right answers: by class, rank, probability. */
import { argumentError } from "../core/errors.ts";
import { log } from "../core/math.ts";

/** How one class is found: of its rows, and of the answers that name it. */
export interface ClassScore {
  readonly class: string;
  /** How many rows are of this class. */
  readonly rows: number;
  /** Of the rows of the class, the share that is found; null where there are none. */
  readonly recall: number | null;
  /** Of the answers that name the class, the share that is right; null where none does. */
  readonly precision: number | null;
  /** The harmonic mean of both; 0 where the class is never found. */
  readonly f1: number;
}

/** What a confusion says of each class, and on the average of classes. */
export interface ClassScores {
  readonly perClass: readonly ClassScore[];
  /** The mean recall of the classes that have rows. */
  readonly balancedAccuracy: number;
  /** The mean F1 of the classes that have rows or are answered. */
  readonly macroF1: number;
}

/** Computes recall, precision and F1 of each class. Row i, column j: i that was taken for j. */
export function classScores(
  confusion: readonly (readonly number[])[],
  classes: readonly string[],
): ClassScores {
  const perClass = classes.map((name, k): ClassScore => {
    const rows = sum(confusion[k]!);
    const answered = sum(confusion.map((row) => row[k]!));
    const hits = confusion[k]![k]!;
    return {
      ...{ class: name, rows },
      recall: rows === 0 ? null : hits / rows,
      precision: answered === 0 ? null : hits / answered,
      f1: hits === 0 ? 0 : (2 * hits) / (rows + answered),
    };
  });
  const known = perClass.flatMap(({ recall }) => (recall === null ? [] : [recall]));
  const seen = perClass.filter(({ rows, precision }) => rows > 0 || precision !== null);
  return {
    perClass,
    balancedAccuracy: sum(known) / known.length,
    macroF1: sum(seen.map(({ f1 }) => f1)) / seen.length,
  };
}

/** One bin of a reliability curve: what was said of its rows, and how often it came true. */
export interface ReliabilityBin {
  readonly rows: number;
  readonly predicted: number;
  readonly observed: number;
}

/** How good probabilities are. */
export interface ProbabilityScores {
  /** Mean of −ln of the probability of the right class. */
  readonly logLoss: number;
  /**
   * How often a row of a class ranks above one of another, the mean over the classes; null where
   * there is one class.
   */
  readonly auc: number | null;
  /** Mean square of probability minus truth: of the second of two classes, else over all. */
  readonly brier: number;
  /** Expected calibration error: the mean distance of a bin's probability from its frequency. */
  readonly ece: number;
  /** Of the second of two classes; of more, of the class that is answered. */
  readonly reliability: readonly ReliabilityBin[];
}

/** Compares probabilities, row-major `[rows, classes]`, with class numbers. */
export function probabilityScores(
  probabilities: ArrayLike<number>,
  actual: ArrayLike<number>,
  classes: number,
): ProbabilityScores {
  const rows = actual.length;
  if (rows === 0 || probabilities.length !== rows * classes) {
    throw argumentError(
      `probabilityScores: ${probabilities.length} probabilities for ${rows} rows of ${classes} ` +
        "classes; need one for each class of each row.",
    );
  }
  const of = (k: number): Float64Array =>
    Float64Array.from({ length: rows }, (_, i) => probabilities[i * classes + k]!);
  let [loss, squares] = [0, 0];
  for (let i = 0; i < rows; i++) {
    loss -= log(Math.max(probabilities[i * classes + actual[i]!]!, 1e-15)) / rows;
    for (let k = 0; k < classes; k++) {
      const miss = probabilities[i * classes + k]! - Number(actual[i] === k);
      squares += (miss * miss) / rows;
    }
  }
  const areas = Array.from({ length: classes }, (_, k) => {
    return rocAuc(
      of(k),
      Uint8Array.from({ length: rows }, (__, i) => Number(actual[i] === k)),
    );
  }).filter((area) => area !== null);
  const [said, true_] = classes === 2 ? [of(1), actual] : surest(probabilities, actual, classes);
  const { ece, bins } = reliability(said, true_);
  return {
    logLoss: loss,
    auc: areas.length === 0 ? null : sum(areas) / areas.length,
    brier: classes === 2 ? squares / 2 : squares,
    ece,
    reliability: bins,
  };
}

/**
 * The area under the receiver's curve: how often a row of 1 has a larger score than a row of 0,
 * ties counting half; null where one of both has no rows.
 */
export function rocAuc(scores: ArrayLike<number>, labels: ArrayLike<number>): number | null {
  const order = Array.from(labels, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let [ranks, ones] = [0, 0];
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) end++;
    for (let i = start; i < end; i++) {
      if (labels[order[i]!] !== 1) continue;
      ones++;
      ranks += (start + end + 1) / 2;
    }
    start = end;
  }
  const others = order.length - ones;
  return ones === 0 || others === 0 ? null : (ranks - (ones * (ones + 1)) / 2) / (ones * others);
}

/** The probability of the answer of each row, and whether it is right. */
function surest(
  probabilities: ArrayLike<number>,
  actual: ArrayLike<number>,
  classes: number,
): [Float64Array, Uint8Array] {
  const said = new Float64Array(actual.length);
  const right = new Uint8Array(actual.length);
  for (let i = 0; i < actual.length; i++) {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if (probabilities[i * classes + k]! > probabilities[i * classes + best]!) best = k;
    }
    said[i] = probabilities[i * classes + best]!;
    right[i] = Number(best === actual[i]);
  }
  return [said, right];
}

const BINS = 10;

/** The edges between bins of one tenth each; a probability on an edge is of the lower bin. */
const EDGES = Array.from({ length: BINS - 1 }, (_, k) => (k + 1) / BINS);

function reliability(
  said: Float64Array,
  came: ArrayLike<number>,
): { ece: number; bins: ReliabilityBin[] } {
  const bins = Array.from({ length: BINS }, () => ({ rows: 0, predicted: 0, observed: 0 }));
  said.forEach((p, i) => {
    const bin = bins[EDGES.filter((edge) => p > edge).length]!;
    bin.rows++;
    bin.predicted += p;
    bin.observed += came[i]!;
  });
  const used = bins.filter(({ rows }) => rows > 0);
  const ece = sum(used.map(({ predicted, observed }) => Math.abs(predicted - observed)));
  return {
    ece: ece / said.length,
    bins: used.map(({ rows, predicted, observed }) => {
      return { rows, predicted: predicted / rows, observed: observed / rows };
    }),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
