/** The pictures of a report: fit or prediction against data, residuals, loss. */
import { showText } from "../../core/format.ts";
import { fitPolynomial, polynomialName } from "../../data/polynomial.ts";
import { takeRows } from "../../data/rows.ts";
import { rangeOf } from "../../data/scaler.ts";
import { labelOf, quantityOf } from "../../data/units.ts";
import { figure, lossPanel } from "../../plot/figure.ts";
import { curvePanel, dataLook, MOST_TARGETS, pointWidth, rowsShown } from "../../plot/fit.ts";
import type { Panel, Series, SeriesStyle } from "../../plot/series.ts";
import { line, PALETTE, panel, points } from "../../plot/series.ts";
import type { Network } from "../network.ts";
import { picture, section } from "./page.ts";
import type { ReportData, ReportSource } from "./source.ts";

const [BLUE, ORANGE, GREY] = [PALETTE[0]!, PALETTE[1]!, "#8a8a8a"];

type Target = ReportData["targets"][number];

/**
 * Draws what the network says and the data: sections of pictures, none for classes. The first
 * stands beside the predictor where there is room.
 */
export function dataPictures(
  { classes }: Network,
  data: ReportData,
  besidePredictor: boolean,
): string[] {
  if (classes) return [];
  return data.targets.slice(0, MOST_TARGETS).flatMap((target, j) => {
    const { symbol } = quantityOf(target.name);
    const name = showText(symbol);
    const along = data.curves?.[j] !== undefined && data.x !== undefined;
    const fit = along ? curvesPanel(data, target, j) : againstPanel(data, target);
    const residuals = residualPanel(data, target, along);
    const wide = besidePredictor && j === 0;
    const heading = data.targets.length === 1 ? "Fit" : `Fit of ${name}`;
    const [width, height] = wide ? [600, 360] : [460, 330];
    const fitted = draw(fit, width, height, `${name}: data and network`);
    const missed = draw(residuals, 460, wide ? 270 : 330, `${name}: prediction minus data`);
    return [section(heading, wide ? "wide" : "half", fitted), section("Residuals", "half", missed)];
  });
}

/** Draws the loss over the epochs. */
export function lossPicture({ epochs, losses, heldLosses }: ReportSource): string {
  const held = heldLosses.length === losses.length;
  const series = [
    line(epochs, losses, { width: 1.6, color: BLUE, ...(held ? { label: "training rows" } : {}) }),
  ];
  if (held) {
    series.push(line(epochs, heldLosses, { width: 1.6, color: ORANGE, label: "held-out rows" }));
  }
  const shown = { ...lossPanel([], { yLabel: "loss (scaled data)" }), series };
  return section("Loss", "half", draw(shown, 460, 270, "Loss over the epochs"));
}

function draw(only: Panel, width: number, height: number, alternative: string): string {
  return picture(figure([[only]], { width, height }), alternative);
}

/** Data, network and polynomial over the one input. */
function curvesPanel(data: ReportData, { name, actual }: Target, j: number): Panel {
  const x = data.x!;
  const curve = data.curves![j]!;
  const shown = rowsShown(x.length);
  const training = [...x.keys()].filter((row) => !data.held.has(row));
  const polynomial = fitPolynomial(takeRows(x, 1, training), takeRows(actual, 1, training), 3);
  const look = dataLook(x.length, GREY);
  const marksOf = (rows: readonly number[], style: SeriesStyle): Series =>
    points(takeRows(x, 1, rows), takeRows(actual, 1, rows), { ...look, ...style });
  const held = [...data.held].filter(shown);
  const marks = [marksOf(training.filter(shown), { label: "data" })];
  if (held.length > 0) marks.push(marksOf(held, { label: "held out", color: PALETTE[3]! }));
  const curves = {
    x: curve.x,
    network: curve.y,
    polynomial: curve.x.map(polynomial.at),
    degree: polynomialName(polynomial),
  };
  const labels = { xLabel: labelOf(data.columns[0]!.name), yLabel: labelOf(name) };
  return curvePanel(curves, marks, x.length, labels);
}

/** Prediction against data, for several inputs: a perfect network stays on the line. */
function againstPanel(data: ReportData, { name, actual, predicted }: Target): Panel {
  const ends = rangeOf(actual);
  return panel(
    [line(ends, ends, { color: GREY, dashed: true }), ...split(data, actual, predicted)],
    {
      xLabel: `${labelOf(name)}, data`,
      yLabel: `${labelOf(name)}, network`,
    },
  );
}

function residualPanel(data: ReportData, target: Target, along: boolean): Panel {
  const { name, actual, predicted } = target;
  const { symbol, unit } = quantityOf(name);
  const difference = predicted.map((value, i) => value - actual[i]!);
  const at = along ? data.x! : predicted;
  return panel(split(data, at, difference), {
    xLabel: along ? labelOf(data.columns[0]!.name) : `${labelOf(name)}, network`,
    yLabel: unit ? `Δ${showText(symbol)} (${unit})` : `Δ${showText(symbol)}`,
    zeroLine: true,
  });
}

/** Points of training rows and of those held out, in two colours. */
function split(data: ReportData, x: Float64Array, y: Float64Array) {
  const shown = rowsShown(x.length);
  const width = pointWidth(x.length);
  const rows = [...x.keys()].filter(shown);
  const trained = rows.filter((row) => !data.held.has(row));
  const held = rows.filter((row) => data.held.has(row));
  const label = held.length === 0 ? {} : { label: "training rows" };
  const of = (some: readonly number[], look: SeriesStyle): Series =>
    points(takeRows(x, 1, some), takeRows(y, 1, some), { width, ...look });
  const all = [of(trained, { color: BLUE, ...label })];
  if (held.length > 0) all.push(of(held, { color: ORANGE, hollow: true, label: "held-out rows" }));
  return all;
}
