/**
 * The picture of a fit. One input: data with the curves, residuals, loss. Several: prediction over
 * data for each target, loss. Classes: the confusion matrix, loss.
 */
import { formatNumber, showText } from "../core/format.ts";
import { labelOf, quantityOf } from "../data/units.ts";
import { describeMlp } from "../models/mlp.ts";
import { drawConfusion } from "../plot/confusion.ts";
import { figure } from "../plot/figure.ts";
import { curvePanel, dataLook, MOST_TARGETS, pointWidth, rowsShown } from "../plot/fit.ts";
import type { Panel } from "../plot/series.ts";
import { line, PALETTE, panel, points } from "../plot/series.ts";
import type { Encoded } from "../train/table/dataset.ts";
import { takeColumn } from "../data/rows.ts";
import type { FitResult } from "../train/table/fit.ts";
import type { FoldsFound } from "./folds-found.ts";
import { percent } from "./words.ts";

const [BLUE, ORANGE, GREEN] = [PALETTE[0]!, PALETTE[1]!, PALETTE[2]!];
const CURVE_POINTS = 400;
const SIZE = { width: 960, height: 600, columnWidths: [1.75, 1] } as const;

/** Draws a fit as an SVG picture for a report. */
export async function drawFit(fit: FitResult, source: string, found?: FoldsFound): Promise<string> {
  const { data } = fit;
  if (data.classes !== undefined) {
    const counts = judgedClasses(fit, found);
    return drawConfusion(
      counts,
      headline(fit, source, found),
      lossOverEpochs(fit, "cross-entropy"),
    );
  }
  const loss = lossOverEpochs(fit, "mean squared error (scaled)");
  const curve = data.width === 1 && data.targets === 1;
  const left = curve ? [await fitPanel(fit), residualPanel(fit)] : agreementPanels(fit);
  return figure([left, [loss]], { ...SIZE, ...headline(fit, source, found) });
}

/** The confusion of rows that the network had not seen, where there are any; and which rows. */
function judgedClasses({ held, training }: FitResult, found?: FoldsFound) {
  if (found?.classMetrics !== undefined) {
    return { ...found.classMetrics, which: `each row unseen, in ${found.folds} folds` };
  }
  const which = held === undefined ? "rows trained on" : "rows held out";
  return { ...(held?.evaluation ?? training).classMetrics!, which };
}

/** Title and facts of a picture. */
function headline(
  fit: FitResult,
  source: string,
  found?: FoldsFound,
): { title: string; subtitle: string } {
  const { data, model, parameters } = fit;
  const symbolsOf = (columns: Encoded["inputs"]): string => {
    const symbols = columns.map(({ name }) => showText(quantityOf(name).symbol, 24));
    return symbols.length > 4 ? `${symbols.length} columns` : symbols.join(", ");
  };
  const facts = [`${describeMlp(model.parts.shape)}, ${parameters} parameters, ${data.rows} rows`];
  facts.push(...qualityOf(fit, found));
  const title = `${symbolsOf(data.outputs)} over ${symbolsOf(data.inputs)} (${source})`;
  return { title, subtitle: facts.join(" · ") };
}

/** How good the fit is: on rows it had not seen, where there are any, and on those of training. */
function qualityOf({ data, training, held }: FitResult, found?: FoldsFound): string[] {
  const { name } = data.outputs[0]!;
  const unseen = found && { ...found, where: ` in ${found.folds} folds, unseen` };
  const beside = held && { ...held.evaluation, where: ` on ${held.data.rows} rows held out` };
  if (training.classMetrics !== undefined) {
    const right = unseen?.classMetrics ?? beside?.classMetrics;
    const own = percent(training.classMetrics.accuracy);
    if (right === undefined) return [`${own} right`];
    return [
      `${percent(right.accuracy)} right${(unseen ?? beside)!.where}`,
      `${own} of those trained on`,
    ];
  }
  if (training.metrics.length !== 1) return [];
  const { unit } = quantityOf(name);
  const [own] = training.metrics;
  const errors = unseen?.errors.get(name) ?? beside?.metrics[0];
  const shown = (value: number): string => formatNumber(value, { unit });
  if (errors === undefined)
    return [`RMSE ${shown(own!.rmse)}`, `largest error ${shown(own!.maxAbs)}`];
  return [
    `RMSE ${shown(errors.rmse)}${(unseen ?? beside)!.where}`,
    `${shown(own!.rmse)} on those trained on`,
  ];
}

function lossOverEpochs({ history }: FitResult, yLabel: string): Panel {
  const held = history.held.length > 0;
  const label = held ? { label: "trained on" } : {};
  const series = [line(history.epochs, history.losses, { width: 1.4, ...label })];
  if (held) {
    const look = { label: "held out", color: ORANGE, width: 1.4 };
    series.push(line(history.epochs, history.held, look));
  }
  return panel(series, { xLabel: "epoch", yLabel, yScale: "log", title: "Loss" });
}

async function fitPanel({ data, model, baseline, held }: FitResult): Promise<Panel> {
  const { name } = data.inputs[0]!;
  const x = gridOf(data.inputs[0]!, CURVE_POINTS);
  const polynomial = x.map(baseline.polynomials![0]!.at);
  const [drawnX, drawnY] = [thinned(data.x), thinned(data.y)];
  const drawn = drawnX.length;
  const label = drawn < data.rows ? `data (${drawn} of ${data.rows} rows)` : "data";
  const marks = [points(drawnX, drawnY, { label, ...dataLook(drawn, "#9a9a9a") })];
  if (held !== undefined) {
    const { width } = dataLook(drawn, GREEN);
    const style = { label: "held out", color: GREEN, ...(width === undefined ? {} : { width }) };
    marks.push(points(thinned(held.data.x), thinned(held.data.y), style));
  }
  const labels = { xLabel: labelOf(name), yLabel: labelOf(data.outputs[0]!.name) };
  const curves = { x, network: await model.predict(x), polynomial, degree: baseline.kind };
  return curvePanel(curves, marks, drawn, { title: "Fit", ...labels, height: 2 });
}

/** Spreads points evenly over the range of a column. */
export function gridOf(
  { min, max }: { readonly min: number; readonly max: number },
  length: number,
): Float64Array {
  const step = (max - min) / (length - 1);
  return Float64Array.from({ length }, (_, i) => min + step * i);
}

function residualPanel({ data, predicted, baseline }: FitResult): Panel {
  const { symbol, unit } = quantityOf(data.outputs[0]!.name);
  const at = thinned(data.x);
  const width = pointWidth(data.rows);
  const residuals = (of: Float64Array): Float64Array =>
    thinned(of.map((value, i) => value - data.y[i]!));
  const other = { label: baseline.kind, color: ORANGE, hollow: true, width };
  return panel(
    [
      points(at, residuals(baseline.predicted), other),
      points(at, residuals(predicted), { label: "network", color: BLUE, width }),
    ],
    {
      title: "Residuals: prediction − data",
      xLabel: labelOf(data.inputs[0]!.name),
      yLabel: unit ? `Δ${symbol} (${unit})` : `Δ${symbol}`,
      zeroLine: true,
    },
  );
}

/** For each target a panel of predictions over data: what lies on the line is right. */
function agreementPanels({ data, predicted, held }: FitResult): Panel[] {
  const perfect = { label: "perfect", color: "#8a8a8a", dashed: true, width: 1.4 };
  return data.outputs.slice(0, MOST_TARGETS).map(({ name, min, max }, j) => {
    const column = (values: Float64Array): Float64Array =>
      thinned(takeColumn(values, data.targets, j));
    const width = pointWidth(data.rows);
    const series = [
      line([min, max], [min, max], perfect),
      points(column(data.y), column(predicted), { label: "trained on", color: BLUE, width }),
    ];
    if (held !== undefined) {
      const look = { label: "held out", color: ORANGE, width };
      series.push(points(column(held.data.y), column(held.predicted), look));
    }
    const labels = { xLabel: `${labelOf(name)}, data`, yLabel: "prediction" };
    return panel(series, { title: showText(quantityOf(name).symbol, 40), ...labels });
  });
}

/** Takes the values of the rows that are drawn. */
function thinned(values: Float64Array): Float64Array {
  const shown = rowsShown(values.length);
  return values.filter((_, row) => shown(row));
}
