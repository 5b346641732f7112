/** Weights of a GPT to and from files, as nanoGPT and as Hugging Face name and lay them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manualSeed, ones, randint, zeros } from "nabla";
import type { GPTConfig } from "nabla/models";
import { GPT, loadGPT, loadGPTWeights, saveGPT } from "nabla/models";
import { loadSafetensors, saveSafetensors } from "nabla/io";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "nabla-gpt-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SIZES = { vocabSize: 7, blockSize: 8, nLayer: 2, nHead: 2, nEmbd: 128 };

function model(options: Partial<GPTConfig> = {}): GPT {
  manualSeed(11);
  return new GPT({ ...SIZES, ...options }).eval();
}

const text = randint(0, 7, [2, 8]);
const scoresOf = (gpt: GPT): unknown => gpt.eval().forward(text).dataSync();

test("files of our own make the same model again, whatever its options", async () => {
  const path = join(folder, "own.safetensors");
  const options = { norm: "rms", mlp: "swiglu", nHead: 4, nKvHead: 2, tied: false } as const;
  for (const made of [model({ bias: false, nHead: 4 }), model(options)]) {
    await saveGPT(path, made);
    const again = await loadGPT(path);
    expect(again.config).toEqual(made.config);
    expect(scoresOf(again)).toEqual(scoresOf(made));
  }
});

test("Hugging Face's GPT-2: transposed matrices, tied head, masks left out, any prefix", async () => {
  const path = join(folder, "gpt2.safetensors");
  const made = model({ mlp: "gelu-tanh" });
  await saveGPT(path, made, { format: "huggingface" });
  const { tensors, metadata } = await loadSafetensors(path);
  expect(metadata["format"]).toBe("pt");
  expect(
    Object.keys(tensors)
      .filter((name) => name.startsWith("h.0."))
      .sort(),
  ).toEqual([
    ...["h.0.attn.c_attn.bias", "h.0.attn.c_attn.weight", "h.0.attn.c_proj.bias"],
    ...["h.0.attn.c_proj.weight", "h.0.ln_1.bias", "h.0.ln_1.weight", "h.0.ln_2.bias"],
    ...["h.0.ln_2.weight", "h.0.mlp.c_fc.bias", "h.0.mlp.c_fc.weight"],
    ...["h.0.mlp.c_proj.bias", "h.0.mlp.c_proj.weight"],
  ]);
  expect(tensors["h.1.mlp.c_fc.weight"]!.shape).toEqual([128, 512]);
  expect(scoresOf(await loadGPT(path))).toEqual(scoresOf(made));
  const prefixed = Object.entries(tensors).map(([name, t]) => [`transformer.${name}`, t] as const);
  const masks = { "transformer.h.0.attn.bias": ones([1, 1, 8, 8]) };
  const more = { ...masks, "transformer.h.0.attn.masked_bias": zeros([]) };
  const head = { "lm_head.weight": tensors["wte.weight"]! };
  await saveSafetensors(path, { ...Object.fromEntries(prefixed), ...more, ...head });
  const again = await loadGPT(path, { nHead: 2 });
  expect([again.config.nLayer, again.config.mlp]).toEqual([2, "gelu-tanh"]);
  expect(scoresOf(again)).toEqual(scoresOf(made));
});

test("a model without biases is GPT-2 with biases of 0; what GPT-2 cannot be is refused", async () => {
  const path = join(folder, "plain.safetensors");
  const made = model({ mlp: "gelu-tanh", bias: false });
  await saveGPT(path, made, { format: "huggingface" });
  expect(scoresOf(await loadGPT(path))).toEqual(scoresOf(made));
  await expect(saveGPT(path, model({ norm: "rms" }), { format: "huggingface" })).rejects.toThrow(
    "GPT-2's format has layer norms",
  );
});

test("another architecture is refused, and nothing is changed", async () => {
  const path = join(folder, "other.safetensors");
  await saveGPT(path, model({ nLayer: 1 }));
  const target = model();
  const before = scoresOf(target);
  await expect(loadGPTWeights(target, path)).rejects.toThrow(
    /is of another architecture: transformer\.h\.1\.ln_1\.weight is missing;/,
  );
  await expect(loadGPTWeights(model({ nEmbd: 64, nLayer: 1 }), path)).rejects.toThrow(
    "transformer.wte.weight is [7, 128], need [7, 64]",
  );
  expect(scoresOf(target)).toEqual(before);
  await saveSafetensors(path, { x: ones([2]) });
  await expect(loadGPT(path)).rejects.toThrow(
    "holds no GPT: wte.weight and wpe.weight are missing",
  );
});
