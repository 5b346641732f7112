/**
 * The picture of a fit. One input: data with the curves, residuals, loss. Several: prediction over
 * data for each target, loss. Classes: the confusion matrix, loss.
 */
import { formatNumber, showText } from "../core/format.ts";
import { labelOf, quantityOf } from "../data/units.ts";
import { describeMlp } from "../models/mlp.ts";
import { figure } from "../plot/figure.ts";
import type { Panel } from "../plot/series.ts";
import { line, PALETTE, panel, points } from "../plot/series.ts";
import { drawConfusion } from "./confusion-picture.ts";
import type { Encoded } from "./dataset.ts";
import { takeColumn } from "./dataset.ts";
import type { FitResult } from "./fit.ts";

const [BLUE, ORANGE, GREEN] = [PALETTE[0]!, PALETTE[1]!, PALETTE[2]!];
const CURVE_POINTS = 400;
/** More rows than these are drawn in part, evenly chosen: a picture has to stay small. */
const MOST_ROWS = 2000;
const DENSE = 200;
/** More targets than these are not drawn. */
const MOST_TARGETS = 4;
const SIZE = { width: 960, height: 600, columnWidths: [1.75, 1] } as const;

/** Draws a fit as an SVG picture for a report. */
export async function drawFit(fit: FitResult, source: string): Promise<string> {
  const { data } = fit;
  if (data.classes !== undefined) {
    return drawConfusion(fit, headline(fit, source), lossOverEpochs(fit, "cross-entropy"));
  }
  const loss = lossOverEpochs(fit, "mean squared error (scaled)");
  const curve = data.width === 1 && data.targets === 1;
  const left = curve ? [await fitPanel(fit), residualPanel(fit)] : agreementPanels(fit);
  return figure([left, [loss]], { ...SIZE, ...headline(fit, source) });
}

/** Title and facts of a picture. */
function headline(fit: FitResult, source: string): { title: string; subtitle: string } {
  const { data, model, parameters, training, held } = fit;
  const symbolsOf = (columns: Encoded["inputs"]): string => {
    const symbols = columns.map(({ name }) => showText(quantityOf(name).symbol, 24));
    return symbols.length > 4 ? `${symbols.length} columns` : symbols.join(", ");
  };
  const facts = [`${describeMlp(model.parts.shape)}, ${parameters} parameters, ${data.rows} rows`];
  const right = held?.evaluation.classMetrics ?? training.classMetrics;
  const [metrics] = training.metrics;
  if (right !== undefined) {
    const where = held === undefined ? "" : ` of ${held.data.rows} rows held out`;
    facts.push(`${(100 * right.accuracy).toFixed(1)} %${where} right`);
  } else if (training.metrics.length === 1) {
    const { unit } = quantityOf(data.outputs[0]!.name);
    facts.push(`RMSE ${formatNumber(metrics!.rmse, { unit })}`);
    facts.push(`largest error ${formatNumber(metrics!.maxAbs, { unit })}`);
  }
  const title = `${symbolsOf(data.outputs)} over ${symbolsOf(data.inputs)} (${source})`;
  return { title, subtitle: facts.join(" · ") };
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
  const { min, max, name } = data.inputs[0]!;
  const step = (max - min) / (CURVE_POINTS - 1);
  const grid = Float64Array.from({ length: CURVE_POINTS }, (_, i) => min + step * i);
  const curve = await model.predict(grid);
  const shown = rowsShown(data.rows);
  const drawn = data.x.filter(shown).length;
  const label = drawn < data.rows ? `data (${drawn} of ${data.rows} rows)` : "data";
  const dense = drawn > DENSE;
  const look = dense ? { color: "#9a9a9a", width: 1.6 } : { hollow: true };
  const marks = [points(data.x.filter(shown), data.y.filter(shown), { label, ...look })];
  if (held !== undefined) {
    const some = rowsShown(held.data.rows);
    const style = { label: "held out", color: GREEN, ...(dense ? { width: 1.6 } : {}) };
    marks.push(points(held.data.x.filter(some), held.data.y.filter(some), style));
  }
  const cubic = grid.map(baseline.polynomials![0]!.at);
  const curves = [
    line(grid, cubic, { label: "cubic polynomial", color: ORANGE, dashed: true }),
    line(grid, curve, { label: "network", color: BLUE }),
  ];
  return panel(
    dense ? [...marks, ...curves] : [...curves, ...marks], // many points would bury the curves
    { title: "Fit", xLabel: labelOf(name), yLabel: labelOf(data.outputs[0]!.name), height: 2 },
  );
}

function residualPanel({ data, predicted, baseline }: FitResult): Panel {
  const { symbol, unit } = quantityOf(data.outputs[0]!.name);
  const shown = rowsShown(data.rows);
  const at = data.x.filter(shown);
  const width = at.length > DENSE ? 1.8 : 3.2;
  const cubic = baseline.predicted.map((value, i) => value - data.y[i]!).filter(shown);
  const network = predicted.map((value, i) => value - data.y[i]!).filter(shown);
  return panel(
    [
      points(at, cubic, { label: "cubic polynomial", color: ORANGE, hollow: true, width }),
      points(at, network, { label: "network", color: BLUE, width }),
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
  return data.outputs.slice(0, MOST_TARGETS).map(({ name, min, max }, j) => {
    const shown = rowsShown(data.rows);
    const column = (values: Float64Array): Float64Array =>
      takeColumn(values, data.targets, j).filter(shown);
    const width = data.rows > DENSE ? 1.8 : 3.2;
    const series = [
      line([min, max], [min, max], {
        label: "perfect",
        color: "#8a8a8a",
        dashed: true,
        width: 1.4,
      }),
      points(column(data.y), column(predicted), { label: "trained on", color: BLUE, width }),
    ];
    if (held !== undefined) {
      const some = rowsShown(held.data.rows);
      const heldColumn = (values: Float64Array): Float64Array =>
        takeColumn(values, data.targets, j).filter(some);
      const look = { label: "held out", color: ORANGE, width };
      series.push(points(heldColumn(held.data.y), heldColumn(held.predicted), look));
    }
    const labels = { xLabel: `${labelOf(name)}, data`, yLabel: "prediction" };
    return panel(series, { title: showText(quantityOf(name).symbol, 40), ...labels });
  });
}

/** Chooses the rows that are drawn. */
function rowsShown(rows: number): (value: number, row: number) => boolean {
  const stride = Math.ceil(rows / MOST_ROWS);
  return (_, row) => row % stride === 0;
}
