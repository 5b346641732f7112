/**
 * Fourier transforms, named and scaled as in PyTorch's `torch.fft`. Complex numbers are pairs
 * (real, imaginary) in a last axis of 2, as `torch.view_as_real` shows them; `dim` counts the axes
 * before it. Any length is taken, in n · log n steps; results can be differentiated as often as
 * wanted.
 */
import { needOneOf } from "../core/choice.ts";
import { argumentError, shapeError } from "../core/errors.ts";
import { asGiven } from "../core/options.ts";
import { normalizeAxis, showShape } from "../core/shape.ts";
import { toFloat } from "../ir/compose/arithmetic.ts";
import type { Direction } from "../ir/compose/fourier.ts";
import { padded, transform } from "../ir/compose/fourier.ts";
import type { Node, NodeBuilder } from "../ir/node.ts";
import { concat, fillLike, op, permute, reshape, scaled, sliceAxis } from "../ir/words.ts";
import { deviceOf } from "./call.ts";
import type { TensorOptions } from "./create.ts";
import { tensor } from "./create.ts";
import { define } from "./functions/define.ts";
import { roll, stack } from "./functions/movement.ts";
import type { Tensor } from "./tensor.ts";

/** What is divided: by n backwards, by √n both ways, or by n forwards. */
export type Norm = "backward" | "ortho" | "forward";

/** A list of lengths or axes; null for all. */
type Several = readonly number[] | null;

/** The settings of a transform along one axis. */
type One = [n: number | null, dim: number, norm: Norm];

const ONE = { n: asGiven<number | null>(null), dim: -1, norm: "backward" as Norm };
const all = { norm: "backward" as Norm };
const TWO = { s: asGiven<Several>(null), dim: [-2, -1] as readonly number[], ...all };
const MANY = { s: asGiven<Several>(null), dim: asGiven<Several>(null), ...all };

/** The pairs of an input; throws for what holds none. */
function pairs(b: NodeBuilder, name: string, x: Node): Node {
  const { shape } = x.type;
  if (shape.length >= 2 && shape.at(-1) === 2) return toFloat(b, x);
  throw shapeError(
    `${name}: the input is ${x.type.text}; need complex numbers as pairs, […, 2]. ` +
      "rfft(x) takes real ones, and so does fft(complex(x)).",
  );
}

/** Real numbers along some axes as pairs. */
function real(b: NodeBuilder, name: string, x: Node): Node {
  const { shape } = x.type;
  if (shape.length === 0) throw shapeError(`${name}: the input is a scalar; need an axis.`);
  const re = reshape(b, toFloat(b, x), [...shape, 1]);
  return concat(b, [re, fillLike(b, re, 0)], shape.length);
}

/** The axis of pairs that `dim` names. */
const axisOf = (name: string, z: Node, dim: number): number =>
  normalizeAxis(name, dim, z.type.shape.length - 1);

function checkLength(name: string, n: number): void {
  if (Number.isInteger(n) && n >= 1) return;
  throw argumentError(`${name}: n is ${n}; need an integer from 1 on.`);
}

/** What a transform of n is multiplied by. */
function factorOf(name: string, norm: Norm, n: number, direction: Direction): number {
  needOneOf(`${name}: norm`, norm, ["backward", "ortho", "forward"]);
  if (norm === "ortho") return 1 / Math.sqrt(n);
  return (norm === "forward") === direction < 0 ? 1 / n : 1;
}

/** One complex transform along an axis of pairs, which is first cut or filled up to n. */
function along(
  b: NodeBuilder,
  name: string,
  z: Node,
  axis: number,
  given: number | null,
  norm: Norm,
  direction: Direction,
): Node {
  const n = given ?? z.type.shape[axis]!;
  checkLength(name, n);
  const x = padded(b, z, axis, n);
  const { shape } = x.type;
  const pair = shape.length - 1;
  const order = [...shape.keys()].filter((a) => a !== axis && a !== pair);
  const axes = [...order, pair, axis];
  const moved = permute(b, x, axes);
  const lines = reshape(b, moved, [x.type.size / (2 * n), 2, n]);
  const factor = factorOf(name, norm, n, direction);
  const made = transform(b, lines, direction);
  const y = factor === 1 ? made : scaled(b, made, factor);
  const back = shape.map((_, a) => axes.indexOf(a));
  return permute(b, reshape(b, y, moved.type.shape), back);
}

/** The half of a spectrum that is not mirrored: n / 2 + 1 places. */
function half(b: NodeBuilder, z: Node, axis: number): Node {
  return sliceAxis(b, z, axis, 0, Math.floor(z.type.shape[axis]! / 2) + 1);
}

/** The whole spectrum of n places, of which the first n / 2 + 1 are given: z[n − k] = z̄[k]. */
function mirrored(b: NodeBuilder, z: Node, axis: number, n: number): Node {
  const known = padded(b, z, axis, Math.floor(n / 2) + 1);
  const more = n - known.type.shape[axis]!;
  if (more === 0) return known;
  const pair = z.type.shape.length - 1;
  const rest = sliceAxis(b, known, axis, more, more, -1);
  const parts = [
    sliceAxis(b, rest, pair, 0, 1),
    op(b, "neg", sliceAxis(b, rest, pair, 1, 1)),
  ] as const;
  return concat(b, [known, concat(b, parts, pair)], axis);
}

/** The real parts of pairs. */
function realPart(b: NodeBuilder, z: Node): Node {
  const pair = z.type.shape.length - 1;
  return reshape(b, sliceAxis(b, z, pair, 0, 1), z.type.shape.slice(0, -1));
}

/** From half a spectrum to real numbers: n, or 2 · (places − 1). */
function toReal(
  b: NodeBuilder,
  name: string,
  z: Node,
  axis: number,
  given: number | null,
  norm: Norm,
): Node {
  const n = given ?? 2 * (z.type.shape[axis]! - 1);
  checkLength(name, n);
  return realPart(b, along(b, name, mirrored(b, z, axis, n), axis, n, norm, 1));
}

/** The axes and lengths of a transform over several; the last axes unless given. */
function several(
  name: string,
  z: Node,
  s: Several,
  dim: Several,
): { readonly axes: readonly number[]; readonly lengths: readonly (number | null)[] } {
  const rank = z.type.shape.length - 1;
  const count = dim?.length ?? s?.length ?? rank;
  const axes = (dim ?? Array.from({ length: count }, (_, i) => i - count)).map((d) =>
    axisOf(name, z, d),
  );
  if (s !== null && s.length !== axes.length) {
    throw argumentError(`${name}: s has ${s.length} lengths and dim ${axes.length}; need as many.`);
  }
  if (axes.length > 0 && new Set(axes).size === axes.length) {
    return { axes, lengths: axes.map((_, i) => s?.[i] ?? null) };
  }
  throw argumentError(`${name}: dim is [${(dim ?? []).join(", ")}]; need axes that differ.`);
}

/** Complex transforms along several axes. */
function overAxes(
  b: NodeBuilder,
  name: string,
  z: Node,
  where: { readonly axes: readonly number[]; readonly lengths: readonly (number | null)[] },
  norm: Norm,
  direction: Direction,
): Node {
  return where.axes.reduce(
    (y, axis, i) => along(b, name, y, axis, where.lengths[i]!, norm, direction),
    z,
  );
}

function complexMany(name: string, direction: Direction) {
  return (b: NodeBuilder, x: Node, s: Several, dim: Several, norm: Norm): Node => {
    const z = pairs(b, name, x);
    return overAxes(b, name, z, several(name, z, s, dim), norm, direction);
  };
}

function realMany(name: string) {
  return (b: NodeBuilder, x: Node, s: Several, dim: Several, norm: Norm): Node => {
    const z = real(b, name, x);
    const { axes, lengths } = several(name, z, s, dim);
    const last = axes.at(-1)!;
    const first = half(b, along(b, name, z, last, lengths.at(-1)!, norm, -1), last);
    const rest = { axes: axes.slice(0, -1), lengths };
    return overAxes(b, name, first, rest, norm, -1);
  };
}

function toRealMany(name: string) {
  return (b: NodeBuilder, x: Node, s: Several, dim: Several, norm: Norm): Node => {
    const z = pairs(b, name, x);
    const { axes, lengths } = several(name, z, s, dim);
    const rest = { axes: axes.slice(0, -1), lengths };
    const first = overAxes(b, name, z, rest, norm, 1);
    return toReal(b, name, first, axes.at(-1)!, lengths.at(-1)!, norm);
  };
}

/**
 * The Fourier transform of pairs along an axis: `[…, n, 2]` to the same shape, frequency k / n at
 * place k. `n` cuts the axis or fills it up with zeros. PyTorch: `torch.fft.fft`.
 */
export const fft = /* @__PURE__ */ define("fft", ONE, (b, x, ...given: One) => {
  const [n, dim, norm] = given;
  const z = pairs(b, "fft", x);
  return along(b, "fft", z, axisOf("fft", z, dim), n, norm, -1);
});

/** The inverse of {@link fft}. PyTorch: `torch.fft.ifft`. */
export const ifft = /* @__PURE__ */ define("ifft", ONE, (b, x, ...given: One) => {
  const [n, dim, norm] = given;
  const z = pairs(b, "ifft", x);
  return along(b, "ifft", z, axisOf("ifft", z, dim), n, norm, 1);
});

/**
 * The Fourier transform of real numbers along an axis, without the half that mirrors the other:
 * `[…, n]` to pairs `[…, n / 2 + 1, 2]`. PyTorch: `torch.fft.rfft`.
 */
export const rfft = /* @__PURE__ */ define("rfft", ONE, (b, x, ...given: One) => {
  const [n, dim, norm] = given;
  const z = real(b, "rfft", x);
  const axis = axisOf("rfft", z, dim);
  return half(b, along(b, "rfft", z, axis, n, norm, -1), axis);
});

/**
 * The inverse of {@link rfft}: pairs `[…, m, 2]` to n real numbers, 2 · (m − 1) unless given (say n
 * where it is odd). PyTorch: `torch.fft.irfft`.
 */
export const irfft = /* @__PURE__ */ define("irfft", ONE, (b, x, ...given: One) => {
  const [n, dim, norm] = given;
  const z = pairs(b, "irfft", x);
  return toReal(b, "irfft", z, axisOf("irfft", z, dim), n, norm);
});

/** {@link fft} along two axes, the last ones. PyTorch: `torch.fft.fft2`. */
export const fft2 = /* @__PURE__ */ define("fft2", TWO, complexMany("fft2", -1));
/** The inverse of {@link fft2}. PyTorch: `torch.fft.ifft2`. */
export const ifft2 = /* @__PURE__ */ define("ifft2", TWO, complexMany("ifft2", 1));
/** {@link rfft} along two axes: the last is halved. PyTorch: `torch.fft.rfft2`. */
export const rfft2 = /* @__PURE__ */ define("rfft2", TWO, realMany("rfft2"));
/** The inverse of {@link rfft2}. PyTorch: `torch.fft.irfft2`. */
export const irfft2 = /* @__PURE__ */ define("irfft2", TWO, toRealMany("irfft2"));
/** {@link fft} along several axes: all unless `dim` or `s` say less. PyTorch: `torch.fft.fftn`. */
export const fftn = /* @__PURE__ */ define("fftn", MANY, complexMany("fftn", -1));
/** The inverse of {@link fftn}. PyTorch: `torch.fft.ifftn`. */
export const ifftn = /* @__PURE__ */ define("ifftn", MANY, complexMany("ifftn", 1));
/** {@link rfft} along several axes: the last is halved. PyTorch: `torch.fft.rfftn`. */
export const rfftn = /* @__PURE__ */ define("rfftn", MANY, realMany("rfftn"));
/** The inverse of {@link rfftn}. PyTorch: `torch.fft.irfftn`. */
export const irfftn = /* @__PURE__ */ define("irfftn", MANY, toRealMany("irfftn"));

/**
 * Pairs `[…, 2]` of real and imaginary parts; these are 0 unless given. PyTorch: `torch.complex`.
 */
export function complex(real: Tensor, imag?: Tensor): Tensor {
  return stack([real, imag ?? real.mul(0)], { dim: -1 });
}

/** The product of complex numbers as pairs `[…, 2]`; the axes before broadcast. */
export function complexMul(x: Tensor, y: Tensor): Tensor {
  deviceOf("complexMul", [x, y]);
  const [a, b] = halves("complexMul", x);
  const [c, d] = halves("complexMul", y);
  return complex(a.mul(c).sub(b.mul(d)), a.mul(d).add(b.mul(c)));
}

function halves(name: string, x: Tensor): [Tensor, Tensor] {
  if (x.shape.at(-1) !== 2) {
    throw shapeError(`${name}: x is ${showShape(x.shape)}; need pairs, […, 2].`);
  }
  return [x.select(-1, 0), x.select(-1, 1)];
}

/**
 * The frequencies of the places of {@link fft}, samples being d apart: 0, 1, … −2, −1 over n · d.
 */
export function fftfreq(n: number, d = 1, options: TensorOptions = {}): Tensor {
  checkLength("fftfreq", n);
  const first = Math.floor((n - 1) / 2);
  return tensor(
    Array.from({ length: n }, (_, k) => (k <= first ? k : k - n) / (n * d)),
    options,
  );
}

/**
 * The frequencies of the places of {@link rfft}, samples being d apart: 0, 1, … n / 2 over n · d.
 */
export function rfftfreq(n: number, d = 1, options: TensorOptions = {}): Tensor {
  checkLength("rfftfreq", n);
  return tensor(
    Array.from({ length: Math.floor(n / 2) + 1 }, (_, k) => k / (n * d)),
    options,
  );
}

/**
 * Brings frequency 0 to the middle of axes, all unless given. Axes are counted as x has them: of
 * pairs name those before the last. PyTorch: `torch.fft.fftshift`.
 */
export function fftshift(x: Tensor, dim?: number | readonly number[]): Tensor {
  return shifted("fftshift", x, dim, (n) => Math.floor(n / 2));
}

/** The inverse of {@link fftshift}. PyTorch: `torch.fft.ifftshift`. */
export function ifftshift(x: Tensor, dim?: number | readonly number[]): Tensor {
  return shifted("ifftshift", x, dim, (n) => -Math.floor(n / 2));
}

function shifted(
  name: string,
  x: Tensor,
  dim: number | readonly number[] | undefined,
  by: (n: number) => number,
): Tensor {
  const axes = (dim === undefined ? [...x.shape.keys()] : [dim].flat()).map((d) =>
    normalizeAxis(name, d, x.ndim),
  );
  return roll(
    x,
    axes.map((axis) => by(x.shape[axis]!)),
    axes,
  );
}
