/** nabla/fft: PyTorch's values and gradients, any length, laws of transforms, errors. */
import { autograd, compile, manualSeed, ones, rand, randn, tensor, zeros } from "nabla";
import type { Tensor } from "nabla";
import * as fft from "nabla/fft";
import { describe, expect, it } from "vitest";
import type { Run } from "../golden/more.ts";
import { compiledProblems, gradientCases, moreProblems, readMore } from "../golden/more.ts";

const run: Run = ({ op, settings }, [x]) => {
  if (op === "fftshift" || op === "ifftshift") {
    return fft[op](x!, settings["dim"] as number | undefined);
  }
  const transform = fft[op as "fft" | "fft2"] as (x: Tensor, options: object) => Tensor;
  return transform(x!, settings);
};

const cases = readMore("fft");
const double = { dtype: "float64" } as const;

/** The defining sum, in float64 on the host. */
function slowly(re: ArrayLike<number>, im: ArrayLike<number>, at: readonly number[]): number[][] {
  const n = re.length;
  return at.map((k) => {
    let [x, y] = [0, 0];
    for (let t = 0; t < n; t++) {
      const angle = (-2 * Math.PI * ((k * t) % n)) / n;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      x += re[t]! * c - im[t]! * s;
      y += re[t]! * s + im[t]! * c;
    }
    return [x, y];
  });
}

/** The size of a difference beside that of what is expected. */
function apart(got: Tensor, expected: Tensor): number {
  return got.sub(expected).norm().div(expected.norm()).itemSync();
}

describe("golden values", () => {
  it("are PyTorch's, gradients too", () => {
    expect(cases.length).toBe(65);
    expect(gradientCases(cases)).toBe(65);
    const exact = cases.flatMap((c) =>
      moreProblems(c, run, "float64", { rtol: 1e-12, atol: 3e-14 }),
    );
    const near = cases.flatMap((c) => moreProblems(c, run, "float32", { rtol: 1e-5, atol: 1e-5 }));
    expect([...exact, ...near]).toEqual([]);
  });

  it("sees a wrong scale", () => {
    const wrong: Run = (c, x) => (run(c, x) as Tensor).mul(1 + 1e-10);
    expect(moreProblems(cases[3]!, wrong, "float64", { rtol: 1e-12, atol: 3e-14 })).not.toEqual([]);
  });

  it("compile to the same bits", { timeout: 120_000 }, () => {
    expect(cases.flatMap((c) => compiledProblems(c, run))).toEqual([]);
  });
});

describe("lengths", () => {
  it.each([128, 997, 1000, 1001, 4099, 5041])("of %i are exact", async (n) => {
    manualSeed(n);
    const x = randn([n, 2], double);
    const [re, im] = [await x.select(1, 0).data(), await x.select(1, 1).data()];
    const at = [0, 1, 2, n >> 1, n - 1, Math.floor(n / 3)];
    const expected = tensor(slowly(re, im, at), double);
    const got = fft.fft(x);
    const index = tensor(at, { dtype: "int32" });
    expect(apart(got.indexSelect(0, index), expected)).toBeLessThan(1e-12);
    expect(apart(fft.ifft(got), x)).toBeLessThan(1e-14);
    expect(apart(fft.fft(x.to("float32")).to("float64"), got)).toBeLessThan(1e-6);
    const real = x.select(1, 0);
    expect(apart(fft.irfft(fft.rfft(real), n), real)).toBeLessThan(1e-14);
    const rows = fft.rfft(fft.complex(real).select(-1, 0));
    const whole = fft.fft(fft.complex(real)).slice(0, 0, (n >> 1) + 1);
    expect(apart(rows, whole)).toBeLessThan(1e-14);
  });

  it("of 2^16 come back, and keep the energy (Parseval)", { timeout: 60_000 }, () => {
    const x = randn([65_536, 2], double);
    const y = fft.fft(x, { norm: "ortho" });
    expect(y.norm().div(x.norm()).sub(1).abs().itemSync()).toBeLessThan(1e-14);
    expect(apart(fft.ifft(y, { norm: "ortho" }), x)).toBeLessThan(1e-14);
  });
});

describe("laws", () => {
  it("a product of transforms is a convolution", () => {
    const [x, y] = [rand([12], double), rand([12], double)];
    const product = fft.complexMul(fft.rfft(x), fft.rfft(y));
    const circular = Array.from({ length: 12 }, (_, k) =>
      x
        .mul(y.flip(0).roll(k + 1, 0))
        .sum()
        .itemSync(),
    );
    expect(apart(fft.irfft(product, 12), tensor(circular, double))).toBeLessThan(1e-14);
  });

  it("derivatives to second order", async () => {
    const x = randn([5], { ...double, requiresGrad: true });
    const power = (t: Tensor): Tensor =>
      fft
        .rfft(t)
        .square()
        .sum(-1)
        .mul(tensor([1, 2, 3], double));
    expect(await autograd.gradcheck(power, [x])).toBe(true);
    expect(await autograd.gradgradcheck(power, [x])).toBe(true);
    const z = randn([37, 2], { ...double, requiresGrad: true });
    const part = (t: Tensor): Tensor => fft.irfft(fft.ifft(t).slice(0, 0, 4)).square();
    expect(await autograd.gradcheck(part, [z])).toBe(true);
  });

  it("frequencies are those of the places", () => {
    expect(fft.fftfreq(4, 0.5).toArraySync()).toEqual([0, 0.5, -1, -0.5]);
    expect(fft.fftfreq(5).mul(5).toArraySync()).toEqual([0, 1, 2, -2, -1]);
    expect(fft.rfftfreq(5).mul(5).toArraySync()).toEqual([0, 1, 2]);
    expect(fft.fftshift(fft.fftfreq(4)).toArraySync()).toEqual([-0.5, -0.25, 0, 0.25]);
    const seven = fft.fftfreq(7);
    expect(fft.ifftshift(fft.fftshift(seven)).toArraySync()).toEqual(seven.toArraySync());
  });

  it("a compiled function may change what it filters", () => {
    const keep = compile((x: Tensor, k: number) => {
      const spectrum = fft.rfft(x);
      return fft.irfft(spectrum.slice(0, 0, k), x.shape[0]!);
    });
    const x = rand([16]);
    expect(apart(keep(x, 9), x)).toBeLessThan(1e-6);
    expect(apart(keep(x, 1), ones([16]).mul(x.mean()))).toBeLessThan(1e-6);
  });
});

describe("errors", () => {
  it.each([
    [
      () => fft.fft(zeros([8])),
      "fft: the input is float32[8]; need complex numbers as pairs, […, 2]",
    ],
    [() => fft.irfft(zeros([8])), "irfft: the input is float32[8]; need complex numbers as pairs"],
    [() => fft.rfft(tensor(1)), "rfft: the input is a scalar; need an axis."],
    [() => fft.fft(zeros([8, 2]), 0), "fft: n is 0; need an integer from 1 on."],
    [() => fft.irfft(zeros([1, 2])), "irfft: n is 0; need an integer from 1 on."],
    [() => fft.rfft(zeros([0])), "rfft: n is 0; need an integer from 1 on."],
    [
      () => fft.fft(zeros([8, 2]), { dim: 1 }),
      "fft: axis 1 is out of range for a tensor of rank 1",
    ],
    [
      () => fft.fft(zeros([8, 2]), { norm: "unit" as never }),
      'fft: norm is "unit"; need "backward"',
    ],
    [
      () => fft.fft2(zeros([8, 8, 2]), { s: [4] }),
      "fft2: s has 1 lengths and dim 2; need as many.",
    ],
    [
      () => fft.fftn(zeros([8, 8, 2]), { dim: [0, -2] }),
      "fftn: dim is [0, -2]; need axes that differ",
    ],
    [() => fft.rfftfreq(0), "rfftfreq: n is 0; need an integer from 1 on."],
    [() => fft.complexMul(zeros([3]), zeros([2])), "complexMul: x is [3]; need pairs, […, 2]."],
    [() => fft.fft(zeros([8, 2]), { axis: 0 } as never), 'fft: there is no option "axis"'],
  ])("%s", (make, message) => {
    expect(make).toThrow(message);
  });

  it("integers are taken as float32", () => {
    const spectrum = fft.rfft(tensor([1, 2], { dtype: "int32" })).toArraySync();
    expect(spectrum).toEqual([[3, 0], [-1, 0]]); // prettier-ignore
  });
});
