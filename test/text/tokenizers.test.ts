/** Tokenizers: what is encoded comes back, training finds what is frequent, and says its steps. */
import fc from "fast-check";
import type { Tokenizer } from "nabla/text";
import {
  BytePairTokenizer,
  CharTokenizer,
  loadGPT2Tokenizer,
  spellToken,
  tokenizerFrom,
  tokenizerOfJson,
  TokenStream,
} from "nabla/text";
import { describe, expect, test } from "vitest";
import { readFile } from "../support/files.ts";

const NAUGHTY = [
  ...["", " ", "\n", "\r\n\t", "\u0000", "\uFEFFabc", "e\u0301 é", "ﷺ", "Ω≈ç√∫˜µ≤≥÷", "社會科學院"],
  ...[
    "👩‍👩‍👧‍👦",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "\u202Etest\u202C",
    "ﬀ ẛ̣",
    "<|endoftext|>",
    "__proto__",
    "ṰǪ ͌H̵E",
    "𝔘𝔫𝔦",
    "'\"`$(rm)",
    "\\u0041",
  ],
  "I'll   can't\n\n  12,345 naïve—“ok”\u00a0\u2028\u3000.",
];

const pairs = BytePairTokenizer.train(NAUGHTY.join(" ") + readFile("README.md"), 400);

function comesBack(tokenizer: Tokenizer, text: string): void {
  const tokens = tokenizer.encode(text);
  expect(tokenizer.decode(tokens)).toBe(text);
  const stream = new TokenStream(tokenizer);
  expect([...tokens].map((token) => stream.push(token)).join("") + stream.end()).toBe(text);
}

describe("what is encoded comes back", () => {
  const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }));

  test("by characters, any code points", () => {
    fc.assert(fc.property(text, (t) => comesBack(CharTokenizer.of(t), t)));
    for (const t of NAUGHTY) comesBack(CharTokenizer.of(NAUGHTY), t);
  });

  test("by byte pairs, any Unicode text, of whatever the pairs were learned", () => {
    fc.assert(fc.property(text, (t) => comesBack(pairs, t)));
    for (const t of NAUGHTY) comesBack(pairs, t);
    expect(() => pairs.encode("ab\uD800")).toThrow("half of a character at place 2");
  });

  test("by GPT-2's tokens, which are those of OpenAI", async () => {
    const gpt2 = await loadGPT2Tokenizer();
    expect([...gpt2.encode("Hello, world! <|endoftext|>")]).toEqual([
      ...[15496, 11, 995, 0, 1279, 91, 437, 1659, 5239, 91, 29],
    ]);
    fc.assert(
      fc.property(text, (t) => comesBack(gpt2, t)),
      { numRuns: 50 },
    );
    for (const t of NAUGHTY) comesBack(gpt2, t);
    expect(() => gpt2.encode("\uDC00")).toThrow("half of a character");
  });

  test("by a tokenizer.json", async () => {
    const vocab = Object.fromEntries(["a", "b", "Ġ", "ab", "Ġab"].map((t, k) => [t, k]));
    const model = { type: "BPE", vocab, merges: ["a b", "Ġ ab"] };
    const level = {
      type: "ByteLevel",
      add_prefix_space: false,
      trim_offsets: true,
      use_regex: true,
    };
    const none = { normalizer: null, post_processor: null };
    const json = { ...none, added_tokens: [], pre_tokenizer: level, decoder: level, model };
    const made = await tokenizerOfJson(json);
    expect([made.vocabSize, ...made.encode("ab ab a")]).toEqual([5, 3, 4, 2, 0]);
    comesBack(await tokenizerFrom(JSON.parse(JSON.stringify(made))), "ab ab ba");
    await expect(tokenizerOfJson({})).rejects.toThrow("it has no model.vocab");
  });
});

describe("CharTokenizer", () => {
  test("has the characters in ascending order, as nanoGPT, and says what it lacks", () => {
    const made = CharTokenizer.of("hello 😀\n");
    expect(made.characters.join("|")).toBe("\n| |e|h|l|o|😀");
    expect([...made.encode("he😀")]).toEqual([3, 2, 6]);
    expect(() => made.encode("hexe ß\t")).toThrow(
      "the text has characters that the vocabulary lacks: x ß ⇥; it has 7: ↵ ␣ e h l o 😀.",
    );
  });
});

describe("BytePairTokenizer", () => {
  test("merges the most frequent pair, of equals the one of lower tokens, and tells each step", () => {
    const made = BytePairTokenizer.train("low low low lower lowest newer", 262);
    const steps = made.merges.map(({ left, right, token, count }) => {
      const spelled = [left, right].map((t) => spellToken(made.decode([t])));
      return `${spelled.join(" + ")} = ${spellToken(made.decode([token]))}: ${count}`;
    });
    expect(steps).toEqual([
      ...["l + o = lo: 5", "lo + w = low: 5", "␣ + low = ␣low: 4"],
      "e + r = er: 2",
    ]);
    expect(made.explain("lower")).toEqual(["l o w e r", "lo w e r", "low e r", "low er"]);
    expect(made.vocabSize).toBe(260);
    const again = BytePairTokenizer.train("low low low lower lowest newer", 262);
    expect(again.toJSON()).toEqual(made.toJSON());
  });

  test("finds the merges that counting everything anew at each step finds", () => {
    const text = readFile("README.md").slice(0, 3000);
    const words = [...text.matchAll(/ ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu)];
    const lists = words.map(([word]) => [...new TextEncoder().encode(word)]);
    const made = BytePairTokenizer.train(text.replaceAll("'", "’"), 256 + 40);
    const same = BytePairTokenizer.train(text, 256 + 40);
    expect(made.vocabSize).toBe(296);
    for (const { left, right, token, count } of same.merges) {
      const counts = new Map<string, number>();
      for (const list of lists) {
        for (let k = 1; k < list.length; k++) {
          const key = `${list[k - 1]},${list[k]}`;
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
      }
      const most = Math.max(...counts.values());
      expect([count, counts.get(`${left},${right}`)]).toEqual([most, most]);
      for (const list of lists) {
        const isPair = (item: number, k: number): boolean => item === left && list[k + 1] === right;
        for (let at; (at = list.findIndex(isPair)) >= 0;) list.splice(at, 2, token);
      }
    }
  });

  test("is kept as JSON, and what is damaged is refused", async () => {
    const kept = JSON.parse(JSON.stringify(pairs)) as { merges: number[][] };
    const made = await tokenizerFrom(kept);
    expect(made.encode("the README")).toEqual(pairs.encode("the README"));
    kept.merges[0] = [9999, 1, 2];
    await expect(tokenizerFrom(kept)).rejects.toThrow("the tokenizer is damaged");
    await expect(tokenizerFrom({ kind: "other" })).rejects.toThrow("none that is known");
    expect(() => BytePairTokenizer.train("a", 100)).toThrow("need an integer from 256 on");
  });
});
