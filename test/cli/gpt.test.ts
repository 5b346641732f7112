/** `nabla gpt`: a small run, gone on with after a kill, written with, explained, reported. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TrainFlags } from "../../src/cli/gpt-flags.ts";
import { train } from "../../src/cli/gpt-train.ts";
import { saveGPT } from "../../src/models/gpt-weights.ts";
import { GPT } from "../../src/models/gpt.ts";
import { readFile } from "../support/files.ts";
import type { Cli } from "./run-cli.ts";
import { makeCli } from "./run-cli.ts";

let cli: Cli;

const SMALL: TrainFlags = {
  ...{ model: "gpt", nLayer: 1, nHead: 2, nEmbd: 16, blockSize: 16, batchSize: 4, dropout: 0.1 },
  ...{ norm: "layer", positions: "learned", mlp: "gelu", maxIters: 60, optimizer: "adamw" },
  ...{ lr: 1e-2, warmupIters: 5, weightDecay: 0.1, beta2: 0.99, gradClip: 1, accumulate: 1 },
  ...{ evalInterval: 20, evalIters: 2, tokenizer: "char", seed: 3, device: "wasm", quiet: true },
  saveEvery: 0,
};

/** Options as they are typed. */
function words(flags: Partial<TrainFlags>): string[] {
  return Object.entries(flags).flatMap(([key, value]) => {
    const name = `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return value === true ? [name] : [name, String(value)];
  });
}

const at = (...names: string[]): string => join(cli.folder, ...names);

beforeAll(async () => {
  cli = await makeCli("gpt");
  writeFileSync(at("text.txt"), readFile("README.md").slice(0, 6000));
  await train(at("text.txt"), { ...SMALL, out: at("run") }, new Set());
});

afterAll(() => cli.stopAll());

describe("nabla gpt", { timeout: 60_000 }, () => {
  it("writes a run folder: the curves, a sample each time, what repeats it", () => {
    const lines = readFileSync(at("run", "metrics.jsonl"), "utf8").trim().split("\n");
    const found = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(found.map(({ iter }) => iter)).toEqual([0, 20, 40, 60]);
    expect(found.every(({ sample }) => (sample as string).length > 50)).toBe(true);
    const [first, last] = [found[0]!["val"] as number, found[3]!["val"] as number];
    const config = JSON.parse(readFileSync(at("run", "config.json"), "utf8")) as {
      readonly vocabSize: number;
      readonly command: string;
    };
    expect(Math.abs(first - Math.log(config.vocabSize))).toBeLessThan(0.3);
    expect(last).toBeLessThan(first - 0.5);
    expect(config.command).toContain("gpt train");
    expect(readFileSync(at("run", "loss.svg"), "utf8")).toContain("held out");
  });

  it("killed and gone on with, ends with the bytes of a run that nobody stopped", async () => {
    const options = words({ ...SMALL, out: at("killed"), maxIters: 60 });
    const { child, ended } = cli.start("gpt", "train", at("text.txt"), ...options);
    while (!existsSync(at("killed", "training.safetensors"))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    child.kill("SIGKILL");
    expect((await ended).code).not.toBe(0);
    expect(existsSync(at("killed", "metrics.jsonl"))).toBe(true);
    const resumed = await cli.run(
      ...["gpt", "train", at("text.txt"), "--out", at("killed"), "--resume", "--save-every", "0"],
    );
    expect(resumed.stderr).toBe("");
    const bytes = (run: string): Buffer => readFileSync(at(run, "model.safetensors"));
    expect(bytes("killed").equals(bytes("run"))).toBe(true);
    const losses = (run: string): unknown =>
      readFileSync(at(run, "metrics.jsonl"), "utf8").replaceAll(/"tokensPerSecond":\d+/g, "");
    expect(losses("killed")).toEqual(losses("run"));
    expect(resumed.stdout).toMatch(/to expect: .*\n {2}│/);
    expect(resumed.stdout).toContain("Wrote ");
  });

  it("writes, says why, evaluates, chats and reports", async () => {
    const run = at("run");
    const ask = ["--prompt", "nabla", "--tokens", "20", "--seed", "5"];
    const [text, again, why, judged, page] = await Promise.all([
      cli.run("gpt", "sample", run, ...ask),
      cli.run("gpt", "sample", run, ...ask, "--json", "--exact-window"),
      cli.run("gpt", "sample", run, "--prompt", "nab", "--tokens", "2", "--why"),
      cli.run("gpt", "eval", run, at("text.txt")),
      cli.run("report", run),
    ]);
    expect(text.stdout).toMatch(/^nabla[^]{10,}\n$/);
    const { text: written } = JSON.parse(again.stdout) as { readonly text: string };
    expect(text.stdout.startsWith(`nabla${written.slice(0, 8)}`)).toBe(true);
    expect(why.stdout).toMatch(/^prompt: 0:n 1:a 2:b\n3:. \(\d+\.\d %\) of . \d/);
    expect(why.stdout).toMatch(/layer 0, head 1 looked at \d:/);
    expect(judged.stdout).toMatch(/^loss \d\.\d{4} \(chance: 4\.\d+\), perplexity/);
    expect(page.stdout).toContain("report.html");
    const html = readFileSync(at("run", "report.html"), "utf8");
    for (const part of ["Samples over time", "Attention", "How to repeat it"]) {
      expect(html).toContain(`<h2>${part}</h2>`);
    }
    const { child, ended } = cli.start("gpt", "chat", run, "--tokens", "5");
    child.stdin!.end("nabla\n\u{1F9ED}\n");
    const said = await ended;
    expect([said.code, said.stdout.length]).toEqual([0, expect.any(Number) as number]);
    expect(said.stdout.length).toBeGreaterThan(4);
    expect(said.stderr).toContain("characters that the vocabulary lacks: 🧭");
    const odd = await cli.run("gpt", "sample", run, "--prompt", "\u{1F9ED}");
    expect([odd.code, odd.stderr]).toEqual([
      1,
      expect.stringMatching(/^nabla: the text has [^\n]*\n$/),
    ]);
  });
});

describe("what cannot be trained is one clear sentence", { timeout: 60_000 }, () => {
  const fails = async (
    text: string | Uint8Array,
    flags: Partial<TrainFlags>,
    typed: string[] = [],
  ) => {
    mkdirSync(at("bad"), { recursive: true });
    writeFileSync(at("bad.txt"), text);
    const options = { ...SMALL, out: at("bad"), ...flags };
    return train(at("bad.txt"), options, new Set(typed)).then(
      () => "it was trained",
      (error: Error) => error.message,
    );
  };

  it("of texts", async () => {
    expect(await fails("", {})).toMatch(/bad\.txt" is empty; there is nothing to learn\.$/);
    expect(await fails("short", {})).toBe(
      "the text has 5 tokens, of which 4 are trained on; a block of 16 and the token behind it " +
        "need 17; --block-size 1 would do.",
    );
    expect(await fails(Uint8Array.of(0x89, 0x50, 0xff, 0xfe), {})).toMatch(
      /its bytes are not UTF-8/,
    );
    expect(await fails("a\0b".repeat(99), {})).toMatch(/is no text: it has zero bytes/);
    await expect(train(at("none.txt"), { ...SMALL, out: at("bad") }, new Set())).rejects.toThrow(
      "there is no such file or folder",
    );
  });

  it("of sizes and settings", async () => {
    const text = "to be or not to be ".repeat(50);
    expect(await fails(text, { nHead: 3 })).toBe("GPT: nHead 3 does not divide nEmbd 16.");
    expect(await fails(text, { batchSize: 100_000_000 })).toMatch(
      /^this training needs about \d+\.\d GB of memory; wasm has 4\.3 GB\./,
    );
    expect(await fails(text, { freeze: "nothing" })).toContain('no part "nothing"');
    const init = at("init.safetensors");
    await saveGPT(init, new GPT({ vocabSize: 9, blockSize: 16, nLayer: 1, nHead: 2, nEmbd: 16 }));
    expect(await fails(text, { init })).toMatch(/knows 9 tokens, the tokenizer char has 7/);
    expect(await fails(text, { init, model: "lstm" })).toContain("weights of a GPT, not of a lstm");
    expect(await fails(text, { resume: true })).toContain("there is no training in");
    const run = { out: at("run"), resume: true };
    expect(await fails(text, { ...run, nLayer: 2 }, ["nLayer"])).toContain("--n-layer 2, not 1");
    expect(await fails(text, run)).toContain("is not the text that");
  });

  it("of a loss that is not finite: what was saved stays", async () => {
    const text = "to be or not to be ".repeat(50);
    expect(await fails(text, { lr: 1e30, gradClip: 0, warmupIters: 0 })).toMatch(/loss/);
    expect(existsSync(at("bad", "model.safetensors"))).toBe(true);
  });
});

describe("other models and ways", { timeout: 60_000 }, () => {
  const text = (): string => at("text.txt");
  const quick = { ...SMALL, maxIters: 10, evalInterval: 10, evalIters: 1 };

  it.each(["bigram", "mlp", "rnn", "lstm", "gru"] as const)(
    "%s trains and writes",
    async (model) => {
      await train(text(), { ...quick, model, out: at(model) }, new Set());
      expect(existsSync(at(model, "model.safetensors"))).toBe(true);
    },
  );

  it("byte pairs, Muon, LoRA on a frozen model", async () => {
    await train(
      text(),
      { ...quick, tokenizer: "bpe:300", optimizer: "muon", out: at("muon") },
      new Set(),
    );
    const init = at("muon", "start.safetensors");
    const base = new GPT({ vocabSize: 300, blockSize: 16, nLayer: 1, nHead: 2, nEmbd: 16 });
    await saveGPT(init, base);
    const flags = { ...quick, tokenizer: "bpe:300", init, lora: 2, out: at("lora") };
    await train(text(), flags, new Set());
    expect((await cli.run("gpt", "sample", at("lora"), "--tokens", "5")).code).toBe(0);
  });
});
