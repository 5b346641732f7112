/** Safetensors: what is written is read, and what is damaged or dishonest is refused by name. */
import { describe, expect, it } from "vitest";
import type { StoredTensor } from "../../src/io/safetensors.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/io/safetensors.ts";
import { crc32 } from "../../src/io/crc32.ts";

const utf8 = new TextEncoder();

/** Builds a file from header text and payload bytes, without any check. */
function file(header: string, payload: ArrayLike<number> = []): Uint8Array {
  const head = utf8.encode(header);
  const bytes = new Uint8Array(8 + head.length + payload.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true);
  bytes.set(head, 8);
  bytes.set(Uint8Array.from(payload), 8 + head.length);
  return bytes;
}

const one = (dtype: string, shape: string, end: number): string =>
  `{"a":{"dtype":"${dtype}","shape":${shape},"data_offsets":[0,${end}]}}`;

const sample: Record<string, StoredTensor> = {
  "0.weight": { dtype: "float32", shape: [2, 1], data: new Float32Array([1.5, NaN]) },
  wide: { dtype: "float64", shape: [1], data: new Float64Array([Math.PI]) },
  steps: { dtype: "int32", shape: [], data: new Int32Array([-7]) },
  mask: { dtype: "bool", shape: [3], data: new Uint8Array([1, 0, 1]) },
  none: { dtype: "float32", shape: [0, 4], data: new Float32Array() },
};

describe("safetensors", () => {
  it("gives back what was written, names and NaN included", () => {
    const metadata = { "nabla.version": "1", odd: 'quote " \\ ü \u0001' };
    const read = decodeSafetensors(encodeSafetensors(sample, metadata));
    expect(read.checked).toBe(true);
    expect(read.metadata["odd"]).toBe(metadata.odd);
    expect(Object.keys(read.tensors).sort()).toEqual(Object.keys(sample).sort());
    for (const [name, tensor] of Object.entries(sample)) expect(read.tensors[name]).toEqual(tensor);
  });

  it("writes the same bytes whatever the order of the names, with every tensor aligned", () => {
    const reversed = Object.fromEntries(Object.entries(sample).reverse());
    const bytes = encodeSafetensors(sample);
    expect(encodeSafetensors(reversed)).toEqual(bytes);
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
  });

  it("reads from the middle of a larger buffer and aliases nothing", () => {
    const bytes = encodeSafetensors(sample);
    const shifted = Buffer.concat([Buffer.from([9, 9, 9]), bytes]).subarray(3);
    const { tensors } = decodeSafetensors(shifted);
    shifted.fill(0);
    expect(tensors["steps"]!.data[0]).toBe(-7);
  });

  it("keeps __proto__ a name", () => {
    const tensors = { ["__proto__"]: sample["steps"]! };
    const read = decodeSafetensors(encodeSafetensors(tensors, { ["__proto__"]: "text" }));
    expect(read.tensors["__proto__"]).toEqual(sample["steps"]);
    expect(read.metadata["__proto__"]).toBe("text");
    expect(({} as Record<string, unknown>)["shape"]).toBeUndefined();
  });

  it("reads half-precision, bfloat16, bytes and 64-bit integers", () => {
    const half = decodeSafetensors(
      file(one("F16", "[5]", 10), [0, 0x3c, 0, 0xc0, 1, 0, 0, 0x7c, 0, 0x80]),
    );
    const values = half.tensors["a"]!.data;
    expect([...values.slice(0, 4)]).toEqual([1, -2, 1 / 16777216, Infinity]);
    expect(Object.is(values[4], -0)).toBe(true);
    const brain = decodeSafetensors(file(one("BF16", "[2]", 4), [0x80, 0x3f, 0x49, 0xc0]));
    expect([...brain.tensors["a"]!.data]).toEqual([1, -3.140625]);
    expect([...decodeSafetensors(file(one("U8", "[2]", 2), [0, 255])).tensors["a"]!.data]).toEqual([
      0, 255,
    ]);
    const longs = new Uint8Array(new BigInt64Array([-1n, 2147483647n]).buffer);
    expect([...decodeSafetensors(file(one("I64", "[2]", 16), longs)).tensors["a"]!.data]).toEqual([
      -1, 2147483647,
    ]);
    const over = new Uint8Array(new BigInt64Array([2147483648n]).buffer);
    expect(() => decodeSafetensors(file(one("I64", "[1]", 8), over))).toThrow(
      /element 0 of "a" is 2147483648, which int32 cannot hold/,
    );
  });
});

describe("refuses", () => {
  const tensor = (name: string, begin: number, end: number): string =>
    `"${name}":{"dtype":"U8","shape":[${end - begin}],"data_offsets":[${begin},${end}]}`;
  const cases: [name: string, bytes: Uint8Array, message: RegExp][] = [
    ["an empty file", new Uint8Array(), /0 bytes/],
    ["a header longer than the file", file("{}").subarray(0, 9), /cut off/],
    ["a header of 2^63 bytes", Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128, 123), /at most 100000000/],
    ["a header that is no map", file("[]"), /must start with "\{"/],
    ["a header that is not JSON", file("{a"), /character 1/],
    ["trailing text in the header", file("{} {}"), /expected nothing more/],
    ["deep nesting", file(`{"a":${"[".repeat(9999)}`), /levels of nesting/],
    ["broken UTF-8", file("{}").map((byte, i) => (i === 9 ? 0xff : byte)), /not UTF-8/],
    ["duplicate names", file(`{${tensor("a", 0, 1)},${tensor("a", 1, 2)}}`, [1, 2]), /twice/],
    [
      "duplicates by escape",
      file(`{${tensor("a", 0, 1)},${tensor("\\u0061", 1, 2)}}`, [1, 2]),
      /twice/,
    ],
    ["overlap", file(`{${tensor("a", 0, 2)},${tensor("b", 1, 3)}}`, [1, 2, 3]), /"b".*overlaps/],
    ["a hole", file(`{${tensor("a", 0, 1)},${tensor("b", 2, 3)}}`, [1, 2, 3]), /"b".*hole/],
    ["trailing bytes", file(`{${tensor("a", 0, 1)}}`, [1, 2]), /1 trailing bytes/],
    ["a cut payload", file(`{${tensor("a", 0, 3)}}`, [1, 2]), /cut off/],
    ["bytes that are not shape × dtype", file(one("F32", "[2]", 4), [0, 0, 0, 0]), /takes 8 bytes/],
    ["an overflowing shape", file(one("F32", "[4294967296,4294967296]", 0)), /overflows/],
    ["an overflow behind a zero", file(one("F32", "[0,4294967296,4294967296]", 0)), /overflows/],
    ["a negative extent", file(one("F32", "[-1]", 4)), /expected a value/],
    ["a fraction", file(one("F32", "[1.0]", 4), [0, 0, 0, 0]), /expected a value/],
    ["offsets backwards", file('{"a":{"dtype":"U8","shape":[0],"data_offsets":[1,0]}}'), /begin/],
    ["an unknown dtype", file(one("F8_E4M3", "[1]", 1), [0]), /dtype "F8_E4M3"/],
    ["an inherited dtype", file(one("toString", "[1]", 1), [0]), /dtype "toString"/],
    ["a bool that is neither", file(one("BOOL", "[1]", 1), [2]), /neither 0 nor 1/],
    ["an unknown key", file('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1}}'), /"x"/],
    ["metadata that is not text", file('{"__metadata__":{"a":1}}'), /metadata "a" is not text/],
  ];
  it.each(cases)("%s", (_, bytes, message) => {
    const start = performance.now();
    expect(() => decodeSafetensors(bytes)).toThrow(message);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it.each<[string, string]>([
    ["empty maps", Array.from({ length: 3e6 }, (_, i) => `"${i}":{}`).join()],
    ["numbers", `"a":[${"1,".repeat(3e7)}1]`],
    ["text", `"${"a".repeat(9e7)}":{}`],
    ["escapes", `"${"\\n".repeat(2e7)}":{}`],
    ["spaces", " ".repeat(9e7)],
  ])("a huge header of %s within a second", (_, inside) => {
    const bytes = file(`{${inside}`);
    const start = performance.now();
    expect(() => decodeSafetensors(bytes)).toThrow(/^safetensors: /);
    const seconds = (performance.now() - start) / 1000;
    expect(seconds).toBeLessThan(process.env["CI"] ? 5 : 3); // one second on an idle machine
  });

  it("every flipped bit and every truncation of a file of ours", () => {
    const bytes = encodeSafetensors(sample, { scaler: '{"low":300}' });
    const clean = decodeSafetensors(bytes);
    let unnoticed = 0;
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      try {
        const read = decodeSafetensors(damaged);
        // Only a flip in the checksum's own name is unseen; it leaves all else right, and says so.
        expect(read.checked).toBe(false);
        expect(read.tensors).toEqual(clean.tensors);
        unnoticed++;
      } catch (error) {
        expect((error as Error).message).toMatch(/^safetensors: /);
      }
    }
    expect(unnoticed).toBeLessThanOrEqual("nabla.checksum".length * 8);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeSafetensors(bytes.subarray(0, length))).toThrow(/^safetensors: /);
    }
  });

  it("encoding what does not fit together", () => {
    const data = new Float32Array(3);
    expect(() => encodeSafetensors({ a: { dtype: "float32", shape: [2], data } })).toThrow(
      /3 elements/,
    );
    expect(() => encodeSafetensors({ __metadata__: sample["steps"]! })).toThrow(/not a name/);
  });
});

it("the checksum is CRC-32 as everybody knows it", () => {
  expect(crc32(utf8.encode("123456789"))).toBe(0xcbf43926);
});
