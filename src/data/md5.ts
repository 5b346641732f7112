/** MD5 (RFC 1321), by which the publishers of data sets say what their files are: no protection. */
import { sin } from "../core/math.ts";

const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const TERMS = /* @__PURE__ */ makeTerms();

function makeTerms(): Int32Array {
  return Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(sin(i + 1)) * 4294967296));
}

/** Returns the MD5 sum of bytes as 32 hexadecimal digits. */
export function md5(bytes: Uint8Array): string {
  const rest = bytes.length % 64;
  const tail = new Uint8Array(rest < 56 ? 64 : 128);
  tail.set(bytes.subarray(bytes.length - rest));
  tail[rest] = 0x80;
  const view = new DataView(tail.buffer);
  view.setUint32(tail.length - 8, bytes.length << 3, true);
  view.setUint32(tail.length - 4, Math.floor(bytes.length / 536_870_912), true);
  const state = Int32Array.of(0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476);
  const words = new Int32Array(16);
  const whole = bytes.length - rest;
  for (let at = 0; at < whole + tail.length; at += 64) {
    const [from, start] = at < whole ? [bytes, at] : [tail, at - whole];
    for (let i = 0; i < 16; i++) {
      const k = start + 4 * i;
      words[i] = from[k]! | (from[k + 1]! << 8) | (from[k + 2]! << 16) | (from[k + 3]! << 24);
    }
    mix(state, words);
  }
  return Array.from(new Uint8Array(state.buffer), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

/** One block of 64 bytes. */
function mix(state: Int32Array, words: Int32Array): void {
  let [a, b, c, d] = state as unknown as [number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    const [f, k] =
      round === 0
        ? [(b & c) | (~b & d), i]
        : round === 1
          ? [(d & b) | (~d & c), (5 * i + 1) & 15]
          : round === 2
            ? [b ^ c ^ d, (3 * i + 5) & 15]
            : [c ^ (b | ~d), (7 * i) & 15];
    const sum = (a + f + TERMS[i]! + words[k]!) | 0;
    const by = SHIFTS[4 * round + (i & 3)]!;
    [a, d, c] = [d, c, b];
    b = (b + ((sum << by) | (sum >>> (32 - by)))) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
}
