/** The picture of a fit: data with both curves, residuals, loss. */
import { formatNumber, showText } from "../core/format.ts";
import { labelOf, quantityOf } from "../data/units.ts";
import { describeMlp } from "../models/mlp.ts";
import { figure, lossPanel } from "../plot/figure.ts";
import type { Panel } from "../plot/series.ts";
import { line, PALETTE, panel, points } from "../plot/series.ts";
import type { FitResult } from "./fit.ts";

const [BLUE, ORANGE] = [PALETTE[0]!, PALETTE[1]!];
const CURVE_POINTS = 400;
/** More rows than these are drawn in part, evenly chosen: a picture has to stay small. */
const MOST_ROWS = 2000;
const DENSE = 200;

/** Draws a fit as an SVG picture for a report. */
export async function drawFit(fit: FitResult, source: string): Promise<string> {
  const { x, y, model, metrics, history } = fit;
  const [quantity, variable] = [quantityOf(y.name), quantityOf(x.name)];
  const { unit } = quantity;
  const loss: Panel = {
    ...lossPanel(history.losses, { title: "Loss", yLabel: "mean squared error (scaled)" }),
    series: [line(history.epochs, history.losses, { width: 1.4 })],
  };
  const facts = [
    `${describeMlp(model.parts.shape)}, ${fit.parameters} parameters, ${x.values.length} rows`,
    `RMSE ${formatNumber(metrics.rmse, { unit })}`,
    `largest error ${formatNumber(metrics.maxAbs, { unit })}`,
  ];
  const title = `${showText(quantity.symbol)} over ${showText(variable.symbol)} (${source})`;
  return figure([[await fitPanel(fit), residualPanel(fit)], [loss]], {
    width: 960,
    height: 600,
    title,
    subtitle: facts.join(" · "),
    columnWidths: [1.75, 1],
  });
}

async function fitPanel({ x, y, model, baseline }: FitResult): Promise<Panel> {
  const { min, max } = model.parts.inputs[0]!;
  const step = (max - min) / (CURVE_POINTS - 1);
  const grid = Float64Array.from({ length: CURVE_POINTS }, (_, i) => min + step * i);
  const curve = await model.predict(grid);
  const shown = rowsShown(x.values.length);
  const drawn = x.values.filter(shown).length;
  const label = drawn < x.values.length ? `data (${drawn} of ${x.values.length} rows)` : "data";
  const dense = drawn > DENSE;
  const look = dense ? { color: "#9a9a9a", width: 1.6 } : { hollow: true };
  const data = points(x.values.filter(shown), y.values.filter(shown), { label, ...look });
  const curves = [
    line(grid, grid.map(baseline.at), { label: "cubic polynomial", color: ORANGE, dashed: true }),
    line(grid, curve, { label: "network", color: BLUE }),
  ];
  return panel(
    dense ? [data, ...curves] : [...curves, data], // many points would bury the curves
    { title: "Fit", xLabel: labelOf(x.name), yLabel: labelOf(y.name), height: 2 },
  );
}

function residualPanel({ x, y, predicted, baseline }: FitResult): Panel {
  const { symbol, unit } = quantityOf(y.name);
  const shown = rowsShown(x.values.length);
  const at = x.values.filter(shown);
  const width = at.length > DENSE ? 1.8 : 3.2;
  const cubic = x.values.map((value, i) => baseline.at(value) - y.values[i]!).filter(shown);
  const network = predicted.map((value, i) => value - y.values[i]!).filter(shown);
  return panel(
    [
      points(at, cubic, { label: "cubic polynomial", color: ORANGE, hollow: true, width }),
      points(at, network, { label: "network", color: BLUE, width }),
    ],
    {
      title: "Residuals: prediction − data",
      xLabel: labelOf(x.name),
      yLabel: unit ? `Δ${symbol} (${unit})` : `Δ${symbol}`,
      zeroLine: true,
    },
  );
}

/** Chooses the rows that are drawn. */
function rowsShown(rows: number): (value: number, row: number) => boolean {
  const stride = Math.ceil(rows / MOST_ROWS);
  return (_, row) => row % stride === 0;
}
