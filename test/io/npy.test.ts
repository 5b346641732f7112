/** NumPy's files: every dtype as NumPy writes it, and whatever may be wrong with one. */
import fc from "fast-check";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tensor } from "nabla";
import { decodeNpy, decodeNpz, encodeNpy, loadNpy, loadNpz, saveNpy } from "nabla/io";
import { describe, expect, test } from "vitest";
import { NablaError } from "../../src/core/errors.ts";
import type { StoredTensor } from "../../src/io/safetensors.ts";
import { pythonWith, runPython } from "../support/python.ts";
import { cutEverywhere, flipEverywhere, guarded, mutated } from "./damage.ts";
import { NUMPY } from "./numpy-files.ts";
import { zip } from "./zip.ts";

const file = (name: string): Uint8Array => Uint8Array.from(Buffer.from(NUMPY[name]!, "base64"));
const read = (name: string): StoredTensor => decodeNpy(file(name));
const consistent = ({ dtype, shape, data }: StoredTensor): void => {
  expect(data.length).toBe(shape.reduce((n, extent) => n * extent, 1));
  expect(["float32", "float64", "int32", "bool"]).toContain(dtype);
};

describe("npy", () => {
  const signs: Readonly<Record<string, number>> = { i: -1, u: 1, f: 0.25 };
  const dtypes = Object.keys(NUMPY).filter((name) => /^[<>]?[iuf]\d$/.test(name));

  test("every dtype and byte order that NumPy writes", () => {
    expect(dtypes.length).toBe(20);
    for (const name of dtypes) {
      const sign = signs[name.at(-2)!]!;
      const { dtype, shape, data } = read(name);
      expect([dtype, shape]).toEqual([
        name.endsWith("f8") ? "float64" : name.includes("f") ? "float32" : "int32",
        [2, 3],
      ]);
      expect([...data].map((v) => v + 0)).toEqual([0, 1, 2, 100, 3, 1].map((v) => sign * v + 0));
    }
    expect(read("?")).toEqual({
      dtype: "bool",
      shape: [2, 3],
      data: Uint8Array.of(0, 1, 1, 1, 1, 1),
    });
  });

  test("half precision is widened exactly", () => {
    const { data } = read("half");
    const tiny = 1 / 16777216;
    expect([...data]).toEqual([0, -0, tiny, 1023 * tiny, 1, 65504, Infinity, -Infinity, NaN]);
  });

  test("column-major, all versions, no axes, no elements", () => {
    const { shape, data } = read("fortran");
    expect([shape, [...data]]).toEqual([[2, 3, 4], Array.from({ length: 24 }, (_, i) => i)]);
    expect([...read("v2").data, ...read("v3").data]).toEqual([0, 1, 2, 0, 1, 2]);
    expect(read("scalar")).toEqual({ dtype: "float64", shape: [], data: Float64Array.of(2.5) });
    expect(read("empty")).toEqual({ dtype: "float32", shape: [0, 3], data: new Float32Array(0) });
  });

  test.each([
    ["big64", "element 1 is 2147483648, which int32 cannot hold"],
    ["bigu4", "element 0 is 2147483648, which int32 cannot hold"],
    ["object", "Python objects, which would have to be run"],
    ["complex", "complex numbers; save .real and .imag"],
    ["text", "texts; save numbers"],
    ["bytes", "texts; save numbers"],
    ["record", "a record of several fields"],
    ["date", "dates; save"],
    ["long", 'dtype "<f16" is none of b1, i1'],
  ])("%s is refused: %s", (name, message) => {
    expect(() => read(name)).toThrow(message);
  });

  test.each([
    [{ shape: "(3)" }, "no tuple of integers"],
    [{ shape: "(-1,)" }, "cannot be understood"],
    [{ shape: "(1e3,)" }, "cannot be understood"],
    [{ shape: "(4,)" }, "takes 32 bytes; 24 are there"],
    [{ shape: "(2,)" }, "takes 16 bytes; 24 are there"],
    [{ shape: "(0, 4294967296, 4294967296)" }, "takes 0 bytes; 24 are there"],
    [{ shape: `(${"9".repeat(30)},)` }, "no tuple of integers"],
    [{ shape: `(${"1,".repeat(70)})` }, "no tuple of integers"],
    [{ descr: "__import__('os').system('true')" }, "cannot be understood"],
    [{ descr: "'f8'" }, 'dtype "f8" is none of'],
    [{ descr: "'|f8'" }, 'dtype "|f8" is none of'],
    [{ descr: "'<f8' , 'descr': '<f4'" }, 'has "descr" twice'],
    [{ descr: "'<f8' , '__proto__': 'x'" }, "and nothing else"],
    [{ fortran: "1" }, "cannot be understood"],
  ])("a header that lies is refused: %j", (change, message) => {
    const { descr, fortran, shape } = {
      descr: "'<f8'",
      fortran: "False",
      shape: "(3,)",
      ...change,
    };
    const head = `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;
    const bytes = Buffer.concat([
      Buffer.from("\x93NUMPY\x01\0\0\0", "latin1"),
      Buffer.from(head, "latin1"),
      Buffer.alloc(24),
    ]);
    bytes.writeUInt16LE(head.length, 8);
    expect(() => decodeNpy(bytes)).toThrow(message);
  });

  test("what is cut off, flipped or changed is refused or means what it says", async () => {
    for (const name of ["<i8", "fortran", "half", "v2", "object"])
      await cutEverywhere(file(name), decodeNpy);
    await flipEverywhere(file("<f4"), decodeNpy, consistent);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(mutated(file("v3")), fc.uint8Array({ maxLength: 300 })),
        async (bytes) => {
          const found = await guarded(() => decodeNpy(bytes));
          if (!(found instanceof NablaError)) consistent(found);
        },
      ),
      { numRuns: 400, seed: 1 },
    );
  });

  test("what we write, NumPy reads and we read", async (context) => {
    const folder = mkdtempSync(join(tmpdir(), "nabla-npy-"));
    const tensors = {
      a: tensor([[1.5, -2, 3e-9]]),
      b: tensor(Float64Array.of(0.1, Infinity)),
      c: tensor(Int32Array.of(-7, 2147483647)),
      d: tensor([true, false]),
      e: tensor(4),
    };
    for (const [name, value] of Object.entries(tensors)) {
      await saveNpy(join(folder, `${name}.npy`), value);
      const back = await loadNpy(join(folder, `${name}.npy`));
      expect([back.dtype, back.shape, back.toArraySync()]).toEqual([
        ...[value.dtype, value.shape, value.toArraySync()],
      ]);
    }
    expect(encodeNpy({ dtype: "float32", shape: [2], data: new Float32Array(2) }).length).toBe(136);
    const program =
      "import numpy as np\n" +
      'for n in "abcde":\n  a = np.load(n + ".npy"); print(a.dtype, a.shape, a.tolist())\n' +
      'np.savez_compressed("z.npz", x=np.asfortranarray(a.reshape(1, 1) * 2), y=np.array([1, 2]))';
    expect(await runPython(pythonWith("numpy", context), ["-c", program], folder)).toBe(
      "float32 (1, 3) [[1.5, -2.0, 3.000000026176508e-09]]\nfloat64 (2,) [0.1, inf]\n" +
        "int32 (2,) [-7, 2147483647]\nbool (2,) [True, False]\nfloat32 () 4.0\n",
    );
    const { x, y } = await loadNpz(join(folder, "z.npz"));
    expect([x!.toArraySync(), y!.toArraySync(), y!.dtype]).toEqual([[[8]], [1, 2], "int32"]);
  });
});

describe("npz", () => {
  test("stored and deflated arrays by name", async () => {
    const stored = await decodeNpz(file("npz"));
    expect(Object.keys(stored)).toEqual(["w", "b"]);
    expect([...stored["w"]!.data, ...stored["b"]!.data]).toEqual([0, 1, 2, 3, 4, 5, 1, 0]);
    const { w, n } = await decodeNpz(file("npzDeflated"));
    expect([w!.shape, w!.data[599], n!.shape, n!.data[0]]).toEqual([[20, 30], 599, [], 7]);
  });

  const array = encodeNpy({ dtype: "float64", shape: [1000], data: new Float64Array(1000) });

  test("a bomb stops at its stated length, and that has a limit", async () => {
    expect((await decodeNpz(zip(array, { method: 8 })))["x"]!.data.length).toBe(1000);
    const refused = (lies: object, message: string, options = {}): Promise<void> =>
      expect(decodeNpz(zip(array, lies), options)).rejects.toThrow(message);
    await refused({ method: 8, size: 5000 }, "inflates to more than the 5000 bytes");
    await refused(
      { method: 8, size: 9000 },
      'npz: "x.npy": it inflates to 8128 bytes; it should to 9000',
    );
    await refused(
      { method: 8, size: 4_000_000_000 },
      "4000000000 bytes; at most 25165824 are allowed",
    );
    await refused({ method: 8, size: 20_000_000 }, "compressed bytes cannot become 20000000");
    await refused({ method: 8 }, "at most 100 are allowed (option maxBytes)", { maxBytes: 100 });
    await refused({ size: 10 }, "two lengths differ");
    await refused({ method: 12 }, "compressed in an unknown way");
    await refused({ flags: 1 }, "is encrypted");
    await refused({ name: "evil.pkl" }, '"evil.pkl" is no .npy file');
    const real = zip(new Uint8Array(80_000_000), { method: 8 }); // 80 MB of zeros in 80 kB
    expect(real.length).toBeLessThan(100_000);
    expect(await guarded(() => decodeNpz(real))).toBeInstanceOf(NablaError);
  });

  test("names are only names", async () => {
    const { __proto__: odd } = await decodeNpz(zip(array, { name: "__proto__.npy" }));
    expect((odd as unknown as StoredTensor).shape).toEqual([1000]);
    expect(({} as Record<string, unknown>)["shape"]).toBeUndefined();
  });

  test("what is cut off, flipped or changed is refused or has its checksum", async () => {
    const bytes = file("npzDeflated");
    const good = await decodeNpz(bytes);
    await cutEverywhere(bytes, decodeNpz);
    const { tried, refused } = await flipEverywhere(bytes, decodeNpz, (found) => {
      // What is not looked at (dates, systems) may change; names may too. Numbers may not.
      expect(Object.values(found)).toEqual(Object.values(good));
    });
    expect(refused / tried).toBeGreaterThan(0.8);
    await fc.assert(
      fc.asyncProperty(mutated(file("npz")), async (bad) => {
        const found = await guarded(() => decodeNpz(bad));
        if (!(found instanceof NablaError)) Object.values(found).forEach(consistent);
      }),
      { numRuns: 200, seed: 2 },
    );
  });
});
