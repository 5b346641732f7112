/** Scales and ticks of plots. */
import { grouped, show } from "./number.ts";

/** Maps data to pixels along one axis. */
export interface Scale {
  readonly at: (value: number) => number;
  readonly back: (pixel: number) => number;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
  readonly low: number;
  readonly high: number;
}

/** Makes an evenly divided scale with about `count` ticks. */
export function linear(low: number, high: number, from: number, to: number, count: number): Scale {
  const span = high - low || 1;
  const raw = span / count;
  const power = Math.pow(10, Math.floor(Math.log10(raw)));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999)!;
  const first = Math.ceil(low / step - 1e-9);
  const ticks = Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => {
    const value = (first + i) * step;
    const round = Number(value.toPrecision(12));
    return { value, label: round >= 1000 ? grouped(round) : show(round, { digits: 6 }) };
  });
  return {
    ...{ low, high, ticks },
    at: (value) => from + ((value - low) / span) * (to - from),
    back: (pixel) => low + ((pixel - from) / (to - from)) * span,
  };
}

const SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function power10(exponent: number): string {
  const digits = String(Math.abs(exponent)).replace(/\d/g, (d) => SUPERSCRIPT[Number(d)]!);
  return exponent === 0 ? "1" : `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

/** Makes a scale of powers of ten. */
export function logarithmic(low: number, high: number, from: number, to: number): Scale {
  const a = Math.floor(Math.log10(low) + 1e-9);
  const b = Math.max(a + 1, Math.ceil(Math.log10(high) - 1e-9));
  const every = Math.ceil((b - a) / 7);
  const ticks = Array.from({ length: b - a + 1 }, (_, i) => a + i)
    .filter((e) => (e - a) % every === 0)
    .map((e) => ({ value: Math.pow(10, e), label: power10(e) }));
  const inner = linear(a, b, from, to, 5);
  return {
    ...{ ticks, low: Math.pow(10, a), high: Math.pow(10, b) },
    at: (value) => inner.at(Math.log10(Math.max(value, Math.pow(10, a)))),
    back: (pixel) => Math.pow(10, inner.back(pixel)),
  };
}

/** Makes a scale for counts from 0 on, in powers of ten: the first steps have as much room as later ones. */
export function counting(high: number, from: number, to: number): Scale {
  const inner = linear(0, Math.log10(1 + high), from, to, 5);
  const powers = Array.from({ length: Math.floor(Math.log10(high) + 1e-9) + 1 }, (_, e) => 10 ** e);
  return {
    ...{ low: 0, high },
    ticks: [0, ...powers].map((value) => ({ value, label: grouped(value) })),
    at: (value) => inner.at(Math.log10(1 + value)),
    back: (pixel) => Math.pow(10, inner.back(pixel)) - 1,
  };
}
