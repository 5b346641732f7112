/**
 * What `nabla gpt sample --why` says of each token: what else could have come, with probabilities,
 * and which earlier places each head of the last layer looked at.
 */
import { host } from "#host";
import { GPT } from "../models/gpt.ts";
import { probabilities } from "../models/sampling.ts";
import { tensor } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { spellToken } from "../text/spell.ts";
import type { LanguageFile } from "../train/text/language-file.ts";
import { percent } from "./words.ts";

/** How many candidates and places are named. */
const [CANDIDATES, PLACES] = [5, 3];

/** What one head looked at most. */
export interface Look {
  readonly layer: number;
  readonly head: number;
  readonly places: readonly { readonly place: number; readonly share: number }[];
}

/** Prints the prompt, and returns what explains each token that follows. */
export function explainPrompt(
  language: LanguageFile,
  prompt: readonly number[],
): (token: number, scores: Float32Array) => void {
  const tokens = [...prompt];
  const spell = (token: number): string => spellToken(language.tokenizer.decode([token]));
  print(`prompt: ${tokens.map((token, k) => `${k}:${spell(token)}`).join(" ")}`);
  return (token, scores) => {
    const shares = probabilities(scores);
    const order = Array.from(shares.keys()).sort((a, b) => shares[b]! - shares[a]!);
    const named = order.slice(0, CANDIDATES).map((k) => `${spell(k)} ${percent(shares[k]!)}`);
    print(`${tokens.length}:${spell(token)} (${percent(shares[token]!)}) of ${named.join(", ")}`);
    for (const { layer, head, places } of looksOf(language, tokens)) {
      const at = places.map(({ place, share }) => {
        return `${place}:${spell(tokens[place]!)} ${percent(share)}`;
      });
      print(`    layer ${layer}, head ${head} looked at ${at.join(", ")}`);
    }
    tokens.push(token);
  };
}

/** What each head looked at from the last place; nothing for models without attention. */
export function looksOf({ model }: LanguageFile, tokens: readonly number[]): Look[] {
  if (!(model instanceof GPT)) return [];
  const from = Math.max(0, tokens.length - model.blockSize);
  return attentionOf(model, tokens.slice(from)).flatMap((weights, layer) => {
    const [, heads, size] = weights.shape as [number, number, number];
    const data = weights.dataSync();
    return Array.from({ length: heads }, (_, head): Look => {
      const row = data.slice((head * size + size - 1) * size, (head + 1) * size * size);
      const order = Array.from(row.keys()).sort((a, b) => row[b]! - row[a]!);
      const most = order.slice(0, PLACES).filter((k) => row[k]! >= 0.01);
      const places = most.map((k) => ({ place: from + k, share: row[k]! }));
      return { layer, head, places };
    });
  });
}

/** The attention of all layers, `[1, H, T, T]` each. */
export function attentionOf(model: GPT, tokens: readonly number[]): Tensor[] {
  const seen: Tensor[] = [];
  const index = tensor(Int32Array.from(tokens), { shape: [1, tokens.length] });
  noGrad(() => model.forward(index, seen));
  return seen;
}

function print(line: string): void {
  host.write("stdout", `${line}\n`);
}
