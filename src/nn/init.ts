/**
 * Ways to fill a parameter before training, as `torch.nn.init` (its underscores dropped: the
 * tensor is set, and returned). All numbers come from the seeded generator and from the library's
 * own math.
 */
import { argumentError, shapeError } from "../core/errors.ts";
import type { Options, Settings } from "../core/options.ts";
import { read } from "../core/options.ts";
import type { Shape } from "../core/shape.ts";
import { showShape } from "../core/shape.ts";
import { tensor } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { drawNormal, drawUniform } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Which of a layer's sizes keeps its variance: that of its inputs, or of its outputs. */
export type FanMode = "fan_in" | "fan_out";

/** What {@link calculateGain} knows, as PyTorch spells it. */
const GAINS = {
  linear: () => 1,
  conv1d: () => 1,
  conv2d: () => 1,
  conv3d: () => 1,
  conv_transpose1d: () => 1,
  conv_transpose2d: () => 1,
  conv_transpose3d: () => 1,
  sigmoid: () => 1,
  tanh: () => 5 / 3,
  relu: () => Math.SQRT2,
  leaky_relu: (slope: number) => Math.sqrt(2 / (1 + slope * slope)),
  selu: () => 3 / 4,
} as const;

/** The activations that {@link calculateGain} knows. */
export type Nonlinearity = keyof typeof GAINS;

/** How often `truncNormal` draws as many numbers as it needs before it gives up. */
const DRAW_ROUNDS = 1000;

const KAIMING = {
  /** The slope of the leaky ReLU that follows; default 0. */
  a: 0,
  /** Default: "fan_in". */
  mode: "fan_in" as FanMode,
  /** Default: "leaky_relu". */
  nonlinearity: "leaky_relu" as Nonlinearity,
};

/** Options of the Kaiming initialisations. */
export type KaimingOptions = Options<typeof KAIMING>;

type KaimingArguments = Settings<
  [a: number, mode: FanMode, nonlinearity: Nonlinearity],
  KaimingOptions
>;

const UNIFORM = { a: 0, b: 1 };
const NORMAL = { mean: 0, std: 1 };
const TRUNC = { mean: 0, std: 1, a: -2, b: 2 };
const SPARSE = { sparsity: NaN, std: 0.01 };
const GAIN = { gain: 1 };

/** Whether weights keep what they have, since others will be loaded or drawn. */
let keeps = false;

/**
 * Makes layers whose weights are zeros: those that are loaded, or drawn in another way, need not be
 * drawn first. PyTorch: `torch.nn.utils.skip_init`.
 */
export function withoutDrawing<T>(make: () => T): T {
  const before = keeps;
  keeps = true;
  try {
    return make();
  } finally {
    keeps = before;
  }
}

/** Fills with numbers evenly spread over a … b (default 0 … 1). PyTorch: `uniform_`. */
export function uniform<T extends Tensor>(
  x: T,
  ...args: Settings<[a: number, b: number], Options<typeof UNIFORM>>
): T {
  const { a, b } = read("uniform", UNIFORM, args);
  if (keeps) return x;
  return put(
    x,
    drawUniform(x.numel()).map((u) => a + (b - a) * u),
  );
}

/** Fills with normally distributed numbers (default mean 0, std 1). PyTorch: `normal_`. */
export function normal<T extends Tensor>(
  x: T,
  ...args: Settings<[mean: number, std: number], Options<typeof NORMAL>>
): T {
  const { mean, std } = read("normal", NORMAL, args);
  if (keeps) return x;
  return put(
    x,
    drawNormal(x.numel()).map((z) => mean + std * z),
  );
}

/**
 * Fills with normally distributed numbers (default mean 0, std 1) that lie in a … b (default −2 …
 * 2); the bounds are values, not multiples of std. PyTorch: `trunc_normal_`.
 */
export function truncNormal<T extends Tensor>(
  x: T,
  ...args: Settings<[mean: number, std: number, a: number, b: number], Options<typeof TRUNC>>
): T {
  const { mean, std, a, b } = read("truncNormal", TRUNC, args);
  const data = new Float64Array(x.numel());
  let filled = 0;
  for (let round = 0; filled < data.length; round++) {
    if (round === DRAW_ROUNDS) {
      throw argumentError(
        `truncNormal: numbers of mean ${mean} and std ${std} hardly ever lie in ${a} … ${b}.`,
      );
    }
    for (const z of drawNormal(data.length)) {
      const value = mean + std * z;
      if (value >= a && value <= b && filled < data.length) data[filled++] = value;
    }
  }
  return put(x, data);
}

/** Fills with one value. PyTorch: `constant_`. */
export function constant<T extends Tensor>(x: T, value: number): T {
  return put(x, new Float64Array(x.numel()).fill(value));
}

/** Fills with zeros. PyTorch: `zeros_`. */
export function zeros<T extends Tensor>(x: T): T {
  return constant(x, 0);
}

/** Fills with ones. PyTorch: `ones_`. */
export function ones<T extends Tensor>(x: T): T {
  return constant(x, 1);
}

/** Fills a matrix with ones on the diagonal and zeros elsewhere. PyTorch: `eye_`. */
export function eye<T extends Tensor>(x: T): T {
  const [rows, columns] = needMatrix("eye", x.shape);
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < Math.min(rows, columns); i++) data[i * columns + i] = 1;
  return put(x, data);
}

/**
 * Fills evenly over ±gain · √(6 / (fanIn + fanOut)), which keeps variance both ways (Glorot).
 * Needs at least two axes, `[out, in, …]`. PyTorch: `xavier_uniform_`.
 */
export function xavierUniform<T extends Tensor>(
  x: T,
  options: number | { readonly gain?: number } = {},
): T {
  const { gain } = read("xavierUniform", GAIN, [options]);
  const { fanIn, fanOut } = fans("xavierUniform", x.shape);
  const bound = gain * Math.sqrt(6 / (fanIn + fanOut));
  return uniform(x, { a: -bound, b: bound });
}

/** Fills normally with std gain · √(2 / (fanIn + fanOut)). PyTorch: `xavier_normal_`. */
export function xavierNormal<T extends Tensor>(
  x: T,
  options: number | { readonly gain?: number } = {},
): T {
  const { gain } = read("xavierNormal", GAIN, [options]);
  const { fanIn, fanOut } = fans("xavierNormal", x.shape);
  return normal(x, { std: gain * Math.sqrt(2 / (fanIn + fanOut)) });
}

/**
 * Fills evenly over ±gain · √(3 / fan), which keeps variance through a layer and the activation
 * after it (He). Needs at least two axes, `[out, in, …]`. PyTorch: `kaiming_uniform_`.
 */
export function kaimingUniform<T extends Tensor>(x: T, ...args: KaimingArguments): T {
  const bound = Math.sqrt(3) * kaimingStd("kaimingUniform", x.shape, args);
  return uniform(x, { a: -bound, b: bound });
}

/** Fills normally with std gain / √fan. PyTorch: `kaiming_normal_`. */
export function kaimingNormal<T extends Tensor>(x: T, ...args: KaimingArguments): T {
  return normal(x, { std: kaimingStd("kaimingNormal", x.shape, args) });
}

/**
 * Fills with a random matrix whose rows (or columns, whichever are fewer) are orthogonal and of
 * length `gain`; further axes count as columns. PyTorch: `orthogonal_`.
 */
export function orthogonal<T extends Tensor>(
  x: T,
  options: number | { readonly gain?: number } = {},
): T {
  const { gain } = read("orthogonal", GAIN, [options]);
  if (x.shape.length < 2) {
    throw shapeError(`orthogonal: the tensor is ${showShape(x.shape)}; need at least two axes.`);
  }
  const rows = x.shape[0]!;
  const columns = rows === 0 ? 0 : x.numel() / rows;
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
  const lines = orthonormal(count, length);
  const data = new Float64Array(rows * columns);
  lines.forEach((line, k) => {
    for (let i = 0; i < length; i++) {
      data[rows <= columns ? k * columns + i : i * columns + k] = gain * line[i]!;
    }
  });
  return put(x, data);
}

/**
 * Fills a convolution's weight `[out, in, …]` so that it passes its input through: 1 in the middle
 * of kernel (c, c), 0 elsewhere; with groups each on its own. PyTorch: `dirac_`.
 */
export function dirac<T extends Tensor>(
  x: T,
  options: number | { readonly groups?: number } = {},
): T {
  const { groups } = read("dirac", { groups: 1 }, [options]);
  const [out = 0, inner = 0, ...kernel] = x.shape;
  if (kernel.length < 1 || kernel.length > 3 || out % groups !== 0) {
    throw shapeError(
      `dirac: the tensor is ${showShape(x.shape)}; need [out, in, …] with one to three further ` +
        `axes, and ${groups} groups that divide out.`,
    );
  }
  const field = kernel.reduce((product, extent) => product * extent, 1);
  const middle = kernel.reduce((at, extent) => at * extent + Math.floor(extent / 2), 0);
  const data = new Float64Array(x.numel());
  const each = out / groups;
  for (let o = 0; o < out; o++) {
    const channel = o % each;
    if (channel < inner) data[(o * inner + channel) * field + middle] = 1;
  }
  return put(x, data);
}

/**
 * Fills a matrix normally (std 0.01) and sets a share `sparsity` of each column to 0. PyTorch:
 * `sparse_`.
 */
export function sparse<T extends Tensor>(
  x: T,
  ...args: Settings<[sparsity: number, std: number], Options<typeof SPARSE>>
): T {
  const { sparsity: share, std } = read("sparse", SPARSE, args);
  if (!(share >= 0 && share <= 1)) {
    throw argumentError(`sparse: sparsity is ${share}; need a number from 0 to 1.`);
  }
  const [rows, columns] = needMatrix("sparse", x.shape);
  const data = drawNormal(rows * columns).map((z) => std * z);
  const places = drawUniform(rows * columns);
  const zeros = Math.ceil(share * rows);
  for (let c = 0; c < columns; c++) {
    const order = Array.from({ length: rows }, (_, r) => r);
    order.sort((a, b) => places[a * columns + c]! - places[b * columns + c]!);
    for (const r of order.slice(0, zeros)) data[r * columns + c] = 0;
  }
  return put(x, data);
}

/**
 * Returns how much an activation shrinks the spread of what passes through, as a factor to make up
 * for it; `param` is the slope of a leaky ReLU (default 0.01). PyTorch: `calculate_gain`.
 */
export function calculateGain(nonlinearity: Nonlinearity, param = 0.01): number {
  if (Object.hasOwn(GAINS, nonlinearity)) return GAINS[nonlinearity](param);
  throw argumentError(
    `calculateGain: there is no gain for ${nonlinearity}; known are ${Object.keys(GAINS).join(", ")}.`,
  );
}

/**
 * Returns how many inputs feed one output of a weight `[out, in, …]`, and how many outputs one
 * input feeds; further axes (a convolution's kernel) count in both.
 */
export function fans(name: string, shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2) {
    throw shapeError(
      `${name}: the tensor is ${showShape(shape)}; need at least two axes, [out, in, …].`,
    );
  }
  const field = shape.slice(2).reduce((product, extent) => product * extent, 1);
  return { fanIn: shape[1]! * field, fanOut: shape[0]! * field };
}

function kaimingStd(name: string, shape: Shape, args: KaimingArguments): number {
  const { a, mode, nonlinearity } = read(name, KAIMING, args);
  if (mode !== "fan_in" && mode !== "fan_out") {
    throw argumentError(`${name}: mode is "${String(mode)}"; need "fan_in" or "fan_out".`);
  }
  const { fanIn, fanOut } = fans(name, shape);
  return calculateGain(nonlinearity, a) / Math.sqrt(mode === "fan_in" ? fanIn : fanOut);
}

/**
 * Draws `count` orthonormal vectors, uniformly distributed: normal ones, each made orthogonal
 * twice.
 */
function orthonormal(count: number, length: number): Float64Array[] {
  const all = drawNormal(count * length);
  const lines: Float64Array[] = [];
  for (let k = 0; k < count; k++) {
    const line = all.slice(k * length, (k + 1) * length);
    for (const other of [...lines, ...lines]) {
      const overlap = dot(line, other);
      for (let i = 0; i < length; i++) line[i] = line[i]! - overlap * other[i]!;
    }
    const size = Math.sqrt(dot(line, line));
    lines.push(line.map((value) => value / size));
  }
  return lines;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function needMatrix(name: string, shape: Shape): [number, number] {
  if (shape.length === 2) return [shape[0]!, shape[1]!];
  throw shapeError(`${name}: the tensor is ${showShape(shape)}; need a matrix.`);
}

function put<T extends Tensor>(x: T, data: Float64Array): T {
  const value = tensor(data, { shape: x.shape, dtype: x.dtype });
  noGrad(() => x.set(value.to(x.device)));
  return x;
}
