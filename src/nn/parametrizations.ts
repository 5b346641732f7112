/** Weights that are computed from others. PyTorch: `torch.nn.utils.parametrizations`. */
import { argumentError } from "../core/errors.ts";
import type { Settings } from "../core/options.ts";
import { asGiven, read } from "../core/options.ts";
import { normalizeAxis } from "../core/shape.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { randn } from "../tensor/random.ts";
import { Tensor } from "../tensor/tensor.ts";
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from "./convolution.ts";
import { normalize } from "./functional/norm.ts";
import { Module } from "./module.ts";
import { registerParametrization } from "./parametrize.ts";

/** The axis that stays of a norm over all others; null for none. */
function normExcept(x: Tensor, dim: number | null): Tensor {
  if (dim === null) return x.norm();
  const axis = normalizeAxis("weightNorm", dim, x.ndim);
  const others = [...x.shape.keys()].filter((a) => a !== axis);
  return others.length === 0 ? x.abs() : x.norm(2, { dim: others, keepdim: true });
}

/** v · g / |v|. PyTorch: `_WeightNorm`. */
class _WeightNorm extends Module {
  readonly dim: number | null;

  constructor(dim: number | null) {
    super();
    this.dim = dim;
  }

  override forward(g: Tensor, v: Tensor): Tensor {
    return v.mul(g.div(normExcept(v, this.dim)));
  }

  rightInverse(value: Tensor): readonly Tensor[] {
    return [normExcept(value, this.dim), value];
  }
}

/** Options of {@link weightNorm}. */
export interface WeightNormOptions {
  /** Which tensor. Default: "weight". */
  readonly name?: string;
  /** The axis along which each slice has a length of its own, null for one length. Default: 0. */
  readonly dim?: number | null;
}

/**
 * Weight normalisation (Salimans and Kingma, 2016): `weight` = g · v / |v|, length and direction
 * trained apart, as `parametrizations.weight.original0` and `original1`. Returns the module.
 * PyTorch: `parametrizations.weight_norm`; the older `weight_g` and `weight_v` are not made.
 */
export function weightNorm<M extends Module>(
  module: M,
  ...settings: Settings<[name: string, dim: number | null], WeightNormOptions>
): M {
  const defaults = { name: "weight", dim: asGiven<number | null>(0) };
  const { name, dim } = read("weightNorm", defaults, settings);
  return registerParametrization(module, name, new _WeightNorm(dim));
}

/**
 * weight / σ, where σ is its largest singular value, found by iteration. PyTorch: `_SpectralNorm`.
 */
class _SpectralNorm extends Module {
  declare readonly _u: Tensor;
  declare readonly _v: Tensor;
  readonly dim: number;
  readonly eps: number;
  readonly nPowerIterations: number;

  constructor(weight: Tensor, nPowerIterations: number, eps: number, dim: number) {
    super();
    this.dim = normalizeAxis("spectralNorm", dim, weight.ndim);
    this.eps = eps;
    this.nPowerIterations = nPowerIterations;
    if (weight.ndim < 2) return;
    const matrix = noGrad(() => matrixOf(weight.detach(), this.dim));
    const [rows, columns] = matrix.shape as [number, number];
    const options = { dtype: weight.dtype, device: weight.device };
    const unit = (n: number): Tensor => normalize(randn([n], options), { dim: 0, eps });
    this.registerBuffer("_u", unit(rows));
    this.registerBuffer("_v", unit(columns));
    iterate(this, matrix, 15);
  }

  override forward(weight: Tensor): Tensor {
    if (weight.ndim < 2) return normalize(weight, { dim: 0, eps: this.eps });
    const matrix = matrixOf(weight, this.dim);
    if (this.training) iterate(this, matrix.detach(), this.nPowerIterations);
    const [u, v] = [this._u.detach(), this._v.detach()];
    return weight.div(u.dot(matrix.mv(v)));
  }

  rightInverse(value: Tensor): Tensor {
    return value; // of spectral norm 1 it gives itself
  }
}

/** The weight as a matrix, a row for each place of the axis. */
function matrixOf(weight: Tensor, dim: number): Tensor {
  return weight.movedim(dim, 0).flatten(1);
}

/** Brings u and v nearer to the singular vectors of the largest singular value. */
function iterate(of: _SpectralNorm, matrix: Tensor, times: number): void {
  const options = { dim: 0, eps: of.eps };
  noGrad(() => {
    let [u, v] = [of._u, of._v];
    for (let k = 0; k < times; k++) {
      u = normalize(matrix.mv(v), options);
      v = normalize(matrix.T.mv(u), options);
    }
    of._u.set(u);
    of._v.set(v);
  });
}

/** Options of {@link spectralNorm}. */
export interface SpectralNormOptions {
  /** Which tensor. Default: "weight". */
  readonly name?: string;
  /** How many steps of the iteration each use in training makes. Default: 1. */
  readonly nPowerIterations?: number;
  /** The least length that is divided by. Default: 1e-12. */
  readonly eps?: number;
  /** The axis of the outputs. Default: 0, of transposed convolutions 1. */
  readonly dim?: number | null;
}

type SpectralPlaces = [name: string, nPowerIterations: number, eps: number, dim: number | null];

/**
 * Spectral normalisation (Miyato et al., 2018): `weight` is divided by its largest singular value,
 * which each use in training brings nearer by power iteration (buffers `_u` and `_v`), and none in
 * evaluation. Returns the module. PyTorch: `parametrizations.spectral_norm`.
 */
export function spectralNorm<M extends Module>(
  module: M,
  ...settings: Settings<SpectralPlaces, SpectralNormOptions>
): M {
  const defaults = {
    name: "weight",
    nPowerIterations: 1,
    eps: 1e-12,
    dim: asGiven<number | null>(null),
  };
  const { name, nPowerIterations, eps, dim } = read("spectralNorm", defaults, settings);
  const weight = (module as unknown as Record<string, unknown>)[name];
  if (!(weight instanceof Tensor) || weight.ndim < 1) {
    throw argumentError(
      `spectralNorm: ${module.constructor.name} has no tensor ${name} with axes.`,
    );
  }
  if (!Number.isInteger(nPowerIterations) || nPowerIterations < 1) {
    throw argumentError(
      `spectralNorm: nPowerIterations is ${nPowerIterations}; need an integer from 1 on.`,
    );
  }
  const turned = [ConvTranspose1d, ConvTranspose2d, ConvTranspose3d].some(
    (kind) => module instanceof kind,
  );
  const axis = dim ?? (turned ? 1 : 0);
  const step = new _SpectralNorm(weight, nPowerIterations, eps, axis);
  return registerParametrization(module, name, step);
}
