/**
 * Numbers among the arguments of compiled functions: promoted as in plain code, without a program
 * for each.
 */
import type { DType, Tensor } from "nabla";
import { autograd, compile, fromArray, tensor, where } from "nabla";
import { describe, expect, test } from "vitest";

type WithNumber = (x: Tensor, k: number) => Tensor;

const FUNCTIONS: Readonly<Record<string, WithNumber>> = {
  add: (x, k) => x.add(k),
  sub: (x, k) => x.mul(2).sub(k),
  "add with alpha": (x, k) => x.add(k, { alpha: 3 }),
  "add a fraction that alpha makes whole": (x, k) => x.add(k, { alpha: 2 }),
  "sub with a fraction for alpha": (x, k) => x.mul(2).sub(k, { alpha: 0.25 }),
  mul: (x, k) => x.mul(k),
  div: (x, k) => x.div(k),
  pow: (x, k) => x.add(1).pow(k),
  remainder: (x, k) => x.remainder(k),
  maximum: (x, k) => x.maximum(k as unknown as Tensor),
  lt: (x, k) => x.lt(k),
  "where, left": (x, k) => where(x.gt(0), k, x),
  "where, right": (x, k) => where(x.gt(0), x, k),
  clamp: (x, k) => x.clamp(k),
  maskedFill: (x, k) => x.maskedFill(x.gt(0), k),
  lerp: (x, k) => x.add(0.5).lerp(x.mul(2), k),
};

const DTYPES: readonly DType[] = ["int32", "bool", "float32", "float64"];

describe("a number argument is promoted as in plain code", () => {
  test.each(Object.keys(FUNCTIONS))("%s", (name) => {
    const plain = FUNCTIONS[name]!;
    const f = compile(plain);
    for (const dtype of DTYPES) {
      for (const data of [[0, 1, 5], 3]) {
        const x = tensor(data, { dtype });
        for (const k of [2, 1.5, 3, 0.1]) {
          const outcome = (fn: WithNumber): unknown => {
            try {
              const y = fn(x, k);
              return [y.type.text, y.toArraySync()];
            } catch (error) {
              return (error as Error).message;
            }
          };
          expect(outcome(f), `${dtype} ${k}`).toEqual(outcome(plain));
        }
      }
    }
  });
});

test("a number costs a program only where a dtype hangs on its being whole", () => {
  const f = compile((x: Tensor, k: number) => x.mul(k));
  const [floats, ints] = [tensor([1, 2]), tensor([1, 2], { dtype: "int32" })];
  for (const k of [1, 2.5, 3, 0.1, 7]) f(floats, k);
  expect(f.stats.misses).toBe(1);
  for (const k of [1, 2.5, 3, 0.1, 7]) f(ints, k);
  expect(f.stats.misses).toBe(3);
});

test("a tensor in the place of a number is a tensor", () => {
  const f = compile((x: Tensor, k: number | Tensor) => x.mul(k as Tensor));
  const x = tensor(3);
  expect(f(x, 2).dtype).toBe("float32");
  expect(f(x, tensor(2, { dtype: "float64" })).dtype).toBe("float64");
  expect(f(x, 4).dtype).toBe("float32");
});

test("numbers and arrays go where the tensors are", () => {
  const f = compile((x: Tensor, k: number, y: Float32Array | Tensor) => x.mul(k).add(y as Tensor));
  const x = fromArray(Float32Array.of(1, 2), [2], { device: "interpret" });
  const y = f(x, 3, Float32Array.of(1, 1));
  expect([y.device, y.toArraySync()]).toEqual(["interpret", [4, 7]]);
});

describe("a compiled function inside another", () => {
  type Row = Float32Array | Tensor;
  const scale = compile((x: Tensor, k: number | Tensor) => x.mul(k as Tensor));
  const shift = compile((x: Tensor, by: Row) => x.add(by as Tensor));

  test("takes numbers and arrays: its own, those of the outer one, and those of the closure", () => {
    const kept = Float32Array.of(10, 20);
    const outer = compile((x: Tensor, k: number | Tensor, by: Row) => {
      const own = shift(scale(x, 2), Float32Array.of(1, 2));
      return shift(shift(scale(own, k), by), kept);
    });
    const x = tensor([1, 2]);
    expect(outer(x, 3, Float32Array.of(5, 6)).toArraySync()).toEqual([24, 44]);
    kept[0] = 100;
    expect(outer(x, 0.5, Float32Array.of(0, 0)).toArraySync()).toEqual([101.5, 23]);
    expect(outer.stats).toEqual({ hits: 1, misses: 1 });
  });

  test("promotes as plain code does", () => {
    const ints = tensor([1, 2], { dtype: "int32" });
    const outer = compile((x: Tensor, k: number | Tensor) => [
      scale(x, 3),
      scale(x, 0.5),
      scale(x, k),
    ]);
    const seen = [2, 2.5].map((k) => outer(ints, k).map((y) => [y.dtype, y.toArraySync()]));
    expect(seen).toEqual([
      [
        ["int32", [3, 6]],
        ["float32", [0.5, 1]],
        ["int32", [2, 4]],
      ],
      [
        ["int32", [3, 6]],
        ["float32", [0.5, 1]],
        ["float32", [2.5, 5]],
      ],
    ]);
  });

  test("carries gradients, also of gradients", () => {
    const outer = compile((x: Tensor) => shift(scale(x.pow(3), 2), Float32Array.of(1, 1)).sum());
    const x = tensor([1, 2], { requiresGrad: true });
    const [slope] = autograd.grad(outer(x), x, { createGraph: true });
    outer(x);
    slope!.sum().backward();
    expect([slope, x.grad].map((t) => t!.toArraySync())).toEqual([
      [6, 24],
      [12, 24],
    ]);
  });

  test("refuses numbers and arrays that change from trace to trace", () => {
    let n = 0;
    const x = tensor([1, 2]);
    expect(() => compile((x: Tensor) => scale(x, ++n))(x)).toThrow(/scalar\(/);
    const arrays = compile((x: Tensor) => shift(x, Float32Array.of(++n, 0)));
    expect(() => arrays(x)).toThrow(/array.*as an argument/s);
  });
});
