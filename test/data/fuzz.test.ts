/** Any bytes: the readers give what the bytes say, or a named error, within a second. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NablaError } from "../../src/core/errors.ts";
import { parseCsv } from "../../src/data/csv.ts";
import { parseNumber } from "../../src/data/number.ts";
import type { CsvTable } from "../../src/data/table.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/io/safetensors.ts";
import { looked } from "../support/guard.ts";

const RUNS = { numRuns: 300, seed: 20 } as const;
const SECOND = 1000;

/** Runs a reader; what it throws must be named, and it must not take long. */
function guarded<T>(read: () => T): T | NablaError {
  const start = performance.now();
  try {
    return read();
  } catch (error) {
    if (error instanceof NablaError) return error;
    throw error;
  } finally {
    expect(performance.now() - start).toBeLessThan(SECOND);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  }
}

const nasty = fc.constantFrom(
  ...["", "NA", "0x1F", "20kg", "1,234", "1e400", "1e39", "-", "__proto__", "=1+1", "1,5", "1.5"],
  ...["<script>", "\u001b[31m", '"', "\ufeff", "constructor", "1e-400", "٣", "  7 ", "1;2", "\r"],
);
const cell = fc.oneof(fc.double().map(String), nasty, fc.string());

/** Rows of one width under a header, with now and then a cell that breaks them. */
const grid = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(",", ";", "\t"))
  .chain(([width, mark]) =>
    fc
      .array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 })
      .map((rows) => {
        const names = ["a", "b", "c", "__proto__"].slice(-width);
        return [names, ...rows].map((row) => row.join(mark)).join("\n");
      }),
  );

describe("CSV", () => {
  it("of any text or bytes ends in a table or a named error", ({ task }) => {
    let tables = 0;
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.string({ maxLength: 400, unit: "binary" }),
      grid,
    );
    fc.assert(
      fc.property(any, (input) => {
        const table = guarded(() => parseCsv(input));
        if (table instanceof NablaError) return;
        tables++;
        for (const name of table.names) checkColumn(table, name);
      }),
      RUNS,
    );
    looked(task, `CSV: ${tables} of ${RUNS.numRuns} made-up inputs were tables`);
    expect(tables).toBeGreaterThan(0);
  });

  it("gives back exactly the numbers that were written, in every spelling", () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    const rows = fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(rows, fc.constantFrom(",", ";", "\t"), fc.boolean(), (pairs, mark, comma) => {
        const spell = (value: number): string =>
          comma && mark !== "," ? String(value).replace(".", ",") : String(value);
        const text = pairs.map((pair) => pair.map(spell).join(mark)).join("\r\n");
        const table = parseCsv(`a${mark}b\r\n${text}\r\n`);
        const found = guarded(() => [...table.numbers("a"), ...table.numbers("b")]);
        if (found instanceof NablaError) {
          expect(found.message).toMatch(/two ways|decimal point/); // refused, never misread
          return;
        }
        const wanted = [...pairs.map(([a]) => a), ...pairs.map(([, b]) => b)];
        expect(found.every((value, i) => value === wanted[i])).toBe(true);
      }),
      RUNS,
    );
  });

  it("reads no cell as another number than JavaScript does", () => {
    fc.assert(
      fc.property(cell, (text) => {
        const value = parseNumber(text);
        if (typeof value === "number") expect(value).toBe(Number(text));
      }),
      { ...RUNS, numRuns: 2000 },
    );
  });
});

/** A column is read whole or refused; a number is that of its cell. */
function checkColumn(table: CsvTable, name: string): void {
  const numbers = guarded(() => table.numbers(name));
  if (numbers instanceof NablaError) return;
  table.texts(name).forEach((text, row) => {
    const spelled = table.decimal === "," ? text.replace(",", ".") : text;
    expect(numbers[row]).toBe(Number(spelled));
  });
}

describe("safetensors", () => {
  const good = encodeSafetensors(
    { "0.weight": { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, NaN) } },
    { "nabla.format": "nabla-fit-1" },
  );

  it("of any bytes is refused by name", () => {
    const header = fc.json({ maxDepth: 4 }).map((text) => {
      const body = new TextEncoder().encode(text);
      const bytes = new Uint8Array(8 + body.length + 4);
      new DataView(bytes.buffer).setUint32(0, body.length, true);
      bytes.set(body, 8);
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), header), (bytes) => {
        guarded(() => decodeSafetensors(bytes));
      }),
      RUNS,
    );
  });

  it("with any byte changed, or cut short, is refused or the same", () => {
    const at = fc.integer({ min: 0, max: good.length - 1 });
    fc.assert(
      fc.property(at, fc.integer({ min: 1, max: 255 }), fc.boolean(), (place, change, cut) => {
        const bytes = cut ? good.slice(0, place) : good.slice();
        if (!cut) bytes[place]! ^= change;
        const found = guarded(() => decodeSafetensors(bytes));
        if (found instanceof NablaError) return;
        expect(found.checked).toBe(false); // only where the name of the checksum itself was hit
      }),
      { ...RUNS, numRuns: 1000 },
    );
  });
});
