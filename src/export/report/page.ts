/**
 * The frame of a report: one HTML file that loads nothing and runs nothing but its own script. The
 * policy in it names script and style by their hashes, so text from the data can never become
 * either.
 */
import { escapeXml } from "../../plot/svg.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

/** What a page is made of; sections are markup, made with `markup`. */
export interface Page {
  readonly title: string;
  readonly subtitle: string;
  readonly sections: readonly string[];
  /** What the script computes with; a page without it has no script. */
  readonly model?: unknown;
}

/** Puts a page together. */
export async function makePage({ title, subtitle, sections, model }: Page): Promise<string> {
  const [script, style] = await Promise.all([hashOf(SCRIPT), hashOf(STYLE)]);
  const policy =
    `default-src 'none'; style-src '${style}'; ` +
    `script-src ${model === undefined ? "'none'" : `'${script}'`}; img-src data:; ` +
    "base-uri 'none'; form-action 'none'";
  // In JSON "<" stands only in texts, where its escape means the same and ends no element.
  const json = JSON.stringify(model ?? null).replaceAll("<", "\\u003c");
  const scripts = `<script type="application/json" id="model">${json}</script>
<script>${SCRIPT}</script>
`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeXml(title)}</h1>
<p class="facts">${escapeXml(subtitle)}</p>
<div class="grid">
${sections.join("\n")}
</div>
</main>
${model === undefined ? "" : scripts}</body>
</html>
`;
}

/** The hash of an inline script or style as a policy names it. */
async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}

/** Makes a section with a heading around markup. */
export function section(heading: string, width: string, ...content: string[]): string {
  return `<section class="${width}">\n<h2>${escapeXml(heading)}</h2>\n${content.join("\n")}\n</section>`;
}

/** Shows a picture as an image: whatever its texts say, nothing in an image runs. */
export function picture(svg: string, alternative: string): string {
  const bytes = new TextEncoder().encode(svg);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  const source = `data:image/svg+xml;base64,${btoa(text)}`;
  return `<div class="figure"><img src="${source}" alt="${escapeXml(alternative)}"></div>`;
}

/** A cell: text, or text that stands on the right, or a cell with a class of its own. */
export type Cell = string | { readonly text: string; readonly kind: string };

/** Makes a cell of a number. */
export function numberCell(text: string): Cell {
  return { text, kind: "number" };
}

/** Makes a table; the first cell of each row names it. */
export function table(head: readonly Cell[], rows: readonly (readonly Cell[])[]): string {
  const header = head
    .map((cell) => (cell === "" ? "<td></td>" : spellCell("th", cell, ' scope="col"')))
    .join("");
  const body = rows.map(([first, ...rest]) => {
    const cells = rest.map((cell) => spellCell("td", cell)).join("");
    return `<tr>${spellCell("th", first!, ' scope="row"')}${cells}</tr>`;
  });
  return (
    `<div class="scroll" tabindex="0"><table><thead><tr>${header}</tr></thead>` +
    `<tbody>${body.join("\n")}</tbody></table></div>`
  );
}

function spellCell(tag: string, cell: Cell, attributes = ""): string {
  const { text, kind } = typeof cell === "string" ? { text: cell, kind: "" } : cell;
  const look = kind === "" ? "" : ` class="${kind}"`;
  return `<${tag}${attributes}${look}>${escapeXml(text)}</${tag}>`;
}

/** Makes a paragraph of text. */
export function paragraph(text: string, kind = ""): string {
  return `<p${kind === "" ? "" : ` class="${kind}"`}>${escapeXml(text)}</p>`;
}

/** Makes a list of names and what they are. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): string {
  const items = pairs.map(
    ([name, value]) => `<dt>${escapeXml(name)}</dt><dd>${escapeXml(value)}</dd>`,
  );
  return `<dl>${items.join("\n")}</dl>`;
}

/** Makes a block of one command, which wraps between words only: never behind a hyphen. */
export function commandBlock(command: string): string {
  const words = command.split(" ").map((word) => `<span>${escapeXml(word)}</span>`);
  return `<pre><code>${words.join(" ")}</code></pre>`;
}
