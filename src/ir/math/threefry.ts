/** Threefry-2x32 with 20 rounds (Salmon et al., 2011) as a tree of int32 instructions. */
import { literal, scalar } from "../scalar.ts";
import type { Scalar } from "../scalar.ts";

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];
const PARITY = 0x1bd11bda;

function constant(value: number): Scalar {
  return literal("int32", value | 0);
}

function add(a: Scalar, b: Scalar): Scalar {
  return scalar("add", a, b);
}

function xor(a: Scalar, b: Scalar): Scalar {
  return scalar("xor", a, b);
}

function rotate(x: Scalar, by: number): Scalar {
  return scalar("or", scalar("shl", x, constant(by)), scalar("shr", x, constant(32 - by)));
}

/** One of the two words that the key (k0, k1) makes of the counter (c0, c1); all are int32 bits. */
export function threefry(c0: Scalar, c1: Scalar, k0: Scalar, k1: Scalar, word: 0 | 1): Scalar {
  const keys = [k0, k1, xor(xor(k0, k1), constant(PARITY))];
  let x0 = add(c0, k0);
  let x1 = add(c1, k1);
  for (let round = 0; round < 20; round++) {
    x0 = add(x0, x1);
    x1 = xor(rotate(x1, ROTATIONS[round % 8]!), x0);
    if (round % 4 !== 3) continue;
    const group = (round + 1) / 4;
    x0 = add(x0, keys[group % 3]!);
    x1 = add(x1, add(keys[(group + 1) % 3]!, constant(group)));
  }
  return word === 0 ? x0 : x1;
}
