/** The trainer: the bits of the plain loop, whom it tells what, when it stops, what it refuses. */
import { describe, expect, it } from "vitest";
import type { Tensor } from "nabla";
import { compile, manualSeed, nn, optim, rand, tensor } from "nabla";
import { DataLoader, TensorDataset } from "nabla/data";
import type { Callback, TrainEvent, TrainerOptions } from "nabla/train";
import { DivergedError, Trainer } from "nabla/train";

const x = tensor(Array.from({ length: 12 }, (_, i) => [i / 12, (i * 5) % 7]));
const y = tensor(Array.from({ length: 12 }, (_, i) => [(i % 5) - 2]));
const data = new TensorDataset(x, y);
const lossFn = new nn.MSELoss();

/** A model with what trains it. */
function make(options: Partial<TrainerOptions> = {}, dropout = 0.2) {
  manualSeed(3);
  const model = new nn.Sequential(
    ...[new nn.Linear(2, 6), new nn.Tanh(), new nn.Dropout(dropout), new nn.Linear(6, 1)],
  );
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  return { model, optimizer, trainer: new Trainer(model, { loss: lossFn, optimizer, ...options }) };
}

const loader = () => new DataLoader(data, { batchSize: 5, shuffle: true });
const bitsOf = (model: nn.Module): number[][] =>
  model.parameters().map((parameter) => Array.from(parameter.dataSync()));

/** Tells of every event by its type, step and loss. */
function noting(notes: string[]): Callback {
  const note = ({ type, epoch, step }: TrainEvent): void =>
    void notes.push(`${type} ${epoch} ${step}`);
  return {
    ...{ name: "noting", onStart: note, onEpochStart: note, onStep: note, onValidation: note },
    ...{ onEpochEnd: note, onEnd: note },
  };
}

describe("a trainer gives the bits of the plain loop", () => {
  it.each([true, false])("compiled: %s", async (compiled) => {
    const plain = make();
    const step = compile((input: Tensor, target: Tensor) => {
      const loss = lossFn.forward(plain.model.forward(input), target);
      loss.backward();
      plain.optimizer.step();
      plain.optimizer.zeroGrad();
      return loss;
    });
    const batches = loader();
    const means: number[] = [];
    for (let epoch = 0; epoch < 4; epoch++) {
      let sum = 0;
      for (const [input, target] of batches) {
        sum += (await step(input!, target!).item()) * input!.shape[0]!;
      }
      means.push(sum / 12);
    }
    const { model, trainer } = make({ epochs: 4, compile: compiled });
    const { history, epochs, steps, reason } = await trainer.fit(loader());
    expect(bitsOf(model)).toEqual(bitsOf(plain.model));
    expect(history.map(({ loss }) => loss)).toEqual(means);
    expect([epochs, steps, reason]).toEqual([4, 12, "done"]);
  });

  it("where every other step is looked into", async () => {
    const seen: number[] = [];
    const inspector: Callback = {
      inspects: (step) => step % 2 === 0,
      onInspect: ({ loss }) => expect(loss).toBe(undefined),
      onGradients: ({ step, loss, output }, { model }) => {
        seen.push(step);
        expect([loss!.shape, output!.shape[1]]).toEqual([[], 1]);
        expect(model.parameters().every(({ grad }) => grad !== null)).toBe(true);
      },
    };
    const plain = make({ epochs: 3 });
    await plain.trainer.fit(loader());
    const { model, trainer } = make({ epochs: 3, callbacks: [inspector] });
    await trainer.fit(loader());
    expect(bitsOf(model)).toEqual(bitsOf(plain.model));
    expect(seen).toEqual([0, 2, 4, 6, 8]);
  });

  it("by a step of its own, of batches of any form", async () => {
    const plain = make({ epochs: 3 });
    await plain.trainer.fit([[x, y]]);
    const own = make();
    const trainer = new Trainer(own.model, {
      step: ({ input, wanted }: { input: Tensor; wanted: Tensor }) =>
        lossFn.forward(own.model.forward(input), wanted),
      optimizer: own.optimizer,
      epochs: 3,
    });
    await trainer.fit([{ input: x, wanted: y }]);
    expect(bitsOf(own.model)).toEqual(bitsOf(plain.model));
  });
});

describe("gradients of several batches", () => {
  it("make the update of one batch of all rows", async () => {
    const whole = make({ epochs: 2 }, 0);
    const parts = make({ epochs: 2, accumulate: 3 }, 0);
    await whole.trainer.fit(new DataLoader(data, { batchSize: 12 }));
    const { steps } = await parts.trainer.fit(new DataLoader(data, { batchSize: 4 }));
    expect(steps).toBe(2);
    const [a, b] = [bitsOf(whole.model).flat(), bitsOf(parts.model).flat()];
    a.forEach((value, k) => expect(value).toBeCloseTo(b[k]!, 5));
  });

  it("left over at the end of an epoch make an update by their own mean", async () => {
    const { trainer } = make({ epochs: 1, accumulate: 2, clipGradNorm: 0.5 });
    expect((await trainer.fit(new DataLoader(data, { batchSize: 4 }))).steps).toBe(2);
  });
});

describe("events", () => {
  const wanted = [
    ...["start 0 0", "epochStart 0 0", "step 0 1", "step 0 2", "step 0 3", "validation 0 3"],
    ...["epochEnd 0 3", "end 1 3"],
  ];

  it("come to callbacks and to a loop, in their order", async () => {
    const [told, given]: [string[], string[]] = [[], []];
    const { trainer } = make({ callbacks: [noting(told)] });
    for await (const { type, epoch, step } of trainer.run(loader(), loader())) {
      given.push(`${type} ${epoch} ${step}`);
      expect(told).toEqual(given); // training waits for the loop
    }
    expect(given).toEqual(wanted);
  });

  it("end where the loop is left; the update under way is the last", async () => {
    const { trainer } = make({ epochs: 100 });
    for await (const event of trainer.run(loader())) {
      if (event.type === "step" && event.step === 4) break;
    }
    expect([trainer.step, trainer.epoch]).toEqual([4, 1]);
    expect((await trainer.fit(loader())).steps).toBe(300);
  });

  it("carry an error of a callback to the loop, and to the others first", async () => {
    const seen: unknown[] = [];
    const fails: Callback = {
      onStep: () => {
        throw new Error("no");
      },
      onError: (error) => void seen.push(error),
    };
    const { trainer } = make({ callbacks: [fails] });
    await expect(trainer.fit(loader())).rejects.toThrow("no");
    const walk = async (): Promise<void> => {
      for await (const event of trainer.run(loader())) void event;
    };
    await expect(walk()).rejects.toThrow("no");
    expect(seen.length).toBe(2);
  });
});

describe("a training ends", () => {
  it("after so many updates, at the end of an epoch too", async () => {
    expect(await make({ steps: 7 }).trainer.fit(loader())).toMatchObject({ epochs: 2, steps: 7 });
    const whole = await make({ steps: 6 }).trainer.fit(loader());
    expect([whole.epochs, whole.history.length]).toEqual([2, 2]);
  });

  it("by a signal, by time, and when asked", async () => {
    const aborted = make({ epochs: 1e9, signal: AbortSignal.timeout(60) });
    expect((await aborted.trainer.fit(loader())).reason).toBe("aborted");
    const late = make({ epochs: 1e9, maxTime: 0.05 });
    expect((await late.trainer.fit(loader())).reason).toBe("time");
    const asks: Callback = {
      onEpochEnd: ({ epoch }, trainer) => void (epoch === 2 && trainer.stop("mine")),
    };
    const asked = await make({ epochs: 9, callbacks: [asks] }).trainer.fit(loader());
    expect([asked.reason, asked.epochs]).toEqual(["mine", 3]);
  });

  it("at a loss that is no number; small models go back by an update", async () => {
    const { model, trainer, optimizer } = make({ epochs: 50 });
    (optimizer.paramGroups[0] as { lr: number }).lr = 1e30;
    const failed = (await trainer.fit(loader()).catch((error: unknown) => error)) as DivergedError;
    expect(failed).toBeInstanceOf(DivergedError);
    const { message } = failed;
    expect(message).toMatch(
      /^Training diverged: at epoch 0 the loss is (?:Infinity|NaN)\. At step 1/,
    );
    expect(message).toMatch(/the loss \(MSELoss\) overflowed on inputs up to \S+; \d\.\w+ has/);
    expect(bitsOf(model).flat().every(Number.isFinite)).toBe(true);
  });

  it("to the same bits where the steps since are made again as where each step is kept", async () => {
    const diverge = async (compile: boolean) => {
      const { model, trainer } = make({ epochs: 9, compile });
      const wild = y.mul(1e30);
      const given = Array.from({ length: 40 }, (_, k) => [x, k === 37 ? wild : y]);
      const failed = (await trainer.fit(given).catch((error: unknown) => error)) as DivergedError;
      return { message: failed.message, step: failed.step, bits: bitsOf(model) };
    };
    const again = await diverge(true);
    expect(again).toEqual(await diverge(false));
    expect(again.step).toBe(37);
  });
});

describe("a training is tried", () => {
  it("on one batch, whatever is asked for", async () => {
    const { trainer } = make({ epochs: 100, fastDevRun: true, metrics: { zero: () => 0 } });
    const { steps, history } = await trainer.fit(loader(), loader());
    expect([steps, history[0]!.metrics]).toEqual([1, { zero: 0 }]);
  });

  it("on batches that it learns by heart", async () => {
    const { trainer } = make({ epochs: 400, overfitBatches: 1 }, 0);
    const { history, steps } = await trainer.fit(loader());
    expect(steps).toBe(400);
    expect(history.at(-1)!.loss).toBeLessThan(history[0]!.loss / 20);
  });
});

describe("schedules", () => {
  it("step after epochs, updates, or at a plateau", async () => {
    const rates = async (by: (made: ReturnType<typeof make>) => TrainerOptions["scheduler"]) => {
      const made = make();
      const scheduler = by(made)!;
      const trainer = new Trainer(made.model, {
        ...{ loss: lossFn, optimizer: made.optimizer, epochs: 2, scheduler },
      });
      await trainer.fit(loader(), loader());
      return made.optimizer.paramGroups[0]!.lr;
    };
    const { StepLR, ReduceLROnPlateau } = optim.lrScheduler;
    expect(await rates(({ optimizer }) => new StepLR(optimizer, 1, 0.5))).toBe(0.0125);
    expect(
      await rates(({ optimizer }) => ({
        ...{ scheduler: new StepLR(optimizer, 2, 0.5), every: "step" },
      })),
    ).toBe(0.05 / 8);
    const never = { patience: 0, threshold: 1e9, thresholdMode: "abs", factor: 0.1 } as const;
    // the first epoch is better than none
    const plateau = await rates(({ optimizer }) => new ReduceLROnPlateau(optimizer, never));
    expect(plateau).toBeCloseTo(0.005, 9);
  });
});

describe("what cannot be is refused by name", () => {
  const { model, optimizer } = make();
  it.each<[string, unknown, RegExp]>([
    ["no optimizer", { loss: lossFn }, /there is no optimizer/],
    ["no loss", { optimizer }, /neither loss nor step/],
    ["a misspelt option", { loss: lossFn, optimizer, epoch: 3 }, /no option "epoch" \(epochs\?\)/],
    ["half an epoch", { loss: lossFn, optimizer, epochs: 0.5 }, /epochs is 0\.5; need an integer/],
    ["no time", { loss: lossFn, optimizer, maxTime: 0 }, /maxTime is 0; need seconds/],
  ])("%s", (_, options, message) => {
    expect(() => new Trainer(model, options as TrainerOptions)).toThrow(message);
  });

  it("a batch that is no pair, a step that gives no loss, batches that are none", async () => {
    const { trainer } = make();
    await expect(trainer.fit([[x]] as never)).rejects.toThrow(/a batch is a list of 1; with the/);
    const none = new Trainer(model, { optimizer, step: () => 3 as never });
    await expect(none.fit([[x, y]])).rejects.toThrow(/step returned 3; need the loss/);
    await expect(trainer.fit([])).rejects.toThrow(/the batches are none/);
  });

  it("two trainings at once", async () => {
    const { trainer } = make({ epochs: 1e9, maxTime: 0.2 });
    const first = trainer.fit(loader());
    await expect(trainer.fit(loader())).rejects.toThrow(/it is training already/);
    await first;
  });
});

it("validates without dropout, without gradients, and without drawing random numbers", async () => {
  const [plain, judged] = [make({ epochs: 2, seed: 5 }), make({ epochs: 2, seed: 5 })];
  await plain.trainer.fit(loader());
  const next = await rand([1]).item();
  await judged.trainer.fit(loader(), [[x, y]]);
  expect(bitsOf(judged.model)).toEqual(bitsOf(plain.model));
  expect(await rand([1]).item()).toBe(next);
  expect(judged.model.training).toBe(true);
});
