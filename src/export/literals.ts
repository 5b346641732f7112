/** Numbers and texts of a program's source: exact, harmless, wrapped. */

const WIDTH = 98;
/** Above this many numbers a table is spelled in base64: nobody reads it any more. */
const MOST_SPELLED = 10_000;

/** Spells a float64 so that reading it gives the same bits, in Python and in JavaScript. */
export function spellNumber(value: number): string {
  return Object.is(value, -0) ? "-0.0" : String(value);
}

/** Spells a float32 with the fewest digits that give it back. */
export function spellFloat32(value: number): string {
  if (value === 0) return spellNumber(value);
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return spellNumber(Number(text));
  }
  return spellNumber(Number(value.toPrecision(9)));
}

/** Spells a list in brackets, on one line if it fits behind `indent`, else wrapped. */
export function spellList(items: readonly string[], indent: string): string {
  const short = `[${items.join(", ")}]`;
  if (short.length + indent.length + 20 <= WIDTH) return short;
  const inner = `${indent}    `;
  const lines: string[] = [];
  let line = inner;
  for (const item of items) {
    if (line.length + item.length + 2 > WIDTH && line !== inner) {
      lines.push(line.trimEnd());
      line = inner;
    }
    line += `${item}, `;
  }
  return `[\n${[...lines, line.trimEnd()].join("\n")}\n${indent}]`;
}

/** Spells text as a literal of ASCII for JavaScript: code unit by code unit. */
export function spellText(text: string): string {
  return JSON.stringify(text).replace(/[^\x20-\x7e]/g, escapeUnit);
}

/** Spells text as a literal of ASCII for Python, where two surrogates are no character. */
export function spellPythonText(text: string): string {
  return JSON.stringify(text).replace(/[^\x20-\x7e]/gu, (mark) =>
    mark.length === 1
      ? escapeUnit(mark)
      : `\\U${mark.codePointAt(0)!.toString(16).padStart(8, "0")}`,
  );
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Makes text fit to stand in a comment or a docstring: one line, no quotes that end it. */
export function spellComment(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\\]/g, "?")
    .replaceAll('"""', "'''")
    .replaceAll("*/", "* /")
    .replace(/"$/, "'");
}

/** How a Python library makes arrays of numbers from lists and from bytes. */
export interface ArrayDialect {
  list(items: string, float: 32 | 64): string;
  bytes(text: string, float: 32 | 64): string;
}

/** Spells an array: a list, or base64 of its bytes where there are very many numbers. */
export function spellArray(
  values: Float32Array | Float64Array,
  shape: readonly number[],
  dialect: ArrayDialect,
): string {
  const float = values instanceof Float32Array ? 32 : 64;
  const reshape = shape.length > 1 ? `.reshape(${shape.join(", ")})` : "";
  if (values.length <= MOST_SPELLED) {
    const items = Array.from(values, float === 32 ? spellFloat32 : spellNumber);
    return dialect.list(spellList(items, ""), float) + reshape;
  }
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const lines = base64(bytes).match(/.{1,92}/g)!;
  const text = lines.map((line) => `    "${line}"`).join("\n");
  return dialect.bytes(`base64.b64decode(\n${text}\n)`, float) + reshape;
}

/** Returns whether some of the arrays are spelled in base64. */
export function needsBase64(arrays: readonly { readonly length: number }[]): boolean {
  return arrays.some(({ length }) => length > MOST_SPELLED);
}

function base64(bytes: Uint8Array): string {
  let text = "";
  const step = 3 * 4096; // whole groups of three, so that the pieces join
  for (let at = 0; at < bytes.length; at += step) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + step)));
  }
  return text;
}
