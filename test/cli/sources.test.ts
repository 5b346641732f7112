/** Tables in every kind of file that is read: the same columns, or a named error. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openTable, readTableBytes } from "../../src/cli/read-table.ts";
import { NablaError } from "../../src/core/errors.ts";
import { looksLikeJson, parseJsonTable } from "../../src/data/records.ts";
import type { CsvTable } from "../../src/data/table.ts";
import { ROOT } from "../support/files.ts";
import { looked } from "../support/guard.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-sources-"));
const bytesOf = (name: string): Uint8Array => readFileSync(join(ROOT, "test/cli/tables", name));

async function open(name: string, content: string | Uint8Array): Promise<CsvTable> {
  writeFileSync(join(folder, name), content);
  return openTable(join(folder, name), {});
}

describe("a table", () => {
  const csv = "x,y\n1,2.5\n2,0.5\n";

  it("in gzip is read as what it holds", async () => {
    const table = await open("t.csv.gz", gzipSync(csv));
    expect([[...table.numbers("y")], table.form]).toEqual([[2.5, 0.5], undefined]);
    await expect(open("cut.csv.gz", gzipSync(csv).subarray(0, 24))).rejects.toThrow(/cut\.csv\.gz/);
  });

  it("of JSON lines or an array is read by its keys, nested ones by their path", async () => {
    const lines = '{"x":1,"y":2}\n{"x":2,"y":null,"z":"a"}\n\n{"y":5,"p":{"q":true}}\n';
    for (const [text, form] of [
      [lines, "JSON lines"],
      [`[${lines.trim().split(/\n+/).join(",")}]`, "JSON"],
    ] as const) {
      const table = await open("t.json", text);
      expect([table.names, table.rows, table.form]).toEqual([["x", "y", "z", "p.q"], 3, form]);
      expect(table.texts("x")).toEqual(["1", "2", ""]);
      expect(table.texts("p.q")).toEqual(["", "", "true"]);
    }
    const bad = '{"x":1}\n{"x":2\n';
    await expect(open("bad.json", bad)).rejects.toThrow(/bad\.json: line 2 is not JSON/);
    await expect(open("mixed.json", '{"x":1}\n[2]\n')).rejects.toThrow(/line 2 is no object/);
  });

  it("of JSON keeps the digits of whole numbers, in texts too", () => {
    const text = '{"id":9007199254740993,"s":"12345678901234567890","v":0.1,"w":1e300}';
    const table = parseJsonTable(text, "t");
    expect(table.texts("id")).toEqual(["9007199254740993"]);
    expect(table.texts("s")).toEqual(["12345678901234567890"]);
    expect([table.numbers("v")[0], table.numbers("w")[0]]).toEqual([0.1, 1e300]);
  });

  it("of Parquet is read, with its dates and its gaps", async () => {
    const table = await readTableBytes(bytesOf("kinds.parquet"), "t.parquet", {});
    expect([table.names, table.rows]).toEqual([["id", "when", "kind", "ok", "y"], 30]);
    expect(table.texts("id")[1]).toBe("9007199254740994");
    expect(table.texts("when")[2]).toBe("2024-01-03T10:00:00.000Z");
    expect([table.texts("ok")[1], table.texts("y")[4], table.texts("y")[3]]).toEqual([
      "false",
      "",
      "0.30000000000000004",
    ]);
  });

  it("of Excel is read from its first sheet", async () => {
    const table = await readTableBytes(bytesOf("sheet.xlsx"), "t.xlsx", {});
    expect([table.names, table.rows, table.form]).toEqual([["x", "y"], 3, "the first sheet"]);
    expect(table.texts("x")).toEqual(["1", "2", "1,5"]);
  });
});

describe("any bytes", () => {
  const damaged = (name: string) =>
    fc
      .tuple(
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat()),
      )
      .map(([edits, cut]) => {
        const bytes = new Uint8Array(bytesOf(name));
        for (const [at, value] of edits) bytes[at % bytes.length] = value;
        return cut === null ? bytes : bytes.subarray(0, 4 + (cut % (bytes.length - 4)));
      });

  it.each(["kinds.parquet", "sheet.xlsx"])(
    "of a damaged %s are a table or a named error, within a second and 64 MiB",
    async (name) => {
      let tables = 0;
      await fc.assert(
        fc.asyncProperty(damaged(name), async (bytes) => {
          const [start, before] = [performance.now(), process.memoryUsage().arrayBuffers];
          const found = await readTableBytes(bytes, name, {}).catch((error: unknown) => error);
          if (found instanceof Error) expect(found).toBeInstanceOf(NablaError);
          else tables++;
          expect(performance.now() - start).toBeLessThan(1000);
          expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(67_108_864);
        }),
        { numRuns: 150, seed: 12 },
      );
      expect(tables).toBeLessThan(150);
    },
  );

  it("of JSON are a table or a named error", ({ task }) => {
    let tables = 0;
    const odd = fc.constantFrom("__proto__", "constructor", "toString", "x", "", "a.b");
    const record = fc.dictionary(odd, fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.integer()));
    const text = fc.oneof(
      fc.array(record).map((all) => all.map((each) => JSON.stringify(each)).join("\n")),
      fc.array(record).map((all) => JSON.stringify(all)),
      fc.tuple(record, fc.string()).map(([r, s]) => `${JSON.stringify(r)}\n{${s}`),
    );
    fc.assert(
      fc.property(text, (input) => {
        if (!looksLikeJson(input)) return;
        try {
          const table = parseJsonTable(input, "t");
          tables++;
          for (const name of table.names) expect(table.texts(name)).toHaveLength(table.rows);
        } catch (error) {
          expect(error).toBeInstanceOf(NablaError);
        }
        expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
      }),
      { numRuns: 300, seed: 12 },
    );
    looked(task, `JSON: ${tables} of 300 made-up texts were tables`);
    expect(tables).toBeGreaterThan(0);
  });
});
