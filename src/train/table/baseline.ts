/**
 * What a network has to beat: the cubic polynomial for one input, the plane (a linear function of
 * all inputs) for several, the most frequent class for classes.
 */
import { showText } from "../../core/format.ts";
import type { ClassMetrics, RegressionMetrics } from "../../data/metrics.ts";
import { classMetrics, regressionMetrics } from "../../data/metrics.ts";
import type { Polynomial } from "../../data/polynomial.ts";
import { fitPolynomial, polynomialName, solveLeastSquares } from "../../data/polynomial.ts";
import { createScaler } from "../../data/scaler.ts";
import type { Encoded } from "./dataset.ts";
import { takeColumn } from "../../data/rows.ts";

/** A baseline and its errors on the same rows. */
export interface Baseline {
  /** In words: a line, a cubic polynomial, a linear function, the most frequent class. */
  readonly kind: string;
  /** The polynomial of each target, where there is one input. */
  readonly polynomials?: readonly Polynomial[];
  /** Row-major `[rows, targets]`, or class numbers. */
  readonly predicted: Float64Array;
  /** The errors of each target. */
  readonly metrics?: readonly RegressionMetrics[];
  readonly classMetrics?: ClassMetrics;
}

/** Fits the baseline that belongs to the data. */
export function fitBaseline(data: Encoded): Baseline {
  if (data.classes !== undefined) return mostFrequent(data, data.classes);
  const { x, y, rows, targets } = data;
  const targetOf = (j: number): Float64Array => takeColumn(y, targets, j);
  const single = data.width === 1;
  const polynomials = single
    ? data.outputs.map((_, j) => fitPolynomial(x, targetOf(j), 3))
    : undefined;
  const columns = data.outputs.map((_, j) =>
    polynomials === undefined ? fitPlane(data, targetOf(j)) : x.map(polynomials[j]!.at),
  );
  const predicted = new Float64Array(rows * targets);
  columns.forEach((column, j) => column.forEach((v, i) => (predicted[i * targets + j] = v)));
  const metrics = columns.map((column, j) => regressionMetrics(column, targetOf(j)));
  const kind = polynomials ? polynomialName(polynomials[0]!) : "linear function";
  return { kind, predicted, metrics, ...(polynomials === undefined ? {} : { polynomials }) };
}

/** Names what the baseline is, in words. */
export function describeBaseline(data: Encoded): string {
  if (data.classes === undefined) return data.width === 1 ? "cubic polynomial" : "linear function";
  return `always ${showText(data.classes[frequentClass(data)]!)}`;
}

function fitPlane({ x, width, rows }: Encoded, y: Float64Array): Float64Array {
  const scaled = createScaler("standard").fit(x, width).transform(x);
  const columns = [
    new Float64Array(rows).fill(1),
    ...Array.from({ length: width }, (_, j) => takeColumn(scaled, width, j)),
  ];
  // Fewer rows than columns: what is left over stays at 0.
  const used = columns.slice(0, rows);
  const solution = solveLeastSquares(
    used.map((column) => column.slice()),
    y.slice(),
  );
  return y.map((_, i) => solution.reduce((sum, c, j) => sum + c * used[j]![i]!, 0));
}

function mostFrequent(data: Encoded, classes: readonly string[]): Baseline {
  const predicted = new Float64Array(data.rows).fill(frequentClass(data));
  return {
    kind: "most frequent class",
    predicted,
    classMetrics: classMetrics(predicted, data.y, classes),
  };
}

function frequentClass({ y, classes = [] }: Encoded): number {
  const counts = classes.map(() => 0);
  for (const k of y) counts[k]!++;
  return counts.indexOf(Math.max(...counts));
}
