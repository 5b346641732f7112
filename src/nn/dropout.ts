/** Dropout of elements and of channels, as in `torch.nn`. */
import { argumentError } from "../core/errors.ts";
import { read } from "../core/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import * as F from "./functional/dropout.ts";
import { Module } from "./module.ts";
import { showBool, showFloat } from "./repr.ts";

/**
 * While training, sets each element to 0 with probability `p` (0.5) and divides the others by 1 −
 * p; in evaluation it gives back its input. Any shape. PyTorch: `torch.nn.Dropout`.
 */
export class Dropout extends Module {
  /** @internal */
  static readonly passesOn = true;
  readonly p: number;

  constructor(options: number | { readonly p?: number } = {}) {
    super();
    this.p = read(this.constructor.name, { p: 0.5 }, [options]).p;
    if (!(this.p >= 0 && this.p <= 1)) {
      throw argumentError(
        `${this.constructor.name}: p is ${this.p}; need a probability from 0 to 1.`,
      );
    }
  }

  forward(x: Tensor): Tensor {
    return F.dropout(x, { p: this.p, training: this.training });
  }

  override extraRepr(): string {
    return `p=${showFloat(this.p)}, inplace=${showBool(false)}`;
  }
}

/** The same for channels of `[N, C, L]`; see {@link Dropout2d}. PyTorch: `torch.nn.Dropout1d`. */
export class Dropout1d extends Dropout {
  override forward(x: Tensor): Tensor {
    return F.dropout1d(x, { p: this.p, training: this.training });
  }
}

/**
 * While training, sets whole channels of `[N, C, H, W]` to 0 with probability `p` (0.5) and
 * divides the others by 1 − p; in evaluation it gives back its input. PyTorch:
 * `torch.nn.Dropout2d`.
 */
export class Dropout2d extends Dropout {
  override forward(x: Tensor): Tensor {
    return F.dropout2d(x, { p: this.p, training: this.training });
  }
}

/**
 * The same for channels of `[N, C, D, H, W]`; see {@link Dropout2d}. PyTorch:
 * `torch.nn.Dropout3d`.
 */
export class Dropout3d extends Dropout {
  override forward(x: Tensor): Tensor {
    return F.dropout3d(x, { p: this.p, training: this.training });
  }
}

/**
 * Dropout to go with SELU: keeps mean 0 and variance 1, which dropping to zero would not. Any
 * shape. PyTorch: `torch.nn.AlphaDropout`.
 */
export class AlphaDropout extends Dropout {
  override forward(x: Tensor): Tensor {
    return F.alphaDropout(x, { p: this.p, training: this.training });
  }
}

/** The same for whole channels of `[N, C, …]`. PyTorch: `torch.nn.FeatureAlphaDropout`. */
export class FeatureAlphaDropout extends Dropout {
  override forward(x: Tensor): Tensor {
    return F.featureAlphaDropout(x, { p: this.p, training: this.training });
  }
}
