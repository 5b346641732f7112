/** Numbers as the lab shows them: the engine's one format, with a true minus sign. */
import { formatNumber } from "../../src/core/format.ts";

/** Shows a number with four significant digits (or `digits`) and an optional unit. */
export function show(value: number, options: { digits?: number; unit?: string } = {}): string {
  return formatNumber(value, options).replaceAll("-", "−");
}

const THOUSANDS = new Intl.NumberFormat("en");

/** Shows a count, or a large number on an axis, with its thousands apart. */
export function grouped(value: number): string {
  return THOUSANDS.format(value).replaceAll("-", "−");
}

/** Shows a factor of a product: brackets around what is negative. */
export function factor(value: number): string {
  return value < 0 ? `(${show(value)})` : show(value);
}
