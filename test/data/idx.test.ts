/** IDX files: every type, compressed or not, and whatever may be wrong with one. */
import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { decodeIdx } from "nabla/io";
import { describe, expect, test } from "vitest";
import { NablaError } from "../../src/core/errors.ts";
import { cutEverywhere, flipEverywhere, guarded, mutated } from "../io/damage.ts";

/** An IDX file: a type, extents, and the elements' bytes. */
function idx(type: number, shape: readonly number[], elements: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, type, shape.length]);
  shape.forEach((extent, k) => head.writeUInt32BE(extent, 4 + 4 * k));
  return Uint8Array.from(Buffer.concat([head, elements]));
}

/** Elements in big-endian order. */
function bytesOf(
  write: (view: DataView, at: number, value: number) => void,
  size: number,
  values: readonly number[],
): Uint8Array {
  const view = new DataView(new ArrayBuffer(size * values.length));
  values.forEach((value, i) => write(view, i * size, value));
  return new Uint8Array(view.buffer);
}

const pictures = idx(8, [2, 2, 3], Uint8Array.of(0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255));

describe("IDX", () => {
  test("bytes become int32, with gzip or without", async () => {
    const wanted = [[[0, 1, 2], [3, 4, 5]], [[250, 251, 252], [253, 254, 255]]]; // prettier-ignore
    for (const bytes of [pictures, Uint8Array.from(gzipSync(pictures))]) {
      const x = await decodeIdx(bytes);
      expect([x.dtype, x.shape, x.toArraySync()]).toEqual(["int32", [2, 2, 3], wanted]);
    }
  });

  test.each<[number, string, Uint8Array, number[]]>([
    [0x09, "int32", Uint8Array.of(255, 127), [-1, 127]],
    [0x0b, "int32", bytesOf((v, at, x) => v.setInt16(at, x), 2, [-300, 300]), [-300, 300]],
    [0x0c, "int32", bytesOf((v, at, x) => v.setInt32(at, x), 4, [-70000, 7]), [-70000, 7]],
    [0x0d, "float32", bytesOf((v, at, x) => v.setFloat32(at, x), 4, [0.5, -2]), [0.5, -2]],
    [0x0e, "float64", bytesOf((v, at, x) => v.setFloat64(at, x), 8, [0.1, -2]), [0.1, -2]],
  ])("type %i is %s", async (type, dtype, elements, wanted) => {
    const x = await decodeIdx(idx(type, [2], elements));
    expect([x.dtype, x.toArraySync()]).toEqual([dtype, wanted]);
  });

  test.each<[string, Uint8Array, string]>([
    ["nothing", new Uint8Array(0), "does not begin with two zero bytes"],
    ["no type", idx(7, [1], Uint8Array.of(1)), "there is no type 0x07"],
    ["255 axes", Uint8Array.of(0, 0, 8, 255), "cut off in the extents of its 255 axes"],
    ["too few", idx(8, [3], Uint8Array.of(1, 2)), "takes 3 bytes; 2 are there"],
    ["too many", idx(8, [1], Uint8Array.of(1, 2)), "takes 1 bytes; 2 are there"],
    ["a lie", idx(8, [4294967295, 4294967295], Uint8Array.of(1)), "1 are there"],
    ["a lie behind a zero", idx(8, [0, 4294967295, 4294967295], new Uint8Array(0)), "0 are there"],
    ["gzip and no more", Uint8Array.of(0x1f, 0x8b, 8), "it is cut off"],
    [
      "a bomb",
      Uint8Array.from(gzipSync(new Uint8Array(80_000_000))),
      "at most 25165824 are allowed",
    ],
  ])("%s is refused", async (_, bytes, message) => {
    const found = await guarded(() => decodeIdx(bytes));
    expect(found).toBeInstanceOf(NablaError);
    expect((found as NablaError).message).toContain(message);
  });

  test("maxBytes allows more or less", async () => {
    const large = Uint8Array.from(gzipSync(idx(8, [70_000_000], new Uint8Array(70_000_000))));
    expect((await decodeIdx(large, { maxBytes: 1e8 })).shape).toEqual([70_000_000]);
    await expect(decodeIdx(Uint8Array.from(gzipSync(pictures)), { maxBytes: 9 })).rejects.toThrow(
      "at most 9",
    );
  });

  test("what is cut off, flipped or changed is refused, or is what its bytes say", async () => {
    const packed = Uint8Array.from(gzipSync(pictures));
    await cutEverywhere(pictures, decodeIdx);
    await cutEverywhere(packed, decodeIdx);
    const good = (await decodeIdx(packed)).toArraySync();
    const { tried, refused } = await flipEverywhere(packed, decodeIdx, (x) => {
      expect(x.toArraySync()).toEqual(good); // dates and systems may change; numbers may not
    });
    expect(refused / tried).toBeGreaterThan(0.8);
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated(packed), mutated(pictures)), async (bytes) => {
        const found = await guarded(() => decodeIdx(bytes));
        if (found instanceof NablaError) return;
        expect((await found.data()).length).toBe(found.shape.reduce((n, extent) => n * extent, 1));
      }),
      { numRuns: 400, seed: 5 },
    );
  });
});
