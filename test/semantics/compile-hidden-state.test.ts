/** State that a function keeps in what it is given, deep inside: refused, or found by a trace. */
import { compile, fromArray, nn, ones } from "nabla";
import type { Tensor } from "nabla";
import { describe, expect, it } from "vitest";

const key = Symbol("count");

/** What is passed, and how a function counts in it. */
const written: readonly (readonly [string, () => object, (held: never) => unknown])[] = [
  [
    "a typed array in an object of a class",
    () =>
      new (class K {
        readonly a = Int32Array.of(0);
      })(),
    (held: { a: Int32Array }) => held.a[0]!++,
  ],
  [
    "a list two deep",
    () =>
      new (class K {
        readonly c = { l: [0] };
      })(),
    (held: { c: { l: number[] } }) => held.c.l[0]!++,
  ],
  [
    "an object three deep",
    () =>
      new (class K {
        readonly c = { d: { n: 0 } };
      })(),
    (held: { c: { d: { n: number } } }) => held.c.d.n++,
  ],
  ["a field by a symbol", () => ({ [key]: 0 }), (held: { [key]: number }) => held[key]++],
  [
    "a date",
    () => new Date(0),
    (held: Date) => {
      held.setTime(held.getTime() + 1);
      return held.getTime() - 1;
    },
  ],
  [
    "a field of a function",
    () => Object.assign(() => 1, { n: 0 }),
    (held: { n: number }) => held.n++,
  ],
];

describe.each(["spot", "always"] as const)("check: %s", (check) => {
  it.each(written)("%s is not written in silence", (_, make, count) => {
    const f = compile((x: Tensor, held: object) => (count(held as never), x.mul(2)), { check });
    const held = make();
    const before = JSON.stringify(held, plain);
    expect(() => f(ones([1]), held)).toThrow(/^compile: the function changes /);
    expect(JSON.stringify(held, plain)).toBe(before);
  });

  it.each(written)("%s decides nothing in silence", (_, make, count) => {
    const fn = (x: Tensor, held: object): Tensor =>
      (count(held as never) as number) % 4 === 3 ? x.neg() : x;
    const run = (one: typeof fn): string[] => {
      const held = make();
      const seen: string[] = [];
      for (let k = 0; k < 12; k++) {
        try {
          seen.push(String(one(ones([1]), held).toArraySync()));
        } catch (error) {
          expect((error as { code?: string }).code).toBe("trace");
          break;
        }
      }
      return seen;
    };
    const seen = run(compile(fn, { check }));
    expect(seen.length).toBeLessThan(12);
    expect(run(fn).slice(0, seen.length)).toEqual(seen);
  });

  it("a count in the closure that a changing number hides is an error", () => {
    let c = 0;
    const f = compile((x: Tensor, n: number) => (c++ % 5 === 4 ? x.neg() : x.mul(n * 2)), {
      check,
    });
    expect(() => {
      for (let n = 1; n < 15; n++) f(ones([1]), n);
    }).toThrow(/something else each time it is traced|does something else/);
  });
});

it("a refused count in a module is as it was", () => {
  class Counting extends nn.Module {
    calls = 0;
    override forward(x: Tensor): Tensor {
      this.calls++;
      return x;
    }
  }
  const model = new Counting();
  const f = compile((x: Tensor) => model.forward(x));
  for (let k = 0; k < 2; k++) expect(() => f(ones([1]))).toThrow(/changes Counting.calls/);
  expect(model.calls).toBe(0);
});

it("fromArray of a given array, returned, shares that array", () => {
  const f = compile((a: Float32Array) => fromArray(a));
  const a = Float32Array.of(1, 2);
  for (let k = 0; k < 3; k++) {
    const y = f(a);
    a[0] = 9 + k;
    expect(y.toArraySync()).toEqual([9 + k, 2]);
  }
});

function plain(_: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? [...(value as Int32Array)] : value;
}
