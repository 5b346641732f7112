/**
 * NumPy's file of several arrays: a zip file of .npy files, stored or deflated. Only what its
 * directory lists is read; what overlaps, is encrypted, or inflates to more than allowed is
 * refused.
 */
import { NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { readNamed } from "../core/options.ts";
import type { InflateOptions } from "../host/inflate.ts";
import { mostInflated } from "../host/inflate.ts";
import { decodeNpy } from "./npy.ts";
import type { StoredTensor } from "./safetensors.ts";
import { contentOf, readDirectory } from "./zip.ts";

/**
 * Reads the arrays of an .npz file by name, as `decodeNpy` reads each. Throws a format error where
 * it is damaged, holds anything else, or inflates to more than allowed.
 */
export async function decodeNpz(
  bytes: Uint8Array,
  options: InflateOptions = {},
): Promise<Record<string, StoredTensor>> {
  const { maxBytes } = readNamed("decodeNpz", { maxBytes: mostInflated(bytes.length) }, options);
  const entries = readDirectory("npz", bytes);
  const strange = entries.find(({ name }) => !name.endsWith(".npy"));
  if (strange !== undefined) throw bad(`${show(strange.name)} is no .npy file`);
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > maxBytes) {
    throw bad(`it inflates to ${total} bytes; at most ${maxBytes} are allowed (option maxBytes)`);
  }
  const arrays = Object.create(null) as Record<string, StoredTensor>;
  for (const entry of entries) {
    const key = entry.name.slice(0, -".npy".length);
    if (key in arrays) throw bad(`it has ${show(entry.name)} twice`);
    try {
      arrays[key] = decodeNpy(await contentOf("npz", bytes, entry));
    } catch (error) {
      if (!(error instanceof NablaError)) throw error;
      const text = `npz: ${show(entry.name)}: ${error.message.replace(/^np[yz]: /, "")}`;
      throw new NablaError(error.code, text, { cause: error });
    }
  }
  return arrays;
}

function show(name: string): string {
  return JSON.stringify(showText(name));
}

function bad(problem: string): NablaError {
  return new NablaError("format", `npz: ${problem}.`);
}
