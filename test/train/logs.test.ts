/** What a training writes of itself: lines of JSON, TensorBoard's event files; a first rate. */
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { manualSeed, nn, optim, rand } from "nabla";
import { DataLoader, TensorDataset } from "nabla/data";
import type { Callback, TrainEvent } from "nabla/train";
import { findRate, JsonlLog, ProgressLine, TensorBoardLog, Trainer } from "nabla/train";
import { crc32c } from "../../src/io/crc32.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-logs-"));
manualSeed(2);
const x = rand([30, 2]);
const y = x.sum(1, { keepdim: true });
const loader = () => new DataLoader(new TensorDataset(x, y), { batchSize: 8, shuffle: true });

function make(callbacks: readonly Callback[], options: object = {}) {
  manualSeed(4);
  const model = new nn.Sequential(new nn.Linear(2, 4), new nn.Tanh(), new nn.Linear(4, 1));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const loss = new nn.MSELoss();
  const trainer = new Trainer(model, { loss, optimizer, epochs: 3, callbacks, ...options });
  return { model, optimizer, loss, trainer };
}

const linesOf = (path: string): TrainEvent[] =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as TrainEvent);

describe("a log of lines", () => {
  it("has every event in order, and goes on with a training that goes on", async () => {
    const path = join(folder, "deep/run.jsonl");
    const checkpoint = join(folder, "run.safetensors");
    const options = { checkpoint, resume: true };
    const stops: Callback = { onStep: ({ step }, t) => void (step === 6 && t.stop("here")) };
    const log = (): JsonlLog => new JsonlLog(path, { everySeconds: 0 });
    await make([log(), stops], options).trainer.fit(loader(), [[x, y]]);
    expect(linesOf(path).at(-1)).toMatchObject({ type: "checkpoint", step: 6 });
    expect(linesOf(path).at(-2)).toMatchObject({ type: "end", reason: "here", step: 6 });
    await make([log()], options).trainer.fit(loader(), [[x, y]]);
    const steps = linesOf(path).filter(({ type }) => type === "step");
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const types = new Set(linesOf(path).map(({ type }) => type));
    for (const type of ["start", "validation", "epochEnd", "checkpoint"])
      expect(types).toContain(type);
  });

  it("has a step a second, and what went wrong", async () => {
    const path = join(folder, "quiet.jsonl");
    const fails: Callback = {
      onEpochEnd: () => {
        throw new Error("a cable");
      },
    };
    const { trainer } = make([new JsonlLog(path), fails]);
    await expect(trainer.fit(loader())).rejects.toThrow("a cable");
    const types = linesOf(path).map(({ type }) => type as string);
    expect(types).toEqual(["start", "step", "epochEnd", "error"]);
  });
});

/** Reads an event file as TensorBoard does: lengths and sums first, then the fields. */
function recordsOf(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const masked = (data: Uint8Array): number => {
    const sum = BigInt(crc32c(data));
    return Number((((sum >> 15n) | ((sum << 17n) & 0xffffffffn)) + 0xa282ead8n) & 0xffffffffn);
  };
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    expect(view.getUint32(at + 8, true)).toBe(masked(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(masked(data));
    records.push(data);
    at += 16 + length;
  }
  return records;
}

describe("an event file of TensorBoard", () => {
  it("has the sums of its format", async () => {
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283); // RFC 3720
    const runs = join(folder, "runs");
    await make([new TensorBoardLog(runs, { everySeconds: 0 })]).trainer.fit(loader(), [[x, y]]);
    const [name] = readdirSync(runs);
    expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\.nabla\.0$/);
    const file = new Uint8Array(readFileSync(join(runs, name!)));
    // every event file that TensorFlow writes begins so: 24 bytes, the masked sum of that length
    expect([...file.subarray(0, 12)]).toEqual([24, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22]);
    const [version, ...events] = recordsOf(file);
    expect(new TextDecoder().decode(version!.subarray(11))).toBe("brain.Event:2");
    expect(events.length).toBe(3 * (4 + 2)); // four steps, a validation, the end of an epoch
    const [first] = events;
    // Event: 1 wall_time double, 2 step varint, 5 summary; Value: 1 tag, 2 simple_value float
    expect([first![0], first![9], first![10], first![11]]).toEqual([0x09, 0x10, 1, 0x2a]);
    expect(first![12]).toBe(first!.length - 13);
    const text = new TextDecoder("latin1").decode(first);
    expect(text).toContain("\n\x13\n\ntrain/loss\x15".replace("\x13", "\x11"));
    expect(text).toContain("\n\btrain/lr\x15\n\xd7#<"); // 0.01 as float32
  });
});

describe("a rate to begin with", () => {
  it("is found below where the loss is smallest, and nothing is changed by it", async () => {
    const { model, optimizer, loss } = make([]);
    const [before, next] = [model.stateDict(), await rand([1]).item()];
    manualSeed(8);
    const found = await findRate(model, { loss, optimizer, to: 1000 }, [[x, y]]);
    expect(found.rates.length).toBeLessThan(100); // it ended where the loss grew
    expect(found.suggestion).toBeGreaterThan(1e-4);
    expect(found.suggestion).toBeLessThan(10);
    expect(optimizer.paramGroups[0]!.lr).toBe(0.01);
    for (const [name, value] of Object.entries(model.stateDict())) {
      expect(value.dataSync()).toEqual(before[name]!.dataSync());
    }
    manualSeed(4);
    make([]);
    expect(await rand([1]).item()).toBe(next);
    await expect(findRate(model, { loss, optimizer, from: 1, to: 1 }, loader())).rejects.toThrow(
      /findRate: 100 rates from 1 to 1; need/,
    );
  });
});

it("a line for each epoch says how it goes", async () => {
  const written: string[] = [];
  const write = process.stdout.write;
  process.stdout.write = ((text: string) => written.push(text) > 0) as typeof write;
  try {
    const metrics = { bias: () => 0.25 };
    await make([new ProgressLine({ every: 2 })], { metrics }).trainer.fit(loader(), [[x, y]]);
  } finally {
    process.stdout.write = write;
  }
  expect(written.length).toBe(3);
  expect(written[0]).toMatch(/^epoch 0: loss \S+, valLoss \S+, bias 0\.25 \(\d+\.\d s\)\n$/);
  expect(written[2]).toBe("done after 3 epochs, 12 steps\n");
});
