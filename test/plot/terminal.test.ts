/** Pictures of characters: where the marks fall, how wide lines are, what plain terminals get. */
import { describe, expect, it } from "vitest";
import { line, panel, points } from "../../src/plot/series.ts";
import { terminalPlot } from "../../src/plot/terminal.ts";

const x = Float64Array.from({ length: 101 }, (_, i) => i);
const rising = panel(
  [line(x, x, { label: "line" }), points([0, 100], [0, 100], { label: "ends" })],
  {
    ...{ title: "Rise", xLabel: "x" },
  },
);

describe("terminalPlot", () => {
  it("draws in ASCII", () => {
    const lines = terminalPlot(rising, { width: 24, height: 5, unicode: false });
    expect(lines).toEqual([
      "Rise",
      "* line   o ends",
      "100 |               ***o",
      "    |           *****",
      "    |       *****",
      "    |   *****",
      "  0 |o***",
      "    +-------------------",
      "     0       x       100",
    ]);
  });

  it("draws in braille, within its width", () => {
    const lines = terminalPlot(rising, { width: 40, height: 6 });
    expect(lines.join("")).toMatch(/[\u2801-\u28ff]{3}/);
    for (const each of lines) expect([...each].length).toBeLessThanOrEqual(40);
    expect(lines.join("")).not.toContain("\u001b");
  });

  it("colours each series, and ends each colour", () => {
    const text = terminalPlot(rising, { colors: true }).join("\n");
    expect(text).toContain("\u001b[34m");
    expect(text).toContain("\u001b[33m");
    expect(text.split("\u001b[0m").length).toBe(text.split(/\u001b\[3\dm/).length);
  });

  it("has a logarithmic axis, and leaves out what it cannot show", () => {
    const shown = panel([line([0, 1, 2, 3], [1, 0, NaN, 1e-4])], { yScale: "log" });
    const lines = terminalPlot(shown, { height: 4, unicode: false });
    expect(lines[0]).toMatch(/^ +1 \|\*/);
    expect(lines[3]).toMatch(/^0\.0001 \|.*\*$/);
  });

  it("survives no data, one point, and a constant", () => {
    for (const series of [line([], []), points([1], [2]), line([0, 1], [3, 3])]) {
      const lines = terminalPlot(panel([series]), { width: 30, height: 3 });
      expect(lines).toHaveLength(5);
    }
  });
});
