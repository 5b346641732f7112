/** Where an axis has its ticks and what they say. */

/** One tick: its value and its label; an unlabelled tick is a minor one. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** The ticks of an axis, and the power of ten that all labels leave out (0 for none). */
export interface Ticks {
  readonly ticks: readonly Tick[];
  readonly exponent: number;
}

const STEPS = [1, 2, 2.5, 5, 10];
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Returns the exponent of the leading decimal digit: 0.02 → −2. */
export function decadeOf(value: number): number {
  return value === 0 ? 0 : Number(value.toExponential().split("e")[1]);
}

/** Returns 10 to a whole power, exactly as JavaScript spells it. */
export function tenTo(exponent: number): number {
  return Number(`1e${exponent}`);
}

/** Writes a power of ten: −4 → `10⁻⁴`. */
export function showPower(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]);
  return `10${exponent < 0 ? "⁻" : ""}${digits.join("")}`;
}

/** Returns the round step that cuts `span` into about `count` parts. */
export function niceStep(span: number, count: number): number {
  const rough = span / Math.max(1, count);
  const unit = tenTo(decadeOf(rough));
  const factor = STEPS.find((step) => step * unit >= rough * 0.999) ?? 10;
  return Number((factor * unit).toPrecision(3));
}

/** Widens a range to whole steps; a range of no width becomes one around the value. */
export function niceRange(low: number, high: number, count: number): [number, number] {
  if (!(high > low)) {
    const pad = Math.abs(low) * 0.05 || 1;
    return niceRange(low - pad, low + pad, count);
  }
  const step = niceStep(high - low, count);
  if (!(step > 0) || !Number.isFinite(step)) return [low, high];
  return [
    multiple(Math.floor(low / step + 1e-9), step),
    multiple(Math.ceil(high / step - 1e-9), step),
  ];
}

/** Returns round ticks inside a linear range. */
export function linearTicks(low: number, high: number, count: number): Ticks {
  const step = niceStep(high - low, count);
  const values: number[] = [];
  const last = Math.floor(high / step + 1e-9);
  for (let k = Math.ceil(low / step - 1e-9); k <= last && values.length < 50; k++) {
    values.push(multiple(k, step));
  }
  const decade = decadeOf(Math.max(Math.abs(low), Math.abs(high)));
  const exponent = decade < -3 || decade > 5 ? decade : 0;
  const unit = tenTo(exponent);
  const scaled = Number((step / unit).toPrecision(3));
  const decimals = decimalsOf(scaled);
  const ticks = values.map((value) => ({
    value,
    label: (value / unit)
      .toFixed(decimals)
      .replace(/^-(0\.?0*)$/, "$1")
      .replace("-", "−"),
  }));
  return { ticks, exponent };
}

/**
 * Returns the ticks of a logarithmic range: decades, 2 and 5 where there are few, else round steps.
 */
export function logTicks(low: number, high: number, count: number): Ticks {
  if (high / low < 5) return linearTicks(low, high, count);
  const first = decadeOf(low);
  const last = decadeOf(high);
  const every = Math.max(1, Math.ceil((last - first) / Math.max(1, count)));
  const marks = last - first < 3 ? [1, 2, 5] : [1];
  const ticks: Tick[] = [];
  for (let decade = first; decade <= last; decade++) {
    for (const mark of marks) {
      const value = Number(`${mark}e${decade}`);
      if (value < low * 0.999 || value > high * 1.001) continue;
      const shown = (decade - first) % every === 0;
      const factor = mark === 1 ? "" : `${mark}·`;
      ticks.push({ value, label: shown ? `${factor}${showPower(decade)}` : "" });
    }
  }
  return { ticks, exponent: 0 };
}

function multiple(k: number, step: number): number {
  return Number((k * step).toPrecision(12));
}

function decimalsOf(step: number): number {
  const text = String(step);
  const small = /e-(\d+)$/.exec(text);
  if (small !== null) return Number(small[1]);
  return Math.min(text.split(".")[1]?.length ?? 0, 12);
}
