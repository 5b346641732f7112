/** A training that goes on from any of its updates ends with the bits of one that never stopped. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Tensor } from "nabla";
import { manualSeed, nn, optim, rand, randperm } from "nabla";
import { DataLoader, TensorDataset } from "nabla/data";
import type { Batches, Callback, TrainerOptions, TrainerState } from "nabla/train";
import { decodeState, EarlyStopping, encodeState, loadState, Trainer } from "nabla/train";
import { decodeSafetensors, encodeSafetensors } from "../../src/io/safetensors.ts";

manualSeed(1);
const x = rand([23, 3]);
const y = x.mul(x).sum(1, { keepdim: true });
const data = new TensorDataset(x, y);
const folder = mkdtempSync(join(tmpdir(), "nabla-resume-"));

type Pair = readonly Tensor[];

function make(options: Partial<TrainerOptions<Pair>> = {}, callbacks: readonly Callback[] = []) {
  manualSeed(12);
  const model = new nn.Sequential(
    ...[new nn.Linear(3, 5), new nn.Tanh(), new nn.Dropout(0.2), new nn.BatchNorm1d(5)],
    new nn.Linear(5, 1),
  );
  const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
  const cosine = new optim.lrScheduler.CosineAnnealingLR(optimizer, 9);
  const trainer = new Trainer<Pair>(model, {
    ...{ loss: new nn.MSELoss(), optimizer, epochs: 4, clipGradNorm: 1 },
    ...{ callbacks: [new EarlyStopping({ patience: 50 }), ...callbacks] },
    scheduler: { scheduler: cosine, every: "step" },
    ...options,
  });
  return { model, trainer };
}

/** Batches that say nothing of their place: a list in a random order. */
function unknowing(): Batches<Pair> {
  return {
    *[Symbol.iterator]() {
      const order = randperm(23).dataSync();
      for (let at = 0; at < 23; at += 6) {
        yield new TensorDataset(x, y).batch(Int32Array.from(order.slice(at, at + 6)));
      }
    },
  };
}

const endOf = async (
  { model, trainer }: ReturnType<typeof make>,
  batches: Batches<Pair>,
): Promise<unknown> => {
  const { history, steps, reason } = await trainer.fit(batches, [[x, y]]);
  const state = model.stateDict();
  const numbers = Object.values(state).map((value) => Array.from(value.dataSync()));
  return { history, steps, reason, numbers };
};

describe("from any update on", () => {
  const shuffled = (prefetch: number) => (): Batches<Pair> =>
    new DataLoader(data, { batchSize: 6, shuffle: true, prefetch });
  it.each<[string, () => Batches<Pair>, Partial<TrainerOptions<Pair>>]>([
    ["of a loader", shuffled(0), {}],
    ["of a loader that is ahead", shuffled(2), {}],
    ["of batches that do not know their place", unknowing, {}],
    ["of a list", () => [[x, y]], {}],
    ["with gathered gradients", shuffled(0), { accumulate: 3 }],
  ])("%s", async (_, batches, options) => {
    const states: Uint8Array[] = [];
    const keeps: Callback = {
      onStep: async (_, trainer) => void states.push(await encodeState(trainer.state())),
    };
    const whole = await endOf(make(options, [keeps]), batches());
    expect(states.length).toBeGreaterThan(3);
    for (const bytes of states) {
      const made = make(options);
      manualSeed(99);
      made.trainer.load(decodeState(bytes).state);
      expect(await endOf(made, batches())).toEqual(whole);
    }
  });
});

describe("a checkpoint", () => {
  const path = join(folder, "last.safetensors");
  const loader = (): Batches<Pair> => new DataLoader(data, { batchSize: 6, shuffle: true });

  it("is kept while a training runs, at its end, and of its best", async () => {
    const best = join(folder, "best.safetensors");
    const told: string[] = [];
    const listens: Callback = { onCheckpoint: ({ step }) => void told.push(String(step)) };
    const checkpoint = { path, best, everySteps: 5 };
    const { trainer, model } = make({ checkpoint, callbacks: [listens] });
    await trainer.fit(loader(), [[x, y]]);
    expect(told).toEqual(["5", "10", "15", "16"]);
    const { model: weights, history } = await loadState(best);
    const losses = history.map(({ valLoss }) => valLoss!);
    expect(losses.at(-1)).toBe(Math.min(...losses));
    expect((await loadState(path)).step).toBe(16);
    expect(() => model.loadStateDict(weights)).not.toThrow();
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it("is gone on with where there is one, and begun where there is none", async () => {
    const file = join(folder, "goes-on.safetensors");
    const whole = await endOf(make(), loader());
    const stops: Callback = {
      onStep: ({ step }, trainer) => void (step === 7 && trainer.stop("here")),
    };
    const options = { checkpoint: file, resume: true };
    expect(await endOf(make(options, [stops]), loader())).toMatchObject({ steps: 7 });
    expect(await endOf(make(options), loader())).toEqual(whole);
    expect(await endOf(make(options), loader())).toEqual(whole); // it has come to its end already
  });

  it("belongs to one training at a time; one that fails gives it back", async () => {
    const file = join(folder, "mine.safetensors");
    const { trainer } = make({ epochs: 1e9, maxTime: 0.3, checkpoint: file });
    const first = trainer.fit(loader());
    await new Promise((resolve) => setTimeout(resolve, 30));
    const other = make({ checkpoint: file });
    await expect(other.trainer.fit(loader())).rejects.toThrow(/in use by this process already/);
    await first;
    const fails: Callback = { onStep: () => Promise.reject(new Error("no")) };
    const failing = make({ checkpoint: file }, [fails]);
    await expect(failing.trainer.fit(loader())).rejects.toThrow("no");
    expect((await loadState(file)).epoch).toBeGreaterThan(0);
    expect((await make({ checkpoint: file }).trainer.fit(loader())).reason).toBe("done");
  });

  it("that is damaged is refused by name, and nothing of it is loaded", async () => {
    const bytes = readFileSync(path);
    const bad = join(folder, "bad.safetensors");
    for (const at of [9, 30, 200, bytes.length - 2]) {
      const damaged = Uint8Array.from(bytes);
      damaged[at]! ^= 4;
      writeFileSync(bad, damaged);
      await expect(loadState(bad)).rejects.toThrow(/^cannot use ".*bad\.safetensors": /);
    }
    await expect(loadState(join(folder, "none.safetensors"))).rejects.toThrow(/cannot read/);
  });

  it("of another training names all that differs, and nothing of it is loaded", async () => {
    const state = await loadState(path);
    const { trainer, model } = make();
    const before = model.stateDict();
    const { schedule: _, ...others } = state;
    const { "4.bias": __, ...weights } = state.model;
    const optimizer = { ...state.optimizer, paramGroups: [] };
    const other = { ...others, model: weights, optimizer } as TrainerState;
    const start = "Trainer: the state does not fit, nothing was loaded:\n  model: ";
    expect(() => trainer.load(other)).toThrow(start);
    expect(() => trainer.load(other)).toThrow(/4\.bias: is missing\n {2}optimizer: /);
    expect(() => trainer.load(other)).toThrow(/schedule: the trainer has one, the state none$/);
    for (const [name, value] of Object.entries(model.stateDict())) {
      expect(value.dataSync()).toEqual(before[name]!.dataSync());
    }
  });

  it("whose checksum lost its name does not load unchecked", async () => {
    const bytes = Uint8Array.from(readFileSync(path));
    const name = new TextEncoder().encode("nabla.checksum");
    const at = bytes.findIndex((_, k) => name.every((letter, i) => bytes[k + i] === letter));
    for (let letter = 0; letter < name.length; letter++) {
      for (const bit of [1, 2, 4, 8, 16, 32, 64]) {
        const flipped = bytes.slice();
        flipped[at + letter]! ^= bit;
        expect(() => decodeSafetensors(flipped), `${letter} ${bit}`).toThrow(/^safetensors: /);
      }
    }
    const { tensors } = decodeSafetensors(bytes);
    const foreign = encodeSafetensors(tensors, { note: "crc32:0" });
    expect(decodeSafetensors(foreign).checked).toBe(true);
  });
});

describe("early stopping", () => {
  it("ends a training with the weights of its best epoch", async () => {
    const stopping = new EarlyStopping({ patience: 3, monitor: "worse", minDelta: 0.5 });
    let calls = 0;
    const kept: number[][] = [];
    const keeps: Callback = {
      onEpochEnd: (_, { model }) => void kept.push(Array.from(model.parameters()[0]!.dataSync())),
    };
    const { trainer, model } = make({
      ...{ epochs: 50, metrics: { worse: () => Math.abs(calls++ - 2) } },
      callbacks: [stopping, keeps],
    });
    const { reason, epochs } = await trainer.fit([[x, y]], [[x, y]]);
    expect([reason, epochs, stopping.bestEpoch, stopping.best]).toEqual(["early stop", 6, 2, 0]);
    expect(Array.from(model.parameters()[0]!.dataSync())).toEqual(kept[2]);
  });

  it("refuses a measure that there is not, and options out of range", async () => {
    const { trainer } = make({ callbacks: [new EarlyStopping({ monitor: "accuracy" })] });
    await expect(trainer.fit([[x, y]])).rejects.toThrow(
      /nothing is measured as "accuracy"; there are loss\. Validation loss and metrics need/,
    );
    expect(() => new EarlyStopping({ patience: 0 })).toThrow(/patience is 0; need a number/);
    expect(() => new EarlyStopping({ mode: "down" as "min" })).toThrow(/mode is "down"; need/);
  });
});
