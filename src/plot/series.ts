/** What a panel shows: series of points or lines, and how the panel is labelled. */

/** Colours that people with every common colour vision tell apart (Okabe and Ito, 2008). */
export const PALETTE: readonly string[] = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#e69f00",
  "#56b4e9",
];

/** The colour of measured points. */
export const INK = "#222222";

/** How a series looks. */
export interface SeriesStyle {
  /** The text in the legend; without it the series is not listed. */
  readonly label?: string;
  readonly color?: string;
  readonly dashed?: boolean;
  /** Width of the line, or radius of the points, in pixels. */
  readonly width?: number;
  /** Points only: a ring instead of a disc. */
  readonly hollow?: boolean;
}

/** Numbers to draw; pairs that are not finite leave a gap. */
export interface Series extends SeriesStyle {
  readonly kind: "line" | "points";
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** How a panel is scaled and labelled. */
export interface PanelOptions {
  readonly title?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  readonly xScale?: "linear" | "log";
  readonly yScale?: "linear" | "log";
  /** Draws a line at y = 0. */
  readonly zeroLine?: boolean;
  /** Height relative to the other panels of its column; default 1. */
  readonly height?: number;
}

/** One set of axes with its series. */
export interface Panel extends PanelOptions {
  readonly series: readonly Series[];
}

/** Makes a series drawn as a line. */
export function line(x: ArrayLike<number>, y: ArrayLike<number>, style: SeriesStyle = {}): Series {
  return { ...style, kind: "line", x, y };
}

/** Makes a series drawn as points. */
export function points(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  style: SeriesStyle = {},
): Series {
  return { ...style, kind: "points", x, y };
}

/** Makes a panel of series. */
export function panel(series: readonly Series[], options: PanelOptions = {}): Panel {
  return { ...options, series };
}
