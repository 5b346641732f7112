/** Draws the confusion of classes as a matrix of shades, beside the loss. */
import { showText } from "../core/format.ts";
import { figure, frame } from "./figure.ts";
import type { Panel } from "./series.ts";
import { INK } from "./series.ts";
import { element, textElement } from "./svg.ts";

const [WIDTH, HEIGHT] = [960, 600];
const LEFT = 600;
/** Above so many classes cells get too small for their numbers. */
const MOST_NUMBERS = 20;

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

function drawMatrix({ classes, confusion, which }: Confusion): string {
  const names = classes.map((name) => showText(name, 18) || '""');
  const [x, y] = [150, 110];
  const size = Math.min(420, HEIGHT - y - 60) / classes.length;
  const numbered = classes.length <= MOST_NUMBERS;
  const parts = [
    textElement(`Confusion (${which})`, { x: 16, y: 76, "font-size": 13, "font-weight": 600 }),
  ];
  confusion.forEach((row, i) => {
    const sum = row.reduce((total, n) => total + n, 0);
    row.forEach((n, j) => {
      const share = sum === 0 ? 0 : n / sum;
      const at = { x: x + j * size, y: y + i * size, width: size, height: size };
      parts.push(element("rect", { ...at, fill: shade(share), stroke: "#ffffff" }));
      if (!numbered) return;
      const text = { "text-anchor": "middle", "font-size": Math.min(18, size / 2.5) };
      const middle = { x: at.x + size / 2, y: at.y + size / 2 + Math.min(6, size / 6) };
      parts.push(
        textElement(String(n), { ...middle, ...text, fill: share > 0.5 ? "#ffffff" : INK }),
      );
    });
  });
  const small = { "font-size": 11, fill: "#555555" };
  if (numbered) {
    names.forEach((name, k) => {
      const middle = (k + 0.5) * size;
      parts.push(
        textElement(name, { x: x - 8, y: y + middle + 4, "text-anchor": "end", ...small }),
      );
      const above = { x: x + middle, y: y - 8, "text-anchor": "middle" };
      if (classes.length <= 6) parts.push(textElement(name, { ...above, ...small }));
    });
  }
  const bottom = y + classes.length * size;
  const side = { x: x + (classes.length * size) / 2, y: bottom + 22, "text-anchor": "middle" };
  parts.push(textElement("columns: the network's answer; rows: the class", { ...side, ...small }));
  return parts.join("");
}

/** From white to the palette's blue. */
function shade(share: number): string {
  const mix = (from: number, to: number): string =>
    Math.round(from + (to - from) * share)
      .toString(16)
      .padStart(2, "0");
  return `#${mix(0xf2, 0x00)}${mix(0xf5, 0x72)}${mix(0xf8, 0xb2)}`;
}
