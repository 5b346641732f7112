/** The pictures of a report: fit or prediction against data, residuals, loss. */
import { showText } from "../../core/format.ts";
import { fitPolynomial } from "../../data/polynomial.ts";
import { labelOf, quantityOf } from "../../data/units.ts";
import { figure, lossPanel } from "../../plot/figure.ts";
import type { Panel } from "../../plot/series.ts";
import { line, PALETTE, panel, points } from "../../plot/series.ts";
import type { Network } from "../network.ts";
import { picture, section } from "./page.ts";
import type { ReportData, ReportSource } from "./source.ts";

const [BLUE, ORANGE, GREY] = [PALETTE[0]!, PALETTE[1]!, "#8a8a8a"];
/** More rows than these are drawn in part, evenly chosen: a page has to stay small. */
const MOST_ROWS = 2000;
const DENSE = 200;
/** More targets than these are drawn in part. */
const MOST_TARGETS = 4;

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
    const fit = along ? curvePanel(data, target, j) : againstPanel(data, target);
    const residuals = residualPanel(data, target, along);
    const wide = besidePredictor && j === 0;
    const heading = data.targets.length === 1 ? "Fit" : `Fit of ${name}`;
    return [
      wide
        ? section(heading, "wide", draw(fit, 600, 360, `${name}: data and network`))
        : section(heading, "half", draw(fit, 460, 330, `${name}: data and network`)),
      section(
        "Residuals",
        "half",
        draw(residuals, 460, wide ? 270 : 330, `${name}: prediction minus data`),
      ),
    ];
  });
}

/** Draws the loss over the epochs. */
export function lossPicture({ epochs, losses, heldLosses }: ReportSource): string {
  const held = heldLosses.length === losses.length;
  const series = [
    line(epochs, losses, { width: 1.6, color: BLUE, ...(held ? { label: "training rows" } : {}) }),
    ...(held
      ? [line(epochs, heldLosses, { width: 1.6, color: ORANGE, label: "held-out rows" })]
      : []),
  ];
  const shown: Panel = { ...lossPanel([], { yLabel: "loss (scaled data)" }), series };
  return section("Loss", "half", draw(shown, 460, 270, "Loss over the epochs"));
}

function draw(only: Panel, width: number, height: number, alternative: string): string {
  return picture(figure([[only]], { width, height }), alternative);
}

/** Data, network and cubic polynomial over the one input. */
function curvePanel(data: ReportData, { name, actual }: Target, j: number): Panel {
  const x = data.x!;
  const curve = data.curves![j]!;
  const shown = rowsShown(x.length);
  const dense = Math.min(x.length, MOST_ROWS) > DENSE;
  const trained = (row: number): boolean => !data.held.has(row);
  const training = [...x.keys()].filter(trained);
  const cubic = fitPolynomial(pick(x, training), pick(actual, training), 3);
  const look = dense ? { color: GREY, width: 1.6 } : { hollow: true };
  const kept = training.filter(shown);
  const held = [...data.held].filter(shown);
  const marks = [
    points(pick(x, kept), pick(actual, kept), { label: "data", ...look }),
    ...(held.length === 0
      ? []
      : [
          points(pick(x, held), pick(actual, held), {
            ...look,
            label: "held out",
            color: "#cc79a7",
          }),
        ]),
  ];
  const curves = [
    line(curve.x, curve.x.map(cubic.at), {
      label: "cubic polynomial",
      color: ORANGE,
      dashed: true,
    }),
    line(curve.x, curve.y, { label: "network", color: BLUE }),
  ];
  const labels = { xLabel: labelOf(data.columns[0]!.name), yLabel: labelOf(name) };
  return panel(dense ? [...marks, ...curves] : [...curves, ...marks], labels);
}

/** Prediction against data, for several inputs: a perfect network stays on the line. */
function againstPanel(data: ReportData, { name, actual, predicted }: Target): Panel {
  const ends = extent(actual);
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
  const width = Math.min(x.length, MOST_ROWS) > DENSE ? 1.8 : 3.2;
  const rows = [...x.keys()].filter(shown);
  const trained = rows.filter((row) => !data.held.has(row));
  const held = rows.filter((row) => data.held.has(row));
  const label = held.length === 0 ? {} : { label: "training rows" };
  const all = [points(pick(x, trained), pick(y, trained), { color: BLUE, width, ...label })];
  if (held.length > 0) {
    const look = { color: ORANGE, width, hollow: true, label: "held-out rows" };
    all.push(points(pick(x, held), pick(y, held), look));
  }
  return all;
}

function rowsShown(rows: number): (row: number) => boolean {
  const stride = Math.ceil(rows / MOST_ROWS);
  return (row) => row % stride === 0;
}

function pick(values: Float64Array, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!);
}

function extent(values: Float64Array): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}
