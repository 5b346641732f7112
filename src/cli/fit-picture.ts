/** The pictures that `nabla fit` draws in a terminal: the fit and the loss. */
import { host } from "#host";
import { formatNumber, showText } from "../core/format.ts";
import { labelOf } from "../data/units.ts";
import { lossPanel } from "../plot/figure.ts";
import type { Panel } from "../plot/series.ts";
import { line, panel, points } from "../plot/series.ts";
import type { TerminalPlotOptions } from "../plot/terminal.ts";
import { terminalPlot } from "../plot/terminal.ts";
import type { FitResult } from "../train/table/fit.ts";
import { gridOf } from "./run-picture.ts";

const WIDEST = 200;
const CURVE_POINTS = 160;

/** Decides whether to draw: as was asked for, else where a terminal is. */
export function wantsPicture(asked?: boolean): boolean {
  return asked ?? host.isTerminal("stdout");
}

/**
 * Says how the terminal at standard output wants its pictures: width, braille or ASCII, colours.
 */
export function terminalStyle(): TerminalPlotOptions {
  const dumb = host.variable("TERM") === "dumb";
  const noColor = (host.variable("NO_COLOR") ?? "") !== "";
  return {
    width: Math.min(WIDEST, host.columns() - 1),
    unicode: !dumb && speaksUnicode(),
    colors: host.isTerminal("stdout") && !dumb && !noColor,
  };
}

/** A locale that names an encoding other than UTF-8, or none at all, gets ASCII. */
function speaksUnicode(): boolean {
  const names = ["LC_ALL", "LC_CTYPE", "LANG"].map((name) => host.variable(name));
  const locale = names.find((value) => value !== undefined && value !== "");
  if (locale !== undefined) return /utf-?8/i.test(locale);
  // Windows sets no locale; its terminals of today do set one of these.
  return (host.variable("WT_SESSION") ?? host.variable("TERM_PROGRAM")) !== undefined;
}

/** Draws fit and loss as lines of text. */
export async function drawInTerminal(
  fit: FitResult,
  style: TerminalPlotOptions = terminalStyle(),
): Promise<string[]> {
  const { epochs, losses } = fit.history;
  const loss = { ...lossPanel([]), series: [line(epochs, losses)] };
  // A wide picture is a higher one: twice the width, half as much again.
  const taller = Math.max(1, ((style.width ?? 80) + 80) / 160);
  const pictures = [await fitPanel(fit), loss].filter((each) => each !== undefined);
  return pictures.flatMap((each) => [
    ...terminalPlot(each, { height: Math.round((each === loss ? 7 : 12) * taller), ...style }),
    "",
  ]);
}

/** Data and network over the one input, or the network's answers against the data. */
async function fitPanel({ model, data, predicted }: FitResult): Promise<Panel | undefined> {
  if (data.classes !== undefined || data.targets !== 1) return undefined;
  const name = data.outputs[0]!.name;
  const yLabel = showText(labelOf(name));
  if (data.width > 1) {
    const { min, max } = data.outputs[0]!;
    const range = `${formatNumber(min)} to ${formatNumber(max)}`;
    return panel(
      [
        line([min, max], [min, max], { label: "perfect" }),
        points(data.y, predicted, { label: "rows" }),
      ],
      { yLabel: `${yLabel}, predicted`, xLabel: `data, ${range}` },
    );
  }
  const grid = gridOf(data.inputs[0]!, CURVE_POINTS);
  const curve = line(grid, await model.predict(grid), { label: "network" });
  const rows = points(data.x, data.y, { label: "data" });
  return panel([curve, rows], { yLabel, xLabel: showText(labelOf(data.inputs[0]!.name)) });
}
