/** Any settings and any description of a network: read, or a named error within a second. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRunConfig } from "../../src/cli/run-config.ts";
import { READING_KEYS } from "../../src/cli/reading.ts";
import { parseSweep } from "../../src/cli/sweep-file.ts";
import { NablaError } from "../../src/core/errors.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/io/safetensors.ts";
import { makeDataset } from "../../src/train/table/dataset.ts";
import { fitTable } from "../../src/train/table/fit.ts";
import { FittedModel } from "../../src/train/table/fitted.ts";
import { FIT_DEFAULTS } from "../../src/train/table/options.ts";
import { looked } from "../support/guard.ts";

const RUNS = { numRuns: 400, seed: 21 } as const;

/** Reads; what it throws must be named, it must not take long, and nothing may be polluted. */
function guarded<T>(read: () => T): T | NablaError {
  const start = performance.now();
  try {
    return read();
  } catch (error) {
    if (error instanceof NablaError) return error;
    throw error;
  } finally {
    expect(performance.now() - start).toBeLessThan(1000);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  }
}

const GOOD = {
  ...{ nabla: "0.1.0", table: "a.csv", x: "a", y: ["b", "c"], hidden: [10], activation: "tanh" },
  ...{ optimizer: "adam", lr: 0.01, epochs: 5, batch: "all", scale: "minmax", seed: 42, val: 0 },
  ...{ weightDecay: 0, dropout: 0, rows: 3, parameters: 31, epochsRun: 5, command: "nabla fit" },
};
const keys = Object.keys(GOOD) as (keyof typeof GOOD)[];
const odd = fc.constantFrom(
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "polluted", "lrr", "Hidden", ""],
);
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(null, -1, 1e300, 0.5, "x".repeat(300), { polluted: 1 }, [[]]),
);

describe("config.json", () => {
  it("of any text is settings or a named error", ({ task }) => {
    let taken = 0;
    const change = fc.tuple(fc.oneof(fc.constantFrom(...keys), odd, fc.string()), value);
    const text = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc.json({ maxDepth: 3 }),
      fc.array(change, { maxLength: 3 }).map((changes) => {
        const entries = [...Object.entries(GOOD), ...changes];
        const pairs = entries.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`);
        return `{${pairs.join(",")}}`; // spelled out: a key __proto__ must reach the reader
      }),
    );
    fc.assert(
      fc.property(text, (input) => {
        const found = guarded(() => parseRunConfig(input, "run/config.json"));
        if (found instanceof NablaError) expect(found.message).toContain('"run/config.json"');
        else {
          taken++;
          expect(Object.keys(found).filter((key) => !CONFIG_KEYS.has(key))).toEqual([]);
        }
      }),
      RUNS,
    );
    looked(task, `config.json: ${taken} of ${RUNS.numRuns} made-up texts were settings`);
    expect(taken).toBeGreaterThan(0);
  });

  it("with misspelt keys and wrong values names each of them", () => {
    const { lr: _, ...others } = GOOD;
    const text = JSON.stringify({ ...others, learning_rate: 1, seeed: 1, val: 2, x: [1] });
    const found = guarded(() => parseRunConfig(text, "config.json")) as NablaError;
    expect(found.message).toBe(
      '"config.json" cannot be used: it has an unknown key "learning_rate"; ' +
        'it has an unknown key "seeed" (seed?); "x" must be a name or names, not [1]; ' +
        '"val" must be a number from 0 to below 1, not 2.',
    );
    const polluting = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`;
    const refused = guarded(() => parseRunConfig(polluting, "config.json")) as NablaError;
    expect(refused.message).toContain(
      'unknown key "__proto__"; it has an unknown key "constructor"',
    );
  });
});

describe("sweep.json", () => {
  it("of any text is a result or a named error", () => {
    const rows = [{ setting: "2", parameters: 7, trainingError: 1, heldOutError: 2 }];
    const good = { table: "a", option: "hidden", judge: "5-fold", error: "RMSE", rows, asked: 1 };
    expect(parseSweep(JSON.stringify(good), "sweep.json")).toEqual(good);
    const change = fc.tuple(fc.oneof(fc.constantFrom(...Object.keys(good)), odd), value);
    fc.assert(
      fc.property(fc.array(change, { maxLength: 2 }), fc.string(), (changes, text) => {
        const pairs = [...Object.entries(good), ...changes].map(
          ([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`,
        );
        const found = guarded(() => parseSweep(`{${pairs.join(",")}}`, "sweep.json"));
        if (!(found instanceof NablaError)) expect(Array.isArray(found.rows)).toBe(true);
        expect(guarded(() => parseSweep(text, "sweep.json"))).toBeInstanceOf(NablaError);
      }),
      RUNS,
    );
  });
});

const CONFIG_KEYS = new Set([
  ...keys,
  "classes",
  "earlyStop",
  "missing",
  "folds",
  "classify",
  "column",
  ...READING_KEYS,
  "checksums",
]);

describe("the metadata of a model", () => {
  it("changed anywhere, with a right checksum, is a model that answers or a named error", async ({
    task,
  }) => {
    const x = { name: "a", values: Float64Array.of(1, 2, 3) };
    const options = { ...FIT_DEFAULTS, epochs: 1, hidden: [2] };
    const fit = await fitTable(makeDataset([x], [{ ...x, name: "b" }]), options);
    const { tensors, metadata } = decodeSafetensors(await fit.model.encode());
    const parts = Object.keys(metadata).filter((key) => metadata[key]!.startsWith("{"));
    const models: FittedModel[] = [];
    const edit = fc.tuple(fc.constantFrom(...parts, "nabla.inputs"), fc.oneof(odd, fc.string()));
    fc.assert(
      fc.property(edit, value, fc.nat(), fc.boolean(), ([part, key], put, at, whole) => {
        const json = JSON.parse(metadata[part]!) as Record<string, unknown>;
        const target = (Array.isArray(json) ? json[0] : json) as Record<string, unknown>;
        const known = Object.keys(target);
        const place = at % 3 === 0 ? key : known[at % known.length]!;
        Object.defineProperty(target, place, { value: put, enumerable: true, configurable: true });
        const text = whole ? JSON.stringify(put) : JSON.stringify(json);
        const bytes = encodeSafetensors(tensors, { ...metadata, [part]: text });
        const found = guarded(() => FittedModel.decode(bytes));
        if (found instanceof NablaError) expect(found.message).toContain("cannot be used: ");
        else models.push(found);
      }),
      RUNS,
    );
    looked(task, `metadata: ${models.length} of ${RUNS.numRuns} changed files were models`);
    for (const model of models) expect(await model.predict([2])).toHaveLength(1);
    expect(models.length).toBeGreaterThan(0);
  });
});
