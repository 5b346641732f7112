/** SVG as strings: every text and attribute goes through one escape. */

/** What an attribute may be; undefined leaves it out. */
export type Attribute = string | number | undefined;

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

// What XML 1.0 forbids, direction overrides, and halves of surrogate pairs.
const FORBIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;
const HALF_PAIR = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Escapes text for XML, in content and in attributes. */
export function escapeXml(text: string): string {
  const clean = text.replace(FORBIDDEN, "\ufffd").replace(HALF_PAIR, "\ufffd");
  return clean.replace(/[&<>"']/g, (mark) => ESCAPES[mark]!);
}

/** Makes an element with attributes around children that are markup already. */
export function element(
  name: string,
  attributes: Readonly<Record<string, Attribute>>,
  ...children: string[]
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? px(value) : escapeXml(value!)}"`)
    .join("");
  return children.length === 0
    ? `<${name}${written}/>`
    : `<${name}${written}>${children.join("")}</${name}>`;
}

/** Makes a text element; the text is escaped. */
export function textElement(text: string, attributes: Readonly<Record<string, Attribute>>): string {
  return element("text", attributes, escapeXml(text));
}

/** Writes a coordinate with at most two decimals. */
export function px(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Guesses the width of text in pixels; there is no font to ask. */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const mark of text) width += /[iljtfr.,:;'|()[\]! ]/.test(mark) ? 0.36 : 0.6;
  return width * size;
}
