/**
 * Pictures as tensors: every kind of PNG, JPEG beside another decoder, and all that may be wrong.
 */
import fc from "fast-check";
import { deflateSync } from "node:zlib";
import { decodeImage, loadImage } from "nabla/io";
import type { ImageOptions } from "nabla/io";
import { describe, expect, test } from "vitest";
import { NablaError } from "../../src/core/errors.ts";
import { decodeJpeg } from "../../src/io/jpeg.ts";
import { looked } from "../support/guard.ts";
import { cutEverywhere, flipEverywhere, guarded, mutated } from "./damage.ts";
import { PICTURES } from "./pictures.ts";
import type { PngSource } from "./png-encoder.ts";
import { chunk, encodePng, header, png } from "./png-encoder.ts";

const DEPTHS = new Map([
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
]);
const CHANNELS = [1, 0, 3, 1, 2, 0, 4];
const random = (n: number, below: number, seed = 1): number[] => {
  let state = seed;
  return Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  });
};

/** A picture of random samples; `size` odd, so that rows end within bytes. */
function source(colour: number, depth: number, interlaced: boolean, size = [11, 9]): PngSource {
  const [width, height] = size as [number, number];
  const samples = random(width * height * CHANNELS[colour]!, 1 << depth);
  const palette = colour === 3 ? random(3 << depth, 256) : undefined;
  return { width, height, depth, colour, interlaced, samples, ...(palette && { palette }) };
}

const small = source(2, 8, false, [3, 2]);
const values = async (bytes: Uint8Array, options: ImageOptions = {}): Promise<number[][][]> =>
  (await decodeImage(bytes, options)).toArraySync() as number[][][];
const expected = (
  { width, height, samples }: PngSource,
  channels: number,
  max: number,
): number[][][] =>
  Array.from({ length: channels }, (_, c) =>
    Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_, x) =>
        Math.fround(samples[(y * width + x) * channels + c]! / max),
      ),
    ),
  );

describe("PNG", () => {
  const kinds = [...DEPTHS].flatMap(([colour, depths]) =>
    depths.flatMap((depth) => [false, true].map((laced) => [colour, depth, laced] as const)),
  );

  test.each(kinds)("colour type %i, depth %i, interlaced %s", async (colour, depth, interlaced) => {
    for (const size of [
      [11, 9],
      [1, 1],
      [2, 5],
    ]) {
      // prettier-ignore
      const made = source(colour, depth, interlaced, size);
      const { palette } = made;
      const samples = palette && made.samples.flatMap((i) => palette.slice(3 * i, 3 * i + 3));
      const wanted = samples
        ? expected({ ...made, samples }, 3, 255)
        : expected(made, CHANNELS[colour]!, (1 << depth) - 1);
      expect(await values(encodePng(made))).toEqual(wanted);
    }
  });

  test("transparency becomes a channel: of a palette, of one grey, of one colour", async () => {
    const four = { ...source(3, 2, false, [4, 1]), samples: [0, 1, 2, 3] };
    const table = encodePng({ ...four, palette: random(12, 256), transparency: [0, 51] });
    expect((await values(table))[3]).toEqual([[0, Math.fround(0.2), 1, 1]]);
    const grey = encodePng({
      ...source(0, 8, false, [3, 1]),
      samples: [7, 9, 7],
      transparency: [0, 9],
    });
    expect((await values(grey))[1]).toEqual([[1, 0, 1]]);
    const two = { ...source(2, 16, false, [2, 1]), samples: [1, 300, 3, 1, 301, 3] };
    const colours = encodePng({ ...two, transparency: [0, 1, 1, 44, 0, 3] });
    expect((await values(colours))[3]).toEqual([[0, 1]]);
  });

  test("mode decides the channels", async () => {
    const bytes = encodePng({
      ...source(6, 8, false, [2, 1]),
      samples: [255, 0, 0, 9, 10, 20, 30, 255],
    });
    const shape = async (mode: ImageOptions["mode"], file = bytes): Promise<readonly number[]> =>
      (await decodeImage(file, { mode: mode! })).shape;
    expect(await shape("rgb")).toEqual([3, 1, 2]);
    expect(await shape("rgba")).toEqual([4, 1, 2]);
    expect(await shape("unchanged")).toEqual([4, 1, 2]);
    const [[[first, second]]] = (await values(bytes, { mode: "gray" })) as [[[number, number]]];
    expect(first).toBeCloseTo(0.299, 6);
    expect(second).toBeCloseTo((0.299 * 10 + 0.587 * 20 + 0.114 * 30) / 255, 6);
    const grey = encodePng(source(0, 8, false, [2, 1]));
    expect(await shape("rgb", grey)).toEqual([3, 1, 2]);
    expect((await values(grey, { mode: "rgba" }))[3]).toEqual([[1, 1]]);
    await expect(decodeImage(bytes, { mode: "grey" as "gray" })).rejects.toThrow(
      /mode is "grey"; need/,
    );
  });

  test("a picture of ours is read from its file", async () => {
    const image = await loadImage("docs/images/lab-home.png", { mode: "rgb" });
    expect(image.shape.length).toBe(3);
    expect(image.min().itemSync()).toBeGreaterThanOrEqual(0);
    expect(image.max().itemSync()).toBe(1);
  });

  const IEND = chunk("IEND", new Uint8Array(0));
  const data = chunk("IDAT", deflateSync(new Uint8Array(2 * (1 + 9))));
  const head = (change: object): Uint8Array => chunk("IHDR", header({ ...small, ...change }));
  const palette = chunk("PLTE", Uint8Array.of(1, 2, 3));
  test.each<[string, readonly Uint8Array[], string]>([
    ["nothing", [], "it is cut off"],
    ["no header", [data, IEND], "its header is not its first chunk"],
    ["two headers", [head({}), head({}), data, IEND], "its header is not its first chunk"],
    ["no data", [head({}), IEND], "it has no data"],
    [
      "data twice",
      [head({}), data, chunk("tEXt", new Uint8Array(1)), data, IEND],
      "several places",
    ],
    ["no end", [head({}), data], "it is cut off"],
    ["no pixels", [head({ width: 0 }), data, IEND], "0 × 2 pixels; there are none"],
    ["a lie about its size", [head({ width: 1900, height: 1900 }), data, IEND], "compressed bytes cannot become"], // prettier-ignore
    [
      "a little more",
      [head({ height: 3 }), data, IEND],
      "it inflates to 20 bytes; it should to 30",
    ],
    ["a little less", [head({ height: 1 }), data, IEND], "more than the 10 bytes that it should"],
    ["a bomb", [head({ width: 0x7fffffff, height: 0x7fffffff }), data, IEND], "option maxPixels"],
    ["too large", [head({ width: 4096, height: 4096 }), data, IEND], "4096 × 4096 pixels; at most 3686400"], // prettier-ignore
    ["no such depth", [head({ depth: 4 }), data, IEND], "depth 4, colour type 2"],
    ["no such colours", [head({ colour: 5 }), data, IEND], "colour type 5"],
    ["no palette", [head({ colour: 3 }), data, IEND], "palette is missing"],
    ["half a colour", [head({ colour: 3 }), chunk("PLTE", Uint8Array.of(1)), data, IEND], "no list of colours"], // prettier-ignore
    ["a palette behind data", [head({ colour: 3 }), data, palette, IEND], "PLTE is not where it may be"], // prettier-ignore
    ["what nobody knows", [head({}), chunk("NEWS", new Uint8Array(0)), data, IEND], 'chunk "NEWS"'],
    ["a wrong filter", [head({}), chunk("IDAT", deflateSync(new Uint8Array(20).fill(5))), IEND], "filter 5"], // prettier-ignore
    ["no zlib", [head({}), chunk("IDAT", new Uint8Array(20)), IEND], "damaged or cut off"],
  ])("%s is refused", async (_, chunks, message) => {
    const found = await guarded(() => decodeImage(png(...chunks)));
    expect(found).toBeInstanceOf(NablaError);
    expect((found as NablaError).message).toContain(message);
  });

  test("a colour beyond the palette is refused", async () => {
    const made = { ...source(3, 8, false, [2, 1]), samples: [0, 1], palette: [1, 2, 3] };
    await expect(decodeImage(encodePng(made))).rejects.toThrow("has colour 1; the palette has 1");
  });

  test("no damage gives wrong pixels: cut off, flipped, changed", async ({ task }) => {
    const bytes = encodePng(source(6, 8, true, [5, 4]));
    const good = await values(bytes);
    await cutEverywhere(bytes, (cut) => decodeImage(cut));
    const judge = (image: { toArraySync(): unknown }): void =>
      expect(image.toArraySync()).toEqual(good);
    const { tried, refused } = await flipEverywhere(bytes, (bad) => decodeImage(bad), judge);
    looked(task, `PNG: ${refused} of ${tried} flipped bits were refused`);
    expect(refused).toBe(tried); // every byte is under a checksum
    await fc.assert(
      fc.asyncProperty(mutated(bytes), async (bad) => {
        const found = await guarded(() => decodeImage(bad));
        if (!(found instanceof NablaError)) judge(found);
      }),
      { numRuns: 300, seed: 3 },
    );
  });
});

describe("JPEG", () => {
  const file = (name: string): Uint8Array =>
    Uint8Array.from(Buffer.from(PICTURES[name]!.jpeg, "base64"));

  test.each(Object.keys(PICTURES))("%s is what another decoder makes of it", async (name) => {
    const { width, height, rgb } = PICTURES[name]!;
    const wanted = Buffer.from(rgb, "base64");
    const image = await decodeImage(file(name));
    expect(image.shape).toEqual([/gray/i.test(name) ? 1 : 3, height, width]);
    const found = (await decodeImage(file(name), { mode: "rgb" })).toArraySync() as number[][][];
    let [worst, sum] = [0, 0];
    wanted.forEach((value, i) => {
      const pixel = Math.floor(i / 3);
      const off = Math.abs(found[i % 3]![Math.floor(pixel / width)]![pixel % width]! * 255 - value);
      worst = Math.max(worst, off);
      sum += off;
    });
    expect(worst).toBeLessThan(2.5); // both round on the way
    expect(sum / wanted.length).toBeLessThan(0.15);
  });

  test("what is cut off is refused; what is flipped is refused or has the file's size", async ({
    task,
  }) => {
    for (const name of Object.keys(PICTURES))
      await cutEverywhere(file(name), (cut) => decodeImage(cut));
    for (const name of ["baseline420", "progressive420"]) {
      const { tried, refused } = await flipEverywhere(
        file(name),
        (bad) => decodeJpeg(bad, 100_000),
        ({ samples, width, height, channels }) => {
          expect(samples.length).toBe(width * height * channels);
          expect(width * height).toBeLessThanOrEqual(100_000);
        },
      );
      looked(task, `JPEG: ${refused} of ${tried} flipped bits of ${name} were refused`);
      expect(refused).toBeGreaterThan(0.2 * tried);
    }
  });

  test("any bytes end in a picture or a named error", async () => {
    const any = fc.oneof(...Object.keys(PICTURES).map((name) => mutated(file(name))));
    await fc.assert(
      fc.asyncProperty(any, async (bad) => {
        const found = await guarded(() => decodeImage(bad, { maxPixels: 1_000_000 }));
        if (!(found instanceof NablaError)) expect(found.shape.length).toBe(3);
      }),
      { numRuns: 500, seed: 4 },
    );
  });

  /** Changes a byte of the frame header, which begins with its marker. */
  const withFrame = (offset: number, ...bytes: number[]): Uint8Array => {
    const out = file("baseline444");
    const at = out.findIndex((byte, i) => byte === 0xff && out[i + 1] === 0xc0);
    out.set(bytes, at + offset);
    return out;
  };
  test.each<[string, Uint8Array, string]>([
    ["12 bits", withFrame(4, 12), "its samples have 12 bits; 8 can be read"],
    ["a bomb", withFrame(5, 0xff, 0xff, 0xff, 0xff), "65535 × 65535 pixels; at most 3686400"],
    ["no rows", withFrame(5, 0, 0), "19 × 0 pixels; there are none"],
    ["more rows than data", withFrame(5, 4, 0), "JPEG: a scan is cut off"],
    ["fewer rows than data", withFrame(5, 0, 8), "a scan has more data than blocks"],
    ["4 components", withFrame(9, 4), "it has 4 components"],
    ["arithmetic codes", withFrame(1, 0xc9), "lossless, arithmetic or hierarchical"],
    ["no sampling", withFrame(11, 0), "its frame is damaged"],
    ["other bytes", Uint8Array.of(0x47, 0x49, 0x46), "neither PNG nor JPEG"],
  ])("%s is refused", async (_, bytes, message) => {
    const found = await guarded(() => decodeImage(bytes));
    expect(found).toBeInstanceOf(NablaError);
    expect((found as NablaError).message).toContain(message);
  });

  test("scans without end are refused", () => {
    const bytes = file("progressive444");
    const at = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xda);
    const scan = Buffer.from(bytes.subarray(at, bytes.length - 2));
    const many = Buffer.concat([
      bytes.subarray(0, at),
      ...Array<Buffer>(500).fill(scan),
      bytes.subarray(-2),
    ]);
    expect(() => decodeJpeg(many, 1e6)).toThrow("a scan is out of turn");
  });
});
