/** A trained model of text in one file: weights, sizes, tokenizer. Enough to write with. */
import { NablaError } from "../../core/errors.ts";
import { showText } from "../../core/format.ts";
import { VERSION } from "../../core/version.ts";
import { encodeSafetensors } from "../../io/safetensors.ts";
import { SafetensorsReader } from "../../io/safetensors-reader.ts";
import { storedOf } from "../../io/stored.ts";
import type { LanguageModel } from "../../models/language-model.ts";
import type { ModelKind, ModelSizes } from "../../models/language-models.ts";
import { makeLanguageModel, MODEL_KINDS } from "../../models/language-models.ts";
import { withoutDrawing } from "../../nn/init.ts";
import { tensor } from "../../tensor/create.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { tokenizerFrom } from "../../text/kept.ts";
import type { Tokenizer } from "../../text/tokenizer.ts";

/** What such a file holds. */
export interface LanguageFile {
  readonly kind: ModelKind;
  readonly sizes: ModelSizes;
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
}

/** Encodes one; parameters that are shared are there once. */
export async function encodeLanguage(
  { kind, sizes, model, tokenizer }: LanguageFile,
  weights: readonly (readonly [string, Tensor])[] = model.namedParameters(),
): Promise<Uint8Array> {
  return encodeSafetensors(await storedOf(Object.fromEntries(weights)), {
    "nabla.version": VERSION,
    "nabla.language": JSON.stringify({ kind, sizes }),
    "nabla.tokenizer": JSON.stringify(tokenizer),
  });
}

/** Loads one, tensor by tensor; throws a format error for a file that is none. */
export async function loadLanguage(path: string): Promise<LanguageFile> {
  const reader = await SafetensorsReader.open(path);
  try {
    const { kind, sizes } = describedIn(reader, path);
    const model = withoutDrawing(() => makeLanguageModel(kind, sizes));
    for (const [name, target] of model.namedParameters()) {
      if (reader.shapeOf(name)?.join() !== target.shape.join()) throw damaged(path, name);
      const { data, dtype, shape } = await reader.read(name);
      noGrad(() => target.set(tensor(data, { dtype, shape }).to(target.dtype)));
    }
    const tokenizer = await tokenizerFrom(JSON.parse(reader.metadata["nabla.tokenizer"]!));
    return { kind, sizes, model: model.eval(), tokenizer };
  } finally {
    await reader.close();
  }
}

function describedIn(
  { metadata }: SafetensorsReader,
  path: string,
): { readonly kind: ModelKind; readonly sizes: ModelSizes } {
  const text = metadata["nabla.language"];
  if (text !== undefined && metadata["nabla.tokenizer"] !== undefined) {
    const { kind, sizes } = JSON.parse(text) as { kind: ModelKind; sizes: ModelSizes };
    if (MODEL_KINDS.includes(kind)) return { kind, sizes };
  }
  const shown = `"${showText(path, 300)}"`;
  throw new NablaError("format", `${shown} holds no model of text that nabla gpt has written.`);
}

function damaged(path: string, name: string): NablaError {
  const text = `"${showText(path, 300)}" is damaged: ${name} is missing, or has another shape.`;
  return new NablaError("format", text);
}
