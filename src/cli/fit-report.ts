/**
 * The report of a fit: final loss, errors in the units of the data or the confusion of classes, the
 * baseline beside them.
 */
import { formatNumber, showText } from "../core/format.ts";
import type { ClassMetrics } from "../data/metrics.ts";
import { takeColumn } from "../data/rows.ts";
import { quantityOf } from "../data/units.ts";
import type { Finding } from "../train/doctor/finding.ts";
import type { Encoded } from "../train/table/dataset.ts";
import type { FitResult } from "../train/table/fit.ts";
import type { CrossValidation } from "../train/table/validate.ts";
import { reportBand, reportComparison, reportImportance } from "./fit-compare.ts";
import type { FitFlags } from "./fit-flags.ts";
import type { FoldsFound } from "./folds-found.ts";
import { describePolynomial } from "./formula.ts";
import { whatToTry } from "./fit-training.ts";
import type { Terminal } from "./terminal.ts";
import { alignRows, count, errorCells, percent } from "./words.ts";

/** A confusion matrix of more classes would not fit a line. */
const MOST_CLASSES_SHOWN = 12;

/** Prints the report of a fit. */
export function reportFit(
  terminal: Terminal,
  fit: FitResult,
  flags: FitFlags,
  found?: FoldsFound,
): void {
  terminal.line(traceLine(fit.epochs, fit.finalLoss, flags.epochs));
  if (fit.bestEpoch !== undefined) {
    terminal.line(
      `The weights of epoch ${fit.bestEpoch} were kept: the best on the ${fit.held!.data.rows} rows held out.`,
    );
  }
  const { earlyStop, batch } = flags;
  if (fit.bestEpoch !== undefined && batch === "all" && fit.epochs < Math.min(flags.epochs, 500)) {
    terminal.line(
      `It ended after ${fit.epochs} updates: without --batch an epoch is one update of all rows, ` +
        `so a patience of ${earlyStop!} is short; try --early-stop 500.`,
    );
  }
  terminal.line();
  if (fit.data.classes === undefined) reportErrors(terminal, fit, found);
  else reportClasses(terminal, fit, found);
  const first = fit.history.losses[0];
  if (first !== undefined && fit.finalLoss >= first) {
    terminal.line(
      `Nothing was learned: the loss began at ${formatNumber(first)}. Try ${whatToTry(flags)}.`,
    );
  }
  if (fit.comparison !== undefined) reportComparison(terminal, fit.comparison, fit);
  reportBand(terminal, fit);
  if (fit.importance !== undefined) reportImportance(terminal, fit.importance);
  reportFindings(terminal, fit.findings);
  terminal.line();
}

/** So many findings are printed; the others are in metrics.jsonl and in the report. */
const MOST_FINDINGS = 3;

/** Prints what the doctor found, the worst first, but for notes: what was seen, what to try. */
function reportFindings(terminal: Terminal, findings: readonly Finding[]): void {
  const grave = findings.filter(({ severity }) => severity !== "note");
  if (grave.length === 0) return;
  terminal.line();
  for (const { severity, message, try: cure } of grave.slice(0, MOST_FINDINGS)) {
    terminal.line(`${severity}: ${message}`);
    terminal.line(`  ${cure}`);
  }
  const more = grave.length - MOST_FINDINGS;
  if (more > 0) terminal.line(`(${count(more, "more finding")} in metrics.jsonl and the report)`);
}

/** Prints what cross-validation found. */
export function reportFolds(terminal: Terminal, found: CrossValidation, data: Encoded): void {
  const { folds, all, asked } = found;
  const done = folds.length === asked ? `${asked}` : `${folds.length} of ${asked}`;
  terminal.line(
    `Cross-validation in ${done} folds: each row predicted by a network that had not seen it`,
  );
  const rows = [...folds.map((fold, k) => [`fold ${k + 1}`, fold] as const), ["all", all] as const];
  const shown = rows.slice(folds.length > 20 ? -1 : 0);
  const body = shown.map(([name, each]) => [
    name,
    count(each.rows, "row"),
    ...(each.classMetrics === undefined
      ? each.metrics.flatMap(errorCells)
      : [percent(each.classMetrics.accuracy)]),
  ]);
  const names = data.outputs.map(({ name }) => showText(quantityOf(name).symbol));
  const head =
    data.classes === undefined
      ? names.flatMap((name) => [names.length > 1 ? `${name}: RMSE` : "RMSE", "largest", "R²"])
      : ["right"];
  for (const line of alignRows([["", "", ...head], ...body])) terminal.line(`  ${line}`);
  if (all.classMetrics !== undefined) printConfusion(terminal, all.classMetrics);
  terminal.line();
}

/** One line of the trace: `Epoch   500  Loss: 0.000123`. */
export function traceLine(epoch: number, loss: number, epochs = 0): string {
  const width = Math.max(5, String(epochs).length);
  const shown = loss >= 1e-5 && loss < 1e6 ? loss.toFixed(6) : loss.toExponential(3);
  return `Epoch ${String(epoch).padStart(width)}  Loss: ${shown}`;
}

function reportErrors(terminal: Terminal, fit: FitResult, found?: FoldsFound): void {
  const { data, training, held, baseline } = fit;
  const symbols = data.outputs.map(({ name }) => showText(quantityOf(name).symbol));
  const what = symbols.length === 1 ? `the scaled ${symbols[0]!}` : "the scaled targets";
  terminal.line(`Final loss ${formatNumber(fit.finalLoss)} (mean squared error of ${what})`);
  data.outputs.forEach(({ name }, j) => {
    const { unit } = quantityOf(name);
    const of = symbols.length === 1 ? "" : ` of ${symbols[j]!}`;
    const unseen = found?.errors.get(name);
    const trained = unseen === undefined ? "" : " trained on";
    terminal.line(`Errors${of} on the ${data.rows} rows${trained}${unit ? `, in ${unit}` : ""}:`);
    const rows = [
      ["", "RMSE", "largest", "R²"],
      ["network", ...errorCells(training.metrics[j]!)],
      [baseline.kind, ...errorCells(baseline.metrics![j]!)],
    ];
    if (unseen !== undefined) rows.push([inFolds(found!), ...errorCells(unseen)]);
    if (held !== undefined) {
      rows.push([
        `${count(held.data.rows, "row")} held out`,
        ...errorCells(held.evaluation.metrics[j]!),
      ]);
    }
    for (const line of alignRows(rows)) terminal.line(`  ${line}`);
    const polynomial = baseline.polynomials?.[j];
    if (polynomial !== undefined) {
      const y = takeColumn(data.y, data.targets, j);
      const names = { xName: data.inputs[0]!.name, yName: name };
      terminal.line(`  ${describePolynomial(polynomial, { x: data.x, y, ...names })}`);
    }
  });
}

function reportClasses(
  terminal: Terminal,
  { data, training, held, baseline, finalLoss }: FitResult,
  found?: FoldsFound,
) {
  const trained = training.classMetrics!;
  const unseen = found?.classMetrics;
  const often = baseline.classMetrics!;
  terminal.line(`Final loss ${formatNumber(finalLoss)} (mean cross-entropy)`);
  const most = often.classes.findIndex((_, k) => often.confusion.some((row) => row[k]! > 0));
  const rows = [
    ...(unseen === undefined ? [] : [[`Right ${inFolds(found!)}`, percent(unseen.accuracy)]]),
    [
      `Right on the ${data.rows} rows${unseen === undefined ? "" : " trained on"}`,
      percent(trained.accuracy),
    ],
    ...(held === undefined
      ? []
      : [
          [
            `Right on the ${count(held.data.rows, "row")} held out`,
            percent(held.evaluation.classMetrics!.accuracy),
          ],
        ]),
    [`Always "${showText(often.classes[most]!, 30)}"`, percent(often.accuracy)],
  ];
  for (const line of alignRows(rows)) terminal.line(line);
  // That of the folds stands above.
  if (unseen === undefined) printConfusion(terminal, held?.evaluation.classMetrics ?? trained);
}

/** Names the rows of a cross-validation. */
function inFolds({ folds }: FoldsFound): string {
  return `in ${folds} folds, unseen`;
}

function printConfusion(terminal: Terminal, { classes, confusion }: ClassMetrics): void {
  if (classes.length > MOST_CLASSES_SHOWN) {
    terminal.line(`  (${classes.length} classes: their confusion is in metrics.jsonl)`);
    return;
  }
  const names = classes.map((name) => showText(name, 16) || '""');
  terminal.line("Confusion (a row for each class, a column for each answer):");
  const rows = [["", ...names], ...confusion.map((row, k) => [names[k]!, ...row.map(String)])];
  for (const line of alignRows(rows)) terminal.line(`  ${line}`);
}
