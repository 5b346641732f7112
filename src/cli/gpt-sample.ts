/** Runs `nabla gpt sample`: writes with a trained model, as it comes. */
import { host } from "#host";
import { argumentError } from "../core/errors.ts";
import { formatNumber } from "../core/format.ts";
import { Writer } from "../models/generate.ts";
import { manualSeed } from "../tensor/random.ts";
import { spellToken } from "../text/spell.ts";
import { TokenStream } from "../text/tokenizer.ts";
import type { LanguageFile } from "../train/text/language-file.ts";
import { chooseDevice } from "./gpt-device.ts";
import type { SampleFlags } from "./gpt-flags.ts";
import { readModel } from "./gpt-run.ts";
import { startOf } from "./gpt-watch.ts";
import { explainPrompt } from "./gpt-why.ts";
import { exitCodeFor, Terminal } from "./terminal.ts";

/** Writes with the model of a run. */
export async function sample(run: string, flags: SampleFlags): Promise<void> {
  const { prompt = "\n", stop, json, why } = flags;
  await chooseDevice("wasm");
  const language = await readModel(run);
  const start = promptTokens(language, prompt);
  manualSeed(flags.seed);
  const terminal = new Terminal();
  try {
    const began = performance.now();
    const told = why === true && json !== true ? explainPrompt(language, start) : undefined;
    if (json !== true && why !== true) host.write("stdout", prompt === "\n" ? "" : prompt);
    let text = "";
    let count = 0;
    for await (const piece of pieces(language, start, flags, terminal, told)) {
      count++;
      text += piece;
      if (json !== true && why !== true) say(piece);
      if (stop !== undefined && text.includes(stop)) break;
    }
    const seconds = (performance.now() - began) / 1000;
    if (json === true) {
      const { seed, temperature, topK, topP } = flags;
      const answer = { prompt, text, tokens: count, seconds, seed, temperature, topK, topP };
      host.write("stdout", `${JSON.stringify(answer)}\n`);
    } else host.write("stdout", text.endsWith("\n") && why !== true ? "" : "\n");
    if (host.isTerminal("stderr")) {
      host.write("stderr", `${count} tokens, ${formatNumber(count / seconds)} a second\n`);
    }
    if (terminal.stop !== undefined) host.setExitCode(exitCodeFor(terminal.stop));
  } finally {
    terminal.close();
  }
}

/** Writes a piece; to a terminal without what would steer it. */
export function say(piece: string): void {
  const shown = host.isTerminal("stdout") ? piece.replaceAll(/(?![\n\t])\p{Cc}/gu, "�") : piece;
  host.write("stdout", shown);
}

/** What is told beside a token. */
type Tell = (token: number, scores: Float32Array) => void;

/** The pieces of text as they are completed. */
export async function* pieces(
  { model, tokenizer }: LanguageFile,
  start: readonly number[],
  flags: SampleFlags,
  terminal: Pick<Terminal, "stop">,
  tell?: Tell,
): AsyncGenerator<string, void, undefined> {
  const { tokens: maxNewTokens, temperature, topK, topP = 1, exactWindow = false } = flags;
  const writer = new Writer(model, { exactWindow });
  const stream = new TokenStream(tokenizer);
  const options = { maxNewTokens, temperature, topK, topP };
  for await (const { tokens, scores } of writer.write([start], options)) {
    tell?.(tokens[0]!, scores[0]!);
    yield stream.push(tokens[0]!);
    if (terminal.stop !== undefined) return;
  }
  yield stream.end();
}

/** The tokens of a prompt; what the vocabulary lacks is said with what it has. */
export function promptTokens({ tokenizer }: LanguageFile, prompt: string): number[] {
  if (prompt === "")
    throw argumentError("--prompt is empty; leave it out to begin with a new line.");
  if (prompt === "\n") return startOf(tokenizer);
  return [...tokenizer.encode(prompt)];
}

/** Spells a token of a vocabulary. */
export function spelled({ tokenizer }: LanguageFile, token: number): string {
  return spellToken(tokenizer.decode([token]));
}
