/** How numbers and foreign text are shown, the same in the terminal, in plots and in errors. */

/** Formats a number with `digits` significant digits (default 4) and an optional unit. */
export function formatNumber(
  value: number,
  options: { readonly digits?: number; readonly unit?: string } = {},
): string {
  const unit = options.unit ? ` ${options.unit}` : "";
  return `${formatPlain(value, options.digits ?? 4)}${unit}`;
}

function formatPlain(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value).replace("Infinity", "∞");
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) {
    return value.toExponential(digits - 1).replace(/\.?0+e/, "e");
  }
  // The integer part is never rounded away: 123456 stays 123456.
  const whole = Math.max(digits, String(Math.trunc(size)).length);
  return String(Number(value.toPrecision(Math.min(whole, 100))));
}

/** Returns how many digits tell the numbers of a range apart, `digits` where zero is among them. */
export function digitsFor(low: number, high: number, digits: number): number {
  const share = Math.max(Math.abs(low), Math.abs(high)) / (high - low);
  if (!(share > 1) || share === Infinity) return digits;
  return Math.min(17, digits + Number(share.toExponential().split("e")[1]));
}

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Makes foreign text harmless to show: control and direction characters spelled out, length
 * bounded.
 */
export function showText(text: string, longest = 60): string {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return short.replace(CONTROL, (mark) => {
    const code = mark.charCodeAt(0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
}
