/** Runs `nabla gpt eval`: how well a model foretells a text, block by block. */
import { host } from "#host";
import { argumentError } from "../core/errors.ts";
import { formatNumber, showText } from "../core/format.ts";
import type { LanguageModel } from "../models/language-model.ts";
import { compile } from "../tensor/compile.ts";
import { tensor } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { lossOf } from "../models/language-model.ts";
import { textPieces } from "../train/text/prepare.ts";
import { chanceOf, expectation, figuresOf, Script } from "../train/text/words.ts";
import { chooseDevice } from "./gpt-device.ts";
import { readModel } from "./gpt-run.ts";

/** Says the loss of a model on a text. */
export async function evaluate(
  run: string,
  file: string,
  { json }: { readonly json?: boolean },
): Promise<void> {
  await chooseDevice("wasm");
  const { model, tokenizer } = await readModel(run);
  const judge = new Judge(model);
  const script = new Script();
  let bytes = 0;
  let tokens = 0;
  for await (const { text, raw } of textPieces(file)) {
    bytes += raw.length;
    script.read(text);
    const codes = tokenizer.encode(text);
    tokens += codes.length;
    await judge.read(codes);
  }
  await judge.end();
  if (judge.count === 0) {
    throw argumentError(`"${showText(file, 300)}" has ${tokens} tokens; a loss needs two or more.`);
  }
  const loss = judge.sum / judge.count;
  const judged = { loss, vocabSize: model.vocabSize, bytesPerToken: bytes / tokens };
  const { perplexity, bitsPerByte } = figuresOf(loss, bytes / tokens);
  if (json === true) {
    const found = { loss, perplexity, bitsPerByte, tokens, bytes };
    host.write("stdout", `${JSON.stringify(found)}\n`);
    return;
  }
  host.write(
    "stdout",
    `loss ${loss.toFixed(4)} (chance: ${chanceOf(model.vocabSize).toFixed(3)}), perplexity ` +
      `${formatNumber(perplexity)}, ${bitsPerByte.toFixed(2)} bits per byte, of ` +
      `${tokens.toLocaleString("en")} tokens\nto expect: ${expectation({ ...judged, latin: script.latin })}\n`,
  );
}

/** Sums the losses of whole blocks, and of the rest of the text at its end. */
class Judge {
  sum = 0;
  count = 0;
  #held: number[] = [];
  readonly #size: number;
  readonly #loss: (index: Tensor, target: Tensor) => Tensor;

  constructor(model: LanguageModel) {
    this.#size = Math.min(model.blockSize, 1024);
    this.#loss = compile((index: Tensor, target: Tensor) =>
      noGrad(() => lossOf(model, index, target)),
    );
  }

  async read(codes: Int32Array): Promise<void> {
    for (const code of codes) {
      this.#held.push(code);
      if (this.#held.length > this.#size) await this.#judge(); // the last one begins the next
    }
  }

  async end(): Promise<void> {
    if (this.#held.length > 1) await this.#judge();
  }

  async #judge(): Promise<void> {
    const row = Int32Array.from(this.#held);
    const shape = [1, row.length - 1];
    const [index, target] = [row.slice(0, -1), row.slice(1)].map((data) => tensor(data, { shape }));
    this.sum += (await this.#loss(index!, target!).item()) * (row.length - 1);
    this.count += row.length - 1;
    this.#held = [row.at(-1)!];
  }
}
