/** Rules about rows not seen: worse there than simple models, or than in training. */
import type { ClassMetrics } from "../../data/metrics.ts";
import { classWeightOf, RARE, sharesOfClasses } from "../table/class-weights.ts";
import type { Comparison } from "../table/compare.ts";
import type { Encoded } from "../table/dataset.ts";
import type { Evaluation } from "../table/evaluate.ts";
import type { FitOptions } from "../table/options.ts";
import { withArticle } from "../table/rivals.ts";
import type { Finding } from "./finding.ts";
import { found } from "./finding.ts";

/** Judges a comparison on rows not seen, beside what was reached in training. */
export function examineComparison(
  { contestants, network, best }: Comparison,
  data: Encoded,
  training: Evaluation,
): Finding[] {
  const of = (name: string): Evaluation | undefined =>
    contestants.find((one) => one.name === name)?.evaluation;
  const own = of("network");
  if (own === undefined) return [];
  const rival = network === "worse" ? of(best) : undefined;
  const simple =
    rival === undefined || best === "network"
      ? []
      : [
          found("worse-than-simple", "warning", {
            ...{ network: errorIn(own), simple: errorIn(rival) },
            ...{ name: withArticle(best, data), measure: measureOf(own) },
          }),
        ];
  return [...simple, ...optimistic(training, own)];
}

/** RMSE of the first target, or the share of wrong answers. */
function errorIn({ metrics, classMetrics, classScores }: Evaluation): number {
  if (classMetrics === undefined) return metrics[0]!.rmse;
  return 1 - (classScores?.balancedAccuracy ?? classMetrics.accuracy);
}

function measureOf({ classMetrics }: Evaluation): string {
  return classMetrics === undefined ? "RMSE" : "mean share wrong of each class";
}

/** So much of what is left to explain may be lost on new rows before it is said. */
const GAP = 0.05;

/** Much better on the rows trained on than on those not seen. */
function optimistic(training: Evaluation, held: Evaluation): Finding[] {
  const [a, b] = [training.metrics[0]?.r2 ?? null, held.metrics[0]?.r2 ?? null];
  if (training.classMetrics !== undefined && held.classMetrics !== undefined) {
    const [own, other] = [training.classMetrics.accuracy, held.classMetrics.accuracy];
    const doubt = 2 * Math.sqrt((other * (1 - other)) / held.rows);
    if (own - other <= Math.max(GAP, doubt)) return [];
    const figures = {
      training: own,
      held: other,
      measure: "The share of right answers",
    };
    return [found("optimistic", "warning", figures)];
  }
  if (a === null || b === null || a - b <= GAP || held.rows < 10) return [];
  return [found("optimistic", "warning", { training: a, held: b, measure: "R²" })];
}

/** Classes with few rows beside the others. */
export function rareClasses(data: Encoded, options: Pick<FitOptions, "classWeight">): Finding[] {
  const { classes = [], rows } = data;
  const balanced = classWeightOf(data, options) === "balanced";
  return sharesOfClasses(data).flatMap((share, k) => {
    if (classes.length !== 2 || !(share < RARE)) return [];
    const figures = {
      class: classes[k]!,
      rows: Math.round(share * rows),
      share,
      balanced,
    };
    return [found("rare-class", "warning", figures)];
  });
}

/** Classes with at least so many rows that no row is taken for. */
const FEW_ROWS = 5;

/** Classes that are never answered. */
export function neverAnswered(metrics: ClassMetrics): Finding[] {
  const { classes, confusion, accuracy: right } = metrics;
  const counts = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  const all = counts.reduce((sum, count) => sum + count, 0);
  const most = counts.indexOf(Math.max(...counts));
  const [often, share] = [classes[most]!, counts[most]! / all];
  return classes.flatMap((name, k) => {
    const rows = counts[k]!;
    if (rows < FEW_ROWS || confusion.some((row) => row[k]! > 0)) return [];
    return [
      found("never-answers", "warning", {
        class: name,
        rows,
        right,
        often,
        share,
      }),
    ];
  });
}
