/**
 * Tensors as text, as PyTorch prints them: one format for all elements, four decimals, lines of 80
 * columns, long axes shortened. Names are ours: `requiresGrad=true`, `true` and `false`.
 */
import type { TypedArray } from "../core/dtype.ts";
import { isFloat } from "../core/dtype.ts";
import { showShape } from "../core/shape.ts";
import type { TapeRecord, Value } from "./value.ts";

/** How many elements are printed in full, and how many at each end of a shortened axis. */
const THRESHOLD = 1000;
const EDGE = 3;
const LINE = 80;
const INDENT = "tensor(".length;

/** Spells a tensor; without values (inside a trace, or not read yet) its type alone. */
export function showTensor(x: Value, data: TypedArray | null): string {
  const { dtype, shape, size } = x.type;
  const empty = size === 0 && shape.length !== 1;
  const marks = [
    ...(data === null ? [`shape=${showShape(shape)}`] : []),
    ...(data !== null && empty ? [`size=(${shape.join(", ")})`] : []),
    ...(dtype === "float32" || (dtype === "bool" && data !== null) ? [] : [`dtype=${dtype}`]),
    ...(x.home.name === "wasm" ? [] : [`device=${x.home.name}`]),
    ...(!x.requiresGrad
      ? []
      : [x.record === null ? "requiresGrad=true" : `gradFn=<${makerOf(x, x.record)}>`]),
  ];
  if (data === null) {
    return `tensor(${x.node === null ? "not read" : "traced"}, ${marks.join(", ")})`;
  }
  const body = size === 0 ? "[]" : showElements(x, data);
  return `${withMarks(`tensor(${body}`, marks)})`;
}

function makerOf({ output }: Value, { names, spec }: TapeRecord): string {
  return names?.[output] ?? spec.name;
}

function showElements(x: Value, data: TypedArray): string {
  const { shape, size } = x.type;
  const short = size > THRESHOLD;
  const values = visible(shape, short).map((index) => data[index]!);
  const { format, width } = formatter(x, values);
  return rows(shape, short, width, (index) => format(data[index]!));
}

/** Appends what is not a value, on a new line where the last one is full. */
function withMarks(text: string, marks: readonly string[]): string {
  let length = text.length - text.lastIndexOf("\n") + 1;
  let result = text;
  for (const mark of marks) {
    const full = length + mark.length + 2 > LINE;
    result += full ? `,\n${" ".repeat(INDENT)}${mark}` : `, ${mark}`;
    length = full ? INDENT + mark.length : length + mark.length + 2;
  }
  return result;
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

function rows(
  shape: readonly number[],
  short: boolean,
  width: number,
  show: (index: number) => string,
): string {
  const rank = shape.length;
  const inside = (axis: number): string => " ".repeat(INDENT + axis + 1);
  const vector = (axis: number, parts: readonly string[]): string => {
    const each = Math.max(1, Math.floor((LINE - INDENT - axis) / (width + 2)));
    const lines = Array.from({ length: Math.ceil(parts.length / each) }, (_, i) =>
      parts.slice(i * each, (i + 1) * each).join(", "),
    );
    return `[${lines.join(`,\n${inside(axis)}`)}]`;
  };
  const block = (axis: number, offset: number): string => {
    if (axis === rank) return show(offset);
    const extent = shape[axis]!;
    const last = axis === rank - 1;
    const parts = places(extent, short).map((place) => {
      if (place === null) return last ? " ..." : "...";
      return block(axis + 1, offset * extent + place);
    });
    if (last) return vector(axis, parts);
    return `[${parts.join(`,${"\n".repeat(rank - 1 - axis)}${inside(axis)}`)}]`;
  };
  return block(0, 0);
}

interface Format {
  readonly format: (value: number) => string;
  readonly width: number;
}

/**
 * Chooses one format for all printed elements, as PyTorch does, and pads to the widest; of floats
 * the widest that is finite and not 0.
 */
function formatter(x: Value, values: readonly number[]): Format {
  const { dtype } = x.type;
  const float = isFloat(dtype);
  const counted = float ? values.filter((v) => Number.isFinite(v) && v !== 0) : values;
  const spell = float ? floatSpelling(counted) : dtype === "bool" ? showBool : String;
  const width = Math.max(1, ...counted.map((value) => spell(value).length));
  return { width, format: (value) => spell(value).padStart(width) };
}

function showBool(value: number): string {
  return value === 0 ? "false" : "true";
}

/**
 * Spells numbers by what is among them: whole ones as `2.`, very different ones by powers of 10.
 */
function floatSpelling(values: readonly number[]): (value: number) => string {
  const sizes = values.map(Math.abs);
  const largest = Math.max(0, ...sizes);
  const smallest = Math.min(Infinity, ...sizes);
  const whole = sizes.every(Number.isInteger);
  const wide = largest / smallest > 1000 || largest > 1e8 || (!whole && smallest < 1e-4);
  const scientific = sizes.length > 0 && wide;
  return (value) => {
    if (Number.isNaN(value)) return "nan";
    if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
    if (scientific) return exponential(value);
    if (whole) return `${Object.is(value, -0) ? "-0" : value}.`;
    return Object.is(value, -0) ? "-0.0000" : value.toFixed(4);
  };
}

/** Spells 1.5e-7 as `1.5000e-07`. */
function exponential(value: number): string {
  const [mantissa, exponent] = value.toExponential(4).split("e") as [string, string];
  const digits = exponent.slice(1).padStart(2, "0");
  return `${Object.is(value, -0) ? "-" : ""}${mantissa}e${exponent[0]}${digits}`;
}
