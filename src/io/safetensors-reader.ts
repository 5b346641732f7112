/** Safetensors files read tensor by tensor, in pieces: a model takes no more memory than itself. */
import { host } from "#host";
import type { OpenedFile } from "../host/host.ts";
import { allocate } from "../core/dtype.ts";
import { sizeOf } from "../core/shape.ts";
import { FILE_DTYPES } from "./file-dtype.ts";
import type { Layout, StoredTensor, TensorEntry } from "./safetensors.ts";
import { checksumOf, layoutOf, readHeaderLength } from "./safetensors.ts";

/** The most that is read at once. */
const PIECE = 16_000_000;

/**
 * A file that is open: `names` and `shapeOf` are known at once, `read(name)` reads one tensor in
 * pieces of at most 16 MB. A checksum, where there is one, is verified as it is opened.
 */
export class SafetensorsReader {
  readonly metadata: Readonly<Record<string, string>>;
  readonly #file: OpenedFile;
  readonly #payload: number;
  readonly #entries: ReadonlyMap<string, TensorEntry>;

  /** Use {@link SafetensorsReader.open}. */
  constructor(file: OpenedFile, payload: number, { metadata, entries }: Layout) {
    this.#file = file;
    this.#payload = payload;
    this.metadata = metadata;
    this.#entries = new Map(entries.map((entry) => [entry.name, entry]));
  }

  /** Opens a file; throws a format error where it is damaged, a file error where there is none. */
  static async open(path: string): Promise<SafetensorsReader> {
    const file = await host.openFile(path);
    try {
      const first = await piece(file, 0, Math.min(8, file.size));
      const payload = 8 + readHeaderLength(first, file.size);
      const head = await piece(file, 8, payload);
      const layout = layoutOf(head, file.size - payload);
      const checksum = checksumOf(first, head, layout.metadata);
      for (let at = payload; checksum && at < file.size; at += PIECE) {
        checksum.add(await piece(file, at, Math.min(at + PIECE, file.size)));
      }
      checksum?.verify();
      return new SafetensorsReader(file, payload, layout);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The names of the tensors. */
  get names(): string[] {
    return [...this.#entries.keys()];
  }

  /** The shape of a tensor; undefined where there is none of that name. */
  shapeOf(name: string): readonly number[] | undefined {
    return this.#entries.get(name)?.shape;
  }

  /** Reads one tensor. */
  async read(name: string): Promise<StoredTensor> {
    const { dtype: kind, shape, begin, end } = this.#entries.get(name)!;
    const { dtype, bytes, read } = FILE_DTYPES[kind];
    const data = allocate(dtype, sizeOf(shape));
    const step = PIECE - (PIECE % bytes);
    for (let at = begin; at < end; at += step) {
      const part = await piece(
        this.#file,
        this.#payload + at,
        this.#payload + Math.min(at + step, end),
      );
      data.set(read(part, name), (at - begin) / bytes);
    }
    return { dtype, shape, data };
  }

  /** Closes the file. */
  close(): Promise<void> {
    return this.#file.close();
  }
}

async function piece(file: OpenedFile, from: number, to: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(to - from);
  await file.read(bytes, from);
  return bytes;
}
