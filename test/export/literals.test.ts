/** The literals of exported programs: exact, wrapped, harmless. */
import { describe, expect, it } from "vitest";
import type { ArrayDialect } from "../../src/export/literals.ts";
import {
  spellArray,
  spellComment,
  spellFloat32,
  spellList,
  spellNumber,
  spellPythonText,
  spellText,
} from "../../src/export/literals.ts";

const PLAIN: ArrayDialect = {
  list: (items, float) => `list${float}(${items})`,
  bytes: (text, float) => `bytes${float}(${text})`,
};

describe("numbers", () => {
  it("come back with the same bits", () => {
    const bits = Uint32Array.from({ length: 2000 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 0);
    for (const value of new Float32Array(bits.buffer)) {
      if (Number.isFinite(value)) expect(Math.fround(Number(spellFloat32(value)))).toBe(value);
    }
    expect([spellFloat32(Math.fround(0.1)), spellNumber(-0), spellNumber(1e-7)]).toEqual([
      "0.1",
      "-0.0",
      "1e-7",
    ]);
  });

  it("are wrapped in lists", () => {
    const lines = spellList(
      Array.from({ length: 200 }, (_, i) => String(i)),
      "    ",
    ).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(98);
    expect(JSON.parse(lines.join("").replace(/, *]/, "]"))).toHaveLength(200);
    expect(spellList(["1", "2"], "")).toBe("[1, 2]");
  });

  it("become base64 where nobody would read them", () => {
    const values = Float32Array.from({ length: 20_000 }, (_, i) => i / 7);
    const text = spellArray(values, [200, 100], PLAIN);
    expect(text).toMatch(/^bytes32\(base64\.b64decode\(/);
    expect(text).toMatch(/\.reshape\(200, 100\)$/);
    const coded = [...text.matchAll(/"([^"]+)"/g)].map(([, part]) => part).join("");
    const back = new Uint8Array(Buffer.from(coded, "base64"));
    expect(new Float32Array(back.buffer)).toEqual(values);
    expect(spellArray(values.slice(0, 2), [2], PLAIN)).toBe("list32([0, 0.14285715])");
  });
});

describe("texts", () => {
  it("cannot leave their quotes or comments", () => {
    expect(spellText('a"\\\n\u2028é')).toBe('"a\\"\\\\\\n\\u2028\\u00e9"');
    expect(spellText("\u{1f600}")).toBe('"\\ud83d\\ude00"');
    expect(spellPythonText('a"\\\n\u2028é\u{1f600}')).toBe(
      '"a\\"\\\\\\n\\u2028\\u00e9\\U0001f600"',
    );
    expect(spellComment('x"""\n*/y"')).toBe("x'''?* /y'");
    expect(spellComment("\\N{BELL}\u202e")).toBe("?N{BELL}?");
  });
});
