/** Scalers, the polynomial baseline, metrics and units. */
import { describe, expect, it } from "vitest";
import { regressionMetrics } from "../../src/data/metrics.ts";
import { fitPolynomial } from "../../src/data/polynomial.ts";
import type { ScalerKind } from "../../src/data/scaler.ts";
import { createScaler, scalerFromJson, SCALER_KINDS } from "../../src/data/scaler.ts";
import { labelOf, quantityOf } from "../../src/data/units.ts";

describe("scalers", () => {
  const rows = [1, 10, 2, 30, 4, 20]; // [3, 2]

  it.each<[ScalerKind, number[]]>([
    ["minmax", [0, 0, 1 / 3, 1, 1, 0.5]],
    ["none", rows],
  ])("%s", (kind, expected) => {
    expect([...createScaler(kind).fit(rows, 2).transform(rows)]).toEqual(expected);
  });

  it("standard gives mean 0 and deviation 1", () => {
    const scaled = createScaler("standard").fit(rows, 2).transform(rows);
    const first = [scaled[0]!, scaled[2]!, scaled[4]!];
    expect(first.reduce((a, b) => a + b)).toBeCloseTo(0, 12);
    expect(first.reduce((a, b) => a + b * b, 0) / 3).toBeCloseTo(1, 12);
  });

  it.each(SCALER_KINDS)("%s goes back, also through JSON", (kind) => {
    const scaler = createScaler(kind).fit(rows, 2);
    const restored = scalerFromJson(JSON.parse(JSON.stringify(scaler)));
    const back = restored.inverseTransform(scaler.transform(rows));
    back.forEach((value, i) => expect(value).toBeCloseTo(rows[i]!, 12));
  });

  it.each(SCALER_KINDS)("%s survives a constant column", (kind) => {
    const scaler = createScaler(kind).fit([0.1, 0.1, 0.1]);
    expect([...scaler.transform([0.1])]).toEqual([kind === "none" ? 0.1 : 0]);
  });

  it("refuse what does not fit", () => {
    expect(() => createScaler("minmax").transform([1])).toThrow(/call fit first/);
    expect(() => createScaler("minmax").fit([1, 2, 3], 2)).toThrow(/rows of 2/);
    expect(() => createScaler("minmax").fit([])).toThrow(/no rows/);
    for (const bad of [null, {}, { kind: "x", offset: [0], scale: [1] }]) {
      expect(() => scalerFromJson(bad)).toThrow(/fitted scaler/);
    }
    expect(() => scalerFromJson({ kind: "none", offset: [0], scale: [0] })).toThrow();
  });
});

describe("polynomials", () => {
  it("finds a cubic again, in the units of the data", () => {
    const x = Array.from({ length: 35 }, (_, i) => 300 + 50 * i);
    const f = (t: number): number => 2 - 3e-3 * t + 4e-6 * t * t - 1e-9 * t * t * t;
    const cubic = fitPolynomial(x, x.map(f), 3);
    [2, -3e-3, 4e-6, -1e-9].forEach((c, i) => {
      expect(cubic.coefficients[i]! / c).toBeCloseTo(1, 9);
    });
    expect(cubic.at(1234.5)).toBeCloseTo(f(1234.5), 12);
  });

  it("lowers the degree for few points", () => {
    expect(fitPolynomial([1, 2], [3, 5], 3).coefficients).toHaveLength(2);
    expect(fitPolynomial([1, 2], [3, 5], 3).at(3)).toBeCloseTo(7, 12);
    expect(fitPolynomial([5, 5], [3, 5], 3).at(9)).toBeCloseTo(4, 12);
    expect(() => fitPolynomial([], [], 3)).toThrow(/at least 1/);
  });
});

describe("metrics", () => {
  it("are those of the definitions", () => {
    const metrics = regressionMetrics([1, 2, 5], [1, 2, 3]);
    expect(metrics.rmse).toBeCloseTo(Math.sqrt(4 / 3), 12);
    expect(metrics.maxAbs).toBe(2);
    expect(metrics.r2).toBeCloseTo(1 - 4 / 2, 12);
    expect(regressionMetrics([1], [1]).r2).toBeNull();
    expect(() => regressionMetrics([1], [1, 2])).toThrow(/as many/);
  });
});

describe("units", () => {
  it.each([
    ["T_K", "T (K)"],
    ["Cp_kJ_per_kgK", "Cp (kJ/(kg·K))"],
    ["bill_length_mm", "bill_length (mm)"],
    ["density_kg_per_m3", "density (kg/m³)"],
    ["area_mm2", "area (mm²)"],
    ["sepal_width", "sepal_width"],
    ["K", "K"],
    ["x", "x"],
    ["price_per_room", "price_per_room"],
  ])("%s is labelled %s", (name, label) => expect(labelOf(name)).toBe(label));

  it("are empty where the name carries none", () => {
    expect(quantityOf("y")).toEqual({ symbol: "y", unit: "" });
  });
});
