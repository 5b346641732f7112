/** Layers without weights over channels and pairs: pixels, responses, angles, distances. */
import { shapeError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import type { Settings } from "../tensor/functions/define.ts";
import { settingsOf } from "../tensor/functions/define.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { softmax } from "../tensor/functions/activation.ts";
import { pixelShuffle, pixelUnshuffle } from "./functional/image.ts";
import type { DistanceOptions, SimilarityOptions } from "./functional/margin.ts";
import * as F from "./functional/margin.ts";
import type { LocalResponseOptions } from "./functional/norm.ts";
import { localResponseNorm } from "./functional/norm.ts";
import { needSize } from "./factory.ts";
import { Module } from "./module.ts";
import { showFloat } from "./repr.ts";

/** `[…, C · r², H, W]` as `[…, C, H · r, W · r]`. PyTorch: `torch.nn.PixelShuffle`. */
export class PixelShuffle extends Module {
  readonly upscaleFactor: number;

  constructor(upscaleFactor: number) {
    super();
    this.upscaleFactor = needSize("PixelShuffle", "upscaleFactor", upscaleFactor);
  }

  forward(x: Tensor): Tensor {
    return pixelShuffle(x, this.upscaleFactor);
  }

  override extraRepr(): string {
    return `upscale_factor=${this.upscaleFactor}`;
  }
}

/** `[…, C, H · r, W · r]` as `[…, C · r², H, W]`. PyTorch: `torch.nn.PixelUnshuffle`. */
export class PixelUnshuffle extends Module {
  readonly downscaleFactor: number;

  constructor(downscaleFactor: number) {
    super();
    this.downscaleFactor = needSize("PixelUnshuffle", "downscaleFactor", downscaleFactor);
  }

  forward(x: Tensor): Tensor {
    return pixelUnshuffle(x, this.downscaleFactor);
  }

  override extraRepr(): string {
    return `downscale_factor=${this.downscaleFactor}`;
  }
}

/**
 * The cosine of the angle between two tensors along `dim` (1). Options: `dim`, `eps` (1e-8).
 * PyTorch: `torch.nn.CosineSimilarity`.
 */
export class CosineSimilarity extends Module {
  readonly dim: number;
  readonly eps: number;

  constructor(...args: Settings<[dim: number, eps: number], SimilarityOptions>) {
    super();
    const options = settingsOf<SimilarityOptions>("CosineSimilarity", ["dim", "eps"], args);
    this.dim = options.dim ?? 1;
    this.eps = options.eps ?? 1e-8;
  }

  forward(x1: Tensor, x2: Tensor): Tensor {
    return F.cosineSimilarity(x1, x2, this.dim, this.eps);
  }
}

/**
 * The p-norm of the difference of two tensors over the last axis. Options: `p` (2), `eps` (1e-6),
 * `keepdim` (false). PyTorch: `torch.nn.PairwiseDistance`.
 */
export class PairwiseDistance extends Module {
  readonly p: number;
  readonly eps: number;
  readonly keepdim: boolean;

  constructor(...args: Settings<[p: number, eps: number, keepdim: boolean], DistanceOptions>) {
    super();
    const names = ["p", "eps", "keepdim?"];
    const options = settingsOf<DistanceOptions>("PairwiseDistance", names, args);
    this.p = options.p ?? 2;
    this.eps = options.eps ?? 1e-6;
    this.keepdim = options.keepdim ?? false;
  }

  forward(x1: Tensor, x2: Tensor): Tensor {
    return F.pairwiseDistance(x1, x2, this.p, this.eps, this.keepdim);
  }
}

/**
 * x / (k + alpha · mean of x² over `size` neighbouring channels)^beta, of `[N, C, …]`. Options:
 * `alpha` (1e-4), `beta` (0.75), `k` (1). PyTorch: `torch.nn.LocalResponseNorm`.
 */
export class LocalResponseNorm extends Module {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;

  constructor(
    size: number,
    ...args: Settings<[alpha: number, beta: number, k: number], LocalResponseOptions>
  ) {
    super();
    const names = ["alpha", "beta", "k"];
    const options = settingsOf<LocalResponseOptions>("LocalResponseNorm", names, args);
    this.size = needSize("LocalResponseNorm", "size", size);
    this.alpha = options.alpha ?? 1e-4;
    this.beta = options.beta ?? 0.75;
    this.k = options.k ?? 1;
  }

  forward(x: Tensor): Tensor {
    return localResponseNorm(x, this.size, this.alpha, this.beta, this.k);
  }

  override extraRepr(): string {
    const { size, alpha, beta, k } = this;
    return `${size}, alpha=${showFloat(alpha)}, beta=${showFloat(beta)}, k=${showFloat(k)}`;
  }
}

/**
 * Softmax over the channels of each place of `[N, C, H, W]` or `[C, H, W]`. PyTorch:
 * `torch.nn.Softmax2d`.
 */
export class Softmax2d extends Module {
  forward(x: Tensor): Tensor {
    if (x.ndim === 3 || x.ndim === 4) return softmax(x, -3);
    throw shapeError(`Softmax2d: x is ${showShape(x.shape)}; need [N, C, H, W] or [C, H, W].`);
  }
}
