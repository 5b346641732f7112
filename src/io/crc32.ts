/**
 * CRC-32 (IEEE 802.3, reflected, as in zip and PNG): finds every damage of up to 32 bits in a row.
 */

const TABLE = makeTable();

function makeTable(): Int32Array {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    table[byte] = value;
  }
  return table;
}

/** Returns the CRC-32 of `bytes`, or, given the sum of what came before, of both together. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let sum = ~before;
  for (let i = 0; i < bytes.length; i++) {
    sum = TABLE[(sum ^ bytes[i]!) & 255]! ^ (sum >>> 8);
  }
  return ~sum >>> 0;
}

/** Spells a CRC-32 as eight hexadecimal digits. */
export function showCrc32(sum: number): string {
  return sum.toString(16).padStart(8, "0");
}
