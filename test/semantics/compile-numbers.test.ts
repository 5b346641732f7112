/**
 * Numbers among the arguments of compiled functions: promoted as in plain code, without a program
 * for each.
 */
import type { DType, Tensor } from "nabla";
import { compile, fromArray, tensor, where } from "nabla";
import { describe, expect, test } from "vitest";

type WithNumber = (x: Tensor, k: number) => Tensor;

const FUNCTIONS: Readonly<Record<string, WithNumber>> = {
  add: (x, k) => x.add(k),
  sub: (x, k) => x.mul(2).sub(k),
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
