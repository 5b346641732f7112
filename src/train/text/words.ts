/** What the losses of a model of text mean, in words. */
import { exp, log } from "../../core/math.ts";

/** A loss in other units. */
export interface LossFigures {
  /** Among how many equally likely tokens it would have to choose. */
  readonly perplexity: number;
  readonly bitsPerByte: number;
}

/** Converts nats per token; `bytesPerToken` is that of the text. */
export function figuresOf(loss: number, bytesPerToken: number): LossFigures {
  return { perplexity: exp(loss), bitsPerByte: loss / log(2) / bytesPerToken };
}

/** The loss of pure chance: all tokens are as likely. */
export function chanceOf(vocabSize: number): number {
  return log(vocabSize);
}

/** What an English text looks like at about so many bits per byte. */
const EXPECTED: readonly (readonly [bits: number, text: string])[] = [
  [4.4, "letters at random"],
  [3.7, "letters as frequent as in the text, without words"],
  [3.2, "pairs of letters that occur, words of the right length"],
  [2.8, "strings that sound like words, short words right"],
  [2.3, "mostly real words, little grammar"],
  [1.9, "phrases that hold together, sentences that lose their way"],
  [1.4, "sentences whose grammar holds, little sense"],
  [0, "fluent text in the manner of the original"],
];

/** For texts that are not in Latin letters: by the share of chance that is left of the loss. */
const LEFT: readonly (readonly [share: number, text: string])[] = [
  [0.95, "hardly better than chance"],
  [0.75, "what is frequent in the text is frequent in it"],
  [0.55, "what often follows one another follows one another"],
  [0.35, "short pieces as they are in the text"],
  [0, "long pieces in the manner of the text"],
];

/** How a loss is judged. */
export interface Judged {
  readonly loss: number;
  readonly vocabSize: number;
  readonly bytesPerToken: number;
  /** Whether the text is mostly in Latin letters, as English is. */
  readonly latin: boolean;
}

/** What to expect of what a model writes. */
export function expectation({ loss, vocabSize, bytesPerToken, latin }: Judged): string {
  const { bitsPerByte } = figuresOf(loss, bytesPerToken);
  const share = loss / chanceOf(vocabSize);
  const [table, value] = latin ? [EXPECTED, bitsPerByte] : [LEFT, share];
  return table.find(([least]) => value >= least)![1];
}

/** Counts characters, and which of them are Latin letters, to know which words fit. */
export class Script {
  #all = 0;
  #latin = 0;

  /** Takes the next piece of the text; a few of them are enough. */
  read(text: string): void {
    if (this.#all > 1_000_000) return;
    this.#all += text.match(/[^\s]/gu)?.length ?? 0;
    this.#latin += text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  }

  /** Whether half of what is no blank is Latin letters. */
  get latin(): boolean {
    return this.#latin > this.#all / 2;
  }
}

/** Whether the last three evaluations each were worse than the one before. */
export function memorises(losses: readonly number[]): boolean {
  const last = losses.slice(-4);
  return last.length === 4 && last.every((loss, k) => k === 0 || loss > last[k - 1]!);
}
