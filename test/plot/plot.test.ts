/** Pictures: well-formed, bounded, and harmless whatever the texts. */
import { describe, expect, it } from "vitest";
import { figure, linePlot, lossCurve, lossPanel, scatter } from "../../src/plot/figure.ts";
import { line, panel, points } from "../../src/plot/series.ts";
import { linearTicks, logTicks, niceRange } from "../../src/plot/ticks.ts";

/** Checks that tags nest and close and that there are no stray angle brackets or ampersands. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  const rest = svg.replace(
    /<(\/?)([\w-]+)((?: [\w:-]+="[^"<]*")*)(\/?)>/g,
    (_, end, name, __, self) => {
      if (end) expect(open.pop()).toBe(name);
      else if (!self) open.push(name as string);
      return "";
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;|#39;)/);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
}

describe("ticks", () => {
  it("are round", () => {
    const labels = (low: number, high: number): string[] =>
      linearTicks(low, high, 5).ticks.map(({ label }) => label);
    expect(labels(300, 2000)).toEqual(["500", "1000", "1500", "2000"]);
    expect(labels(1.04, 1.29)).toEqual(["1.05", "1.10", "1.15", "1.20", "1.25"]);
    expect(labels(-1, 1)).toEqual(["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
  });

  it("factor out a power of ten", () => {
    expect(linearTicks(0, 4e-6, 4)).toEqual({
      exponent: -6,
      ticks: [0, 1, 2, 3, 4].map((n) => ({ value: Number(`${n}e-6`), label: String(n) })),
    });
  });

  it("of a logarithmic axis are decades", () => {
    const { ticks } = logTicks(1e-6, 1, 10);
    expect(ticks.map(({ label }) => label)).toEqual("10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³ 10⁻² 10⁻¹ 10⁰".split(" "));
    expect(logTicks(0.1, 2, 5).ticks.map(({ value }) => value)).toEqual([0.1, 0.2, 0.5, 1, 2]);
  });

  it("stand a range of no width", () => {
    expect(niceRange(5, 5, 4)[0]).toBeLessThan(5);
    expect(niceRange(0, 0, 4)).toEqual([-1, 1]);
  });
});

describe("pictures", () => {
  it("of a figure are well-formed", () => {
    const x = [300, 1000, 2000];
    const svg = figure(
      [
        [
          panel([points(x, [1, 2, 3], { label: "data" }), line(x, [1, 2, 2.9], { dashed: true })], {
            title: "Fit",
            xLabel: "T (K)",
            yLabel: "Cp",
          }),
          panel([points(x, [0, -1e-5, 1e-5], { label: "residual" })], { zeroLine: true }),
        ],
        [lossPanel([1, 0.1, 0.01])],
      ],
      { title: "n2", subtitle: "1 → 10 (tanh) → 1" },
    );
    expectWellFormed(svg);
    expect(svg.match(/<circle/g)).toHaveLength(3 + 3 + 2); // points, and those in two legends
  });

  it("escape every text", () => {
    const evil = `</text><script>alert(1)</script>"'&\u0000\u202e\ud800`;
    const svg = linePlot([1, 2], [1, 2], { title: evil, xLabel: evil, yLabel: evil, label: evil });
    expectWellFormed(svg);
    expect(svg).not.toContain("<script");
    expect(linePlot([1, 2], [1, 2], { color: `"/><script>` })).not.toContain("<script");
  });

  it.each<[string, number[], number[]]>([
    ["nothing", [], []],
    ["one point", [3], [7]],
    ["a constant", [1, 2, 3], [5, 5, 5]],
    ["gaps", [1, 2, 3, 4], [1, NaN, Infinity, 2]],
    ["huge numbers", [-1e300, 1e300], [1e-300, 1]],
    ["negative numbers", [1, 2], [-3, -2]],
  ])("of %s", (_, x, y) => {
    for (const svg of [linePlot(x, y), scatter(x, y), lossCurve(y)]) expectWellFormed(svg);
  });

  it("of many points stay small and keep the peaks", () => {
    const y = Float64Array.from({ length: 100_000 }, (_, i) => (i === 70_000 ? 50 : i % 2));
    const svg = lossCurve(y, { yScale: "linear" });
    expect(svg.length).toBeLessThan(60_000);
    const path = [...svg.matchAll(/ d="([^"]*)"/g)]
      .map(([, d]) => d!)
      .sort((a, b) => b.length - a.length)[0]!;
    const heights = [...path.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, height]) => Number(height));
    expect(Math.min(...heights)).toBeLessThan(40); // the peak reaches the top of the panel
  });
});
