/**
 * A character model after nanoGPT: token and position embeddings, blocks of causal attention and a
 * perceptron, the output tied to the token embedding, AdamW with decay on matrices alone. It reads
 * the documents of this folder and then writes in their letters.
 */
import { readFileSync } from "node:fs";
import type { Tensor } from "nabla";
import {
  arange,
  compile,
  fromArray,
  manualSeed,
  multinomial,
  nn,
  noGrad,
  optim,
  randint,
} from "nabla";
import { figure, line, panel } from "nabla/plot";
import { savePicture } from "./scratch/save-picture.ts";

const TEXTS = ["README.md", "ARCHITECTURE.md", "docs/from-pytorch.md", "docs/fit.md"];
const BLOCK = 48;
const BATCH = 12;
const STEPS = 400;

function read(path: string): string {
  return readFileSync(path, "utf8");
}

/** The sizes of a model. */
export interface GPTSizes {
  readonly vocabulary: number;
  readonly block: number;
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
}

/** Queries, keys and values by one matrix; each place attends to those before it. */
class Attention extends nn.Module {
  readonly heads: number;
  project: nn.Linear;
  join: nn.Linear;

  constructor({ heads, width }: GPTSizes) {
    super();
    this.heads = heads;
    this.project = new nn.Linear(width, 3 * width, { bias: false });
    this.join = new nn.Linear(width, width, { bias: false });
  }

  forward(x: Tensor): Tensor {
    const [batch, length, width] = x.shape as [number, number, number];
    const [q, k, v] = this.project
      .forward(x)
      .chunk(3, -1)
      .map((part) => part.reshape([batch, length, this.heads, -1]).transpose(1, 2));
    const y = nn.functional.scaledDotProductAttention(q!, k!, v!, { isCausal: true });
    return this.join.forward(y.transpose(1, 2).reshape([batch, length, width]));
  }
}

/** Attention, then a perceptron four times as wide; both are added to what they read. */
class Block extends nn.Module {
  before: nn.LayerNorm;
  attention: Attention;
  between: nn.LayerNorm;
  widen: nn.Linear;
  gelu = new nn.GELU();
  narrow: nn.Linear;

  constructor(sizes: GPTSizes) {
    super();
    const { width } = sizes;
    this.before = new nn.LayerNorm(width, { bias: false });
    this.attention = new Attention(sizes);
    this.between = new nn.LayerNorm(width, { bias: false });
    this.widen = new nn.Linear(width, 4 * width, { bias: false });
    this.narrow = new nn.Linear(4 * width, width, { bias: false });
  }

  forward(x: Tensor): Tensor {
    const y = x.add(this.attention.forward(this.before.forward(x)));
    const wide = this.gelu.forward(this.widen.forward(this.between.forward(y)));
    return y.add(this.narrow.forward(wide));
  }
}

/** The model: int32 `[N, T]` to scores `[N, T, vocabulary]` of the letter that follows each. */
export class NanoGPT extends nn.Module {
  readonly sizes: GPTSizes;
  tokens: nn.Embedding;
  places: nn.Embedding;
  blocks: nn.ModuleList<Block>;
  after: nn.LayerNorm;

  constructor(sizes: GPTSizes) {
    super();
    const { vocabulary, block, layers, width } = sizes;
    this.sizes = sizes;
    this.tokens = new nn.Embedding(vocabulary, width);
    this.places = new nn.Embedding(block, width);
    this.blocks = new nn.ModuleList(Array.from({ length: layers }, () => new Block(sizes)));
    this.after = new nn.LayerNorm(width, { bias: false });
    for (const [name, parameter] of this.namedParameters()) {
      const adds = name.includes("join") || name.includes("narrow"); // what enters the sum
      const std = adds ? 0.02 / Math.sqrt(2 * layers) : 0.02;
      if (parameter.ndim === 2) nn.init.normal(parameter, { std });
    }
  }

  forward(index: Tensor): Tensor {
    const place = arange(index.shape[1]!, { dtype: "int32" });
    let x = this.tokens.forward(index).add(this.places.forward(place));
    for (const block of this.blocks) x = block.forward(x);
    return nn.functional.linear(this.after.forward(x), this.tokens.weight);
  }
}

/** The mean −log of the probability of each letter that follows. */
function lossOf(model: NanoGPT, input: Tensor, target: Tensor): Tensor {
  const scores = model.forward(input).reshape([-1, model.sizes.vocabulary]);
  return nn.functional.crossEntropy(scores, target.reshape([-1]));
}

/** One step of training, compiled: `step(inputs, targets)`, both int32 `[N, T]`, gives the loss. */
export function trainer(
  model: NanoGPT,
  { lr }: { readonly lr: number },
  compiled = true,
): (input: Tensor, target: Tensor) => Tensor {
  const parameters = model.parameters();
  const optimizer = new optim.AdamW(
    [
      { params: parameters.filter((p) => p.ndim >= 2), weightDecay: 0.1 },
      { params: parameters.filter((p) => p.ndim < 2), weightDecay: 0 },
    ],
    { lr, betas: [0.9, 0.99] },
  );
  const step = (input: Tensor, target: Tensor): Tensor => {
    const loss = lossOf(model, input, target);
    loss.backward();
    nn.utils.clipGradNorm(parameters, 1);
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
  return compiled ? compile(step) : step;
}

/** A text as numbers of its own letters, the last tenth held out. */
class Letters {
  readonly letters: readonly string[];
  readonly train: Int32Array;
  readonly held: Int32Array;

  constructor(text: string) {
    this.letters = [...new Set(text)].sort();
    const code = new Map(this.letters.map((letter, k) => [letter, k]));
    const codes = Int32Array.from(text, (letter) => code.get(letter)!);
    const cut = Math.floor(codes.length * 0.9);
    this.train = codes.slice(0, cut);
    this.held = codes.slice(cut);
  }

  /** The mean −log of how often the held-out letters are: the loss without any context. */
  get lossByCount(): number {
    const counts = new Float64Array(this.letters.length).fill(1);
    for (const code of this.train) counts[code]!++;
    const all = counts.reduce((a, b) => a + b, 0);
    return (
      this.held.reduce((sum, code) => sum - Math.log(counts[code]! / all), 0) / this.held.length
    );
  }
}

/** Places of a text, drawn at random: `[BATCH, BLOCK]` letters, and those that follow each. */
function draw(codes: Int32Array): [input: Tensor, target: Tensor] {
  const starts = randint(0, codes.length - BLOCK, [BATCH]).dataSync();
  const lines = (shift: number): Tensor => {
    const rows = Array.from(starts, (at) => codes.subarray(at + shift, at + shift + BLOCK));
    return fromArray(Int32Array.from(rows.flatMap((row) => [...row])), [BATCH, BLOCK]);
  };
  return [lines(0), lines(1)];
}

/** What a run gives back: losses in nats per letter. */
export interface GPTRun {
  readonly trainLoss: number;
  readonly testLoss: number;
  /** The loss of who knows how often each letter is, and no more. */
  readonly lossByCount: number;
  readonly written: string;
  readonly svg: string;
}

/** Runs the program. */
export async function run(print: (line: string) => void = console.log): Promise<GPTRun> {
  manualSeed(1);
  const { letters, train, held, lossByCount } = new Letters(TEXTS.map(read).join("\n"));
  const sizes = { vocabulary: letters.length, block: BLOCK, layers: 2, heads: 4, width: 64 };
  const model = new NanoGPT(sizes);
  const count = model.parameters().reduce((sum, parameter) => sum + parameter.numel(), 0);
  print(`${train.length} letters of ${letters.length} kinds; ${count} parameters`);
  const step = trainer(model, { lr: 3e-3 });
  const judge = compile((input: Tensor, target: Tensor) =>
    noGrad(() => lossOf(model, input, target)),
  );
  const [steps, falls, heldOut]: [number[], number[], number[]] = [[], [], []];
  for (let at = 0; at <= STEPS; at++) {
    const loss = step(...draw(train));
    if (at % 50 !== 0) continue;
    let sum = 0;
    for (let k = 0; k < 10; k++) sum += await judge(...draw(held)).item();
    steps.push(at);
    falls.push(await loss.item());
    heldOut.push(sum / 10);
    print(
      `step ${at}: ${falls.at(-1)!.toFixed(3)} in training, ${heldOut.at(-1)!.toFixed(3)} held out`,
    );
  }
  print(`by the letters' counts alone: ${lossByCount.toFixed(3)}`);
  const written = write(model, held.slice(0, BLOCK), 300, letters);
  print(written);
  const curves = [
    line(steps, falls, { label: "training" }),
    line(steps, heldOut, { label: "held out", dashed: true }),
  ];
  const svg = figure([[panel(curves, { xLabel: "step", yLabel: "loss per letter" })]], {
    title: "A character model",
  });
  savePicture("nano-gpt", svg, print);
  return { trainLoss: falls.at(-1)!, testLoss: heldOut.at(-1)!, lossByCount, written, svg };
}

/** Continues a text of BLOCK letters, each new one drawn by its probability. */
function write(
  model: NanoGPT,
  start: Int32Array,
  count: number,
  letters: readonly string[],
): string {
  const next = compile((input: Tensor) =>
    noGrad(() => multinomial(model.forward(input).select(1, -1).softmax(-1), 1)),
  );
  const codes = [...start];
  while (codes.length < start.length + count) {
    const context = fromArray(Int32Array.from(codes.slice(-BLOCK)), [1, BLOCK]);
    codes.push(next(context).itemSync());
  }
  return codes
    .map((code) => letters[code]!)
    .slice(BLOCK)
    .join("");
}
