/** Puts panels together into one SVG picture. */
import type { Box } from "./panel.ts";
import { drawPanel, leftMargin } from "./panel.ts";
import type { Panel, PanelOptions, SeriesStyle } from "./series.ts";
import { line, panel, points } from "./series.ts";
import { element, escapeXml, textElement } from "./svg.ts";

/** Size and title of a picture. */
export interface FigureOptions {
  readonly width?: number;
  readonly height?: number;
  readonly title?: string;
  /** A line below the title, in small type. */
  readonly subtitle?: string;
  /** The widths of the columns relative to each other; all alike by default. */
  readonly columnWidths?: readonly number[];
}

const FAMILY = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif";
const GAP = 14;

/** Draws columns of panels as one SVG picture. */
export function figure(
  columns: readonly (readonly Panel[])[],
  options: FigureOptions = {},
): string {
  const { width = 720, height = 440, title, subtitle } = options;
  const top = 10 + (title ? 24 : 0) + (subtitle ? 18 : 0);
  const area = { x: 8, y: top, width: width - 16, height: height - top - 6 };
  const drawn = layOut(columns, area, options.columnWidths).flatMap((stack, column) => {
    // One margin for the whole stack, so that its axes stand in line.
    const left = Math.max(...stack.map(([each, box]) => leftMargin(each, box)));
    return stack.map(([each, box], row) => drawPanel(each, box, left, `panel-${column}-${row}`));
  });
  const name = title ?? columns[0]?.[0]?.title ?? "plot";
  return frame(name, { ...options, width, height }, drawn);
}

/** Puts parts under a heading on white, as one SVG picture that tells readers its `name`. */
export function frame(
  name: string,
  { width, height, title, subtitle }: FigureOptions & { width: number; height: number },
  parts: readonly string[],
): string {
  return `${element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "aria-label": name,
      "font-family": FAMILY,
    },
    `\n<title>${escapeXml(name)}</title>\n`,
    element("rect", { width, height, fill: "#ffffff" }),
    title ? textElement(title, { x: 16, y: 27, "font-size": 16, "font-weight": 600 }) : "",
    subtitle ? textElement(subtitle, { x: 16, y: 46, "font-size": 12, fill: "#555555" }) : "",
    "\n",
    parts.join("\n"),
    "\n",
  )}\n`;
}

function layOut(
  columns: readonly (readonly Panel[])[],
  area: Box,
  widths: readonly number[] = columns.map(() => 1),
): [Panel, Box][][] {
  const allWidths = columns.reduce((sum, _, i) => sum + (widths[i] ?? 1), 0);
  const freeWidth = area.width - GAP * (columns.length - 1);
  let x = area.x;
  return columns.map((stack, i) => {
    const width = (freeWidth * (widths[i] ?? 1)) / allWidths;
    const allHeights = stack.reduce((sum, each) => sum + (each.height ?? 1), 0);
    const freeHeight = area.height - GAP * (stack.length - 1);
    let y = area.y;
    const placed = stack.map((each): [Panel, Box] => {
      const height = (freeHeight * (each.height ?? 1)) / allHeights;
      const box = { x, y, width, height };
      y += height + GAP;
      return [each, box];
    });
    x += width + GAP;
    return placed;
  });
}

/** How a picture of one panel looks. */
export type PlotOptions = PanelOptions & SeriesStyle & Pick<FigureOptions, "width">;

/** Draws one line as an SVG picture. */
export function linePlot(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: PlotOptions = {},
): string {
  return single(panel([line(x, y, options)], options), options);
}

/** Draws points as an SVG picture. */
export function scatter(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: PlotOptions = {},
): string {
  return single(panel([points(x, y, options)], options), options);
}

/** Draws the loss over the epochs, on a logarithmic axis, as an SVG picture. */
export function lossCurve(losses: ArrayLike<number>, options: PlotOptions = {}): string {
  return single(lossPanel(losses, options), options);
}

/** Makes a panel of the loss over the epochs, on a logarithmic axis. */
export function lossPanel(
  losses: ArrayLike<number>,
  options: PanelOptions & SeriesStyle = {},
): Panel {
  const epochs = Float64Array.from({ length: losses.length }, (_, epoch) => epoch);
  const labels = { xLabel: "epoch", yLabel: "loss", yScale: "log", ...options } as const;
  return panel([line(epochs, losses, { width: 1.6, ...options })], labels);
}

/**
 * A panel's `height` is relative within a figure; a picture of one panel has a height in pixels.
 */
function single(only: Panel, { width = 640, height = 400 }: PlotOptions): string {
  return figure([[{ ...only, height: 1 }]], { width, height });
}
