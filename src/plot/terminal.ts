/**
 * Pictures of characters for a terminal: series as dots of braille (two by four in a character), or
 * as plain ASCII where Unicode is not at hand.
 */
import { formatNumber } from "../core/format.ts";
import { log } from "../core/math.ts";
import type { Panel, Series } from "./series.ts";

/** How a picture for a terminal is drawn. */
export interface TerminalPlotOptions {
  /** Width of the whole in characters; default 72. */
  readonly width?: number;
  /** Rows of the picture without its title and axis; default 12. */
  readonly height?: number;
  /** Braille; false for plain ASCII. */
  readonly unicode?: boolean;
  /** Colours by escape sequences. */
  readonly colors?: boolean;
}

/** The bits of braille, by row and column of a character's dots. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
];
/** Blue, orange (as yellow), green, magenta: what every terminal has. */
const COLORS = [34, 33, 32, 35];
const MARKS = ["*", "o", "+", "x"];

interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** For each character, the dots that are set. */
  readonly dots: Uint8Array;
  /** For each character, 1 + the number of the series on top. */
  readonly owner: Uint8Array;
}

interface Range {
  readonly low: number;
  readonly high: number;
}

/** Draws a panel as lines of text, each at most `width` characters wide. */
export function terminalPlot(panel: Panel, options: TerminalPlotOptions = {}): string[] {
  const { width = 72, height = 12, unicode = true, colors = false } = options;
  const logarithmic = panel.yScale === "log";
  const scaled = panel.series.map((series) => ({ ...series, y: yValues(series, logarithmic) }));
  const [x, y] = [rangeOf(scaled, "x"), rangeOf(scaled, "y")];
  const shown = [y.high, y.low].map((value) => label(logarithmic ? exp10(value) : value));
  const margin = Math.max(...shown.map((text) => text.length));
  const columns = Math.max(8, width - margin - 2);
  const grid: Grid = {
    columns,
    rows: height,
    dots: new Uint8Array(columns * height),
    owner: new Uint8Array(columns * height),
  };
  scaled.forEach((series, k) => drawSeries(grid, series, k, x, y));
  const [bar, corner, dash] = unicode ? ["│", "└", "─"] : ["|", "+", "-"];
  const body = Array.from({ length: height }, (_, row) => {
    const text = row === 0 ? shown[0]! : row === height - 1 ? shown[1]! : "";
    return `${text.padStart(margin)} ${bar}${spellRow(grid, row, unicode, colors)}`.trimEnd();
  });
  const [left, right] = [label(x.low), label(x.high)];
  // A label without room beside the numbers has a line for itself.
  const beside = (panel.xLabel ?? "").length + left.length + right.length + 2 <= columns;
  const middle = beside ? (panel.xLabel ?? "") : "";
  const free = Math.max(1, columns - left.length - right.length - middle.length);
  const before = " ".repeat(Math.floor(free / 2));
  const after = " ".repeat(Math.ceil(free / 2));
  return [
    ...heading(panel, unicode, colors),
    ...body,
    `${" ".repeat(margin)} ${corner}${dash.repeat(columns)}`,
    `${" ".repeat(margin + 2)}${left}${before}${middle}${after}${right}`.slice(0, width),
    ...(beside ? [] : [`${" ".repeat(margin + 2)}${panel.xLabel!}`]),
  ];
}

function heading(panel: Panel, unicode: boolean, colors: boolean): string[] {
  const keys = panel.series.flatMap(({ label: name, kind }, k) => {
    if (name === undefined) return [];
    const mark = unicode ? (kind === "line" ? "──" : "••") : MARKS[k % MARKS.length]!;
    return [`${paint(mark, k, colors)} ${name}`];
  });
  const title = [panel.title, panel.yLabel].filter((part) => part !== undefined).join(": ");
  const lines = [title, keys.join("   ")];
  return lines.filter((line) => line !== "");
}

function yValues({ y }: Series, logarithmic: boolean): ArrayLike<number> {
  if (!logarithmic) return y;
  return Float64Array.from({ length: y.length }, (_, i) =>
    y[i]! > 0 ? log(y[i]!) / Math.LN10 : NaN,
  );
}

function exp10(value: number): number {
  const whole = Math.floor(value);
  // Labels have two digits: the nearest of 1.0 to 9.9 is near enough.
  const rest = value - whole;
  let best = 10;
  for (let k = 10; k < 100; k++) if (log(k / 10) / Math.LN10 <= rest + 1e-9) best = k;
  return Number(`${best / 10}e${whole}`);
}

function label(value: number): string {
  return formatNumber(value, { digits: 3 });
}

function rangeOf(series: readonly Series[], axis: "x" | "y"): Range {
  let [low, high] = [Infinity, -Infinity];
  for (const { x, y } of series) {
    for (let i = 0; i < Math.min(x.length, y.length); i++) {
      if (!Number.isFinite(x[i]!) || !Number.isFinite(y[i]!)) continue;
      const value = axis === "x" ? x[i]! : y[i]!;
      [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
  }
  if (low > high) return { low: 0, high: 1 };
  return low === high ? { low: low - 1, high: high + 1 } : { low, high };
}

function drawSeries(grid: Grid, { kind, x, y }: Series, k: number, xs: Range, ys: Range): void {
  const [wide, high] = [2 * grid.columns - 1, 4 * grid.rows - 1];
  let before: [number, number] | undefined;
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const across = ((x[i]! - xs.low) / (xs.high - xs.low)) * wide;
    const down = ((ys.high - y[i]!) / (ys.high - ys.low)) * high;
    if (!Number.isFinite(across) || !Number.isFinite(down)) {
      before = undefined;
      continue;
    }
    const at: [number, number] = [Math.round(across), Math.round(down)];
    if (kind === "points") drawPoint(grid, at, k, [wide, high]);
    else drawLine(grid, before ?? at, at, k);
    before = at;
  }
}

/** A point is two dots wide and high, so that it shows on a line. */
function drawPoint(grid: Grid, [x, y]: [number, number], k: number, [wide, high]: number[]): void {
  const [right, below] = [Math.min(x + 1, wide!), Math.min(y + 1, high!)];
  for (const [px, py] of [
    [x, y],
    [right, y],
    [x, below],
    [right, below],
  ] as const) {
    if (px >> 1 === x >> 1 && py >> 2 === y >> 2) setDot(grid, px, py, k);
  }
}

function drawLine(grid: Grid, [x0, y0]: [number, number], [x1, y1]: [number, number], k: number) {
  const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1);
  for (let i = 0; i <= steps; i++) {
    const part = i / steps;
    setDot(grid, Math.round(x0 + (x1 - x0) * part), Math.round(y0 + (y1 - y0) * part), k);
  }
}

function setDot({ columns, dots, owner }: Grid, x: number, y: number, k: number): void {
  const place = (y >> 2) * columns + (x >> 1);
  dots[place]! |= DOTS[y & 3]![x & 1]!;
  owner[place] = k + 1;
}

function spellRow(grid: Grid, row: number, unicode: boolean, colors: boolean): string {
  let text = "";
  for (let column = 0; column < grid.columns; column++) {
    const place = row * grid.columns + column;
    const k = grid.owner[place]! - 1;
    if (k < 0) text += " ";
    else {
      const mark = unicode
        ? String.fromCodePoint(0x2800 + grid.dots[place]!)
        : MARKS[k % MARKS.length]!;
      text += paint(mark, k, colors);
    }
  }
  return text;
}

function paint(text: string, k: number, colors: boolean): string {
  return colors ? `\u001b[${COLORS[k % COLORS.length]!}m${text}\u001b[0m` : text;
}
