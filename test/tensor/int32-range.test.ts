/** Numbers and results outside int32 are errors, never other numbers. */
import { describe, expect, it } from "vitest";
import {
  clamp,
  fmod,
  indexFill,
  maskedFill,
  scatter,
  truncDivide,
  where,
} from "../../src/doors/ops.ts";
import { compile } from "../../src/tensor/compile.ts";
import { arange, full, fullLike, tensor } from "../../src/tensor/create.ts";
import { randint } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

const RANGE = /is no int32, which holds −2147483648 … 2147483647/;
const FIT = /does not fit|outside −2147483648/;

describe.each(["wasm", "interpret"] as const)("int32 on %s", (device) => {
  const ints = (data: number[]): Tensor => tensor(data, { dtype: "int32", device });
  const values = (x: Tensor): number[] => Array.from(x.dataSync());

  it("holds no number outside its range when a tensor is made", () => {
    expect(() => tensor(new Uint32Array([4e9]) as never, { device })).toThrow(RANGE);
    for (const bad of [NaN, Infinity, 2147483648, -2147483649])
      expect(() => ints([bad])).toThrow(RANGE);
    expect(() => arange(2147483646, 2147483650, { dtype: "int32", device })).toThrow(RANGE);
    expect(() => full([2], 3e9, { dtype: "int32", device })).toThrow(RANGE);
    expect(() => fullLike(ints([1]), NaN)).toThrow(RANGE);
    expect(values(ints([1.7, -1.7, 2147483647, -2147483648]))).toEqual([
      1, -1, 2147483647, -2147483648,
    ]);
    expect(values(tensor(new Uint32Array([5]) as never, { device }))).toEqual([5]);
  });

  it("refuses bounds of randint that it does not reach", () => {
    expect(() => randint(0, 2 ** 40, [4], { device })).toThrow(RANGE);
    expect(() => randint(-(2 ** 31) - 1, 0, [4], { device })).toThrow(RANGE);
    const drawn = values(randint(2147483646, 2147483648, [50], { device }));
    expect(new Set(drawn)).toEqual(new Set([2147483646, 2147483647]));
  });

  it("refuses number operands outside its range", () => {
    const x = ints([2147483647]);
    for (const f of [
      () => x.eq(3e9),
      () => x.lt(3e9),
      () => x.add(3e9),
      () => x.add(2e9, { alpha: 2 }),
      () => x.mul(-3e9),
      () => clamp(x, 3e9),
      () => where(x.gt(0), x, 3e9),
      () => where(x.gt(0), 3e9, x),
      () => maskedFill(x, x.gt(0), 3e9),
      () => maskedFill(x, x.gt(0), NaN),
      () => indexFill(x, 0, ints([0]), 3e9),
      () => scatter(x, 0, ints([0]), 3e9),
    ]) {
      expect(f, f.toString()).toThrow(RANGE);
    }
    expect(values(x.sub(2147483647))).toEqual([0]);
    expect(x.add(0.5).dtype).toBe("float32");
  });

  it("refuses them as arguments of compiled functions, at a replay too", () => {
    const step = compile((x: Tensor, y: number) => x.add(y));
    expect(values(step(ints([1]), 2))).toEqual([3]);
    expect(() => step(ints([1]), 3e9)).toThrow(RANGE);
    expect(values(step(ints([1]), 4))).toEqual([5]);
  });

  it("has exact matrix products or none", () => {
    const [row, column] = [
      ints([65536, 65536]).reshape([1, 2]),
      ints([65536, 65536]).reshape([2, 1]),
    ];
    expect(() => row.matmul(column).dataSync()).toThrow(FIT);
    expect(() => row.matmul(column.mul(-1)).dataSync()).toThrow(FIT);
    expect(values(row.matmul(ints([65536, -65535]).reshape([2, 1])))).toEqual([65536]);
    expect(values(ints([46340, 1]).matmul(ints([46340, 91])))).toEqual([2147395691]);
    const large = ints([2147483647, 2147483647, 3]);
    expect(() => large.matmul(ints([2147483647, -2147483647, 1])).dataSync()).toThrow(FIT);
  });

  it("cannot be divided by 0", () => {
    const [x, zero] = [ints([1, -7]), ints([2, 0])];
    for (const f of [
      () => x.floorDivide(0),
      () => x.floorDivide(zero),
      () => ints([0]).floorDivide(0),
      () => truncDivide(x, zero),
      () => x.remainder(0),
      () => x.remainder(zero),
      () => fmod(x, zero),
      () => ints([-2147483648]).floorDivide(-1),
    ]) {
      expect(() => f().dataSync(), f.toString()).toThrow(FIT);
    }
    expect(values(x.floorDivide(2))).toEqual([0, -4]);
    expect(values(truncDivide(x, 2))).toEqual([0, -3]);
    expect(values(x.remainder(4))).toEqual([1, 1]);
    expect(values(fmod(x, 4))).toEqual([1, -3]);
    expect(values(ints([-2147483648]).remainder(-1))).toEqual([0]);
  });
});
