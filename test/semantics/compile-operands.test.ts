/** Numbers among the arguments that are nothing but operands: one program, and no traces. */
import type { Tensor } from "nabla";
import { compile, nn, ones, optim, tensor } from "nabla";
import { describe, expect, it, vi } from "vitest";
import { operandsOf } from "../../src/tensor/operands.ts";
import { bitsOf } from "./helpers.ts";

describe("what the text of a function tells", () => {
  type F = (x: Tensor, a: number, b: number) => unknown;
  const some = (x: unknown): number => Number(x);
  const cases: readonly (readonly [string, F, number[]])[] = [
    ["an operand", (x, a) => x.mul(a), [1]],
    ["two", (x, a, b) => x.mul(a).add(b).sub(x.div(a)), [1, 2]],
    ["one in a function inside", (x, a) => [x].map((one) => one.mul(a)), [1]],
    ["one that decides", (x, a, b) => (a > 1 ? x.mul(b) : x.add(b)), [2]],
    ["an operand that decides elsewhere", (x, a) => (a === 3 ? x : x.mul(a)), []],
    ["arithmetic", (x, a) => x.mul(1 - a), []],
    ["an exponent", (x, a) => x.pow(a), []],
    ["a second argument", (x, a) => x.clamp(0, a), []],
    ["one that is passed on", (x, a) => x.mul(some(a)), []],
    ["one that is named again", (x, a) => ((k) => x.mul(k))(a), []],
    ["one that is shadowed", (x, a) => [2].map((a) => x.mul(a)).concat(x.mul(a)), []],
    ["one that is set", (x, a) => ((a *= 2), x.mul(a)), []],
    ["a field", (x, a) => ({ a }), []],
    ["a word in a text", (x, a) => [x.mul(a), "a > 3"], [1]],
    ["a word in a comment", (x, a) => x.mul(/* a > 3 */ a), [1]],
    ["a regular expression", (x, a) => [x.mul(a), /"/.test("b")], []],
    ["a template", (x, a) => [x.mul(a), `${some(x)}`], []],
  ];
  it.each(cases)("%s", (_, fn, places) => {
    expect([...operandsOf(fn).keys()]).toEqual(places);
  });

  it("nothing where places are not plain", () => {
    expect(operandsOf(({ x }: { x: Tensor }, a: number) => x.mul(a)).size).toBe(0);
    expect(operandsOf((x: Tensor, a = 2) => x.mul(a)).size).toBe(0);
    expect(operandsOf((x: Tensor, ...rest: number[]) => x.mul(rest[0]!)).size).toBe(0);
    expect([...operandsOf(Math.max).keys()]).toEqual([]);
    expect(
      operandsOf(function (x: Tensor, a: number) {
        return [x.mul(a), arguments.length];
      }).size,
    ).toBe(0);
  });
});

describe("a rate that changes at each call", () => {
  const values = [0.1, 0.2, 1, -0, 0, 3, NaN, Infinity, -Infinity, 1e-30, 1 / 3];

  it("is read and not traced, with the bits of plain code", () => {
    vi.spyOn(performance, "now").mockReturnValue(0);
    let runs = 0;
    const fn = (x: Tensor, rate: number): Tensor => (runs++, x.mul(rate).add(rate));
    const f = compile(fn);
    const x = tensor([1, -2.5, 3e-4]);
    for (let k = 0; k < 100; k++) {
      const rate = values[k] ?? Math.sin(k);
      expect(bitsOf(f(x, rate)), String(rate)).toBe(bitsOf(x.mul(rate).add(rate)));
    }
    expect(f.stats).toEqual({ hits: 99, misses: 1 });
    expect(runs).toBe(3 + 8 + 1); // when it was made, up to the ninth call, and at the 33rd
    vi.restoreAllMocks();
  });

  it("is that of an update by hand", () => {
    const train = (wrap: <F extends (...args: never[]) => unknown>(fn: F) => F): string => {
      const model = new nn.Linear(2, 1);
      model.loadStateDict({ weight: tensor([[0.5, -0.25]]), bias: tensor([0.125]) });
      const optimizer = new optim.SGD(model.parameters(), { lr: 1 });
      const step = wrap((x: Tensor, rate: number) => {
        optimizer.zeroGrad();
        const loss = model.forward(x).square().mean().mul(rate);
        loss.backward();
        optimizer.step();
        return loss.detach();
      });
      const losses = Array.from({ length: 60 }, (_, k) => step(ones([3, 2]), 0.1 / (k + 1)));
      return losses.map(bitsOf).join();
    };
    expect(train((fn) => compile(fn, { check: "never" }) as unknown as typeof fn)).toBe(
      train((fn) => fn),
    );
  });

  it("decides the dtype of whole tensors, and is traced there", () => {
    const f = compile((x: Tensor, k: number) => x.mul(k), { check: "never" });
    const x = tensor([1, 2], { dtype: "int32" });
    const seen = [2, 3, 0.5, 4, 1.5].map((k) => f(x, k));
    expect(seen.map(({ dtype }) => dtype)).toEqual([
      "int32",
      "int32",
      "float32",
      "int32",
      "float32",
    ]);
    expect(seen.map((one) => one.toArraySync())).toEqual([
      [2, 4],
      [3, 6],
      [0.5, 1],
      [4, 8],
      [1.5, 3],
    ]);
  });

  it("is no operand of what is no tensor, which may decide by it", () => {
    const gate = { add: (k: number) => (k > 3 ? 10 : 1) };
    const f = (x: Tensor, k: number) => x.add(gate.add(k));
    const compiled = compile(f, { check: "never" });
    for (const k of [1, 2, 5, 2, 7]) {
      expect(compiled(ones([2]), k).toArraySync()).toEqual(f(ones([2]), k).toArraySync());
    }
  });
});
