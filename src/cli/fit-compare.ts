/** Compares the network of `nabla fit` with simpler models on rows that neither has seen. */
import { formatNumber, showText } from "../core/format.ts";
import { quantityOf } from "../data/units.ts";
import { worstFirst } from "../train/doctor/finding.ts";
import { examineComparison, neverAnswered, rareClasses } from "../train/doctor/comparison-rules.ts";
import type { Comparison, Contestant } from "../train/table/compare.ts";
import { compareFolds, compareHeld, compareRivals } from "../train/table/compare.ts";
import type { Encoded } from "../train/table/dataset.ts";
import type { Evaluation } from "../train/table/evaluate.ts";
import { bandOfFolds, bandOfHeld } from "../train/table/band.ts";
import { FittedModel } from "../train/table/fitted.ts";
import type { FitResult } from "../train/table/fit.ts";
import type { RivalName } from "../train/table/rivals.ts";
import type { Importance } from "../train/table/importance.ts";
import { dependenceOf, importanceOf, joinImportance } from "../train/table/importance.ts";
import { withArticle, wordsOfRival } from "../train/table/rivals.ts";
import type { CrossValidation } from "../train/table/validate.ts";
import type { FitFlags } from "./fit-flags.ts";
import type { Terminal } from "./terminal.ts";
import { alignRows, count, errorCells, percent } from "./words.ts";

/** Adds to a fit how it stands beside simpler models, on rows of folds or on those held out. */
export async function compared(
  fit: FitResult,
  data: Encoded,
  flags: FitFlags,
  folds: CrossValidation | undefined,
  importance: readonly Importance[],
): Promise<FitResult> {
  const comparison =
    folds !== undefined
      ? compareFolds(data, folds, flags)
      : flags.val > 0
        ? await compareHeld(data, fit.model, flags)
        : compareRivals(data, flags);
  const own = comparison?.contestants.find(({ name }) => name === "network")?.evaluation;
  const known = fit.findings.some(({ rule }) => rule === "never-answers");
  const findings = worstFirst([
    ...fit.findings,
    ...(comparison === undefined ? [] : examineComparison(comparison, data, fit.training)),
    ...(known || own?.classMetrics === undefined ? [] : neverAnswered(own.classMetrics)),
    ...rareClasses(data, flags),
  ]);
  const asked = flags.importance === true ? await restsOn(fit, flags, importance) : {};
  const judged = {
    ...fit,
    findings,
    ...(comparison === undefined ? {} : { comparison }),
    ...asked,
  };
  return flags.quantiles === undefined ? judged : withBand(judged, data, flags, folds);
}

/** Adds the band around answers, to the fit and to its model. */
function withBand(
  fit: FitResult,
  data: Encoded,
  flags: FitFlags,
  folds: CrossValidation | undefined,
): FitResult {
  const found =
    folds === undefined
      ? bandOfHeld(data, fit.held!.predicted, flags)
      : bandOfFolds(data, folds, flags);
  const { quantiles, low, high } = found;
  const { network, parts } = fit.model;
  const model = new FittedModel(network, {
    ...parts,
    band: { quantiles, low, high },
  });
  return { ...fit, model, band: found };
}

/** Prints the band around answers, and how often it held. */
export function reportBand(terminal: Terminal, { band, data }: FitResult): void {
  if (band === undefined) return;
  const [low, high] = band.quantiles;
  const ends = data.outputs.map(({ name }, j) => {
    const { symbol, unit } = quantityOf(name);
    const [a, b] = [band.low[j]!, band.high[j]!].map((end) => formatNumber(end, { digits: 4 }));
    return `${showText(symbol)} ${a} … ${b}${unit ? ` ${unit}` : ""}`;
  });
  terminal.line();
  terminal.line(
    `A band from ${percent(low)} to ${percent(high)} around each answer (${ends.join(", ")}) ` +
      `held for ${percent(band.held)} of ${count(band.rows, "row")} not seen; ` +
      "outside the training range it promises nothing.",
  );
}

/** Finds what answers rest on: by the rows of folds, else by those held out, else by all. */
async function restsOn(
  { model, data, held }: FitResult,
  { seed }: FitFlags,
  parts: readonly Importance[],
): Promise<Pick<FitResult, "importance" | "dependence">> {
  const rows = held?.data ?? data;
  const importance =
    parts.length > 0
      ? joinImportance(parts)
      : await importanceOf(model, rows, seed, held === undefined);
  return { importance, dependence: await dependenceOf(model, data) };
}

const MOST_COLUMNS = 10;

/** Prints how much worse answers get where a column is shuffled. */
export function reportImportance(terminal: Terminal, importance: Importance): void {
  const { rows, seen, measure, error, columns } = importance;
  const what = measure === "rmse" ? "RMSE" : "log loss";
  const where = seen ? "rows trained on" : "rows not seen";
  terminal.line();
  terminal.line(
    `Where a column is shuffled, the ${what} on ${rows} ${where}, ${formatNumber(error)}, grows by:`,
  );
  const most = Math.max(...columns.map(({ increase }) => increase), 1e-300);
  const lines = columns.slice(0, MOST_COLUMNS).map(({ column, increase }) => {
    const bar = "█".repeat(Math.max(0, Math.round((20 * increase) / most)));
    return [showText(column, 30), formatNumber(increase, { digits: 3 }), bar.padEnd(20)];
  });
  for (const line of alignRows(lines)) terminal.line(`  ${line.trimEnd()}`);
  const more = columns.length - MOST_COLUMNS;
  if (more > 0) terminal.line(`  (${count(more, "more column")} in metrics.jsonl)`);
}

/** Prints a comparison: a line for each that was judged, and what follows. */
export function reportComparison(
  terminal: Terminal,
  comparison: Comparison,
  { data, training }: Pick<FitResult, "data" | "training">,
): void {
  const { judge, rows } = comparison;
  const own = comparison.contestants.some(({ name }) => name === "network");
  if (own) {
    terminal.line();
    const seen = judge === "folds" ? "each predicted by what had not seen it" : "held out";
    terminal.line(`Beside simpler models, on ${count(rows, "row")} ${seen}:`);
    for (const line of alignRows(tableOf(comparison, data))) terminal.line(`  ${line}`);
  }
  for (const line of own ? foundOf(comparison) : []) terminal.line(line);
  const text = own ? sentence(comparison, data) : enough(comparison, data, training);
  if (text !== undefined) terminal.line(text);
}

function tableOf({ contestants, best }: Comparison, data: Encoded): string[][] {
  const names = data.outputs.map(({ name }) => showText(quantityOf(name).symbol));
  const head =
    data.classes === undefined
      ? names.flatMap((name) => [names.length > 1 ? `${name}: RMSE` : "RMSE", "largest", "R²"])
      : ["right", "mean of classes", "AUC", "Brier"];
  const shown = contestants.filter(({ name }) => {
    return name === best || !["quadratic", "quartic", "quintic"].includes(name);
  });
  const line = ({ name, evaluation }: Contestant): string[] => [
    wordsOfRival(name, data),
    ...cellsOf(evaluation),
  ];
  return [["", ...head], ...shown.reverse().map(line)];
}

function cellsOf({ metrics, classMetrics, classScores, probabilities }: Evaluation): string[] {
  if (classMetrics === undefined) return metrics.flatMap(errorCells);
  const { auc = null, brier = NaN } = probabilities ?? {};
  return [
    percent(classMetrics.accuracy),
    percent(classScores!.balancedAccuracy),
    auc === null ? "–" : auc.toFixed(3),
    brier.toFixed(3),
  ];
}

/** How the rarer of two classes is found by the network. */
function foundOf({ contestants }: Comparison): string[] {
  const network = contestants.find(({ name }) => name === "network")?.evaluation;
  const classes = network?.classScores?.perClass ?? [];
  if (classes.length !== 2) return [];
  const k = classes[1]!.rows <= classes[0]!.rows ? 1 : 0;
  const { class: name, rows, recall, precision, f1 } = classes[k]!;
  const shown = `"${showText(name, 30)}"`;
  if (precision === null) return [`The network never answers ${shown}, the class of ${rows} rows.`];
  return [
    `Of ${rows} rows of ${shown} the network finds ${percent(recall ?? 0)}; where it answers ${shown} ` +
      `it is right for ${percent(precision)} (F1 ${f1.toFixed(2)}).`,
  ];
}

/** What follows of a comparison with the network in it. */
function sentence({ simplest, network }: Comparison, data: Encoded): string | undefined {
  if (simplest === "network") return "The network is better than all of them.";
  const text = capital(withArticle(simplest, data));
  if (simplest === "majority") return `${text} is right as often.`;
  if (simplest === "mean") return `${text} does as well: none of them finds what the inputs tell.`;
  return network === "worse"
    ? `${text} suffices, and does better than the network.`
    : `${text} suffices: the network is no better on rows that neither has seen.`;
}

/**
 * What follows where the network was not judged: a simple model that is as good on rows it has not
 * seen as the network is on those it was trained on.
 */
function enough(
  { contestants, judge, folds }: Comparison,
  data: Encoded,
  training: Evaluation,
): string | undefined {
  const simple = contestants.find(({ name, evaluation }) => {
    return name !== "mean" && name !== "majority" && reaches(evaluation, training);
  });
  if (simple === undefined) return undefined;
  const how = judge === "leave-one-out" ? "each row left out in turn" : `in ${folds ?? 1} folds`;
  const start = `${capital(withArticle(simple.name as RivalName, data))} suffices: `;
  if (data.classes !== undefined) {
    const [own, other] = [simple.evaluation, training].map((one) => one.classMetrics!.accuracy);
    return (
      `${start}right for ${percent(own!)} of rows not seen (${how}), the network for ` +
      `${percent(other!)} of those it was trained on.`
    );
  }
  const [own, other] = [simple.evaluation, training].map((one) => one.metrics[0]!.rmse);
  return (
    `${start}RMSE ${formatNumber(own!)} on rows not seen (${how}), the network has ` +
    `${formatNumber(other!)} on those it was trained on.`
  );
}

function capital(words: string): string {
  return `${words[0]!.toUpperCase()}${words.slice(1)}`;
}

function reaches(own: Evaluation, training: Evaluation): boolean {
  if (own.classMetrics !== undefined) {
    return own.classMetrics.accuracy >= (training.classMetrics?.accuracy ?? 1) - 0.005;
  }
  return own.metrics.every(({ rmse }, j) => rmse <= 1.02 * training.metrics[j]!.rmse);
}
