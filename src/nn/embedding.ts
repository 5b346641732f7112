/** Embedding, as `torch.nn.Embedding`. */
import { needOneOf } from "../core/choice.ts";
import { argumentError } from "../core/errors.ts";
import type { Settings } from "../core/options.ts";
import { read } from "../core/options.ts";
import { tensor, zeros } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { embeddingBag } from "./functional/embedding-bag.ts";
import type { EmbeddingCall } from "./functional/linear.ts";
import * as F from "./functional/linear.ts";
import { needLimit, shortenRows } from "./functional/shorten-rows.ts";
import * as init from "./init.ts";
import type { FactoryOptions } from "./factory.ts";
import { FACTORY, madeBy, needSize } from "./factory.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { showFloat } from "./repr.ts";

const PADDING = { paddingIdx: null as number | null };
const LIMIT = { maxNorm: null as number | null, normType: 2 };

/** Options of {@link Embedding}. */
export interface EmbeddingOptions extends FactoryOptions {
  /**
   * The row that starts at 0 and gets no gradient; negative counts from the end. Default: none.
   */
  readonly paddingIdx?: number | null;
  /** Rows that are looked up and longer than this are first shortened for good. Default: none. */
  readonly maxNorm?: number | null;
  /** Which norm that is. Default: 2. */
  readonly normType?: number;
}

/**
 * Looks up rows: int32 indices of any shape to `[…, embeddingDim]`. `weight` is `[numEmbeddings,
 * embeddingDim]` and starts normally distributed. Throws for an index out of range. PyTorch:
 * `torch.nn.Embedding`.
 */
export class Embedding extends Module {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  readonly paddingIdx: number | null;
  readonly maxNorm: number | null;
  readonly normType: number;
  weight: Parameter;

  constructor(
    numEmbeddings: number,
    embeddingDim: number,
    ...args: Settings<
      [paddingIdx: number | null, maxNorm: number | null, normType: number],
      EmbeddingOptions
    >
  ) {
    super();
    const settings = read("Embedding", { ...PADDING, ...LIMIT }, args, FACTORY);
    const { paddingIdx, maxNorm, normType, ...made } = settings;
    this.numEmbeddings = needSize("Embedding", "numEmbeddings", numEmbeddings);
    this.embeddingDim = needSize("Embedding", "embeddingDim", embeddingDim);
    const row = paddingIdx !== null && paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
    if (row !== null && !(Number.isInteger(row) && row >= 0 && row < numEmbeddings)) {
      throw argumentError(
        `Embedding: paddingIdx is ${paddingIdx}; there are ${numEmbeddings} rows.`,
      );
    }
    needLimit("Embedding", maxNorm, normType);
    this.paddingIdx = row;
    this.maxNorm = maxNorm;
    this.normType = normType;
    this.weight = new Parameter(zeros([numEmbeddings, embeddingDim], madeBy(made)));
    this.resetParameters();
  }

  /** Makes one of given rows `[V, D]`, frozen unless `freeze` is false. */
  static fromPretrained(
    rows: Tensor,
    options: EmbeddingCall & { readonly freeze?: boolean } = {},
  ): Embedding {
    const defaults = { freeze: true, ...PADDING, ...LIMIT };
    const { freeze, ...settings } = read("Embedding.fromPretrained", {}, [options], defaults);
    const [count, size] = rows.shape;
    if (rows.ndim !== 2) throw argumentError("Embedding.fromPretrained: need a matrix of rows.");
    const made = new Embedding(count!, size!, settings);
    made.weight = new Parameter(rows, { requiresGrad: !freeze });
    return made;
  }

  /** Draws fresh rows, as the constructor does. */
  resetParameters(): void {
    init.normal(this.weight);
    const { paddingIdx, weight } = this;
    if (paddingIdx === null) return;
    const rows = weight.dataSync();
    rows.fill(0, paddingIdx * this.embeddingDim, (paddingIdx + 1) * this.embeddingDim);
    const value = tensor(rows, { shape: weight.shape, dtype: weight.dtype });
    noGrad(() => weight.set(value.to(weight.device)));
  }

  /** int32 `[…]` → `[…, embeddingDim]`. */
  forward(index: Tensor): Tensor {
    const { paddingIdx, maxNorm, normType } = this;
    return F.embedding(index, this.weight, paddingIdx, maxNorm, normType);
  }

  override extraRepr(): string {
    const { numEmbeddings, embeddingDim, paddingIdx } = this;
    const padding = paddingIdx === null ? "" : `, padding_idx=${paddingIdx}`;
    return `${numEmbeddings}, ${embeddingDim}${padding}${this.limitRepr()}`;
  }

  /** How the tree shows the limit of rows. */
  protected limitRepr(): string {
    const { maxNorm, normType } = this;
    const limit = maxNorm === null ? "" : `, max_norm=${showFloat(maxNorm)}`;
    return normType === 2 ? limit : `${limit}, norm_type=${showFloat(normType)}`;
  }
}

/** Options of {@link EmbeddingBag}. */
export interface EmbeddingBagOptions extends FactoryOptions {
  /** How the rows of a bag become one. Default: "mean". */
  readonly mode?: "sum" | "mean" | "max";
  /** Whether the last offset is where the last bag ends. Default: false. */
  readonly includeLastOffset?: boolean;
  /** The row that starts at 0, does not count and gets no gradient. Default: none. */
  readonly paddingIdx?: number | null;
  /** Rows that are looked up and longer than this are first shortened for good. Default: none. */
  readonly maxNorm?: number | null;
  /** Which norm that is. Default: 2. */
  readonly normType?: number;
}

/**
 * Looks up bags of rows and makes one of each: int32 `[B, L]`, or `[M]` with the places `offsets`
 * `[B]` where bags begin, to `[B, embeddingDim]`. PyTorch: `torch.nn.EmbeddingBag`.
 */
export class EmbeddingBag extends Embedding {
  readonly mode: "sum" | "mean" | "max";
  readonly includeLastOffset: boolean;

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingBagOptions = {}) {
    const own = { mode: "mean" as "sum" | "mean" | "max", includeLastOffset: false };
    const defaults = { ...own, ...PADDING, ...LIMIT, ...FACTORY };
    const settings = read("EmbeddingBag", {}, [options], defaults);
    const { mode, includeLastOffset, paddingIdx, maxNorm, normType } = settings;
    const limit = { maxNorm, normType };
    super(numEmbeddings, embeddingDim, { paddingIdx, ...limit, ...madeBy(settings) });
    needOneOf("EmbeddingBag: mode", mode, ["sum", "mean", "max"]);
    this.mode = mode;
    this.includeLastOffset = includeLastOffset;
  }

  /** Indices, where bags begin, and weights of the rows, for mode "sum" → `[B, embeddingDim]`. */
  override forward(
    index: Tensor,
    offsets: Tensor | null = null,
    perSampleWeights: Tensor | null = null,
  ): Tensor {
    const { mode, includeLastOffset, paddingIdx, maxNorm, normType } = this;
    if (maxNorm !== null) shortenRows("EmbeddingBag", index, this.weight, maxNorm, normType);
    const options = { mode, includeLastOffset, paddingIdx, perSampleWeights };
    return embeddingBag(index, this.weight, offsets, options);
  }

  override extraRepr(): string {
    const { numEmbeddings, embeddingDim, mode, paddingIdx } = this;
    const padding = paddingIdx === null ? "" : `, padding_idx=${paddingIdx}`;
    return `${numEmbeddings}, ${embeddingDim}${this.limitRepr()}, mode='${mode}'${padding}`;
  }
}
