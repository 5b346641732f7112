/** Multi-head attention, as `torch.nn.MultiheadAttention`. */
import { argumentError } from "../core/errors.ts";
import type { Settings } from "../core/options.ts";
import { read } from "../core/options.ts";
import { zeros } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import * as F from "./functional/attention.ts";
import * as init from "./init.ts";
import type { FactoryOptions } from "./factory.ts";
import { FACTORY, madeBy, needSize } from "./factory.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** Options of {@link MultiheadAttention}. */
export interface MultiheadAttentionOptions extends FactoryOptions {
  /** The probability of dropping a weight in training. Default: 0. */
  readonly dropout?: number;
  /** Default: true. */
  readonly bias?: boolean;
  /** Learn one more key and value, `bias_k` and `bias_v`. Default: false. */
  readonly addBiasKv?: boolean;
  /** Add a key and a value of zeros. Default: false. */
  readonly addZeroAttn?: boolean;
  /** The number of features of keys. Default: embedDim. */
  readonly kdim?: number | null;
  /** The number of features of values. Default: embedDim. */
  readonly vdim?: number | null;
  /** Whether inputs are `[N, L, E]` instead of `[L, N, E]`. Default: false. */
  readonly batchFirst?: boolean;
}

/** Options of a call of {@link MultiheadAttention}. */
export interface AttendOptions {
  /** Keys to leave out (true), or what is added to their scores: `[N, S]`. */
  readonly keyPaddingMask?: Tensor | null;
  /** Whether the weights are returned. Default: true. */
  readonly needWeights?: boolean;
  /** What to leave out (true), or what is added to the scores: `[L, S]` or `[N · heads, L, S]`. */
  readonly attnMask?: Tensor | null;
  /** Whether the weights are averaged over heads. Default: true. */
  readonly averageAttnWeights?: boolean;
  /** Query i sees the keys up to i alone; needs no mask. Default: false. */
  readonly isCausal?: boolean;
}

type AttentionSettings = [
  dropout: number,
  bias: boolean,
  addBiasKv: boolean,
  addZeroAttn: boolean,
  kdim: number | null,
  vdim: number | null,
  batchFirst: boolean,
];

const SETTINGS = {
  dropout: 0,
  bias: true,
  addBiasKv: false,
  addZeroAttn: false,
  kdim: null as number | null,
  vdim: null as number | null,
  batchFirst: false,
};

const CALL = {
  keyPaddingMask: null as Tensor | null,
  needWeights: true,
  attnMask: null as Tensor | null,
  averageAttnWeights: true,
  isCausal: false,
};

/** The projection after the heads; PyTorch's trees show it under this name. */
class NonDynamicallyQuantizableLinear extends Linear {}

/**
 * Attention of `numHeads` heads over `embedDim` features. Its parameters have PyTorch's layouts:
 * `in_proj_weight` `[3E, E]` (Xavier) and `in_proj_bias` (0), or with another `kdim` or `vdim`
 * `q_proj_weight`, `k_proj_weight` and `v_proj_weight`; with `addBiasKv` `bias_k` and `bias_v`;
 * then `out_proj`. Throws where the heads do not divide the features. PyTorch:
 * `torch.nn.MultiheadAttention`.
 */
export class MultiheadAttention extends Module {
  readonly embedDim: number;
  readonly numHeads: number;
  readonly dropout: number;
  readonly batchFirst: boolean;
  readonly addZeroAttn: boolean;
  in_proj_weight: Parameter | null;
  q_proj_weight: Parameter | null;
  k_proj_weight: Parameter | null;
  v_proj_weight: Parameter | null;
  in_proj_bias: Parameter | null;
  bias_k: Parameter | null;
  bias_v: Parameter | null;
  out_proj: Linear;

  constructor(
    embedDim: number,
    numHeads: number,
    ...args: Settings<AttentionSettings, MultiheadAttentionOptions>
  ) {
    super();
    const settings = read("MultiheadAttention", SETTINGS, args, FACTORY);
    const { dropout, bias, addBiasKv, addZeroAttn, kdim, vdim, batchFirst } = settings;
    const factory = madeBy(settings);
    this.embedDim = needSize("MultiheadAttention", "embedDim", embedDim);
    this.numHeads = needSize("MultiheadAttention", "numHeads", numHeads);
    if (numHeads === 0 || embedDim % numHeads !== 0) {
      throw argumentError(
        `MultiheadAttention: ${numHeads} heads do not divide ${embedDim} features.`,
      );
    }
    this.dropout = dropout;
    this.batchFirst = batchFirst;
    this.addZeroAttn = addZeroAttn;
    const [keys, values] = [kdim ?? embedDim, vdim ?? embedDim];
    const packed = keys === embedDim && values === embedDim;
    const make = (...shape: number[]): Parameter => new Parameter(zeros(shape, factory));
    this.q_proj_weight = packed ? null : make(embedDim, embedDim);
    this.k_proj_weight = packed ? null : make(embedDim, keys);
    this.v_proj_weight = packed ? null : make(embedDim, values);
    this.in_proj_weight = packed ? make(3 * embedDim, embedDim) : null;
    this.in_proj_bias = bias ? make(3 * embedDim) : null;
    this.bias_k = addBiasKv ? make(1, 1, embedDim) : null;
    this.bias_v = addBiasKv ? make(1, 1, embedDim) : null;
    this.out_proj = new NonDynamicallyQuantizableLinear(embedDim, embedDim, { bias, ...factory });
    this.resetParameters();
  }

  /** The weight of all three projections, `[3E, E]`, or null where they are apart. */
  get inProjWeight(): Parameter | null {
    return this.in_proj_weight;
  }

  /** The bias of all three projections, `[3E]`, or null. */
  get inProjBias(): Parameter | null {
    return this.in_proj_bias;
  }

  /** The learned key after those given, `[1, 1, E]`, or null. */
  get biasK(): Parameter | null {
    return this.bias_k;
  }

  /** The learned value after those given, `[1, 1, E]`, or null. */
  get biasV(): Parameter | null {
    return this.bias_v;
  }

  /** The projection after the heads. */
  get outProj(): Linear {
    return this.out_proj;
  }

  /** Draws fresh weights, as the constructor does. */
  resetParameters(): void {
    const { in_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight } = this;
    for (const weight of [in_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight]) {
      if (weight !== null) init.xavierUniform(weight);
    }
    if (this.in_proj_bias !== null) init.zeros(this.in_proj_bias);
    if (this.out_proj.bias !== null) init.zeros(this.out_proj.bias);
    if (this.bias_k !== null) init.xavierNormal(this.bias_k);
    if (this.bias_v !== null) init.xavierNormal(this.bias_v);
  }

  /**
   * Attends: queries `[L, N, E]`, keys `[S, N, kdim]` and values `[S, N, vdim]` (N first with
   * `batchFirst`; without N for one item). Gives the output, like the query, and the weights `[N,
   * L, S]` (`[N, heads, L, S]` unless averaged), or null.
   */
  forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    options: AttendOptions = {},
  ): [Tensor, Tensor | null] {
    const parameters: F.MultiHeadParameters = {
      inWeight: this.in_proj_weight,
      queryWeight: this.q_proj_weight,
      keyWeight: this.k_proj_weight,
      valueWeight: this.v_proj_weight,
      inBias: this.in_proj_bias,
      keyBias: this.bias_k,
      valueBias: this.bias_v,
      outWeight: this.out_proj.weight,
      outBias: this.out_proj.bias,
    };
    const { numHeads, batchFirst, addZeroAttn } = this;
    const dropoutP = this.training ? this.dropout : 0;
    const call = read("MultiheadAttention", {}, [options], CALL);
    const all = { ...call, numHeads, batchFirst, addZeroAttn, dropoutP };
    return F.multiHeadAttention(query, key, value, parameters, all);
  }
}
