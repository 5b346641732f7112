/** Numbers as tables spell them, read strictly: decimal digits, point, exponent; nothing else. */
import { showText } from "../core/format.ts";

/** A number with a decimal point. */
export const DECIMAL = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
/** A number whose commas can be those of thousands. */
export const SEPARATED = /^[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$/;
/** A number with a decimal comma. */
export const DECIMAL_COMMA = /^[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]+)?$/;
const MISSING = /^(?:|-|na|n\/a|#n\/a|<na>|nan|null|none|\?)$/i;
const LONGEST = 400;

/**
 * Returns the number that `cell` spells, or a sentence that says why it spells none. With the
 * decimal mark "," a comma stands where else a point does, and a point is refused.
 */
export function parseNumber(cell: string, decimal: "." | "," = "."): number | string {
  const text = cell.length > LONGEST ? cell : cell.trim();
  const show = (): string => `"${showText(text, 40)}"`;
  if (text.length > LONGEST) return `${show()} is not a number (${text.length} characters)`;
  if (decimal === "," && text.includes(".")) return `${show()} has a point among decimal commas`;
  const spelled = decimal === "," ? text.replace(",", ".") : text;
  if (!DECIMAL.test(spelled)) return explain(text, show());
  const value = Number(spelled);
  if (!Number.isFinite(value)) return `${show()} is too large for a number`;
  if (text.length > 15 && !Number.isSafeInteger(value) && !isKept(spelled, value)) {
    return `${show()} is a whole number above 2^53, of which the last digits would be lost`;
  }
  if (value === 0 && /[1-9]/.test(spelled.split(/[eE]/)[0]!)) {
    return `${show()} is too small for a number`;
  }
  return value;
}

/** Whether a text is no whole number, or one that is spelled the same once it is a number. */
function isKept(text: string, value: number): boolean {
  const digits = /^[+-]?0*([0-9]+)(?:\.0*)?$/.exec(text)?.[1];
  if (digits === undefined) return true;
  const size = Math.abs(value);
  return digits === String(size) || digits === BigInt(size).toString();
}

/** Returns whether a cell says that there is no value: empty, NA, NaN, null, - or ?. */
export function isMissing(cell: string): boolean {
  return cell.length <= LONGEST && MISSING.test(cell.trim());
}

/** Text for which there is no value; "none" and "-" may be kinds of their own. */
export function isGap(text: string): boolean {
  return isMissing(text) && !/^(?:none|-)$/i.test(text.trim());
}

/** Returns whether a cell can only be a number with a decimal comma: `1,5`, not `1,234`. */
export function isDecimalComma(cell: string): boolean {
  return DECIMAL_COMMA.test(cell) && (!SEPARATED.test(cell) || /^[+-]?0,/.test(cell));
}

/** Returns whether a cell is a number with a comma in it, be it of decimals or of thousands. */
export function hasNumberWithComma(cell: string): boolean {
  const text = cell.trim();
  return text.includes(",") && (DECIMAL_COMMA.test(text) || SEPARATED.test(text));
}

/** Returns whether a cell is a number with a decimal point. */
export function isDecimalPoint(cell: string): boolean {
  return cell.includes(".") && DECIMAL.test(cell);
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
