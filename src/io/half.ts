/** The 16-bit floating-point formats of files, widened to float32 exactly. */

const SMALLEST = 1 / 16777216; // 2^-24, the smallest subnormal

/** Widens IEEE half-precision bit patterns (1 sign, 5 exponent, 10 fraction bits). */
export function widenFloat16(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  const words = new Uint32Array(out.buffer);
  for (let i = 0; i < bits.length; i++) {
    const half = bits[i]!;
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 31;
    const fraction = half & 0x3ff;
    if (exponent === 0) {
      out[i] = (sign ? -1 : 1) * fraction * SMALLEST; // zero and subnormals; keeps −0
    } else {
      const wide = exponent === 31 ? 255 : exponent + 112;
      words[i] = sign | (wide << 23) | (fraction << 13);
    }
  }
  return out;
}

/** Widens bfloat16 bit patterns: the upper half of a float32. */
export function widenBfloat16(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  const words = new Uint32Array(out.buffer);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  return out;
}
