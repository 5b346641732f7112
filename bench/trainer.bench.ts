/**
 * What a `Trainer` costs over the plain compiled loop that reads each loss: on the nitrogen
 * network, an epoch a step and 100 steps an epoch, and on 784-128-10 with batches of 64.
 */
import type { Tensor } from "nabla";
import { compile, manualSeed, nn, optim, rand, randint } from "nabla";
import { Trainer } from "nabla/train";
import type { Line } from "./report.ts";
import { report } from "./report.ts";

interface Case {
  readonly name: string;
  readonly model: () => nn.Module & { forward(x: Tensor): Tensor };
  readonly loss: nn.MSELoss | nn.CrossEntropyLoss;
  readonly batches: readonly (readonly [Tensor, Tensor])[];
  readonly epochs: number;
}

manualSeed(0);
const nitrogen = (count: number): (readonly [Tensor, Tensor])[] =>
  Array.from({ length: count }, () => [rand([35, 1]), rand([35, 1])]);
const small = (): nn.Sequential =>
  new nn.Sequential(new nn.Linear(1, 10), new nn.Tanh(), new nn.Linear(10, 1));

const CASES: readonly Case[] = [
  {
    name: "1-10-1, an epoch a step",
    model: small,
    loss: new nn.MSELoss(),
    batches: nitrogen(1),
    epochs: 5000,
  },
  {
    name: "1-10-1, 100 steps an epoch",
    model: small,
    loss: new nn.MSELoss(),
    batches: nitrogen(100),
    epochs: 50,
  },
  {
    name: "784-128-10, batches of 64",
    model: () => new nn.Sequential(new nn.Linear(784, 128), new nn.ReLU(), new nn.Linear(128, 10)),
    loss: new nn.CrossEntropyLoss(),
    batches: Array.from({ length: 50 }, () => [rand([64, 784]), randint(0, 10, [64])]),
    epochs: 6,
  },
];

/** Trains by the plain loop; returns milliseconds and the last loss. */
function plain({ model: make, loss, batches, epochs }: Case): () => Promise<number> {
  manualSeed(1);
  const model = make();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.001 });
  const step = compile((x: Tensor, y: Tensor) => {
    const value = loss.forward(model.forward(x), y);
    value.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return value;
  });
  return async () => {
    let last = 0;
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (const [x, y] of batches) last = step(x, y).itemSync();
    }
    return last;
  };
}

/** The same by a trainer. */
function trained({ model: make, loss, batches, epochs }: Case): () => Promise<number> {
  manualSeed(1);
  const model = make();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.001 });
  const trainer = new Trainer<readonly [Tensor, Tensor]>(model, { loss, optimizer, epochs });
  return async () => (await trainer.fit(batches)).steps;
}

/** The lower quartiles of milliseconds of both, run in turns. */
async function compare(runs: readonly (() => Promise<number>)[]): Promise<number[]> {
  const times = runs.map((): number[] => []);
  for (let k = 0; k < 30; k++) {
    for (const [which, run] of runs.entries()) {
      const began = performance.now();
      await run();
      if (k > 4) times[which]!.push(performance.now() - began);
    }
  }
  return times.map((all) => all.sort((a, b) => a - b)[all.length >> 2]!);
}

const lines: Line[] = [];
for (const one of CASES) {
  const [loop, trainer] = (await compare([plain(one), trained(one)])) as [number, number];
  const steps = one.epochs * one.batches.length;
  const unit = "µs a step";
  lines.push({ name: `${one.name}: plain loop`, value: (1000 * loop) / steps, unit });
  const value = (1000 * trainer) / steps;
  lines.push({ name: `${one.name}: Trainer`, value, unit, ratio: trainer / loop });
}
report("trainer", "A Trainer beside the plain compiled loop (lower quartiles of 25)", lines);
