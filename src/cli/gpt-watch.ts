/**
 * What `nabla gpt train` does beside the training itself: evaluates, writes a sample, says in words
 * what that means, draws the bar, and keeps the run folder.
 */
import { formatNumber, showText } from "../core/format.ts";
import { Writer } from "../models/generate.ts";
import type { LanguageModel } from "../models/language-model.ts";
import { lossOf } from "../models/language-model.ts";
import { compile } from "../tensor/compile.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { manualSeed, randomState, setRandomState } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import type { Callback, Training } from "../train/callback.ts";
import type { EndEvent, StartEvent, StepEvent } from "../train/events.ts";
import type { TextBatches } from "../train/text/text-batches.ts";
import { expectation, figuresOf, memorises } from "../train/text/words.ts";
import type { Evaluation } from "./gpt-run.ts";
import type { Terminal } from "./terminal.ts";

/** What a watch needs to know. */
export interface WatchParts {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
  readonly train: TextBatches;
  readonly val: TextBatches;
  readonly terminal: Terminal;
  readonly maxIters: number;
  readonly tokensPerStep: number;
  readonly bytesPerToken: number;
  readonly latin: boolean;
  readonly seed: number;
  /** Keeps what was found; `best`: whether these weights are the best so far. */
  readonly keep: (evaluations: readonly Evaluation[], best: boolean) => Promise<void>;
}

const SAMPLE_TOKENS = 120;

/** Watches a training of text. */
export class GptWatch implements Callback {
  readonly name = "GptWatch";
  #evaluations: readonly Evaluation[] = [];
  readonly #parts: WatchParts;
  readonly #judge: (index: Tensor, target: Tensor) => Tensor;
  readonly #writer: Writer;
  #began = performance.now();
  #paused = 0;
  #first = 0;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    const { model } = parts;
    this.#judge = compile((index: Tensor, target: Tensor) =>
      noGrad(() => lossOf(model, index, target)),
    );
    this.#writer = new Writer(model);
  }

  /** What was found so far. */
  get evaluations(): readonly Evaluation[] {
    return this.#evaluations;
  }

  async onStart({ step }: StartEvent, trainer: Training): Promise<void> {
    this.#first = step;
    this.#began = performance.now();
    if (this.#evaluations.length === 0) await this.#evaluate(trainer);
    this.#parts.terminal.start();
    this.#began = performance.now();
    this.#paused = 0;
  }

  onStep({ step, loss }: StepEvent, trainer: Training): void {
    const { terminal, maxIters } = this.#parts;
    if (terminal.stop !== undefined) trainer.stop("aborted");
    const last = this.#evaluations.at(-1);
    const val = last === undefined ? "" : ` (validation ${formatNumber(last.val)})`;
    const rate = Math.round(this.#rate(step)).toLocaleString("en");
    terminal.bar(step, maxIters, `loss ${formatNumber(loss)}${val}  ${rate} tokens/s`, this.#first);
  }

  async onEpochEnd(_: unknown, trainer: Training): Promise<void> {
    if (trainer.step < this.#parts.maxIters) await this.#evaluate(trainer);
  }

  async onEnd({ reason }: EndEvent, trainer: Training): Promise<void> {
    if (reason === "done" && this.#evaluations.at(-1)?.iter !== trainer.step) {
      await this.#evaluate(trainer);
    }
  }

  stateDict(): { readonly evaluations: readonly Evaluation[] } {
    return { evaluations: this.#evaluations };
  }

  loadStateDict({ evaluations }: { readonly evaluations: readonly Evaluation[] }): void {
    this.#evaluations = evaluations;
  }

  /** Tokens a second of this call, evaluations not counted. */
  #rate(step: number): number {
    const seconds = (performance.now() - this.#began - this.#paused) / 1000;
    return seconds > 0 ? ((step - this.#first) * this.#parts.tokensPerStep) / seconds : 0;
  }

  async #evaluate(trainer: Training): Promise<void> {
    const { model, train, val, keep } = this.#parts;
    const rate = this.#rate(trainer.step);
    const began = performance.now();
    const random = randomState();
    model.eval();
    const found = {
      iter: trainer.step,
      train: await this.#lossOn(train),
      val: await this.#lossOn(val),
      lr: trainer.lr,
      tokensPerSecond: Math.round(rate),
      sample: await this.#sample(),
    };
    model.train();
    setRandomState(random);
    const best = this.#evaluations.every((one) => found.val < one.val);
    this.#evaluations = [...this.#evaluations, found];
    this.#say(found);
    await keep(this.#evaluations, best);
    this.#paused += performance.now() - began;
  }

  async #lossOn(batches: TextBatches): Promise<number> {
    let sum = 0;
    for await (const [index, target] of batches) sum += await this.#judge(index, target).item();
    return sum / batches.length;
  }

  /** The same random numbers each time, so that samples differ by what was learned alone. */
  async #sample(): Promise<string> {
    const { tokenizer, seed } = this.#parts;
    manualSeed(seed);
    const tokens: number[] = [];
    const options = { maxNewTokens: SAMPLE_TOKENS, temperature: 0.8, topK: 200 };
    for await (const { tokens: next } of this.#writer.write([startOf(tokenizer)], options)) {
      tokens.push(next[0]!);
    }
    return tokenizer.decode(tokens);
  }

  #say({ iter, train, val, tokensPerSecond, sample }: Evaluation): void {
    const { terminal, bytesPerToken, latin, tokenizer } = this.#parts;
    const { perplexity, bitsPerByte } = figuresOf(val, bytesPerToken);
    const rate = iter === 0 ? "" : `, ${tokensPerSecond.toLocaleString("en")} tokens/s`;
    terminal.line(
      `iter ${iter}: train ${train.toFixed(4)}, validation ${val.toFixed(4)} (perplexity ` +
        `${formatNumber(perplexity)}, ${bitsPerByte.toFixed(2)} bits per byte)${rate}`,
    );
    const judged = { loss: val, vocabSize: tokenizer.vocabSize, bytesPerToken, latin };
    terminal.line(`  to expect: ${expectation(judged)}`);
    for (const text of sample.split("\n").slice(0, 6)) {
      terminal.line(`  │ ${showText(text, SAMPLE_TOKENS * 8)}`);
    }
    if (memorises(this.#evaluations.map((one) => one.val))) {
      terminal.line("  validation has risen for three evaluations: it begins to memorise.");
    }
  }
}

/** What a text begins with where nothing is given: a new line, or the first token. */
export function startOf(tokenizer: Tokenizer): number[] {
  try {
    return [...tokenizer.encode("\n")];
  } catch {
    return [0]; // a vocabulary without new lines
  }
}
