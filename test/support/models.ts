/** The whole models of golden group 11: a Sequential, an LSTM classifier, and nanoGPT's GPT. */
import type { Tensor } from "nabla";
import { nn } from "nabla";
import { GPT } from "nabla/models";
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

/** nanoGPT's model; its parameters do not start tied here, `loadTied` does that. */
function gptOf(config: Readonly<Record<string, number>>): GPT {
  const { vocab_size, block_size, n_layer, n_head, n_embd, bias } = config;
  return new GPT({
    vocabSize: vocab_size!,
    blockSize: block_size!,
    nLayer: n_layer!,
    nHead: n_head!,
    nEmbd: n_embd!,
    bias: Boolean(bias),
  });
}

/** Makes a model of its specification. */
export function makeModel({ kind, layers, config }: ModelSpec): Model {
  if (kind === "lstm") return new Classifier(config!);
  if (kind === "gpt") return gptOf(config!);
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
