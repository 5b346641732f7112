/** PNG pictures: the same ones as SVG, in twice the size, with their texts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { renderPng } from "../../src/cli/png.ts";
import { figure } from "../../src/plot/figure.ts";
import { line, panel } from "../../src/plot/series.ts";
import type { Cli } from "./run-cli.ts";
import { makeCli, NITROGEN } from "./run-cli.ts";

/** Reads the size of a PNG, and how much differs in it from pixel to pixel (its filtered bytes). */
function decodePng(png: Uint8Array): { width: number; height: number; ink: number } {
  const view = new DataView(png.buffer, png.byteOffset);
  expect(view.getUint32(0)).toBe(0x89504e47);
  const parts: Uint8Array[] = [];
  for (let at = 8; at < png.length;) {
    const size = view.getUint32(at);
    const kind = new TextDecoder().decode(png.subarray(at + 4, at + 8));
    if (kind === "IDAT") parts.push(png.subarray(at + 8, at + 8 + size));
    at += 12 + size;
  }
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const pixels = inflateSync(Buffer.concat(parts));
  return { width, height, ink: pixels.filter((byte) => byte > 0).length };
}

describe("renderPng", () => {
  const draw = (title: string): string =>
    figure([[panel([line([0, 1, 2], [0, 5, 1])])]], { width: 300, height: 200, title });

  it("draws curves and text, twice as large", async () => {
    const png = decodePng(await renderPng(draw("Cp over T → Ω µ Δ ⁻²")));
    expect([png.width, png.height]).toEqual([600, 400]);
    expect(png.ink).toBeGreaterThan(decodePng(await renderPng(draw(""))).ink + 200);
  });

  it("has a glyph for each sign that our own pictures write", async () => {
    const unknown = await renderPng(draw("\u{1f9ea}"));
    for (const sign of "→·−–Δ²³µ°Ω⁰¹⁴⁵⁶⁷⁸⁹⁻äßéŁЖλ") {
      const png = Buffer.from(await renderPng(draw(sign)));
      expect(png.equals(unknown), sign).toBe(false);
    }
  });
});

describe("nabla fit", () => {
  let cli: Cli;

  beforeAll(async () => {
    cli = await makeCli("png", { pictures: true });
  });

  it("writes fit.png beside fit.svg", async () => {
    const { code, stdout } = await cli.run("fit", NITROGEN, "--epochs", "50", "--out", "run");
    expect([code, stdout]).toEqual([0, expect.stringContaining("fit.png")]);
    const svg = readFileSync(join(cli.folder, "run/fit.svg"), "utf8");
    const png = decodePng(readFileSync(join(cli.folder, "run/fit.png")));
    expect(svg).toContain(`width="${png.width / 2}" height="${png.height / 2}"`);
  });
});
