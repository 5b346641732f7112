/** The whole models of golden group 11: a Sequential, an LSTM classifier, and nanoGPT's GPT. */
import type { Tensor } from "nabla";
import { arange, nn } from "nabla";
import { makeModule } from "./modules.ts";

/** A model as the file spells it. */
export interface ModelSpec {
  readonly kind: "sequential" | "lstm" | "gpt";
  readonly layers?: readonly (readonly [string, Readonly<Record<string, unknown>>])[];
  readonly config?: Readonly<Record<string, number>>;
  readonly tied?: Readonly<Record<string, string>>;
}

/** A model of one input. */
export type Model = nn.Module & { forward(x: Tensor): Tensor };

/** Reads tokens, runs an LSTM, and classifies by its last step. */
class Classifier extends nn.Module {
  emb: nn.Embedding;
  lstm: nn.LSTM;
  head: nn.Linear;

  constructor({ vocab, embed, hidden, layers, classes }: Readonly<Record<string, number>>) {
    super();
    this.emb = new nn.Embedding(vocab!, embed!);
    this.lstm = new nn.LSTM(embed!, hidden!, { numLayers: layers!, batchFirst: true });
    this.head = new nn.Linear(hidden!, classes!);
  }

  forward(x: Tensor): Tensor {
    const [y] = this.lstm.forward(this.emb.forward(x)); // [B, T, H]
    return this.head.forward(y.select(1, -1)); // [B, classes]
  }
}

class Attention extends nn.Module {
  c_attn: nn.Linear;
  c_proj: nn.Linear;
  readonly heads: number;

  constructor(size: number, heads: number, bias: boolean) {
    super();
    this.c_attn = new nn.Linear(size, 3 * size, { bias });
    this.c_proj = new nn.Linear(size, size, { bias });
    this.heads = heads;
  }

  forward(x: Tensor): Tensor {
    const [b, t, c] = x.shape as [number, number, number];
    const heads = (y: Tensor): Tensor => y.reshape([b, t, this.heads, -1]).transpose(1, 2);
    const [q, k, v] = this.c_attn.forward(x).split(c, 2).map(heads) as [Tensor, Tensor, Tensor];
    const y = nn.functional.scaledDotProductAttention(q, k, v, { isCausal: true });
    return this.c_proj.forward(y.transpose(1, 2).reshape([b, t, c]));
  }
}

class Mlp extends nn.Module {
  c_fc: nn.Linear;
  c_proj: nn.Linear;

  constructor(size: number, bias: boolean) {
    super();
    this.c_fc = new nn.Linear(size, 4 * size, { bias });
    this.c_proj = new nn.Linear(4 * size, size, { bias });
  }

  forward(x: Tensor): Tensor {
    return this.c_proj.forward(nn.functional.gelu(this.c_fc.forward(x)));
  }
}

class Block extends nn.Module {
  ln_1: nn.LayerNorm;
  attn: Attention;
  ln_2: nn.LayerNorm;
  mlp: Mlp;

  constructor(size: number, heads: number, bias: boolean) {
    super();
    this.ln_1 = new nn.LayerNorm(size, { bias });
    this.attn = new Attention(size, heads, bias);
    this.ln_2 = new nn.LayerNorm(size, { bias });
    this.mlp = new Mlp(size, bias);
  }

  forward(x: Tensor): Tensor {
    const y = x.add(this.attn.forward(this.ln_1.forward(x)));
    return y.add(this.mlp.forward(this.ln_2.forward(y)));
  }
}

class Gpt extends nn.Module {
  transformer: nn.ModuleDict;
  lm_head: nn.Linear;

  constructor(config: Readonly<Record<string, number>>) {
    super();
    const { vocab_size, block_size, n_layer, n_head, n_embd } = config;
    const bias = Boolean(config.bias);
    const blocks = Array.from({ length: n_layer! }, () => new Block(n_embd!, n_head!, bias));
    const wte = new nn.Embedding(vocab_size!, n_embd!);
    this.transformer = new nn.ModuleDict<nn.Module>({
      wte,
      wpe: new nn.Embedding(block_size!, n_embd!),
      h: new nn.ModuleList(blocks),
      ln_f: new nn.LayerNorm(n_embd!, { bias }),
    });
    this.lm_head = new nn.Linear(n_embd!, vocab_size!, { bias: false });
  }

  private part<M>(name: string): M {
    return this.transformer.get(name) as M;
  }

  forward(tokens: Tensor): Tensor {
    const places = arange(tokens.shape[1]!, undefined, undefined, { dtype: "int32" });
    const wpe = this.part<nn.Embedding>("wpe").forward(places);
    let x = this.part<nn.Embedding>("wte").forward(tokens).add(wpe); // [B, T, C]
    for (const block of this.part<nn.ModuleList<Block>>("h")) x = block.forward(x);
    return this.lm_head.forward(this.part<nn.LayerNorm>("ln_f").forward(x));
  }
}

/** Makes a model of its specification. */
export function makeModel({ kind, layers, config }: ModelSpec): Model {
  if (kind === "lstm") return new Classifier(config!);
  if (kind === "gpt") return new Gpt(config!);
  return new nn.Sequential(...layers!.map(([name, ctor]) => makeModule(name, ctor) as nn.Layer));
}

/** Ties what the specification ties, and loads a state in which that is stored once. */
export function loadTied(
  model: Model,
  state: Readonly<Record<string, Tensor>>,
  { tied = {} }: ModelSpec,
): void {
  const all = { ...state };
  for (const [name, source] of Object.entries(tied)) {
    const parameter = model.namedParameters().find(([key]) => key === source)![1];
    const owner = model.namedModules().find(([key]) => `${key}.weight` === name)![1];
    (owner as nn.Linear).weight = parameter;
    all[name] = state[source]!;
  }
  model.loadStateDict(all);
}
