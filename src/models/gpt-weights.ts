/**
 * Weights of a GPT in files: under nanoGPT's names, or as Hugging Face keeps GPT-2, whose layers
 * (Conv1D) hold the transposed matrix. Files are read in pieces, one tensor at a time.
 */
import { argumentError, NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { listFaults } from "../core/keys.ts";
import { showShape } from "../core/shape.ts";
import { saveSafetensors } from "../io/files.ts";
import { SafetensorsReader } from "../io/safetensors-reader.ts";
import { withoutDrawing } from "../nn/init.ts";
import type { Parameter } from "../nn/parameter.ts";
import { tensor, zeros } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { GPTConfig } from "./gpt-config.ts";
import { GPT } from "./gpt.ts";

/** Whose names and layouts a file has. */
export type GPTFormat = "nanogpt" | "huggingface";

/** Linear layers, which Hugging Face's GPT-2 keeps transposed. */
const TRANSPOSED = /\.(attn\.c_attn|attn\.c_proj|mlp\.c_fc|mlp\.c_proj)\.weight$/;
/** The masks that old checkpoints carry along: no weights. */
const MASK = /\.attn\.(bias|masked_bias)$/;
const HEAD = "lm_head.weight";

/** Saves the weights of a GPT, as nanoGPT names them or as Hugging Face's GPT-2. */
export async function saveGPT(
  path: string,
  model: GPT,
  options: { readonly format?: GPTFormat; readonly metadata?: Record<string, string> } = {},
): Promise<void> {
  const { format = "nanogpt", metadata = {} } = options;
  const state = Object.entries(model.stateDict()).filter(
    ([name]) => !(name === HEAD && model.config.tied), // it is there as wte.weight
  );
  if (format === "nanogpt") {
    const about = { "nabla.gpt": JSON.stringify(model.config), ...metadata };
    return saveSafetensors(path, Object.fromEntries(state), about);
  }
  const { norm, positions, mlp, nKvHead, qkNorm } = model.config;
  if (norm !== "layer" || positions !== "learned" || mlp === "swiglu" || nKvHead > 0 || qkNorm) {
    throw argumentError(
      "saveGPT: GPT-2's format has layer norms, learned positions and GELU; this model has others.",
    );
  }
  const named = state.flatMap(([name, value]): [string, Tensor][] => {
    const short = name.replace(/^transformer\./, "");
    const kept = TRANSPOSED.test(name) ? value.transpose(0, 1).clone() : value;
    const bias = short.replace(/weight$/, "bias");
    const lacks = !model.config.bias && /(ln_\w+|c_\w+)\.weight$/.test(name);
    return lacks
      ? [
          [short, kept],
          [bias, zeros([value.shape[0]!])],
        ]
      : [[short, kept]];
  });
  await saveSafetensors(path, Object.fromEntries(named), { format: "pt", ...metadata });
}

/**
 * Loads a GPT from a file of either format. Sizes are read from the tensors; `nHead`, which no
 * tensor shows, is that of our own files or as GPT-2's heads of 64 features have it, unless given.
 */
export async function loadGPT(path: string, options: Partial<GPTConfig> = {}): Promise<GPT> {
  const reader = await SafetensorsReader.open(path);
  try {
    const names = namesIn(reader);
    const config = { ...configIn(reader, names, path), ...options };
    const model = withoutDrawing(() => new GPT(config));
    await take(model, reader, names, path);
    return model;
  } finally {
    await reader.close();
  }
}

/** Gives a model the weights of a file; throws, before anything is changed, where they differ. */
export async function loadGPTWeights(model: GPT, path: string): Promise<void> {
  const reader = await SafetensorsReader.open(path);
  try {
    await take(model, reader, namesIn(reader), path);
  } finally {
    await reader.close();
  }
}

/** The names of weights as nanoGPT has them, to those of the file. */
function namesIn(reader: SafetensorsReader): Map<string, string> {
  const names = new Map<string, string>();
  for (const name of reader.names) {
    const plain = name.replace(/^_orig_mod\./, "");
    if (MASK.test(plain)) continue;
    const own = /^(transformer|lm_head)\./.test(plain) ? plain : `transformer.${plain}`;
    names.set(own, name);
  }
  return names;
}

type Names = ReadonlyMap<string, string>;

/** Whether the linear layers are transposed: `c_attn` is wider than high. */
function isTransposed(reader: SafetensorsReader, names: Names): boolean {
  const shape = reader.shapeOf(names.get("transformer.h.0.attn.c_attn.weight") ?? "");
  return shape !== undefined && shape[1]! > shape[0]!;
}

/** Reads sizes from the shapes, and the rest from what our own files say. */
function configIn(reader: SafetensorsReader, names: Names, path: string): Partial<GPTConfig> {
  const own = reader.metadata["nabla.gpt"];
  if (own !== undefined) return JSON.parse(own) as GPTConfig;
  const shapeOf = (name: string): readonly number[] | undefined =>
    reader.shapeOf(names.get(`transformer.${name}`) ?? "");
  const [tokens, places] = [shapeOf("wte.weight"), shapeOf("wpe.weight")];
  if (tokens?.length !== 2 || places?.length !== 2) {
    const text = `"${showText(path, 300)}" holds no GPT: wte.weight and wpe.weight are missing.`;
    throw new NablaError("format", text);
  }
  const layers = [...names.keys()].map((name) => /^transformer\.h\.(\d+)\./.exec(name)?.[1]);
  const nEmbd = tokens[1]!;
  return {
    vocabSize: tokens[0]!,
    blockSize: places[0]!,
    nLayer: new Set(layers.filter((layer) => layer !== undefined)).size,
    nEmbd,
    nHead: nEmbd % 64 === 0 ? nEmbd / 64 : 1,
    bias: shapeOf("ln_f.bias") !== undefined,
    mlp: isTransposed(reader, names) ? "gelu-tanh" : "gelu",
  };
}

/** Compares first, then sets weight after weight. */
async function take(
  model: GPT,
  reader: SafetensorsReader,
  names: Names,
  path: string,
): Promise<void> {
  const turned = isTransposed(reader, names);
  const targets = new Map<string, Parameter>(model.namedParameters());
  const faults = [...names.keys()]
    .filter((name) => !targets.has(name) && name !== HEAD)
    .map((name) => `${name} is not part of the model`);
  for (const [name, { shape }] of targets) {
    const found = reader.shapeOf(names.get(name) ?? "");
    const flipped = turned && TRANSPOSED.test(name);
    const wanted = flipped ? [...shape].reverse() : shape;
    if (found === undefined) faults.push(`${name} is missing`);
    else if (showShape(found) !== showShape(wanted)) {
      faults.push(`${name} is ${showShape(found)}, need ${showShape(wanted)}`);
    }
  }
  if (faults.length > 0) {
    const text = `"${showText(path, 300)}" is of another architecture: ${listFaults(faults)}.`;
    throw new NablaError("state", text);
  }
  for (const [name, target] of targets) {
    const { data, dtype, shape } = await reader.read(names.get(name)!);
    const value = tensor(data, { dtype, shape }).to(target.dtype);
    const fits = turned && TRANSPOSED.test(name) ? value.transpose(0, 1) : value;
    noGrad(() => target.set(fits.to(target.device)));
  }
}
