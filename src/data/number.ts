/** Numbers as tables spell them, read strictly: decimal digits, point, exponent; nothing else. */
import { showText } from "../core/format.ts";

const DECIMAL = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const SEPARATED = /^[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$/;
const DECIMAL_COMMA = /^[+-]?[0-9]+,[0-9]+$/;
const MISSING = /^(?:|-|na|n\/a|nan|null|none|\?)$/i;
const LONGEST = 400;

/** Returns the number that `cell` spells, or a sentence that says why it spells none. */
export function parseNumber(cell: string): number | string {
  const text = cell.length > LONGEST ? cell : cell.trim();
  const found = `"${showText(text, 40)}"`;
  if (text.length > LONGEST) return `${found} is not a number (${text.length} characters)`;
  if (!DECIMAL.test(text)) return explain(text, found);
  const value = Number(text);
  if (!Number.isFinite(value)) return `${found} is too large for a number`;
  if (value === 0 && /[1-9]/.test(text.split(/[eE]/)[0]!)) {
    return `${found} is too small for a number`;
  }
  return value;
}

function explain(text: string, found: string): string {
  if (text === "") return "the cell is empty where a number is needed";
  if (MISSING.test(text)) return `${found} stands where a number is needed`;
  if (SEPARATED.test(text)) {
    return `${found} could be read in two ways; write it without a separator of thousands`;
  }
  if (DECIMAL_COMMA.test(text)) return `${found} is not a number; write a decimal point`;
  return `${found} is not a number`;
}
