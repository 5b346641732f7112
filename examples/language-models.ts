/**
 * Six models of the same text, from a table of pairs to a GPT: what each can know of what comes
 * next, and what it costs. They read the documents of this folder, letter by letter.
 */
import { readFileSync } from "node:fs";
import { compile, manualSeed, nn, noGrad, optim, randint, tensor, type Tensor } from "nabla";
import type { ModelKind } from "nabla/models";
import { decayGroups, generate, lossOf, makeLanguageModel, MODEL_KINDS } from "nabla/models";
import { figure, line, panel } from "nabla/plot";
import { CharTokenizer } from "nabla/text";
import { savePicture } from "./scratch/save-picture.ts";

const TEXTS = ["README.md", "ARCHITECTURE.md", "docs/from-pytorch.md", "docs/fit.md"];
const SIZES = { blockSize: 32, nLayer: 2, nEmbd: 48, nHead: 4, bias: false };
const [BATCH, EVERY] = [12, 50];

/** What one model came to. */
export interface LanguageResult {
  readonly kind: ModelKind;
  readonly parameters: number;
  /** The loss of held-out text, in nats per letter. */
  readonly loss: number;
  readonly seconds: number;
  readonly written: string;
}

/** Blocks from random places, and the letters that follow each. */
function draw(codes: Int32Array): [index: Tensor, target: Tensor] {
  const starts = randint(0, codes.length - SIZES.blockSize, [BATCH]).dataSync();
  const rows = (shift: number): Tensor => {
    const all = Array.from(starts, (at) => [
      ...codes.subarray(at + shift, at + shift + SIZES.blockSize),
    ]);
    return tensor(Int32Array.from(all.flat()), { shape: [BATCH, SIZES.blockSize] });
  };
  return [rows(0), rows(1)];
}

/** A text as numbers of its letters, the last tenth held out. */
interface Letters {
  readonly letters: CharTokenizer;
  readonly train: Int32Array;
  readonly held: Int32Array;
}

/** Trains one model, and returns its held-out losses with it. */
async function learn(
  kind: ModelKind,
  { letters, train, held }: Letters,
  steps: number,
): Promise<LanguageResult & { readonly at: number[]; readonly losses: number[] }> {
  manualSeed(1);
  const model = makeLanguageModel(kind, { vocabSize: letters.vocabSize, ...SIZES });
  const parameters = model.parameters();
  const lr = kind === "bigram" ? 0.05 : 3e-3;
  const optimizer = new optim.AdamW(decayGroups(model, 0.1), { lr });
  const step = compile((index: Tensor, target: Tensor) => {
    const loss = lossOf(model, index, target);
    loss.backward();
    nn.utils.clipGradNorm(parameters, 1);
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  const judge = compile((index: Tensor, target: Tensor) =>
    noGrad(() => lossOf(model, index, target)),
  );
  const judged = Array.from({ length: 10 }, () => draw(held));
  const [at, losses]: [number[], number[]] = [[], []];
  let seconds = 0;
  for (let k = 0; k <= steps; k++) {
    if (k % EVERY === 0 || k === steps) {
      let sum = 0;
      for (const batch of judged) sum += await judge(...batch).item();
      at.push(k);
      losses.push(sum / judged.length);
    }
    const began = performance.now();
    if (k < steps) await step(...draw(train)).item();
    seconds += (performance.now() - began) / 1000;
  }
  const tokens: number[] = [];
  const options = { maxNewTokens: 60, temperature: 0.8 };
  for await (const token of generate(model, letters.encode("The "), options)) tokens.push(token);
  const count = parameters.reduce((sum, p) => sum + p.numel(), 0);
  const written = letters.decode(tokens);
  return { kind, parameters: count, loss: losses.at(-1)!, seconds, written, at, losses };
}

/** Runs the program; each model takes so many steps. */
export async function run(
  print: (line: string) => void = console.log,
  steps = 400,
): Promise<{ readonly results: readonly LanguageResult[]; readonly svg: string }> {
  const text = TEXTS.map((path) => readFileSync(path, "utf8")).join("\n");
  const letters = CharTokenizer.of(text);
  const codes = letters.encode(text);
  const cut = Math.floor(0.9 * codes.length);
  const material = { letters, train: codes.slice(0, cut), held: codes.slice(cut) };
  const chance = Math.log(letters.vocabSize).toFixed(3);
  print(`${codes.length} letters of ${letters.vocabSize} kinds; chance: ${chance}`);
  print("model   parameters   loss  seconds");
  const results = [];
  for (const kind of MODEL_KINDS) {
    const found = await learn(kind, material, steps);
    const { parameters, loss, seconds } = found;
    const cells = [
      String(parameters).padStart(10),
      loss.toFixed(3).padStart(7),
      seconds.toFixed(1).padStart(9),
    ];
    print(kind.padEnd(8) + cells.join(""));
    results.push(found);
  }
  for (const { kind, written } of results) print(`${kind}: The ${written.replaceAll("\n", "↵")}`);
  const curves = results.map(({ kind, at, losses }) => line(at, losses, { label: kind }));
  const axes = { xLabel: "step", yLabel: "held-out loss per letter" };
  const svg = figure([[panel(curves, axes)]], { title: "Six models of one text" });
  savePicture("language-models", svg, print);
  return { results, svg };
}
