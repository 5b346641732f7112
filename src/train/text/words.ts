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

/** What a text looks like at so many bits per byte; of English, measured with small models. */
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

/** What to expect of what a model writes. */
export function expectation(bitsPerByte: number): string {
  return EXPECTED.find(([bits]) => bitsPerByte >= bits)![1];
}

/** Whether the last three evaluations each were worse than the one before. */
export function memorises(losses: readonly number[]): boolean {
  const last = losses.slice(-4);
  return last.length === 4 && last.every((loss, k) => k === 0 || loss > last[k - 1]!);
}
