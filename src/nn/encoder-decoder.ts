/** The whole transformer of the paper, encoder and decoder, as `torch.nn.Transformer`. */
import type { Settings } from "../core/options.ts";
import { read } from "../core/options.ts";
import { full } from "../tensor/create.ts";
import { triu } from "../tensor/functions/movement.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { FactoryOptions } from "./factory.ts";
import { FACTORY, madeBy } from "./factory.ts";
import * as init from "./init.ts";
import { Module } from "./module.ts";
import { LayerNorm } from "./normalization.ts";
import type { DecoderCallOptions, TransformerLayerOptions } from "./transformer.ts";
import {
  LAYER,
  TransformerDecoder,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
} from "./transformer.ts";

/** Options of {@link Transformer}. */
export interface TransformerOptions extends TransformerLayerOptions {
  /** The number of features. Default: 512. */
  readonly dModel?: number;
  /** Default: 8. */
  readonly nhead?: number;
  /** Default: 6. */
  readonly numEncoderLayers?: number;
  /** Default: 6. */
  readonly numDecoderLayers?: number;
  /** In place of the encoder. */
  readonly customEncoder?: Encoder | null;
  /** In place of the decoder. */
  readonly customDecoder?: Decoder | null;
}

/** Options of a call of {@link Transformer}. */
export interface TransformerCallOptions extends DecoderCallOptions {
  /** For attention within the source: what to leave out (true), or what is added to scores. */
  readonly srcMask?: Tensor | null;
  /** Places of the source to leave out, `[N, S]`. */
  readonly srcKeyPaddingMask?: Tensor | null;
  /** Each place of the source sees those up to it alone. Default: false. */
  readonly srcIsCausal?: boolean;
}

/** What may stand in place of the encoder. */
export type Encoder = Module & Pick<TransformerEncoder, "forward">;
/** What may stand in place of the decoder. */
export type Decoder = Module & Pick<TransformerDecoder, "forward">;

type TransformerSettings = [
  dModel: number,
  nhead: number,
  numEncoderLayers: number,
  numDecoderLayers: number,
  dimFeedforward: number,
  dropout: number,
  activation: "relu" | "gelu" | ((x: Tensor) => Tensor),
  customEncoder: Encoder | null,
  customDecoder: Decoder | null,
  layerNormEps: number,
  batchFirst: boolean,
  normFirst: boolean,
];

/** The settings by position: those of the layers, with numbers of layers and whole stacks. */
function defaults() {
  const { layerNormEps, batchFirst, normFirst, ...layer } = LAYER;
  return {
    dModel: 512,
    nhead: 8,
    numEncoderLayers: 6,
    numDecoderLayers: 6,
    ...layer,
    customEncoder: null as Encoder | null,
    customDecoder: null as Decoder | null,
    layerNormEps,
    batchFirst,
    normFirst,
  };
}

const MASK = null as Tensor | null;
const CALL = {
  srcMask: MASK,
  tgtMask: MASK,
  memoryMask: MASK,
  srcKeyPaddingMask: MASK,
  tgtKeyPaddingMask: MASK,
  memoryKeyPaddingMask: MASK,
  srcIsCausal: false,
  tgtIsCausal: false,
  memoryIsCausal: false,
};

/**
 * An encoder reads the source, a decoder writes the target while it looks at what was read: `[S, N,
 * dModel]` and `[T, N, dModel]` to `[T, N, dModel]`. Each ends in a norm; matrices start as
 * `init.xavierUniform` draws them. PyTorch: `torch.nn.Transformer`.
 */
export class Transformer extends Module {
  encoder: Encoder;
  decoder: Decoder;
  readonly dModel: number;
  readonly nhead: number;
  readonly batchFirst: boolean;

  constructor(...args: Settings<TransformerSettings, TransformerOptions>) {
    super();
    const settings = read("Transformer", defaults(), args, { bias: true, ...FACTORY });
    const { dModel, nhead, numEncoderLayers, numDecoderLayers, dtype, device, ...more } = settings;
    const { customEncoder, customDecoder, ...own } = more;
    const factory = madeBy({ dtype, device });
    const layer = { ...own, ...factory };
    const { layerNormEps: eps, bias } = own;
    const norm = (): LayerNorm => new LayerNorm(dModel, { eps, bias, ...factory });
    this.encoder =
      customEncoder ??
      new TransformerEncoder(
        () => new TransformerEncoderLayer(dModel, nhead, layer),
        numEncoderLayers,
        { norm: norm() },
      );
    this.decoder =
      customDecoder ??
      new TransformerDecoder(
        () => new TransformerDecoderLayer(dModel, nhead, layer),
        numDecoderLayers,
        { norm: norm() },
      );
    this.dModel = dModel;
    this.nhead = nhead;
    this.batchFirst = own.batchFirst;
    this.resetParameters();
  }

  /**
   * A mask that hides later places: `[size, size]`, −Infinity above the diagonal, else 0. PyTorch:
   * `Transformer.generate_square_subsequent_mask`.
   */
  static generateSquareSubsequentMask(size: number, options: FactoryOptions = {}): Tensor {
    return triu(full([size, size], -Infinity, options), 1);
  }

  /** Draws fresh matrices; vectors stay. */
  resetParameters(): void {
    for (const p of this.parameters()) if (p.ndim > 1) init.xavierUniform(p);
  }

  /** Source and target → `[T, N, E]` (`[N, T, E]` with `batchFirst`). */
  forward(src: Tensor, tgt: Tensor, options: TransformerCallOptions = {}): Tensor {
    const call = read("Transformer", {}, [options], CALL);
    const { srcMask: mask, srcKeyPaddingMask, srcIsCausal: isCausal, ...decoding } = call;
    const memory = this.encoder.forward(src, { mask, srcKeyPaddingMask, isCausal });
    return this.decoder.forward(tgt, memory, decoding);
  }
}
