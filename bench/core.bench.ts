/**
 * Whole training steps on one thread — forward, backward, optimizer: a small CNN, an LSTM, and
 * nanoGPT's configuration for one core — compiled and plain, beside PyTorch on one thread where a
 * Python has it.
 */
import { spawnSync } from "node:child_process";
import type { Tensor } from "nabla";
import { compile, manualSeed, nn, optim, randint, randn } from "nabla";
import { NanoGPT, trainer } from "../examples/nano-gpt.ts";
import type { Line } from "./report.ts";
import { milliseconds, report } from "./report.ts";

type Step = (input: Tensor, target: Tensor) => Tensor;

/** A step, and what it is fed with. */
interface Case {
  readonly name: "cnn" | "lstm" | "gpt";
  readonly title: string;
  readonly samples: number;
  readonly make: (compiled: boolean) => Step;
  readonly input: Tensor;
  readonly target: Tensor;
}

const classes = (count: number): Tensor => randint(0, 10, [count]);

/** A step of Adam on cross entropy. */
function adamStep(
  scores: (input: Tensor) => Tensor,
  parameters: Tensor[],
  compiled: boolean,
): Step {
  const optimizer = new optim.Adam(parameters, { lr: 1e-3 });
  const plain: Step = (input, target) => {
    const loss = nn.functional.crossEntropy(scores(input), target);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
  return compiled ? compile(plain) : plain;
}

function cnn(compiled: boolean): Step {
  const model = new nn.Sequential(
    ...[new nn.Conv2d(1, 16, 3, { padding: 1 }), new nn.ReLU(), new nn.MaxPool2d(2)],
    ...[new nn.Conv2d(16, 32, 3, { padding: 1 }), new nn.ReLU(), new nn.MaxPool2d(2)],
    ...[new nn.Flatten(), new nn.Linear(32 * 7 * 7, 10)],
  );
  return adamStep((x) => model.forward(x), model.parameters(), compiled);
}

function lstm(compiled: boolean): Step {
  const layer = new nn.LSTM(128, 128, { batchFirst: true });
  const head = new nn.Linear(128, 10);
  const scores = (x: Tensor): Tensor => head.forward(layer.forward(x)[0].select(1, -1));
  return adamStep(scores, [...layer.parameters(), ...head.parameters()], compiled);
}

function gpt(compiled: boolean): Step {
  const model = new NanoGPT({ vocabulary: 65, block: 64, layers: 4, heads: 4, width: 128 });
  return trainer(model, { lr: 1e-3 }, compiled);
}

const python = ["python3", "/usr/bin/python3"].find(
  (command) => spawnSync(command, ["-c", "import torch"]).status === 0,
);
if (python === undefined) console.log("skipped: PyTorch (no python3 with torch)");

/** The median step of PyTorch, in milliseconds. */
function inPyTorch(name: string): number | undefined {
  if (python === undefined) return undefined;
  const { stdout, stderr, status } = spawnSync(python, ["bench/core.py", name], {
    encoding: "utf8",
    env: { ...process.env, OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" },
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

function measure({ name, title, samples, make, input, target }: Case): Line[] {
  const base = inPyTorch(name);
  const line = (how: string, value: number): Line => {
    const note = `${((samples * 1000) / value).toFixed(0)} samples/s`;
    return {
      name: `${title}, ${how}`,
      value,
      unit: "ms",
      note,
      ...(base && { ratio: value / base }),
    };
  };
  const inNabla = (compiled: boolean): { first: number; median: number } => {
    const step = make(compiled);
    const run = (): void => void step(input, target).itemSync();
    const start = performance.now();
    run();
    const first = performance.now() - start;
    for (let k = 0; k < 10; k++) run(); // V8 optimizes meanwhile
    return { first, median: milliseconds(15, run) };
  };
  const [compiled, plain] = [inNabla(true), inNabla(false)];
  return [
    ...(base === undefined ? [] : [line("PyTorch", base)]),
    line("Nabla compiled", compiled.median),
    line("Nabla plain", plain.median),
    { name: `${title}, Nabla compiled, first call`, value: compiled.first, unit: "ms" },
  ];
}

manualSeed(1);
const cases: Case[] = [
  {
    name: "cnn",
    title: "CNN 1 → 16 → 32 on 32 × 28²",
    samples: 32,
    make: cnn,
    input: randn([32, 1, 28, 28]),
    target: classes(32),
  },
  {
    name: "lstm",
    title: "LSTM of 128, 64 steps of 32",
    samples: 32,
    make: lstm,
    input: randn([32, 64, 128]),
    target: classes(32),
  },
  {
    name: "gpt",
    title: "nanoGPT, 4 layers of 128, 12 × 64",
    samples: 12,
    make: gpt,
    input: randint(0, 65, [12, 64]),
    target: randint(0, 65, [12, 64]),
  },
];
report("core", "Training steps, one thread (ratio: to PyTorch)", cases.flatMap(measure));
