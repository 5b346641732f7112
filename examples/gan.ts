/**
 * Two networks against each other (Goodfellow et al., 2014): a generator turns noise into points of
 * the plane, a discriminator tells them from points on eight heaps around a circle. Each learns
 * from the other alone. A generator that finds only some heaps has collapsed; the count is printed.
 */
import type { Tensor } from "nabla";
import { cat, compile, manualSeed, nn, noGrad, ones, optim, randint, randn, zeros } from "nabla";
import { figure, line, panel, points } from "nabla/plot";
import { savePicture } from "./scratch/save-picture.ts";

const HEAPS = 8;
const SPREAD = 0.05;
const BATCH = 256;
const STEPS = 4000;
const NOISE = 8;

/** Draws points `[N, 2]` of the eight heaps. */
function real(count: number): Tensor {
  const angle = randint(0, HEAPS, [count, 1])
    .to("float32")
    .mul((2 * Math.PI) / HEAPS);
  return cat([angle.cos(), angle.sin()], 1).add(randn([count, 2]).mul(SPREAD));
}

function network(inputs: number, outputs: number): nn.Sequential {
  return new nn.Sequential(
    ...[new nn.Linear(inputs, 64), new nn.LeakyReLU(0.2)],
    ...[new nn.Linear(64, 64), new nn.LeakyReLU(0.2), new nn.Linear(64, outputs)],
  );
}

/** Counts the heaps that at least 2 % of the points lie on, and the share that lies on any. */
function census(x: ArrayLike<number>): { heaps: number; onHeap: number } {
  const counts = new Array<number>(HEAPS).fill(0);
  for (let i = 0; i < x.length; i += 2) {
    const turn = (Math.atan2(x[i + 1]!, x[i]!) * HEAPS) / (2 * Math.PI);
    const heap = (Math.round(turn) + HEAPS) % HEAPS;
    const centre = (heap * 2 * Math.PI) / HEAPS;
    const far = Math.hypot(x[i]! - Math.cos(centre), x[i + 1]! - Math.sin(centre));
    if (far < 5 * SPREAD) counts[heap]!++;
  }
  const total = x.length / 2;
  const all = counts.reduce((sum, n) => sum + n, 0);
  return { heaps: counts.filter((n) => n >= 0.02 * total).length, onHeap: all / total };
}

/** What a run gives back. */
export interface GANRun {
  /** How many of the eight heaps the generator draws from. */
  readonly heaps: number;
  /** The share of its points that lie on a heap. */
  readonly onHeap: number;
  readonly svg: string;
}

/** Runs the program. */
export async function run(
  print: (line: string) => void = console.log,
  steps = STEPS,
): Promise<GANRun> {
  manualSeed(3);
  const [generator, judge] = [network(NOISE, 2), network(2, 1)];
  const betas = [0.5, 0.9] as const;
  const learnG = new optim.Adam(generator.parameters(), { lr: 1e-3, betas });
  const learnD = new optim.Adam(judge.parameters(), { lr: 1e-3, betas });
  const lossFn = new nn.BCEWithLogitsLoss();
  const [yes, no] = [ones([BATCH, 1]), zeros([BATCH, 1])];
  const step = compile(() => {
    const made = generator.forward(randn([BATCH, NOISE]));
    const right = lossFn.forward(judge.forward(real(BATCH)), yes);
    const lossD = right.add(lossFn.forward(judge.forward(made.detach()), no));
    lossD.backward();
    learnD.step();
    learnD.zeroGrad();
    const lossG = lossFn.forward(judge.forward(made), yes);
    lossG.backward();
    learnG.step();
    learnG.zeroGrad();
    learnD.zeroGrad();
    return [lossD.detach(), lossG.detach()] as const;
  });
  const at: number[] = [];
  const losses: [number[], number[]] = [[], []];
  for (let k = 1; k <= steps; k++) {
    const [lossD, lossG] = step();
    if (k % (steps / 40) !== 0) continue;
    at.push(k);
    losses[0].push(await lossD.item());
    losses[1].push(await lossG.item());
    if (k % (steps / 8) !== 0) continue;
    const { heaps, onHeap } = census(await sample(generator, 2000));
    print(`step ${k}  heaps found ${heaps} of ${HEAPS}, ${(100 * onHeap).toFixed(0)} % on a heap`);
  }
  const made = await sample(generator, 2000);
  const truth = await real(2000).data();
  const [even, odd] = [0, 1].map(
    (k) => (x: ArrayLike<number>) => Array.from({ length: 600 }, (_, i) => x[2 * i + k]!),
  );
  const cloud = panel(
    [
      points(even!(truth), odd!(truth), { label: "real", hollow: true, width: 3 }),
      points(even!(made), odd!(made), { label: "made from noise", width: 2, color: "#d55e00" }),
    ],
    { xLabel: "x", yLabel: "y" },
  );
  const curves = [line(at, losses[0], { label: "discriminator" })];
  curves.push(line(at, losses[1], { label: "generator" }));
  const svg = figure([[cloud], [panel(curves, { xLabel: "step", yLabel: "loss" })]], {
    ...{ width: 960, title: "A generator learns eight heaps from its judge alone" },
  });
  savePicture("gan", svg, print);
  return { ...census(made), svg };
}

async function sample(generator: nn.Sequential, count: number): Promise<ArrayLike<number>> {
  return noGrad(() => generator.forward(randn([count, NOISE]))).data();
}
