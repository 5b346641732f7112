/**
 * Transformer layers and stacks, as in `torch.nn`: attention, then two linear layers, each added.
 */
import { argumentError } from "../core/errors.ts";
import type { Settings } from "../core/options.ts";
import { read } from "../core/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import * as F from "../tensor/functions/activation.ts";
import { MultiheadAttention } from "./attention.ts";
import { Dropout } from "./dropout.ts";
import type { FactoryOptions } from "./factory.ts";
import { FACTORY, madeBy, needSize } from "./factory.ts";
import { EPS } from "./functional/norm.ts";
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

function activationOf(name: string, given: "relu" | "gelu" | Activation): Activation {
  if (typeof given === "function") return given;
  if (given === "relu") return F.relu;
  if (given === "gelu") return F.gelu;
  throw argumentError(
    `${name}: activation is "${String(given)}"; need "relu", "gelu" or a function.`,
  );
}

/** The settings of a layer by position. */
export const LAYER = {
  dimFeedforward: 2048,
  dropout: 0.1,
  activation: "relu" as "relu" | "gelu" | Activation,
  layerNormEps: EPS,
  batchFirst: false,
  normFirst: false,
};

type LayerSettings = [
  dimFeedforward: number,
  dropout: number,
  activation: "relu" | "gelu" | Activation,
  layerNormEps: number,
  batchFirst: boolean,
  normFirst: boolean,
];

/** The arguments of a layer after its heads, by position or by name. */
type LayerArguments = Settings<LayerSettings, TransformerLayerOptions>;

const MASK = null as Tensor | null;
const ENCODER_CALL = { mask: MASK, srcKeyPaddingMask: MASK, isCausal: false };
const ENCODER_LAYER_CALL = { srcMask: MASK, srcKeyPaddingMask: MASK, isCausal: false };
const DECODER_CALL = {
  tgtMask: MASK,
  memoryMask: MASK,
  tgtKeyPaddingMask: MASK,
  memoryKeyPaddingMask: MASK,
  tgtIsCausal: false,
  memoryIsCausal: false,
};

/** What an attention is told: masks, and whether later places are hidden. */
type Masks = readonly [attnMask: Tensor | null, keyPaddingMask: Tensor | null, isCausal: boolean];

/**
 * What the layers share: attention, two linear layers, and how each is added and normalised. Fields
 * are only declared, so that they stand in the order of assignment.
 */
abstract class TransformerLayer extends Module {
  declare self_attn: MultiheadAttention;
  declare multihead_attn: MultiheadAttention;
  declare linear1: Linear;
  declare dropout: Dropout;
  declare linear2: Linear;
  declare norm1: LayerNorm;
  declare norm2: LayerNorm;
  declare norm3: LayerNorm;
  declare dropout1: Dropout;
  declare dropout2: Dropout;
  declare dropout3: Dropout;
  readonly normFirst: boolean;
  readonly activation: Activation;

  constructor(dModel: number, nhead: number, args: readonly unknown[], toMemory: boolean) {
    super();
    const name = this.constructor.name;
    const settings = read(name, LAYER, args, { bias: true, ...FACTORY });
    const { dimFeedforward: hidden, dropout: p, layerNormEps: eps, batchFirst, bias } = settings;
    const factory = madeBy(settings);
    const attention = { dropout: p, bias, batchFirst, ...factory };
    const norm = (): LayerNorm => new LayerNorm(dModel, { eps, bias, ...factory });
    this.activation = activationOf(name, settings.activation);
    this.normFirst = settings.normFirst;
    this.self_attn = new MultiheadAttention(dModel, nhead, attention);
    if (toMemory) this.multihead_attn = new MultiheadAttention(dModel, nhead, attention);
    this.linear1 = new Linear(dModel, hidden, { bias, ...factory });
    this.dropout = new Dropout(p);
    this.linear2 = new Linear(hidden, dModel, { bias, ...factory });
    this.norm1 = norm();
    this.norm2 = norm();
    if (toMemory) this.norm3 = norm();
    this.dropout1 = new Dropout(p);
    this.dropout2 = new Dropout(p);
    if (toMemory) this.dropout3 = new Dropout(p);
  }

  /** x with what a part makes of it added, normalised before or after. */
  protected added(x: Tensor, norm: LayerNorm, part: (x: Tensor) => Tensor): Tensor {
    return this.normFirst ? x.add(part(norm.forward(x))) : norm.forward(x.add(part(x)));
  }

  /** Attention of x to places; a mask of its own stands in for that of later places. */
  protected attend(to: MultiheadAttention, x: Tensor, places: Tensor, masks: Masks): Tensor {
    const [attnMask, keyPaddingMask, isCausal] = masks;
    const options = { attnMask, keyPaddingMask, isCausal: isCausal && attnMask === null };
    return to.forward(x, places, places, { ...options, needWeights: false })[0];
  }

  /** Both linear layers. */
  protected feed(x: Tensor): Tensor {
    const hidden = this.dropout.forward(this.activation(this.linear1.forward(x)));
    return this.linear2.forward(hidden);
  }
}

/**
 * Self-attention and two linear layers, each added to its input and normalised (after, or with
 * `normFirst` before): `[L, N, dModel]` to the same. PyTorch: `torch.nn.TransformerEncoderLayer`.
 */
export class TransformerEncoderLayer extends TransformerLayer {
  constructor(dModel: number, nhead: number, ...args: LayerArguments) {
    super(dModel, nhead, args, false);
  }

  /** `[L, N, E]` → `[L, N, E]`. */
  forward(src: Tensor, options: EncoderLayerCallOptions = {}): Tensor {
    const call = read("TransformerEncoderLayer", {}, [options], ENCODER_LAYER_CALL);
    const masks: Masks = [call.srcMask, call.srcKeyPaddingMask, call.isCausal];
    const { self_attn, norm1, norm2, dropout1, dropout2 } = this;
    const x = this.added(src, norm1, (y) => dropout1.forward(this.attend(self_attn, y, y, masks)));
    return this.added(x, norm2, (y) => dropout2.forward(this.feed(y)));
  }
}

/**
 * Self-attention among targets, attention to a memory, and two linear layers, each added to its
 * input and normalised: `[T, N, dModel]` and memory `[S, N, dModel]` to `[T, N, dModel]`. PyTorch:
 * `torch.nn.TransformerDecoderLayer`.
 */
export class TransformerDecoderLayer extends TransformerLayer {
  constructor(dModel: number, nhead: number, ...args: LayerArguments) {
    super(dModel, nhead, args, true);
  }

  /** `[T, N, E]` and memory `[S, N, E]` → `[T, N, E]`. */
  forward(tgt: Tensor, memory: Tensor, options: DecoderCallOptions = {}): Tensor {
    const call = read("TransformerDecoderLayer", {}, [options], DECODER_CALL);
    const own: Masks = [call.tgtMask, call.tgtKeyPaddingMask, call.tgtIsCausal];
    const away: Masks = [call.memoryMask, call.memoryKeyPaddingMask, call.memoryIsCausal];
    let x = this.added(tgt, this.norm1, (y) =>
      this.dropout1.forward(this.attend(this.self_attn, y, y, own)),
    );
    x = this.added(x, this.norm2, (y) =>
      this.dropout2.forward(this.attend(this.multihead_attn, y, memory, away)),
    );
    return this.added(x, this.norm3, (y) => this.dropout3.forward(this.feed(y)));
  }
}

/** What the stacks share: their layers, then `norm` if given. */
abstract class Stack<L extends Module> extends Module {
  layers: ModuleList<L>;
  norm: LayerNorm | null;

  constructor(
    layer: L | (() => L),
    numLayers: number,
    ...args: Settings<[norm: LayerNorm | null], { readonly norm?: LayerNorm | null }>
  ) {
    super();
    const { name } = this.constructor;
    const { norm } = read(name, { norm: null as LayerNorm | null }, args);
    needSize(name, "numLayers", numLayers);
    const make = typeof layer === "function" ? layer : () => layer.clone();
    this.layers = new ModuleList(Array.from({ length: numLayers }, make));
    this.norm = norm;
  }

  /** x through every layer, then the norm. */
  protected through(x: Tensor, step: (layer: L, x: Tensor) => Tensor): Tensor {
    let y = x;
    for (const layer of this.layers) y = step(layer, y);
    return this.norm === null ? y : this.norm.forward(y);
  }
}

/**
 * Encoder layers one after another, then `norm` if given. `layer` is copied, so that all start
 * with its weights, or makes the layers: `() => new TransformerEncoderLayer(64, 4)`. PyTorch:
 * `torch.nn.TransformerEncoder`.
 */
export class TransformerEncoder extends Stack<TransformerEncoderLayer> {
  /** `[L, N, E]` → `[L, N, E]`. */
  forward(src: Tensor, options: EncoderCallOptions = {}): Tensor {
    const { mask: srcMask, ...rest } = read("TransformerEncoder", {}, [options], ENCODER_CALL);
    return this.through(src, (layer, x) => layer.forward(x, { ...rest, srcMask }));
  }
}

/**
 * Decoder layers one after another, then `norm` if given; see {@link TransformerEncoder}. PyTorch:
 * `torch.nn.TransformerDecoder`.
 */
export class TransformerDecoder extends Stack<TransformerDecoderLayer> {
  /** `[T, N, E]` and memory `[S, N, E]` → `[T, N, E]`. */
  forward(tgt: Tensor, memory: Tensor, options: DecoderCallOptions = {}): Tensor {
    const call = read("TransformerDecoder", {}, [options], DECODER_CALL);
    return this.through(tgt, (layer, x) => layer.forward(x, memory, call));
  }
}
