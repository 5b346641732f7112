/** Tensors as text, as PyTorch prints them: aligned columns, four decimals, long axes shortened. */
import type { TypedArray } from "../core/dtype.ts";
import { isFloat } from "../core/dtype.ts";
import { showShape } from "../core/shape.ts";
import type { Value } from "./value.ts";

/** How many elements are printed in full, and how many at each end of a shortened axis. */
const THRESHOLD = 1000;
const EDGE = 3;

/** Spells a tensor; without values (inside a trace) its type alone. */
export function showTensor(x: Value, data: TypedArray | null): string {
  const { dtype, shape } = x.type;
  const marks = [
    ...(data === null || x.type.size === 0 ? [`shape=${showShape(shape)}`] : []),
    ...(dtype === "float32" ? [] : [`dtype=${dtype}`]),
    ...(x.home.name === "wasm" ? [] : [`device=${x.home.name}`]),
    ...(!x.requiresGrad
      ? []
      : [x.record === null ? "requiresGrad=true" : `gradFn=${x.record.spec.name}`]),
  ];
  const suffix = marks.length === 0 ? "" : `, ${marks.join(", ")}`;
  if (data === null) return `tensor(traced${suffix})`;
  if (x.type.size === 0) return `tensor([]${suffix})`;
  const short = x.type.size > THRESHOLD;
  const shown = visible(shape, short);
  const format = formatter(
    x,
    shown.map((index) => data[index]!),
  );
  const body = rows(shape, short, (index) => format(data[index]!));
  return `tensor(${body}${suffix})`;
}

/** The positions along an axis that are printed; null stands for the dots. */
function places(extent: number, short: boolean): (number | null)[] {
  if (!short || extent <= 2 * EDGE) return Array.from({ length: extent }, (_, i) => i);
  const edge = Array.from({ length: EDGE }, (_, i) => i);
  return [...edge, null, ...edge.map((i) => extent - EDGE + i)];
}

function visible(shape: readonly number[], short: boolean): number[] {
  let offsets = [0];
  for (const extent of shape) {
    const at = places(extent, short).filter((place) => place !== null);
    offsets = offsets.flatMap((offset) => at.map((place) => offset * extent + place));
  }
  return offsets;
}

function rows(shape: readonly number[], short: boolean, show: (index: number) => string): string {
  const line = (axis: number, offset: number): string => {
    if (axis === shape.length) return show(offset);
    const extent = shape[axis]!;
    const last = axis === shape.length - 1;
    const blank = "\n".repeat(shape.length - 1 - axis);
    const separator = last ? ", " : `,${blank}${" ".repeat("tensor(".length + axis + 1)}`;
    const parts = places(extent, short).map((place) =>
      place === null ? "..." : line(axis + 1, offset * extent + place),
    );
    return `[${parts.join(separator)}]`;
  };
  return line(0, 0);
}

/** Chooses one format for all printed elements, as PyTorch does, and pads to the widest. */
function formatter(x: Value, values: readonly number[]): (value: number) => string {
  const { dtype } = x.type;
  const spell = isFloat(dtype) ? floatSpelling(values) : dtype === "bool" ? showBool : String;
  if (x.type.shape.length === 0) return spell;
  const width = Math.max(...values.map((value) => spell(value).length));
  return (value) => spell(value).padStart(width);
}

function showBool(value: number): string {
  return value === 0 ? "false" : "true";
}

function floatSpelling(values: readonly number[]): (value: number) => string {
  const sizes = values.filter((v) => Number.isFinite(v) && v !== 0).map(Math.abs);
  const largest = Math.max(0, ...sizes);
  const smallest = Math.min(Infinity, ...sizes);
  const whole = sizes.every(Number.isInteger);
  const wide = largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4;
  const scientific = sizes.length > 0 && (whole ? largest > 1e8 : wide);
  return (value) => {
    if (Number.isNaN(value)) return "nan";
    if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
    if (scientific) return exponential(value);
    if (whole) return `${Object.is(value, -0) ? "-0" : value}.`;
    return value.toFixed(4);
  };
}

/** Spells 1.5e-7 as `1.5000e-07`. */
function exponential(value: number): string {
  const [mantissa, exponent] = value.toExponential(4).split("e") as [string, string];
  const digits = exponent.slice(1).padStart(2, "0");
  return `${mantissa}e${exponent[0]}${digits}`;
}
