/** What is said of an answer outside the training range: the words of `nabla predict`. */
import { formatNumber } from "../../../src/core/format.ts";

/** Says how far outside the range of temperatures a value lies; empty inside. */
export function outsideWords(value: number, low: number, high: number): string {
  if (value >= low && value <= high) return "";
  const unit = "K";
  const distance = formatNumber(value < low ? low - value : value - high, { unit });
  return (
    `outside the training range (T ${formatNumber(low)}–${formatNumber(high, { unit })}): ` +
    `${distance} ${value < low ? "below" : "above"} it; do not rely on this`
  );
}
