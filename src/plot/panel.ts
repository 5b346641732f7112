/** Draws one panel: grid, axes, series, legend. */
import type { Panel, Series } from "./series.ts";
import { INK, PALETTE } from "./series.ts";
import type { Scale } from "./scale.ts";
import { makeScale } from "./scale.ts";
import { element, px, textElement, textWidth } from "./svg.ts";
import { showPower } from "./ticks.ts";

/** Where a panel goes in the picture, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Frame {
  readonly box: Box;
  readonly x: Scale;
  readonly y: Scale;
}

const FONT = 12;
const SMALL = 11;
const GREY = "#555555";
const GRID = "#e4e4e4";
const AXIS = "#8a8a8a";

/** Returns the room that a panel needs left of its axis, for its numbers and its label. */
export function leftMargin(panel: Panel, outer: Box): number {
  const { ticks } = makeYScale(panel, outer);
  const widest = Math.max(...ticks.map(({ label }) => textWidth(label, SMALL)), 12);
  return widest + (panel.yLabel ? 32 : 14);
}

/** Draws a panel into a box of the picture, its axis `left` pixels from the box's side. */
export function drawPanel(panel: Panel, outer: Box, left: number, id: string): string {
  const frame = makeFrame(panel, outer, left);
  const colored = colorSeries(panel.series);
  const { box } = frame;
  const clip = element(
    "clipPath",
    { id },
    element("rect", { x: box.x - 4, y: box.y - 4, width: box.width + 8, height: box.height + 8 }),
  );
  return [
    clip,
    drawGrid(frame),
    panel.zeroLine ? drawZeroLine(frame) : "",
    drawLabels(panel, frame, outer),
    element(
      "g",
      { "clip-path": `url(#${id})` },
      ...colored.map((series) =>
        series.kind === "line" ? drawLine(series, frame) : drawPoints(series, frame),
      ),
    ),
    drawLegend(colored, frame),
  ].join("\n");
}

function innerHeight(panel: Panel, outer: Box): [top: number, height: number] {
  const top = (panel.title ? 24 : 8) + 10;
  return [outer.y + top, outer.height - top - (panel.xLabel ? 44 : 26)];
}

function makeYScale(panel: Panel, outer: Box): Scale {
  const [top, height] = innerHeight(panel, outer);
  return makeScale(panel.series, "y", panel.yScale ?? "linear", top + height, top, 44);
}

function makeFrame(panel: Panel, outer: Box, left: number): Frame {
  const [y, height] = innerHeight(panel, outer);
  const box = { x: outer.x + left, y, width: outer.width - left - 16, height };
  const right = box.x + box.width;
  const x = makeScale(panel.series, "x", panel.xScale ?? "linear", box.x, right, 80);
  return { box, x, y: makeYScale(panel, outer) };
}

/** Gives every series its colour: points are ink, lines take the palette in turn. */
function colorSeries(series: readonly Series[]): (Series & { readonly color: string })[] {
  let next = 0;
  return series.map((each) => {
    if (each.color !== undefined) return { ...each, color: each.color };
    if (each.kind === "points" && series.length > 1) return { ...each, color: INK };
    return { ...each, color: PALETTE[next++ % PALETTE.length]! };
  });
}

function drawGrid({ box, x, y }: Frame): string {
  const bottom = box.y + box.height;
  const right = box.x + box.width;
  const horizontal = y.ticks.map(({ value }) => `M${px(box.x)} ${px(y.at(value))}H${px(right)}`);
  const vertical = x.ticks.map(({ value }) => `M${px(x.at(value))} ${px(box.y)}V${px(bottom)}`);
  const axes = `M${px(box.x)} ${px(box.y)}V${px(bottom)}H${px(right)}`;
  return (
    element("path", { d: [...horizontal, ...vertical].join(""), stroke: GRID, fill: "none" }) +
    element("path", { d: axes, stroke: AXIS, fill: "none" })
  );
}

function drawZeroLine({ box, y }: Frame): string {
  const d = `M${px(box.x)} ${px(y.at(0))}H${px(box.x + box.width)}`;
  return element("path", { d, stroke: AXIS, fill: "none" });
}

function drawLabels(panel: Panel, frame: Frame, outer: Box): string {
  const { box, x, y } = frame;
  const bottom = box.y + box.height;
  const small = { "font-size": SMALL, fill: GREY };
  const parts = [
    ...x.ticks.map(({ value, label }) =>
      textElement(label, { x: x.at(value), y: bottom + 16, "text-anchor": "middle", ...small }),
    ),
    ...y.ticks.map(({ value, label }) =>
      textElement(label, { x: box.x - 7, y: y.at(value) + 4, "text-anchor": "end", ...small }),
    ),
  ];
  if (y.exponent !== 0) {
    const factor = `×${showPower(y.exponent)}`;
    parts.push(textElement(factor, { x: box.x, y: box.y - 6, ...small }));
  }
  if (x.exponent !== 0) {
    const at = { x: box.x + box.width, y: bottom + 30, "text-anchor": "end" };
    parts.push(textElement(`×${showPower(x.exponent)}`, { ...at, ...small }));
  }
  const label = { "font-size": FONT, fill: INK, "text-anchor": "middle" };
  if (panel.title) {
    const strong = { "font-size": 13, "font-weight": 600, fill: INK };
    parts.push(textElement(panel.title, { x: box.x, y: outer.y + 15, ...strong }));
  }
  if (panel.xLabel) {
    const at = { x: box.x + box.width / 2, y: bottom + 36 };
    parts.push(textElement(panel.xLabel, { ...at, ...label }));
  }
  if (panel.yLabel) {
    const [cx, cy] = [outer.x + 14, box.y + box.height / 2];
    const transform = `translate(${px(cx)} ${px(cy)}) rotate(-90)`;
    parts.push(textElement(panel.yLabel, { transform, ...label }));
  }
  return parts.join("");
}

function drawLine(series: Series & { readonly color: string }, frame: Frame): string {
  return element("path", {
    d: linePath(series, frame),
    fill: "none",
    stroke: series.color,
    "stroke-width": series.width ?? 2,
    "stroke-linejoin": "round",
    "stroke-linecap": series.dashed ? "butt" : "round",
    "stroke-dasharray": series.dashed ? "6 4" : undefined,
  });
}

/** Makes a path of at most four points per column of pixels: first, lowest, highest, last. */
function linePath({ x, y }: Series, frame: Frame): string {
  const parts: string[] = [];
  let pen = "M";
  let held: [number, number][] = [];
  const flush = (): void => {
    for (const [px0, py0] of thin(held)) {
      parts.push(`${pen}${px(px0)} ${px(py0)}`);
      pen = "L";
    }
    held = [];
  };
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [at, to] = [frame.x.at(x[i]!), frame.y.at(y[i]!)];
    const visible = Number.isFinite(at) && Number.isFinite(to);
    const sameColumn = held.length > 0 && Math.round(held[0]![0]) === Math.round(at);
    if (!visible || !sameColumn) flush();
    if (visible) held.push([at, to]);
    else pen = "M";
  }
  flush();
  return parts.join("");
}

function thin(column: [number, number][]): [number, number][] {
  if (column.length <= 4) return column;
  let [lowest, highest] = [0, 0];
  column.forEach(([, y], i) => {
    if (y < column[lowest]![1]) lowest = i;
    if (y > column[highest]![1]) highest = i;
  });
  const kept = new Set([0, lowest, highest, column.length - 1]);
  return column.filter((_, i) => kept.has(i));
}

function drawPoints(series: Series & { readonly color: string }, frame: Frame): string {
  const { x, y, color, hollow } = series;
  const marks = new Set<string>(); // what falls on the same hundredth of a pixel is drawn once
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [cx, cy] = [frame.x.at(x[i]!), frame.y.at(y[i]!)];
    if (!Number.isFinite(cx) || !Number.isFinite(cy)) continue;
    marks.add(element("circle", { cx, cy, r: series.width ?? 3.2 }));
  }
  const look = hollow
    ? { fill: "#ffffff", stroke: color, "stroke-width": 1.4 }
    : { fill: color, stroke: "none" };
  return marks.size === 0 ? "" : element("g", look, [...marks].join(""));
}

/** Draws the legend in a corner where it hides nothing, or else in a row above the panel. */
function drawLegend(series: (Series & { readonly color: string })[], frame: Frame): string {
  const listed = series.filter(({ label }) => label !== undefined);
  if (listed.length === 0) return "";
  const widths = listed.map(({ label }) => 42 + textWidth(label!, SMALL));
  const width = Math.max(...widths);
  const height = 10 + 17 * listed.length;
  const corner = freeCorner(series, frame, width, height);
  let next = frame.box.x + frame.box.width - widths.reduce((sum, each) => sum + each, 0);
  const rows = listed.map((each, i) => {
    const [x, y] = corner ? [corner.x, corner.y + 13.5 + 17 * i] : [next, frame.box.y - 12];
    next += widths[i]!;
    const text = { x: x + 34, y: y + 4, "font-size": SMALL, fill: INK };
    return drawKey(each, x + 8, y) + textElement(each.label!, text);
  });
  const back = { ...corner, rx: 3, fill: "#ffffff", "fill-opacity": 0.85 };
  return element("g", {}, corner ? element("rect", back) : "", ...rows);
}

function drawKey(series: Series & { readonly color: string }, x: number, y: number): string {
  const stroke = series.color;
  if (series.kind === "line") {
    return element("path", {
      d: `M${px(x)} ${px(y)}h20`,
      stroke,
      "stroke-width": series.width ?? 2,
      "stroke-dasharray": series.dashed ? "6 4" : undefined,
    });
  }
  const look = series.hollow ? { fill: "#ffffff", stroke, "stroke-width": 1.4 } : { fill: stroke };
  return element("circle", { cx: x + 10, cy: y, r: series.width ?? 3.2, ...look });
}

function freeCorner(
  series: readonly Series[],
  frame: Frame,
  width: number,
  height: number,
): Box | undefined {
  const { box } = frame;
  const left = box.x + 8;
  const right = box.x + box.width - width - 4;
  const top = box.y + 4;
  const bottom = box.y + box.height - height - 6;
  const corners = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ].map(([x, y]) => ({ x: x!, y: y!, width, height }));
  return corners.find((corner) => !hidesSomething(series, frame, corner));
}

function hidesSomething(series: readonly Series[], frame: Frame, corner: Box): boolean {
  for (const { x, y } of series) {
    for (let i = 0; i < Math.min(x.length, y.length); i++) {
      const dx = frame.x.at(x[i]!) - corner.x;
      const dy = frame.y.at(y[i]!) - corner.y;
      // A margin of 6 pixels keeps the legend off marks that only touch it.
      const inside = dx > -6 && dx < corner.width + 6 && dy > -6 && dy < corner.height + 6;
      if (inside) return true;
    }
  }
  return false;
}
