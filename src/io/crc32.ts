/**
 * CRC-32 (IEEE 802.3, reflected, as in zip and PNG): finds every damage of up to 32 bits in a row.
 */

const TABLE = /* @__PURE__ */ makeTable(0xedb88320);
const CASTAGNOLI = /* @__PURE__ */ makeTable(0x82f63b78);

function makeTable(polynomial: number): Int32Array {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    table[byte] = value;
  }
  return table;
}

/** Returns the CRC-32 of `bytes`, or, given the sum of what came before, of both together. */
export function crc32(bytes: Uint8Array, before = 0): number {
  return sumBy(TABLE, bytes, before);
}

/** Returns the CRC-32C (Castagnoli), as TensorFlow's records have it. */
export function crc32c(bytes: Uint8Array): number {
  return sumBy(CASTAGNOLI, bytes, 0);
}

function sumBy(table: Int32Array, bytes: Uint8Array, before: number): number {
  let sum = ~before;
  for (let i = 0; i < bytes.length; i++) {
    sum = table[(sum ^ bytes[i]!) & 255]! ^ (sum >>> 8);
  }
  return ~sum >>> 0;
}

/** Spells a CRC-32 as eight hexadecimal digits. */
export function showCrc32(sum: number): string {
  return sum.toString(16).padStart(8, "0");
}
