/** Models of text: what they remember gives the bits of what they read at once, and they learn. */
import { compile, manualSeed, optim, randint, tensor } from "nabla";
import type { GPTConfig, LanguageModel } from "nabla/models";
import { BengioMLP, Bigram, decayGroups, GPT, lossOf, RecurrentModel } from "nabla/models";
import { describe, expect, test } from "vitest";

const SIZES = { vocabSize: 17, blockSize: 16, nLayer: 2, nEmbd: 16, nHead: 4 };
const TODAY: Partial<GPTConfig> = {
  ...{ norm: "rms", positions: "rotary", mlp: "swiglu" },
  ...{ nKvHead: 2, qkNorm: true, bias: false, tied: false },
};

const MODELS: Readonly<Record<string, () => LanguageModel>> = {
  "GPT as nanoGPT has it": () => new GPT({ ...SIZES, bias: false }),
  "GPT with today's options": () => new GPT({ ...SIZES, ...TODAY }),
  "GPT-2's GELU, biases": () => new GPT({ ...SIZES, mlp: "gelu-tanh" }),
  bigram: () => new Bigram(SIZES),
  MLP: () => new BengioMLP(SIZES),
  RNN: () => new RecurrentModel("rnn", SIZES),
  LSTM: () => new RecurrentModel("lstm", SIZES),
  GRU: () => new RecurrentModel("gru", SIZES),
};

const count = (n: number) => tensor(n, { dtype: "int32" });

describe.each(Object.entries(MODELS))("%s", (_, make) => {
  test("reads on from its memory with the bits of reading all at once", () => {
    manualSeed(1);
    const model = make().eval() as LanguageModel;
    const text = randint(0, SIZES.vocabSize, [2, SIZES.blockSize]);
    const whole = model.forward(text);
    const memory = model.remember(2);
    const read = compile((index: typeof text, n: typeof text) => model.next(index, memory, n));
    const first = model.stride > 1 ? 3 : 0;
    // of five tokens the last two do not count: what comes later takes their places
    if (first > 0) read(text.narrow(1, 0, 5), count(first));
    for (let at = first; at < SIZES.blockSize; at++) {
      const next = read(text.narrow(1, at, 1), count(1));
      expect(next.dataSync(), `after ${at + 1} tokens`).toEqual(whole.select(1, at).dataSync());
    }
    expect(memory.place.itemSync()).toBe(SIZES.blockSize);
    expect(read.stats.misses).toBe(first > 0 ? 2 : 1);
  });

  test("learns: the loss of one batch falls from that of chance", () => {
    manualSeed(2);
    const model = make();
    const text = randint(0, SIZES.vocabSize, [4, SIZES.blockSize + 1]);
    const optimizer = new optim.AdamW(decayGroups(model, 0.1), { lr: 0.01 });
    const step = compile((index: typeof text, target: typeof text) => {
      const loss = lossOf(model, index, target);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    });
    const batch = [0, 1].map((from) => text.narrow(1, from, SIZES.blockSize));
    const losses = Array.from({ length: 30 }, () => step(batch[0]!, batch[1]!).itemSync());
    expect(Math.abs(losses[0]! - Math.log(SIZES.vocabSize))).toBeLessThan(0.5);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! - 0.2);
  });
});

describe("GPT", () => {
  test("has nanoGPT's names, sizes and deviations", () => {
    manualSeed(3);
    const model = new GPT({
      vocabSize: 65,
      blockSize: 64,
      nLayer: 4,
      nHead: 4,
      nEmbd: 128,
      bias: false,
    });
    const names = model.namedParameters().map(([name]) => name);
    expect(names.slice(0, 6)).toEqual([
      ...["transformer.wte.weight", "transformer.wpe.weight", "transformer.h.0.ln_1.weight"],
      ...["transformer.h.0.attn.c_attn.weight", "transformer.h.0.attn.c_proj.weight"],
      "transformer.h.0.ln_2.weight",
    ]);
    expect(names.at(-1)).toBe("transformer.ln_f.weight");
    const all = model.parameters().reduce((sum, p) => sum + p.numel(), 0);
    expect(all).toBe(804_096);
    const deviation = (name: string): number =>
      model.stateDict()[name]!.pow(2).mean().sqrt().itemSync();
    expect(deviation("transformer.h.1.mlp.c_fc.weight")).toBeCloseTo(0.02, 3);
    expect(deviation("transformer.h.1.mlp.c_proj.weight")).toBeCloseTo(0.02 / Math.sqrt(8), 3);
    expect(model.lm_head.weight).toBe(model.transformer.wte.weight);
  });

  test("says which sizes do not fit", () => {
    expect(() => new GPT({ nEmbd: 10, nHead: 3 })).toThrow(
      "GPT: nHead 3 does not divide nEmbd 10.",
    );
    expect(() => new GPT({ blockSize: 0 })).toThrow(
      "GPT: blockSize is 0; need an integer from 1 on.",
    );
    expect(() => new GPT({ ...SIZES, nKvHead: 3 })).toThrow("nKvHead 3 does not divide nHead 4");
    expect(() => new GPT({ ...SIZES, nEmbd: 12, positions: "rotary" })).toThrow(
      "an even size, not 3",
    );
    expect(() => new GPT(SIZES).forward(randint(0, 5, [1, 17]))).toThrow(
      "GPT: 17 tokens are more than its block of 16; give the last ones.",
    );
  });

  test("shows what each head looks at: rows of sum 1, nothing of what comes later", () => {
    const model = new GPT(SIZES).eval();
    const text = randint(0, 17, [1, 5]);
    const seen: (typeof text)[] = [];
    expect(model.forward(text, seen).dataSync()).toEqual(model.forward(text).dataSync());
    expect(seen.map((weights) => weights.shape)).toEqual([
      [1, 4, 5, 5],
      [1, 4, 5, 5],
    ]);
    const row = [...seen[1]!.select(1, 2).select(1, 2).dataSync()];
    expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    expect(row.slice(3)).toEqual([0, 0]);
  });
});
