/**
 * Transformer layers and stacks, as in `torch.nn`: attention, then two linear layers, each added.
 */
import { argumentError } from "../core/errors.ts";
import { FACTORY, optionsOf } from "../core/options.ts";
import type { Settings } from "../tensor/functions/define.ts";
import { settingsOf } from "../tensor/functions/define.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { MultiheadAttention } from "./attention.ts";
import { Dropout } from "./dropout.ts";
import * as F from "../tensor/functions/activation.ts";
import type { FactoryOptions } from "./factory.ts";
import { needSize } from "./factory.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { ModuleList } from "./module-list.ts";
import { LayerNorm } from "./normalization.ts";

/** Options of the transformer layers. */
export interface TransformerLayerOptions extends FactoryOptions {
  /** The width between the two linear layers. Default: 2048. */
  readonly dimFeedforward?: number;
  /** Default: 0.1. */
  readonly dropout?: number;
  /** Between the two linear layers: "relu" (default), "gelu", or a function. */
  readonly activation?: "relu" | "gelu" | ((x: Tensor) => Tensor);
  /** Added to variances. Default: 1e-5. */
  readonly layerNormEps?: number;
  /** Whether inputs are `[N, L, E]` instead of `[L, N, E]`. Default: false. */
  readonly batchFirst?: boolean;
  /** Normalise before attention and linear layers instead of after. Default: false. */
  readonly normFirst?: boolean;
  /** Whether linear layers and norms have a bias. Default: true. */
  readonly bias?: boolean;
}

/** Options of a call of an encoder. */
export interface EncoderCallOptions {
  /** What to leave out (true), or what is added to scores: `[L, L]` or `[N · heads, L, L]`. */
  readonly mask?: Tensor | null;
  /** Keys to leave out, `[N, L]`. */
  readonly srcKeyPaddingMask?: Tensor | null;
  /** Each place sees those up to it alone. Default: false. */
  readonly isCausal?: boolean;
}

/** Options of a call of an encoder layer. */
export interface EncoderLayerCallOptions extends Omit<EncoderCallOptions, "mask"> {
  /** What to leave out (true), or what is added to scores: `[L, L]` or `[N · heads, L, L]`. */
  readonly srcMask?: Tensor | null;
}

/** Options of a call of a decoder or a decoder layer. */
export interface DecoderCallOptions {
  /** For attention among targets. */
  readonly tgtMask?: Tensor | null;
  /** For attention to the memory. */
  readonly memoryMask?: Tensor | null;
  /** Targets to leave out, `[N, T]`. */
  readonly tgtKeyPaddingMask?: Tensor | null;
  /** Places of the memory to leave out, `[N, S]`. */
  readonly memoryKeyPaddingMask?: Tensor | null;
  /** Each target sees those up to it alone. Default: false. */
  readonly tgtIsCausal?: boolean;
  /** The same for the memory. Default: false. */
  readonly memoryIsCausal?: boolean;
}

type Activation = (x: Tensor) => Tensor;

function activationOf(name: string, given: TransformerLayerOptions["activation"]): Activation {
  if (typeof given === "function") return given;
  if (given === undefined || given === "relu") return F.relu;
  if (given === "gelu") return F.gelu;
  throw argumentError(
    `${name}: activation is "${String(given)}"; need "relu", "gelu" or a function.`,
  );
}

type LayerSettings = [
  dimFeedforward: number,
  dropout: number,
  activation: "relu" | "gelu" | ((x: Tensor) => Tensor),
  layerNormEps: number,
  batchFirst: boolean,
  normFirst: boolean,
];

/** The arguments of a layer after its heads, by position or by name. */
type LayerArguments = Settings<LayerSettings, TransformerLayerOptions>;

const LAYER = [
  "dimFeedforward",
  "dropout",
  "activation",
  "layerNormEps",
  "batchFirst?",
  "normFirst?",
];
const ENCODER_CALL = ["mask", "srcKeyPaddingMask", "isCausal?"];
const ENCODER_LAYER_CALL = ["srcMask", "srcKeyPaddingMask", "isCausal?"];
const DECODER_CALL = [
  "tgtMask",
  "memoryMask",
  "tgtKeyPaddingMask",
  "memoryKeyPaddingMask",
  "tgtIsCausal?",
  "memoryIsCausal?",
];

/** What the layers share: their options with defaults. */
function settings(name: string, args: LayerArguments) {
  const options = settingsOf<TransformerLayerOptions>(name, LAYER, args, ["bias?", ...FACTORY]);
  const { dtype, device, bias = true } = options;
  const factory: FactoryOptions = {
    ...(dtype === undefined ? {} : { dtype }),
    ...(device === undefined ? {} : { device }),
  };
  const { dropout = 0.1, batchFirst = false, layerNormEps: eps = 1e-5 } = options;
  return {
    hidden: options.dimFeedforward ?? 2048,
    activation: activationOf(name, options.activation),
    normFirst: options.normFirst ?? false,
    dropout,
    linear: { bias, ...factory },
    norm: { eps, bias, ...factory },
    attention: { dropout, bias, batchFirst, ...factory },
  };
}

/**
 * Self-attention and two linear layers, each added to its input and normalised (after, or with
 * `normFirst` before): `[L, N, dModel]` to the same. PyTorch: `torch.nn.TransformerEncoderLayer`.
 */
export class TransformerEncoderLayer extends Module {
  self_attn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  norm1: LayerNorm;
  norm2: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;
  readonly normFirst: boolean;
  readonly activation: Activation;

  constructor(dModel: number, nhead: number, ...args: LayerArguments) {
    super();
    const given = settings("TransformerEncoderLayer", args);
    const { hidden, dropout, linear, norm, attention } = given;
    this.self_attn = new MultiheadAttention(dModel, nhead, attention);
    this.linear1 = new Linear(dModel, hidden, linear);
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(hidden, dModel, linear);
    this.norm1 = new LayerNorm(dModel, norm);
    this.norm2 = new LayerNorm(dModel, norm);
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.normFirst = given.normFirst;
    this.activation = given.activation;
  }

  /** `[L, N, E]` → `[L, N, E]`. */
  forward(src: Tensor, options: EncoderLayerCallOptions = {}): Tensor {
    optionsOf("TransformerEncoderLayer", ENCODER_LAYER_CALL, options);
    if (this.normFirst) {
      const x = src.add(this.attend(this.norm1.forward(src), options));
      return x.add(this.feed(this.norm2.forward(x)));
    }
    const x = this.norm1.forward(src.add(this.attend(src, options)));
    return this.norm2.forward(x.add(this.feed(x)));
  }

  private attend(x: Tensor, options: EncoderLayerCallOptions): Tensor {
    const { srcMask: attnMask, srcKeyPaddingMask: keyPaddingMask } = options;
    const isCausal = (options.isCausal ?? false) && !attnMask;
    const [y] = this.self_attn.forward(x, x, x, {
      ...masks(attnMask, keyPaddingMask),
      isCausal,
      needWeights: false,
    });
    return this.dropout1.forward(y);
  }

  private feed(x: Tensor): Tensor {
    const hidden = this.dropout.forward(this.activation(this.linear1.forward(x)));
    return this.dropout2.forward(this.linear2.forward(hidden));
  }
}

/**
 * Self-attention among targets, attention to a memory, and two linear layers, each added to its
 * input and normalised: `[T, N, dModel]` and memory `[S, N, dModel]` to `[T, N, dModel]`. PyTorch:
 * `torch.nn.TransformerDecoderLayer`.
 */
export class TransformerDecoderLayer extends Module {
  self_attn: MultiheadAttention;
  multihead_attn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  norm1: LayerNorm;
  norm2: LayerNorm;
  norm3: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;
  dropout3: Dropout;
  readonly normFirst: boolean;
  readonly activation: Activation;

  constructor(dModel: number, nhead: number, ...args: LayerArguments) {
    super();
    const given = settings("TransformerDecoderLayer", args);
    const { hidden, dropout, linear, norm, attention } = given;
    this.self_attn = new MultiheadAttention(dModel, nhead, attention);
    this.multihead_attn = new MultiheadAttention(dModel, nhead, attention);
    this.linear1 = new Linear(dModel, hidden, linear);
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(hidden, dModel, linear);
    this.norm1 = new LayerNorm(dModel, norm);
    this.norm2 = new LayerNorm(dModel, norm);
    this.norm3 = new LayerNorm(dModel, norm);
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.dropout3 = new Dropout(dropout);
    this.normFirst = given.normFirst;
    this.activation = given.activation;
  }

  /** `[T, N, E]` and memory `[S, N, E]` → `[T, N, E]`. */
  forward(tgt: Tensor, memory: Tensor, options: DecoderCallOptions = {}): Tensor {
    optionsOf("TransformerDecoderLayer", DECODER_CALL, options);
    const { norm1, norm2, norm3 } = this;
    if (this.normFirst) {
      let x = tgt.add(this.attend(norm1.forward(tgt), options));
      x = x.add(this.attendTo(memory, norm2.forward(x), options));
      return x.add(this.feed(norm3.forward(x)));
    }
    let x = norm1.forward(tgt.add(this.attend(tgt, options)));
    x = norm2.forward(x.add(this.attendTo(memory, x, options)));
    return norm3.forward(x.add(this.feed(x)));
  }

  private attend(
    x: Tensor,
    { tgtMask, tgtKeyPaddingMask, tgtIsCausal }: DecoderCallOptions,
  ): Tensor {
    const [y] = this.self_attn.forward(x, x, x, {
      ...masks(tgtMask, tgtKeyPaddingMask),
      isCausal: (tgtIsCausal ?? false) && !tgtMask,
      needWeights: false,
    });
    return this.dropout1.forward(y);
  }

  private attendTo(memory: Tensor, x: Tensor, options: DecoderCallOptions): Tensor {
    const { memoryMask, memoryKeyPaddingMask, memoryIsCausal } = options;
    const [y] = this.multihead_attn.forward(x, memory, memory, {
      ...masks(memoryMask, memoryKeyPaddingMask),
      isCausal: (memoryIsCausal ?? false) && !memoryMask,
      needWeights: false,
    });
    return this.dropout2.forward(y);
  }

  private feed(x: Tensor): Tensor {
    const hidden = this.dropout.forward(this.activation(this.linear1.forward(x)));
    return this.dropout3.forward(this.linear2.forward(hidden));
  }
}

function masks(attnMask: Tensor | null | undefined, keyPaddingMask: Tensor | null | undefined) {
  return { attnMask: attnMask ?? null, keyPaddingMask: keyPaddingMask ?? null };
}

/**
 * Encoder layers one after another, then `norm` if given. `layer` is copied, so that all start
 * with its weights, or makes the layers: `() => new TransformerEncoderLayer(64, 4)`. PyTorch:
 * `torch.nn.TransformerEncoder`.
 */
export class TransformerEncoder extends Module {
  layers: ModuleList<TransformerEncoderLayer>;
  norm: LayerNorm | null;

  constructor(
    layer: TransformerEncoderLayer | (() => TransformerEncoderLayer),
    numLayers: number,
    ...args: Settings<[norm: LayerNorm | null], { readonly norm?: LayerNorm | null }>
  ) {
    super();
    const { norm } = settingsOf<{ norm?: LayerNorm | null }>("TransformerEncoder", ["norm"], args);
    this.layers = stack("TransformerEncoder", layer, numLayers);
    this.norm = norm ?? null;
  }

  /** `[L, N, E]` → `[L, N, E]`. */
  forward(src: Tensor, options: EncoderCallOptions = {}): Tensor {
    optionsOf("TransformerEncoder", ENCODER_CALL, options);
    const { mask: srcMask = null, ...rest } = options;
    let x = src;
    for (const layer of this.layers) x = layer.forward(x, { ...rest, srcMask });
    return this.norm === null ? x : this.norm.forward(x);
  }
}

/**
 * Decoder layers one after another, then `norm` if given; see {@link TransformerEncoder}. PyTorch:
 * `torch.nn.TransformerDecoder`.
 */
export class TransformerDecoder extends Module {
  layers: ModuleList<TransformerDecoderLayer>;
  norm: LayerNorm | null;

  constructor(
    layer: TransformerDecoderLayer | (() => TransformerDecoderLayer),
    numLayers: number,
    ...args: Settings<[norm: LayerNorm | null], { readonly norm?: LayerNorm | null }>
  ) {
    super();
    const { norm } = settingsOf<{ norm?: LayerNorm | null }>("TransformerDecoder", ["norm"], args);
    this.layers = stack("TransformerDecoder", layer, numLayers);
    this.norm = norm ?? null;
  }

  /** `[T, N, E]` and memory `[S, N, E]` → `[T, N, E]`. */
  forward(tgt: Tensor, memory: Tensor, options: DecoderCallOptions = {}): Tensor {
    optionsOf("TransformerDecoder", DECODER_CALL, options);
    let x = tgt;
    for (const layer of this.layers) x = layer.forward(x, memory, options);
    return this.norm === null ? x : this.norm.forward(x);
  }
}

function stack<M extends Module>(
  name: string,
  layer: M | (() => M),
  numLayers: number,
): ModuleList<M> {
  needSize(name, "numLayers", numLayers);
  const make = typeof layer === "function" ? layer : () => layer.clone();
  return new ModuleList(Array.from({ length: numLayers }, make));
}
