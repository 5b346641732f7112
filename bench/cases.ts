/** What is measured, as bench/rival.py has it too: the same data, the same first weights. */
import type { DeviceName, Tensor } from "nabla";
import { compile, fromArray, nn, noGrad, optim, setDefaultDevice } from "nabla";
import type { GPTSizes } from "../examples/nano-gpt.ts";
import { NanoGPT, trainer } from "../examples/nano-gpt.ts";
import type { Contestant } from "./report.ts";
import { contestant } from "./report.ts";
import type { Request } from "./rivals.ts";

/** The devices that are here: `native` is left out, aloud, where it cannot start. */
export function devicesHere(): DeviceName[] {
  try {
    setDefaultDevice("native");
    return ["wasm", "native"];
  } catch (error) {
    console.log(`skipped: native (${(error as Error).message})`);
    return ["wasm"];
  } finally {
    setDefaultDevice("wasm");
  }
}

/** Makes and runs something on a device. */
export function on<T>(device: DeviceName, run: () => T): T {
  setDefaultDevice(device);
  try {
    return run();
  } finally {
    setDefaultDevice("wasm");
  }
}

/** Numbers between −scale and scale that two languages make alike. */
export function spread(k: number, shape: readonly number[], scale = 1): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: count }, (_, i) => {
    return ((Math.imul(i + 1 + 7919 * k, 2654435761) >>> 0) / 2 ** 32 - 0.5) * 2 * scale;
  });
  return fromArray(values, shape);
}

/** Classes below `count`, likewise. */
export function classes(k: number, shape: readonly number[], count: number): Tensor {
  return spread(k, shape)
    .add(1)
    .div(2)
    .mul(count)
    .clamp(0, count - 1)
    .to("int32");
}

/** Gives all parameters the values that PyTorch's have. */
function begin<T extends nn.Module>(model: T): T {
  noGrad(() => {
    [...model.namedParameters()].forEach(([name, parameter], k) => {
      const { shape } = parameter;
      const fan = shape.slice(1).reduce((a, b) => a * b, 1);
      if (shape.length >= 2) parameter.set(spread(k, shape, 1 / Math.sqrt(fan)));
      else nn.init.constant(parameter, /bias/i.test(name) ? 0 : 1);
    });
  });
  return model;
}

/** The first weights of linear layers of these sizes, as `begin` gives them. */
export function weightsOf(sizes: readonly number[]): Tensor[] {
  return sizes.slice(1).map((size, at) => {
    const inputs = sizes[at]!;
    return spread(2 * at, [size, inputs], 1 / Math.sqrt(inputs));
  });
}

/** A training step, what it is fed with, and how PyTorch is asked for the same. */
export interface StepCase {
  readonly title: string;
  readonly samples: number;
  readonly request: Request;
  /** Makes model and data on the present device; a call is one step and returns its loss. */
  readonly make: (compiled: boolean) => () => number;
}

type Step = (input: Tensor, target: Tensor) => Tensor;

/** A step of Adam on cross entropy. */
function adam(model: nn.Module, scores: (x: Tensor) => Tensor, compiled: boolean): Step {
  const optimizer = new optim.Adam(begin(model).parameters(), { lr: 1e-3 });
  const plain: Step = (input, target) => {
    const loss = nn.functional.crossEntropy(scores(input), target);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
  return compiled ? compile(plain) : plain;
}

function fed(step: Step, input: Tensor, target: Tensor): () => number {
  return () => step(input, target).itemSync();
}

/** Linear layers with ReLU between them. */
export function mlp(batch = 64, sizes: readonly number[] = [784, 256, 128, 10]): StepCase {
  const [inputs, outputs] = [sizes[0]!, sizes.at(-1)!];
  return {
    title: `${sizes.join("-")}, batch ${batch}`,
    samples: batch,
    request: { case: "mlp", sizes: { batch, sizes } },
    make: (compiled) => {
      const layers = sizes
        .slice(1)
        .flatMap((size, at) => [new nn.Linear(sizes[at]!, size), new nn.ReLU()]);
      const model = new nn.Sequential(...layers.slice(0, -1));
      const step = adam(model, (x) => model.forward(x), compiled);
      return fed(step, spread(101, [batch, inputs]), classes(102, [batch], outputs));
    },
  };
}

/** Two convolutions, two pools and a linear layer. */
export function cnn(batch = 32): StepCase {
  return {
    title: `CNN 1 → 16 → 32 on ${batch} × 28²`,
    samples: batch,
    request: { case: "cnn", sizes: { batch } },
    make: (compiled) => {
      const model = new nn.Sequential(
        ...[new nn.Conv2d(1, 16, 3, { padding: 1 }), new nn.ReLU(), new nn.MaxPool2d(2)],
        ...[new nn.Conv2d(16, 32, 3, { padding: 1 }), new nn.ReLU(), new nn.MaxPool2d(2)],
        ...[new nn.Flatten(), new nn.Linear(32 * 7 * 7, 10)],
      );
      const step = adam(model, (x) => model.forward(x), compiled);
      return fed(step, spread(101, [batch, 1, 28, 28]), classes(102, [batch], 10));
    },
  };
}

class Reader extends nn.Module {
  layer: nn.LSTM;
  head: nn.Linear;

  constructor(width: number) {
    super();
    this.layer = new nn.LSTM(width, width, { batchFirst: true });
    this.head = new nn.Linear(width, 10);
  }

  forward(x: Tensor): Tensor {
    return this.head.forward(this.layer.forward(x)[0].select(1, -1));
  }
}

/** An LSTM whose last output is classified. */
export function lstm(width = 128, batch = 32, steps = 64): StepCase {
  return {
    title: `LSTM of ${width}, ${steps} steps of ${batch}`,
    samples: batch,
    request: { case: "lstm", sizes: { width, batch, steps } },
    make: (compiled) => {
      const model = new Reader(width);
      const step = adam(model, (x) => model.forward(x), compiled);
      return fed(step, spread(101, [batch, steps, width]), classes(102, [batch], 10));
    },
  };
}

const SMALL: GPTSizes = { vocabulary: 65, block: 64, layers: 4, heads: 4, width: 128 };

/** A step of AdamW of a GPT, with clipped gradients. */
export function gpt(title: string, batch = 12, sizes: GPTSizes = SMALL): StepCase {
  const shape = [batch, sizes.block];
  return {
    title: `${title}, ${sizes.layers} layers of ${sizes.width}, ${batch} × ${sizes.block}`,
    samples: batch,
    request: { case: "gpt", sizes: { ...sizes, batch } },
    make: (compiled) => {
      const step = trainer(begin(new NanoGPT(sizes)), { lr: 1e-3 }, compiled);
      const [x, y] = [101, 102].map((k) => classes(k, shape, sizes.vocabulary));
      return fed(step, x!, y!);
    },
  };
}

/** The loss of the third step, and the contestant, warm. */
export function stepContestant(
  { make }: StepCase,
  device: DeviceName,
  compiled = true,
  warm = 8,
): Contestant & { readonly check: number; readonly first: number } {
  const run = on(device, () => make(compiled));
  const start = performance.now();
  on(device, run);
  const first = performance.now() - start;
  on(device, run);
  const check = on(device, run);
  for (let k = 0; k < warm; k++) on(device, run); // V8 optimizes meanwhile
  const name = `Nabla ${device}, ${compiled ? "compiled" : "plain"}`;
  return { ...contestant(name, () => on(device, run)), check, first };
}
