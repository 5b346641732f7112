/** Bad files made of good ones: cut at every byte, with flipped bits, with bytes changed. */
import fc from "fast-check";
import { expect } from "vitest";
import { NablaError } from "../../src/core/errors.ts";

const SECOND = 1000;
const MEBIBYTES_64 = 67_108_864;

/** Where a reader's time and memory went beyond what is allowed. */
export interface Damage {
  tried: number;
  refused: number;
}

/** Reads; what is thrown must be a named error, and neither slow nor large. */
export async function guarded<T>(read: () => T | Promise<T>): Promise<T | NablaError> {
  const start = performance.now();
  const before = process.memoryUsage();
  try {
    return await read();
  } catch (error) {
    if (error instanceof NablaError) return error;
    throw error;
  } finally {
    expect(performance.now() - start).toBeLessThan(SECOND);
    const after = process.memoryUsage();
    const grown = after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed;
    expect(grown).toBeLessThan(MEBIBYTES_64);
  }
}

/** Cuts a file at every byte: each piece must be refused. */
export async function cutEverywhere(
  bytes: Uint8Array,
  read: (bytes: Uint8Array) => unknown,
): Promise<void> {
  for (let length = 0; length < bytes.length; length++) {
    const found = await guarded(() => read(bytes.slice(0, length)));
    expect(found, `the first ${length} of ${bytes.length} bytes`).toBeInstanceOf(NablaError);
  }
}

/** Flips every bit in turn; `judge` sees what was read. Counts what was refused. */
export async function flipEverywhere<T>(
  bytes: Uint8Array,
  read: (bytes: Uint8Array) => T | Promise<T>,
  judge: (value: T, bit: number) => void,
): Promise<Damage> {
  const damage = { tried: 0, refused: 0 };
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const bad = bytes.slice();
    bad[bit >> 3]! ^= 1 << (bit & 7);
    const found = await guarded(() => read(bad));
    damage.tried++;
    if (found instanceof NablaError) damage.refused++;
    else judge(found, bit);
  }
  return damage;
}

/** A file with some bytes changed, removed or put in. */
export function mutated(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const at = fc.nat({ max: bytes.length });
  const piece = fc.uint8Array({ maxLength: 6 });
  const edit = fc.record({ at, drop: fc.nat({ max: 8 }), piece });
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => {
    let out = [...bytes];
    for (const { at: place, drop, piece: put } of edits) {
      out = [...out.slice(0, place), ...put, ...out.slice(place + drop)];
    }
    return Uint8Array.from(out);
  });
}
