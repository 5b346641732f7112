/** Polynomials written out: who types one in gets the error that was printed beside it. */
import { describe, expect, it } from "vitest";
import { describePolynomial } from "../../src/cli/formula.ts";
import { formatNumber } from "../../src/core/format.ts";
import { regressionMetrics } from "../../src/data/metrics.ts";
import { fitPolynomial, polynomialName } from "../../src/data/polynomial.ts";

/** Reads a formula as somebody would who has only what is printed. */
function typedIn(text: string, xName: string): (x: number) => number {
  const [formula, values] = text.split(" with ");
  const numbers = new Map(values!.split(", ").map((one) => one.split(" = ") as [string, string]));
  const body = formula!
    .split(" = ")[1]!
    .replaceAll("−", "-")
    .replaceAll("·", "*")
    .replaceAll(/[²³]/g, (power) => (power === "²" ? "**2" : "**3"))
    .replaceAll(xName, "x");
  const letters = [...numbers.keys()];
  const run = new Function("x", ...letters, `return ${body};`) as (...all: number[]) => number;
  return (x) => run(x, ...letters.map((letter) => Number(numbers.get(letter))));
}

/** Fits, writes out, reads back, and compares the errors of both as they are printed. */
function written(x: readonly number[], y: readonly number[], xName = "year", yName = "anomaly") {
  const polynomial = fitPolynomial(x, y, 3);
  const [xs, ys] = [Float64Array.from(x), Float64Array.from(y)];
  const text = describePolynomial(polynomial, { x: xs, y: ys, xName, yName });
  const found = regressionMetrics(xs.map(typedIn(text, xName)), ys);
  const wanted = regressionMetrics(xs.map(polynomial.at), ys);
  return { text, printed: formatNumber(found.rmse), wanted: formatNumber(wanted.rmse), found };
}

const years = Array.from({ length: 25 }, (_, i) => 1900 + 5 * i);
const anomalies = years.map((year, i) => 5e-5 * (year - 1930) ** 2 - 0.3 + 0.03 * Math.sin(9 * i));

describe("a formula", () => {
  it("of years is one of years since a round one, in digits that suffice", () => {
    const { text, printed, wanted } = written(years, anomalies);
    expect(text).toMatch(/^anomaly = a \+ b·\(year − 1960\) \+ c·\(year − 1960\)² \+ d·/);
    expect(printed).toBe(wanted);
    expect(Math.max(...text.match(/[\d.]+(?=e|,|$)/g)!.map((one) => one.length))).toBeLessThan(9);
  });

  it("has as many digits as its errors need, wherever the data lie", () => {
    for (const [low, step] of [
      [0, 1],
      [-50, 2],
      [300, 50],
      [1.7e12, 3.6e6],
      [1e-6, 1e-8],
    ] as const) {
      const x = years.map((_, i) => low + step * i);
      for (const scale of [1e-4, 1, 1e6]) {
        const { text, printed, wanted } = written(
          x,
          anomalies.map((y) => scale * (y + 40)),
        );
        expect(printed, text).toBe(wanted);
      }
    }
  });

  it("has letters that neither name is, and signs between them", () => {
    const { text } = written(years, anomalies, "year", "a");
    expect(text).toMatch(/^a = p \+ q·\(year − 1960\)/);
    expect(written([1, 2, 3, 5], [2, 4, 7, 9], "B", "x").text).toContain("x = p + q·B + r·B²");
    expect(written([1, 2, 3, 5], [2, 4, 7, 9], "time s", "x").text).toContain("c·(time s)²");
  });

  it("through every point has digits that a hand can type", () => {
    const { text, found } = written([1, 2, 3, 5], [2, 4, 7, 9], "x", "y");
    expect(text).toMatch(/^y = a \+ b·x \+ c·x² \+ d·x³/);
    expect(found.rmse).toBeLessThan(1e-5);
  });

  it("of two points is a line, of three a quadratic", () => {
    const { text, found } = written([1, 2], [2, 4], "x", "y");
    expect([text, found.rmse]).toEqual(["y = a + b·x with a = 0, b = 2", 0]);
    const names = [1, 2, 3, 4].map((n) =>
      polynomialName(fitPolynomial(years.slice(0, n), years.slice(0, n), 3)),
    );
    expect(names).toEqual(["constant", "line", "quadratic polynomial", "cubic polynomial"]);
  });
});
