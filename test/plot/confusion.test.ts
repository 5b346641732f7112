/** The picture of a confusion: every class is named, over its column too, and nothing overlaps. */
import { describe, expect, it } from "vitest";
import { drawConfusion } from "../../src/plot/confusion.ts";
import { lossPanel } from "../../src/plot/figure.ts";
import { textWidth } from "../../src/plot/svg.ts";

interface Label {
  readonly text: string;
  readonly x: number;
  readonly upright: boolean;
}

/** The names over the columns, where they stand. */
function namesAbove(classes: readonly string[]): Label[] {
  const confusion = classes.map((_, i) => classes.map((_, j) => (i === j ? 7 : 0)));
  const headline = { title: "title", subtitle: "facts" };
  const svg = drawConfusion({ classes, confusion, which: "rows" }, headline, lossPanel([2, 1]));
  const texts = [...svg.matchAll(/<text([^>]*)>([^<]*)<\/text>/g)];
  return texts.flatMap(([, attributes, text]) => {
    const turned = /translate\((\S+) \S+\) rotate\(-90\)/.exec(attributes!);
    const level = /x="([\d.]+)" y="\d+" text-anchor="middle" font-size="11"/.exec(attributes!);
    const at = turned ?? level;
    if (at === null || !classes.includes(text!)) return [];
    return [{ text: text!, x: Number(at[1]), upright: turned !== null }];
  });
}

describe("a confusion", () => {
  it.each([
    ["three kinds", ["Adelie", "Chinstrap", "Gentoo"], false],
    ["ten digits", Array.from({ length: 10 }, (_, k) => `d${k}`), false],
    ["ten long names", Array.from({ length: 10 }, (_, k) => `a long name ${k}`), true],
    ["26 letters", Array.from({ length: 26 }, (_, k) => `class ${k}`), true],
  ])("of %s names them over its columns", (_, classes, upright) => {
    const labels = namesAbove(classes);
    expect(labels.map(({ text }) => text)).toEqual(classes);
    expect(labels.every((label) => label.upright === upright)).toBe(true);
    const steps = labels.slice(1).map(({ x }, k) => x - labels[k]!.x);
    const widths = labels.map(({ text }) => (upright ? 10 : textWidth(text, 11)));
    expect(Math.min(...steps)).toBeGreaterThan(Math.max(...widths));
  });
});
