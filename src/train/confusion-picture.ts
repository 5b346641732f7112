/** Draws the confusion of classes as a matrix of shades, beside the loss. */
import { showText } from "../core/format.ts";
import { figure } from "../plot/figure.ts";
import type { Panel } from "../plot/series.ts";
import { INK } from "../plot/series.ts";
import { element, escapeXml, textElement } from "../plot/svg.ts";
import type { FitResult } from "./fit.ts";

const [WIDTH, HEIGHT] = [960, 600];
const LEFT = 600;
/** Above so many classes cells get too small for their numbers. */
const MOST_NUMBERS = 20;

/** Draws the confusion matrix of the rows held out, or else of those trained on, and the loss. */
export function drawConfusion(
  { held, training }: FitResult,
  { title, subtitle }: { readonly title: string; readonly subtitle: string },
  loss: Panel,
): string {
  const { classes, confusion } = (held?.evaluation ?? training).classMetrics!;
  const which = held === undefined ? "rows trained on" : "rows held out";
  const right = figure([[loss]], { width: WIDTH - LEFT, height: HEIGHT - 60 });
  // A picture within a picture takes its place by attributes of its own.
  const placed = right.trimEnd().replace("<svg ", `<svg x="${LEFT}" y="56" `);
  return `${element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      ...{ width: WIDTH, height: HEIGHT, role: "img", "aria-label": title },
      "font-family":
        "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif",
    },
    `\n<title>${escapeXml(title)}</title>\n`,
    element("rect", { width: WIDTH, height: HEIGHT, fill: "#ffffff" }),
    textElement(title, { x: 16, y: 27, "font-size": 16, "font-weight": 600 }),
    textElement(subtitle, { x: 16, y: 46, "font-size": 12, fill: "#555555" }),
    "\n",
    drawMatrix(classes, confusion, which),
    "\n",
    placed,
    "\n",
  )}\n`;
}

function drawMatrix(
  classes: readonly string[],
  confusion: readonly (readonly number[])[],
  which: string,
): string {
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
