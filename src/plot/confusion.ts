/** Draws the confusion of classes as a matrix of shades, beside the loss. */
import { showText } from "../core/format.ts";
import { figure, frame } from "./figure.ts";
import type { Panel } from "./series.ts";
import { INK } from "./series.ts";
import { element, px, textElement, textWidth } from "./svg.ts";

const [WIDTH, HEIGHT] = [960, 600];
const LEFT = 600;
/** Above so many classes cells get too small for their numbers. */
const MOST_NUMBERS = 20;
/** The side of the matrix where there is room, and sizes of type, in pixels. */
const [SIDE, SMALL, SMALLEST_NAME] = [420, 11, 8];

/** Title and facts of a picture. */
export interface Headline {
  readonly title: string;
  readonly subtitle: string;
}

/** Counts of classes: row i, column j: how many of class i were taken for class j. */
export interface Confusion {
  readonly classes: readonly string[];
  readonly confusion: readonly (readonly number[])[];
  /** Which rows were counted. */
  readonly which: string;
}

/** Draws a confusion matrix, and the loss beside it. */
export function drawConfusion(counts: Confusion, headline: Headline, loss: Panel): string {
  const right = figure([[loss]], { width: WIDTH - LEFT, height: HEIGHT - 60 });
  // A picture within a picture takes its place by attributes of its own.
  const placed = right.trimEnd().replace("<svg ", `<svg x="${LEFT}" y="56" `);
  const options = { ...headline, width: WIDTH, height: HEIGHT };
  return frame(headline.title, options, [drawMatrix(counts), placed]);
}

/** Draws a confusion matrix alone, for a page that has the rest in words. */
export function confusionPicture(counts: Confusion): string {
  const options = { width: LEFT, height: HEIGHT - 60 };
  const lifted = element("g", { transform: "translate(0 -60)" }, drawMatrix(counts));
  return frame(`Confusion (${counts.which})`, options, [lifted]);
}

function drawMatrix({ classes, confusion, which }: Confusion): string {
  const names = classes.map((name) => showText(name, 18) || '""');
  const above = Math.max(...names.map((name) => textWidth(name, SMALL)));
  // Names that are wider than their columns stand upright.
  const upright = above + 6 > SIDE / classes.length;
  const [x, y] = [150, (upright ? 84 + above : 96) + 10];
  const size = Math.min(SIDE, HEIGHT - y - 40) / classes.length;
  const parts = [
    textElement(`Confusion (${which})`, { x: 16, y: 76, "font-size": 13, "font-weight": 600 }),
    ...confusion.flatMap((row, i) => {
      return drawRow(row, { x, y: y + i * size, size }, classes.length <= MOST_NUMBERS);
    }),
  ];
  const text = { "font-size": Math.min(SMALL, size), fill: "#555555" };
  if (size >= SMALLEST_NAME) {
    names.forEach((name, k) => {
      const middle = (k + 0.5) * size;
      const third = text["font-size"] / 3;
      parts.push(
        textElement(name, { x: x - 8, y: y + middle + third, "text-anchor": "end", ...text }),
      );
      const turned = `translate(${px(x + middle + third)} ${px(y - 8)}) rotate(-90)`;
      const level = { x: x + middle, y: y - 8, "text-anchor": "middle" };
      parts.push(textElement(name, { ...(upright ? { transform: turned } : level), ...text }));
    });
  }
  const side = { x: x + (classes.length * size) / 2, y: y + classes.length * size + 22 };
  const legend = "columns: the network's answer; rows: the class";
  const small = { "font-size": SMALL, fill: "#555555", "text-anchor": "middle" };
  parts.push(textElement(legend, { ...side, ...small }));
  return parts.join("");
}

/** Draws the cells of one class, shaded by their share of its rows. */
function drawRow(
  row: readonly number[],
  { x, y, size }: { readonly x: number; readonly y: number; readonly size: number },
  numbered: boolean,
): string[] {
  const sum = row.reduce((total, n) => total + n, 0);
  return row.flatMap((n, j) => {
    const share = sum === 0 ? 0 : n / sum;
    const at = { x: x + j * size, y, width: size, height: size };
    const cell = element("rect", { ...at, fill: shade(share), stroke: "#ffffff" });
    if (!numbered) return [cell];
    const text = { "text-anchor": "middle", "font-size": Math.min(18, size / 2.5) };
    const middle = { x: at.x + size / 2, y: at.y + size / 2 + Math.min(6, size / 6) };
    const fill = share > 0.5 ? "#ffffff" : INK;
    return [cell, textElement(String(n), { ...middle, ...text, fill })];
  });
}

/** From white to the palette's blue. */
function shade(share: number): string {
  const mix = (from: number, to: number): string =>
    Math.round(from + (to - from) * share)
      .toString(16)
      .padStart(2, "0");
  return `#${mix(0xf2, 0x00)}${mix(0xf5, 0x72)}${mix(0xf8, 0xb2)}`;
}
