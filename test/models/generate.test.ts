/** Writing: the same bits with and without the memory, in batches, streamed, cancelled. */
import { manualSeed } from "nabla";
import type { LanguageModel } from "nabla/models";
import { generate, GPT, probabilities, RecurrentModel, Writer } from "nabla/models";
import { describe, expect, test } from "vitest";

const SIZES = { vocabSize: 13, blockSize: 40, nLayer: 2, nEmbd: 16, nHead: 2 };

function gpt(blockSize = SIZES.blockSize): GPT {
  manualSeed(5);
  return new GPT({ ...SIZES, blockSize, positions: "learned" });
}

/** What is written after a prompt, from one seed. */
async function written(
  model: LanguageModel,
  prompt: readonly number[],
  options: Parameters<typeof generate>[2],
): Promise<number[]> {
  manualSeed(7);
  const tokens: number[] = [];
  for await (const token of generate(model, prompt, options)) tokens.push(token);
  return tokens;
}

const prompt = Array.from({ length: 35 }, (_, k) => (k * 5) % 13);

describe("writing", () => {
  test("gives the tokens and the scores of reading everything anew for each", async () => {
    const model = gpt(64);
    const scores = async (cache: boolean): Promise<Float32Array[]> => {
      manualSeed(3);
      const all: Float32Array[] = [];
      const writer = new Writer(model, { cache });
      for await (const step of writer.write([prompt], { maxNewTokens: 25 }))
        all.push(step.scores[0]!);
      return all;
    };
    expect(await scores(true)).toEqual(await scores(false));
  });

  test("beyond the window: half of it is read anew, or, exactly, all of it for each token", async () => {
    const model = gpt();
    const window = await written(model, prompt, { maxNewTokens: 60 });
    expect(window).toHaveLength(60);
    const exact = await written(model, prompt, { maxNewTokens: 60, exactWindow: true });
    const slow = await written(model, prompt, { maxNewTokens: 60, cache: false });
    expect(exact).toEqual(slow);
    expect(window.slice(0, 6)).toEqual(exact.slice(0, 6)); // as long as all is in the window
    expect(window).not.toEqual(exact);
  });

  test("in batches of texts of any lengths gives what each gives alone, at temperature 0", async () => {
    const lstm = new RecurrentModel("lstm", SIZES);
    for (const model of [gpt(), lstm]) {
      const prompts = [[1, 2, 3], prompt.slice(0, 9), [4]];
      const rows: number[][] = [[], [], []];
      const writer = new Writer(model, { batch: 3 });
      for await (const { tokens } of writer.write(prompts, { maxNewTokens: 8, temperature: 0 })) {
        tokens.forEach((token, b) => token >= 0 && rows[b]!.push(token));
      }
      for (const [b, one] of prompts.entries()) {
        const alone = await written(model, one, { maxNewTokens: 8, temperature: 0 });
        expect(rows[b]).toEqual(alone);
      }
    }
  });

  test("ends where its reader leaves or a signal says so, and begins anew after that", async () => {
    const model = gpt();
    const writer = new Writer(model);
    const stop = new AbortController();
    let count = 0;
    for await (const _ of writer.write([[1]], { signal: stop.signal }))
      if (++count === 3) stop.abort();
    expect(count).toBe(3);
    for await (const _ of writer.write([[1, 2]])) break;
    manualSeed(7);
    const tokens: number[] = [];
    for await (const step of writer.write([prompt], { maxNewTokens: 5 }))
      tokens.push(step.tokens[0]!);
    expect(tokens).toEqual(await written(model, prompt, { maxNewTokens: 5 }));
  });

  test("says what it cannot go on with", async () => {
    const all = async (tokens: number[], options = {}): Promise<unknown> =>
      written(gpt(), tokens, options);
    await expect(all([])).rejects.toThrow("a text to go on with has no token");
    await expect(all([3, 13])).rejects.toThrow("token 13; the model knows 0 to 12");
    await expect(all([1], { topK: 0 })).rejects.toThrow("topK is 0");
    await expect(all([1], { topP: 0 })).rejects.toThrow("topP is 0");
    await expect(all([1], { temperature: -1 })).rejects.toThrow("temperature is -1");
  });
});

describe("probabilities", () => {
  const scores = Float32Array.of(1, 3, 2, 3, -Infinity);
  const shown = (options: object): number[] =>
    [...probabilities(scores, options)].map((p) => Math.round(1000 * p) / 1000);

  test("are the softmax, sharper or flatter, of the likeliest alone", () => {
    expect(shown({})).toEqual([0.054, 0.399, 0.147, 0.399, 0]);
    expect(shown({ temperature: 0 })).toEqual([0, 1, 0, 0, 0]);
    expect(shown({ topK: 1 })).toEqual([0, 0.5, 0, 0.5, 0]); // a tie stays, as in nanoGPT
    expect(shown({ topK: 3 })).toEqual([0, 0.422, 0.155, 0.422, 0]);
    expect(shown({ topP: 0.5 })).toEqual([0, 0.5, 0, 0.5, 0]);
    expect(shown({ topP: 0.1 })).toEqual([0, 1, 0, 0, 0]);
  });
});
