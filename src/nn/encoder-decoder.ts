/** The whole transformer of the paper, encoder and decoder, as `torch.nn.Transformer`. */
import { FACTORY, optionsOf } from "../core/options.ts";
import type { Settings } from "../tensor/functions/define.ts";
import { settingsOf } from "../tensor/functions/define.ts";
import { full } from "../tensor/create.ts";
import { triu } from "../tensor/functions/movement.ts";
import type { Tensor } from "../tensor/tensor.ts";
import * as init from "./init.ts";
import type { FactoryOptions } from "./factory.ts";
import { Module } from "./module.ts";
import { LayerNorm } from "./normalization.ts";
import type { DecoderCallOptions, TransformerLayerOptions } from "./transformer.ts";
import {
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

const NAMES = [
  "dModel",
  "nhead",
  "numEncoderLayers",
  "numDecoderLayers",
  "dimFeedforward",
  "dropout",
  "activation",
  "customEncoder",
  "customDecoder",
  "layerNormEps",
  "batchFirst?",
  "normFirst?",
];
const CALL = [
  "srcMask",
  "tgtMask",
  "memoryMask",
  "srcKeyPaddingMask",
  "tgtKeyPaddingMask",
  "memoryKeyPaddingMask",
  "srcIsCausal?",
  "tgtIsCausal?",
  "memoryIsCausal?",
];

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
    const given = settingsOf<TransformerOptions>("Transformer", NAMES, args, ["bias?", ...FACTORY]);
    const { dModel = 512, nhead = 8, numEncoderLayers = 6, numDecoderLayers = 6 } = given;
    const { customEncoder, customDecoder, ...rest } = given;
    const layer = layerOptions(rest);
    const { layerNormEps: eps = 1e-5, bias = true, dtype, device } = given;
    const factory: FactoryOptions = { ...(dtype && { dtype }), ...(device && { device }) };
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
    this.batchFirst = given.batchFirst ?? false;
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
    optionsOf("Transformer", CALL, options);
    const { srcMask: mask = null, srcKeyPaddingMask = null, srcIsCausal, ...decoding } = options;
    const isCausal = srcIsCausal ?? false;
    const memory = this.encoder.forward(src, { mask, srcKeyPaddingMask, isCausal });
    return this.decoder.forward(tgt, memory, decoding);
  }
}

/** The options of the layers: without sizes and numbers of layers. */
function layerOptions(options: TransformerOptions): TransformerLayerOptions {
  const own = ["dModel", "nhead", "numEncoderLayers", "numDecoderLayers"];
  return Object.fromEntries(Object.entries(options).filter(([key]) => !own.includes(key)));
}
