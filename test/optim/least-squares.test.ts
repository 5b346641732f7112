/**
 * Levenberg and Marquardt against NIST's certified nonlinear regressions, where they are at hand
 * (shared/data/strd, next to the repository), and on fits of our own.
 */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile, optim, tensor } from "nabla";
import type { Tensor } from "nabla";

interface Certified {
  readonly name: string;
  readonly n: number;
  readonly start1: readonly number[];
  readonly start2: readonly number[];
  readonly certified: readonly number[];
  readonly certified_sd: readonly number[];
  readonly rsd: number;
}

const folder = new URL("../../../shared/data/strd/", import.meta.url);
const isThere = existsSync(folder);
const sets = isThere
  ? (JSON.parse(readFileSync(new URL("certified.json", folder), "utf8")) as Certified[])
  : [];

type Model = (b: readonly Tensor[], x: Tensor) => Tensor;

/** (b1 + b2·x + b3·x² + b4·x³) / (1 + b5·x + b6·x² + b7·x³) */
const rational: Model = ([b1, b2, b3, b4, b5, b6, b7], x) => {
  const top = x.mul(b4!).add(b3!).mul(x).add(b2!).mul(x).add(b1!);
  return top.div(x.mul(b7!).add(b6!).mul(x).add(b5!).mul(x).add(1));
};

/** b·e^(−c·x) */
const decay = (b: Tensor, c: Tensor, x: Tensor): Tensor => x.mul(c).neg().exp().mul(b);

/** b·e^(−(x − c)²/d²) */
const bell = (b: Tensor, c: Tensor, d: Tensor, x: Tensor): Tensor => {
  const z = x.sub(c).div(d);
  return z.mul(z).neg().exp().mul(b);
};

const MODELS: Readonly<Record<string, Model>> = {
  Misra1a: ([b1, b2], x) => x.mul(b2!).neg().exp().neg().add(1).mul(b1!),
  Chwirut1: ([b1, b2, b3], x) => x.mul(b1!).neg().exp().div(x.mul(b3!).add(b2!)),
  Gauss1: ([b1, b2, b3, b4, b5, b6, b7, b8], x) =>
    decay(b1!, b2!, x)
      .add(bell(b3!, b4!, b5!, x))
      .add(bell(b6!, b7!, b8!, x)),
  Hahn1: rational,
  Thurber: rational,
  Rat42: ([b1, b2, b3], x) => b1!.div(b2!.sub(x.mul(b3!)).exp().add(1)),
  Lanczos3: ([b1, b2, b3, b4, b5, b6], x) =>
    decay(b1!, b2!, x)
      .add(decay(b3!, b4!, x))
      .add(decay(b5!, b6!, x)),
};

const f64 = { dtype: "float64" } as const;
const leaf = (values: number | readonly number[]): Tensor =>
  tensor(values as number[], { ...f64, requiresGrad: true });

function readColumns(name: string): [Tensor, Tensor] {
  const text = readFileSync(new URL(`${name}.csv`, folder), "utf8");
  const rows = text
    .trim()
    .split("\n")
    .slice(1)
    .map((row) => row.split(",").map(Number));
  return [
    tensor(
      rows.map((row) => row[0]!),
      f64,
    ),
    tensor(
      rows.map((row) => row[1]!),
      f64,
    ),
  ];
}

/** How many digits agree. */
const digits = (got: number, want: number): number =>
  got === want ? 16 : -Math.log10(Math.abs(got - want) / Math.abs(want));

describe("NIST's certified regressions", () => {
  if (!isThere) console.log(`least squares: ${folder.pathname} is not there; seven sets SKIPPED`);

  it.runIf(isThere)("are all seven", () => {
    expect(sets.map(({ name }) => name).sort()).toEqual(Object.keys(MODELS).sort());
  });

  it
    .runIf(isThere)
    .each(sets.flatMap((set) => ([1, 2] as const).map((start) => [set.name, start, set] as const)))(
    "%s from start %i: every parameter to 6 digits",
    async (name, start, set) => {
      const [x, y] = readColumns(name);
      const b = (start === 1 ? set.start1 : set.start2).map((value) => leaf(value));
      const fit = await optim.leastSquares(() => MODELS[name]!(b, x).sub(y), b);
      const found = b.map((value) => value.itemSync());
      const least = Math.min(...found.map((value, k) => digits(value, set.certified[k]!)));
      const errors = Math.min(
        ...set.certified_sd.map((sd, k) => digits(fit.standardErrors[k]!, sd)),
      );
      console.log(
        `${name} from start ${start}: ${least.toFixed(1)} digits, standard errors ` +
          `${errors.toFixed(1)}, ${fit.iterations} iterations, ${fit.reason}`,
      );
      expect(fit.converged).toBe(true);
      expect(least).toBeGreaterThanOrEqual(8);
      expect(errors).toBeGreaterThanOrEqual(4);
      expect(digits(fit.residualStd, set.rsd)).toBeGreaterThanOrEqual(6);
    },
  );
});

describe("leastSquares", () => {
  const x = tensor([0, 1, 2, 3], f64);
  const y = tensor([1, 3, 5, 7], f64);
  const lineOf = (b: Tensor) => () =>
    x
      .mul(b.narrow(0, 1, 1))
      .add(b.narrow(0, 0, 1))
      .sub(y);

  it("fits an exact line with a vector of parameters, compiled or not", async () => {
    for (const compiled of [false, true]) {
      const b = leaf([0, 0]);
      const residuals = lineOf(b);
      const fit = await optim.leastSquares(compiled ? compile(residuals) : residuals, [b]);
      expect(fit.converged).toBe(true);
      const [b0, b1] = b.toArraySync() as number[];
      expect(b0).toBeCloseTo(1, 10);
      expect(b1).toBeCloseTo(2, 10);
    }
  });

  /** b₁(1 − e^(−b₂·x)) − y */
  const saturating = (b: readonly Tensor[], at: Tensor, goal: Tensor) => () =>
    MODELS["Misra1a"]!(b, at).sub(goal);

  it.each([1, 3, 10])("leaves a plateau that a bold first step from b₂ = %i led to", async (b2) => {
    // BoxBOD of NIST's set: at b₂ = 100 the second column of the Jacobian is 0.
    const at = tensor([1, 2, 3, 5, 7, 10], f64);
    const goal = tensor([109, 149, 149, 191, 213, 224], f64);
    const b = [leaf(1), leaf(b2)];
    const fit = await optim.leastSquares(saturating(b, at, goal), b);
    expect(fit.converged).toBe(true);
    expect(digits(b[0]!.itemSync(), 213.80940889)).toBeGreaterThan(8);
    expect(digits(b[1]!.itemSync(), 0.54723748542)).toBeGreaterThan(8);
  });

  it("says that it has not converged where there is only a plateau", async () => {
    const b = [leaf(1), leaf(1)];
    const goal = tensor([5.1, 5, 5, 5], f64); // falls: best is an infinite rate
    const fit = await optim.leastSquares(saturating(b, tensor([1, 2, 3, 4], f64), goal), b);
    expect([fit.converged, fit.reason]).toEqual([false, "plateau"]);
    expect(b[0]!.itemSync()).toBeCloseTo(5.025, 6);
  });

  it("has iterations enough for the slowest start of NIST's set (MGH10)", async () => {
    const at = tensor(
      Array.from({ length: 16 }, (_, i) => 50 + 5 * i),
      f64,
    );
    const measured = [
      34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147,
    ];
    const goal = tensor([...measured, 4427, 3820, 3307, 2872], f64);
    const [b1, b2, b3] = [leaf(2), leaf(400_000), leaf(25_000)];
    const residuals = compile(() => b2.div(at.add(b3)).exp().mul(b1).sub(goal));
    const fit = await optim.leastSquares(residuals, [b1, b2, b3]);
    expect(fit.converged).toBe(true);
    const certified = [5.609636471e-3, 6.1813463463e3, 3.4522363462e2];
    [b1, b2, b3].forEach((b, k) => {
      expect(digits(b.itemSync(), certified[k]!)).toBeGreaterThan(8);
    });
  }, 60_000);

  it("says what is wrong, and leaves the best parameters", async () => {
    const b = leaf([0, 0]);
    const single = tensor([0, 0], { requiresGrad: true });
    const narrow = optim.leastSquares(lineOf(single), [single]);
    await expect(narrow).rejects.toThrow("parameter 0 ([2]) is float32; need float64");
    await expect(optim.leastSquares(lineOf(b), [])).rejects.toThrow("there are no parameters");
    const unused = leaf([1]);
    await expect(optim.leastSquares(lineOf(b), [b, unused])).rejects.toThrow(
      "do not depend on parameter 1",
    );
    const undefinedAtStart = optim.leastSquares(() => lineOf(b)().add(NaN), [b]);
    await expect(undefinedAtStart).rejects.toThrow("not all finite");
    const short = await optim.leastSquares(lineOf(b), [b], { maxIter: 1, damping: 10 });
    expect([short.converged, short.reason, short.iterations]).toEqual([false, "maxIter", 1]);
    const rest = Float64Array.from(await lineOf(b)().data());
    expect(rest.reduce((sum, r) => sum + r * r, 0) / 2).toBe(short.cost);
  });
});
