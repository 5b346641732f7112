/**
 * A variational autoencoder (Kingma and Welling, 2014): noisy digits of a seven-segment display, 9
 * × 6 pixels, are squeezed through two numbers and drawn again. Nobody says which digit is which,
 * and yet each finds a place of its own on the plane of the two numbers.
 */
import type { Tensor } from "nabla";
import { compile, manualSeed, nn, noGrad, optim, rand, randint, tensor } from "nabla";
import { klDivergence, Normal } from "nabla/distributions";
import { figure, line, panel, PALETTE, points } from "nabla/plot";
import { savePicture } from "./scratch/save-picture.ts";

const [ROWS, COLUMNS] = [9, 6];
const PIXELS = ROWS * COLUMNS;
const BATCH = 128;
const STEPS = 3000;

/** Which of the segments a … g each digit lights. */
const DIGITS = ["abcdef", "bc", "abdeg", "abcdg", "bcfg", "acdfg", "acdefg", "abc", "abcdefg"];
DIGITS.push("abcdfg");

/** The pixels of each segment: rows and columns, from and to. */
const SEGMENTS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  a: [0, 0, 1, 4],
  b: [1, 3, 5, 5],
  c: [5, 7, 5, 5],
  d: [8, 8, 1, 4],
  e: [5, 7, 0, 0],
  f: [1, 3, 0, 0],
  g: [4, 4, 1, 4],
};

/** The ten clean digits `[10, PIXELS]`. */
const CLEAN = tensor(
  DIGITS.map((lit) =>
    Array.from({ length: PIXELS }, (_, at) => {
      const [row, column] = [Math.floor(at / COLUMNS), at % COLUMNS];
      const isLit = [...lit].some((name) => {
        const [top, bottom, left, right] = SEGMENTS[name]!;
        return row >= top && row <= bottom && column >= left && column <= right;
      });
      return isLit ? 1 : 0;
    }),
  ),
);

/** Digits in which one pixel in fifty is flipped. */
function draw(labels: Tensor): Tensor {
  const clean = CLEAN.indexSelect(0, labels);
  const flipped = rand(clean.shape).lt(0.02).to("float32");
  return clean.sub(flipped).abs();
}

/** Encoder to a normal distribution of two numbers, and decoder to the logits of pixels. */
class VAE extends nn.Module {
  encoder = new nn.Sequential(new nn.Linear(PIXELS, 64), new nn.Tanh(), new nn.Linear(64, 4));
  decoder = new nn.Sequential(new nn.Linear(2, 64), new nn.Tanh(), new nn.Linear(64, PIXELS));

  forward(x: Tensor): { logits: Tensor; code: Normal } {
    const [mean, logVariance] = this.encoder.forward(x).chunk(2, 1) as [Tensor, Tensor];
    const code = new Normal(mean, logVariance.mul(0.5).exp());
    return { logits: this.decoder.forward(code.rsample()), code };
  }
}

/** The evidence lower bound, negated, per picture: drawing it again, and what the code costs. */
function lossOf(model: VAE, x: Tensor): Tensor {
  const { logits, code } = model.forward(x);
  const again = nn.functional.binaryCrossEntropyWithLogits(logits, x, { reduction: "sum" });
  const cost = klDivergence(code, new Normal(0, 1)).sum();
  return again.add(cost).div(x.shape[0]!);
}

/** Runs the program; `apart` is the share of codes that lie nearest to their own digit's. */
export async function run(
  print: (line: string) => void = console.log,
  steps = STEPS,
): Promise<{ losses: number[]; apart: number; svg: string }> {
  manualSeed(5);
  const model = new VAE();
  const optimizer = new optim.Adam(model.parameters(), { lr: 3e-3 });
  const step = compile(() => {
    const loss = lossOf(model, draw(randint(0, 10, [BATCH])));
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  const [at, losses]: [number[], number[]] = [[], []];
  for (let k = 1; k <= steps; k++) {
    const loss = step();
    if (k % (steps / 30) !== 0) continue;
    at.push(k);
    losses.push(await loss.item());
    if (k % (steps / 6) === 0) print(`step ${k}  loss ${losses.at(-1)!.toFixed(2)} per picture`);
  }
  const labels = randint(0, 10, [600]);
  const codes = noGrad(() => model.forward(draw(labels)).code.mean);
  const centres = noGrad(() => model.forward(CLEAN).code.mean);
  const nearest = codes.unsqueeze(1).sub(centres.unsqueeze(0)).square().sum(-1).argmin(1);
  const apart = await nearest.eq(labels).to("float32").mean().item();
  print(`${(100 * apart).toFixed(0)} % of the codes lie nearest to the code of their own digit`);
  const digit = await labels.data();
  const [x, y] = (await codes.T.toArray()) as [number[], number[]];
  const clouds = DIGITS.map((_, k) => {
    const mine = (values: number[]): number[] => values.filter((_, i) => digit[i] === k);
    const style = { label: `${k}`, width: 2.5, color: PALETTE[k % 6]!, hollow: k >= 6 };
    return points(mine(x), mine(y), style);
  });
  const plane = panel(clouds, { xLabel: "first number", yLabel: "second number" });
  const curve = panel([line(at, losses)], { xLabel: "step", yLabel: "loss per picture" });
  const title = "Ten digits find their places on a plane";
  const svg = figure([[plane], [curve]], { width: 960, title, columnWidths: [3, 2] });
  savePicture("vae", svg, print);
  return { losses, apart, svg };
}
