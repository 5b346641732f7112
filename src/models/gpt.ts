/**
 * GPT after nanoGPT's model.py, with its names, so that its weights and GPT-2's fit, and with what
 * later models changed: RMSNorm, rotary positions, SwiGLU, shared keys, QK norm.
 *
 *     tokens → wte + wpe → n × (x + attn(ln_1(x)); x + mlp(ln_2(x))) → ln_f → lm_head → scores
 *
 * B texts of T tokens, C features, H heads of D = C / H features each, S places of the memory.
 */
import { argumentError } from "../core/errors.ts";
import { gelu, silu, softmax } from "../tensor/functions/activation.ts";
import { where } from "../tensor/functions/arithmetic.ts";
import { scaledDotProductAttention } from "../nn/functional/attention.ts";
import { Dropout } from "../nn/dropout.ts";
import { Embedding } from "../nn/embedding.ts";
import * as init from "../nn/init.ts";
import { Linear } from "../nn/linear.ts";
import { Module } from "../nn/module.ts";
import { ModuleList } from "../nn/module-list.ts";
import { LayerNorm, RMSNorm } from "../nn/normalization.ts";
import { arange } from "../tensor/create.ts";
import { dynamicUpdate } from "../tensor/functions/dynamic-update.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { GPTConfig } from "./gpt-config.ts";
import { readGPT } from "./gpt-config.ts";
import type { Memory } from "./language-model.ts";
import { LanguageModel } from "./language-model.ts";
import { rotated } from "./rotary.ts";

/** A GPT: int32 `[B, T]` → scores `[B, T, vocabSize]`. Throws where sizes do not divide. */
export class GPT extends LanguageModel {
  readonly config: GPTConfig;
  readonly vocabSize: number;
  readonly blockSize: number;
  transformer: Transformer;
  lm_head: Linear;

  constructor(options: Partial<GPTConfig> = {}) {
    super();
    const config = readGPT(options);
    this.config = config;
    ({ vocabSize: this.vocabSize, blockSize: this.blockSize } = config);
    // drawn once, below; the constructors of the layers need not
    const { nEmbd, vocabSize, tied } = config;
    [this.transformer, this.lm_head] = init.withoutDrawing(() => [
      new Transformer(config),
      new Linear(nEmbd, tied ? 0 : vocabSize, { bias: false }),
    ]);
    if (tied) this.lm_head.weight = this.transformer.wte.weight;
    this.resetParameters();
  }

  override get capacity(): number {
    return this.blockSize;
  }

  override get stride(): number {
    return Math.min(32, this.blockSize);
  }

  /** Draws fresh weights: deviation 0.02, less for what enters the sum of all layers. */
  resetParameters(): void {
    for (const [name, p] of this.namedParameters()) {
      const enters = name.endsWith("c_proj.weight");
      const std = enters ? 0.02 / Math.sqrt(2 * this.config.nLayer) : 0.02;
      if (p.ndim === 2) init.normal(p, { std });
      else init.constant(p, name.endsWith("bias") ? 0 : 1);
    }
  }

  forward(index: Tensor, seen?: Tensor[]): Tensor {
    const length = index.shape[1]!;
    if (length > this.blockSize) {
      const problem = `${length} tokens are more than its block of ${this.blockSize}`;
      throw argumentError(`GPT: ${problem}; give the last ones.`);
    }
    const place = arange(length, { dtype: "int32" }); // [T]
    return this.lm_head.forward(this.transformer.forward(index, { place, ...(seen && { seen }) }));
  }

  protected shapes(batch: number): readonly (readonly number[])[] {
    const { nLayer, nHead, nKvHead, nEmbd, blockSize } = this.config;
    const shape = [batch, nKvHead || nHead, blockSize, nEmbd / nHead];
    return Array.from({ length: 2 * nLayer }, () => shape); // keys and values of each layer
  }

  protected read(index: Tensor, { cells, place: from }: Memory): Tensor {
    const place = arange(index.shape[1]!, { dtype: "int32" }).add(from); // [T]
    return this.lm_head.forward(this.transformer.forward(index, { place, cells, from }));
  }
}

/** Where tokens stand, and the memory that they are read into, if there is one. */
interface Place {
  readonly place: Tensor; // [T]
  readonly from?: Tensor; // [], the first of them
  readonly cells?: readonly Tensor[];
  /** Takes the weights of each layer's attention, `[B, H, T, T]`. */
  readonly seen?: Tensor[];
}

/** Embeddings, blocks, the last norm. */
class Transformer extends Module {
  wte: Embedding;
  wpe: Embedding | null;
  drop: Dropout;
  h: ModuleList<Block>;
  ln_f: LayerNorm | RMSNorm;

  constructor(config: GPTConfig) {
    super();
    const { vocabSize, blockSize, nLayer, nEmbd, dropout, positions } = config;
    this.wte = new Embedding(vocabSize, nEmbd);
    this.wpe = positions === "learned" ? new Embedding(blockSize, nEmbd) : null;
    this.drop = new Dropout(dropout);
    this.h = new ModuleList(Array.from({ length: nLayer }, () => new Block(config)));
    this.ln_f = normOf(config);
  }

  forward(index: Tensor, at: Place): Tensor {
    const tokens = this.wte.forward(index); // [B, T, C]
    let x = this.drop.forward(this.wpe ? tokens.add(this.wpe.forward(at.place)) : tokens);
    let layer = 0;
    for (const block of this.h) x = block.forward(x, ofLayer(at, layer++));
    return this.ln_f.forward(x); // [B, T, C]
  }
}

/** The same with the memory of one layer: its keys and its values. */
function ofLayer(at: Place, layer: number): Place {
  return at.cells ? { ...at, cells: at.cells.slice(2 * layer, 2 * layer + 2) } : at;
}

/** Attention, then a perceptron; both add to what they read. */
class Block extends Module {
  ln_1: LayerNorm | RMSNorm;
  attn: CausalSelfAttention;
  ln_2: LayerNorm | RMSNorm;
  mlp: MLP;

  constructor(config: GPTConfig) {
    super();
    this.ln_1 = normOf(config);
    this.attn = new CausalSelfAttention(config);
    this.ln_2 = normOf(config);
    this.mlp = new MLP(config);
  }

  forward(x: Tensor, at: Place): Tensor {
    const y = x.add(this.attn.forward(this.ln_1.forward(x), at)); // [B, T, C]
    return y.add(this.mlp.forward(this.ln_2.forward(y)));
  }
}

/** Each place takes what it seeks from the places up to its own. */
class CausalSelfAttention extends Module {
  c_attn: Linear;
  c_proj: Linear;
  q_norm: RMSNorm | null;
  k_norm: RMSNorm | null;
  resid_dropout: Dropout;
  readonly heads: number;
  readonly kvHeads: number;
  readonly dropout: number;
  readonly rotary: boolean;

  constructor({ nEmbd, nHead, nKvHead, bias, dropout, qkNorm, positions }: GPTConfig) {
    super();
    this.heads = nHead;
    this.kvHeads = nKvHead || nHead;
    this.dropout = dropout;
    this.rotary = positions === "rotary";
    const size = nEmbd / nHead;
    this.c_attn = new Linear(nEmbd, (nHead + 2 * this.kvHeads) * size, { bias });
    this.c_proj = new Linear(nEmbd, nEmbd, { bias });
    this.q_norm = qkNorm ? new RMSNorm(size) : null;
    this.k_norm = qkNorm ? new RMSNorm(size) : null;
    this.resid_dropout = new Dropout(dropout);
  }

  forward(x: Tensor, at: Place): Tensor {
    const [b, t, c] = x.shape as [number, number, number];
    const { heads, kvHeads } = this;
    const size = c / heads;
    const parts = [heads * size, kvHeads * size, kvHeads * size];
    const [q, k, v] = this.c_attn
      .forward(x)
      .split(parts, 2)
      .map((y) => y.reshape([b, t, -1, size]).transpose(1, 2)) as [Tensor, Tensor, Tensor];
    const turn = (y: Tensor): Tensor => (this.rotary ? rotated(y, at.place) : y);
    const query = turn(this.q_norm?.forward(q) ?? q); // [B, H, T, D]
    const key = turn(this.k_norm?.forward(k) ?? k); // [B, H', T, D], H' heads that H share
    const y = this.attend(query, key, v, at); // [B, H, T, D]
    return this.resid_dropout.forward(this.c_proj.forward(y.transpose(1, 2).reshape([b, t, c])));
  }

  /** Attends to the keys of this call, or to those that the memory has with them. */
  protected attend(q: Tensor, k: Tensor, v: Tensor, { place, from, cells, seen }: Place): Tensor {
    const share = (y: Tensor): Tensor =>
      this.heads === this.kvHeads ? y : y.repeatInterleave(this.heads / this.kvHeads, 1);
    if (cells === undefined) {
      seen?.push(weightsOf(q, share(k)));
      const dropoutP = this.training ? this.dropout : 0;
      return scaledDotProductAttention(q, share(k), share(v), { isCausal: true, dropoutP });
    }
    cells.forEach((cell, n) => cell.set(dynamicUpdate(cell, 2, from!, n === 0 ? k : v)));
    const [keys, values] = cells.map(share) as [Tensor, Tensor]; // [B, H, S, D]
    const attnMask = arange(keys.shape[2]!, { dtype: "int32" }).le(place.unsqueeze(1)); // [T, S]
    return scaledDotProductAttention(q, keys, values, { attnMask });
  }
}

/** What each place looks at: `[B, H, T, T]`, rows of sum 1. */
function weightsOf(q: Tensor, k: Tensor): Tensor {
  const [length, size] = q.shape.slice(2) as [number, number];
  const scores = q.matmul(k.transpose(2, 3)).div(Math.sqrt(size));
  const place = arange(length);
  return softmax(where(place.le(place.unsqueeze(1)), scores, -Infinity), -1);
}

/** The perceptron of each place, wider inside. */
class MLP extends Module {
  c_fc: Linear;
  c_proj: Linear;
  dropout: Dropout;
  readonly kind: GPTConfig["mlp"];

  constructor({ nEmbd, bias, dropout, mlp }: GPTConfig) {
    super();
    this.kind = mlp;
    const gated = mlp === "swiglu"; // two halves, each 8 / 3 as wide: as many weights in all
    const inner = gated ? Math.ceil((8 * nEmbd) / 3) : 4 * nEmbd;
    this.c_fc = new Linear(nEmbd, gated ? 2 * inner : inner, { bias });
    this.c_proj = new Linear(inner, nEmbd, { bias });
    this.dropout = new Dropout(dropout);
  }

  forward(x: Tensor): Tensor {
    return this.dropout.forward(this.c_proj.forward(this.bend(this.c_fc.forward(x))));
  }

  protected bend(x: Tensor): Tensor {
    if (this.kind !== "swiglu") return gelu(x, this.kind === "gelu" ? "none" : "tanh");
    const [gate, up] = x.chunk(2, -1) as [Tensor, Tensor];
    return silu(gate).mul(up);
  }
}

function normOf({ norm, nEmbd, bias }: GPTConfig): LayerNorm | RMSNorm {
  return norm === "rms" ? new RMSNorm(nEmbd) : new LayerNorm(nEmbd, { bias });
}
