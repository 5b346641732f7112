/**
 * From a file to tokens, piece by piece: what the text is made of is found in a first pass, its
 * tokens are made in a second; few of them stay in memory, many go to a file.
 */
import { host } from "#host";
import { argumentError, NablaError } from "../../core/errors.ts";
import { showText } from "../../core/format.ts";
import { crc32, showCrc32 } from "../../io/crc32.ts";
import { BytePairTokenizer } from "../../text/byte-pairs.ts";
import { CharTokenizer } from "../../text/characters.ts";
import { loadGPT2Tokenizer } from "../../text/published.ts";
import type { Tokenizer } from "../../text/tokenizer.ts";
import type { NarrowTokens, TokenSource } from "./token-source.ts";
import { narrowFor, TokenArray, TokenFile } from "./token-source.ts";
import { Script } from "./words.ts";

/** A text as a training reads it. */
export interface PreparedText {
  readonly tokenizer: Tokenizer;
  readonly tokens: TokenSource;
  /** Whether it is mostly in Latin letters. */
  readonly latin: boolean;
  /** Its length in bytes. */
  readonly bytes: number;
  /** `crc32:` of its bytes. */
  readonly checksum: string;
  /** What a user should know of it. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

/** How a text is prepared. */
export interface PrepareOptions {
  /** `char`, `bpe:512`, `gpt2`, or one that is there already. */
  readonly tokenizer: string | Tokenizer;
  /** Where a file of tokens may be made. */
  readonly folder: string;
  /** How many bytes of tokens stay in memory. */
  readonly keptBytes?: number;
}

/** A byte-pair tokenizer is trained on so many bytes of a longer text. */
const TRAINED_ON = 10_000_000;
const KEPT = 64_000_000;

/** Reads a text twice: its vocabulary, then its tokens. Throws for what is no text, or empty. */
export async function prepareText(path: string, options: PrepareOptions): Promise<PreparedText> {
  const { tokenizer: wanted, folder, keptBytes = KEPT } = options;
  const notes: string[] = [];
  const seen = new Set<string>();
  const script = new Script();
  const pieces: string[] = [];
  const trains = typeof wanted === "string" && wanted.startsWith("bpe:");
  let [bytes, sum, read] = [0, 0, 0];
  for await (const { text, raw } of textPieces(path)) {
    bytes += raw.length;
    sum = crc32(raw, sum);
    script.read(text);
    if (wanted === "char") for (const character of text) seen.add(character);
    if (!trains || read > TRAINED_ON) continue;
    pieces.push(text);
    read += raw.length;
  }
  if (bytes === 0) throw argumentError(`${named(path)} is empty; there is nothing to learn.`);
  if (read < bytes && trains) {
    notes.push(`the byte pairs are those of the first ${Math.round(read / 1e6)} MB`);
  }
  const tokenizer = typeof wanted === "string" ? await tokenizerOf(wanted, seen, pieces) : wanted;
  const { tokens, close } = await tokensOf(path, tokenizer, folder, keptBytes);
  const checksum = `crc32:${showCrc32(sum)}`;
  return { tokenizer, tokens, latin: script.latin, bytes, checksum, notes, close };
}

async function tokenizerOf(
  wanted: string,
  seen: ReadonlySet<string>,
  pieces: readonly string[],
): Promise<Tokenizer> {
  if (wanted === "char") return CharTokenizer.of([...seen]);
  if (wanted === "gpt2") return loadGPT2Tokenizer();
  return BytePairTokenizer.train(pieces, Number(wanted.slice("bpe:".length)));
}

async function tokensOf(
  path: string,
  tokenizer: Tokenizer,
  folder: string,
  keptBytes: number,
): Promise<Pick<PreparedText, "tokens" | "close">> {
  const Narrow = narrowFor(tokenizer.vocabSize);
  const file = `${folder}/tokens.bin`;
  let kept: NarrowTokens[] = [];
  let size = 0;
  let filed = false;
  const toFile = async (): Promise<void> => {
    if (!filed) await host.writeFileAtomic(file, "");
    filed = true;
    for (const part of kept) await host.append(file, new Uint8Array(part.buffer));
    kept = [];
    size = 0;
  };
  for await (const { text } of textPieces(path)) {
    const codes = tokenizer.encode(text);
    const part = new Narrow(codes.length);
    part.set(codes);
    kept.push(part);
    size += part.byteLength;
    if (size > keptBytes) await toFile();
  }
  if (!filed) return { tokens: new TokenArray(joined(kept, Narrow)), close: async () => {} };
  await toFile();
  const opened = await host.openFile(file);
  return {
    tokens: new TokenFile(opened, tokenizer.vocabSize),
    close: () => opened.close(),
  };
}

function joined(
  parts: readonly NarrowTokens[],
  Narrow: new (size: number) => NarrowTokens,
): NarrowTokens {
  const all = new Narrow(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A text in pieces that end between characters. */
export async function* textPieces(
  path: string,
): AsyncGenerator<{ readonly text: string; readonly raw: Uint8Array }, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true }); // a byte order mark is no text
  const decode = (raw?: Uint8Array): string => {
    try {
      return raw === undefined ? decoder.decode() : decoder.decode(raw, { stream: true });
    } catch (cause) {
      throw noText(path, "its bytes are not UTF-8", cause);
    }
  };
  for await (const raw of host.readPieces(path)) {
    const text = decode(raw);
    if (text.includes("\0")) throw noText(path, "it has zero bytes");
    yield { text, raw };
  }
  const rest = decode();
  if (rest !== "") yield { text: rest, raw: new Uint8Array(0) };
}

function noText(path: string, why: string, cause?: unknown): NablaError {
  return new NablaError("format", `${named(path)} is no text: ${why}. Save it as UTF-8.`, {
    cause,
  });
}

function named(path: string): string {
  return path === "-" ? "standard input" : `"${showText(path, 300)}"`;
}
