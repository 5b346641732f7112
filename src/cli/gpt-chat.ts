/** Runs `nabla gpt chat`: each line that is typed is gone on with; what was said stays in view. */
import { host } from "#host";
import { manualSeed } from "../tensor/random.ts";
import { NablaError } from "../core/errors.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import { chooseDevice } from "./gpt-device.ts";
import type { SampleFlags } from "./gpt-flags.ts";
import { readModel } from "./gpt-run.ts";
import { pieces, say } from "./gpt-sample.ts";
import { Terminal } from "./terminal.ts";

/** Talks until the input ends. */
export async function chat(run: string, flags: SampleFlags): Promise<void> {
  await chooseDevice("wasm");
  const language = await readModel(run);
  const { tokenizer } = language;
  manualSeed(flags.seed);
  const terminal = new Terminal();
  const said: number[] = [];
  try {
    ask();
    for await (const line of lines()) {
      const asked = tokensOf(tokenizer, `${line}\n`);
      if (asked === undefined) continue;
      said.push(...asked);
      for await (const piece of pieces(language, said, flags, terminal, (t) => said.push(t))) {
        say(piece);
      }
      host.write("stdout", "\n");
      if (terminal.stop !== undefined) return;
      ask();
    }
  } finally {
    terminal.close();
  }
}

/** The tokens of a line; what the vocabulary lacks is said, and the line is left out. */
function tokensOf(tokenizer: Tokenizer, line: string): Int32Array | undefined {
  try {
    return tokenizer.encode(line);
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    host.write("stderr", `${error.message}\n`);
    ask();
    return undefined;
  }
}

function ask(): void {
  if (host.isTerminal("stdout")) host.write("stdout", "> ");
}

async function* lines(): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of host.readPieces("-")) {
    const parts = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
  if (rest !== "") yield rest;
}
