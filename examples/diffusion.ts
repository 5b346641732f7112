/**
 * Denoising diffusion (Ho, Jain and Abbeel, 2020) in the plane: noise is added to points of two
 * moons in 100 small steps, a network learns to guess the noise in a noisy point, and from pure
 * noise the guesses, taken away step by step, lead back to moons.
 */
import type { Tensor } from "nabla";
import {
  cat,
  compile,
  manualSeed,
  nn,
  noGrad,
  optim,
  rand,
  randint,
  randn,
  tensor,
  zeros,
} from "nabla";
import { figure, panel, points } from "nabla/plot";
import { savePicture } from "./scratch/save-picture.ts";

const [TIMES, BATCH, STEPS] = [100, 256, 4000];

/** Draws points `[N, 2]` of two interleaved half circles. */
function moons(count: number): Tensor {
  const angle = rand([count, 1]).mul(Math.PI);
  const lower = randint(0, 2, [count, 1]).to("float32");
  const sign = lower.mul(-2).add(1);
  const x = angle.cos().mul(sign).add(lower).sub(0.5);
  const y = angle.sin().mul(sign).add(lower.mul(0.5)).sub(0.25);
  return cat([x, y], 1).add(randn([count, 2]).mul(0.06));
}

/** Guesses the noise in points `[N, 2]` at times `[N, 1]` in 0 … 1. */
class Denoiser extends nn.Module {
  layers = new nn.Sequential(
    ...[10, 128, 128].flatMap((width) => [new nn.Linear(width, 128), new nn.SiLU()]),
    new nn.Linear(128, 2),
  );

  forward(x: Tensor, time: Tensor): Tensor {
    const waves = [1, 3, 9, 27].flatMap((k) => [time.mul(k).sin(), time.mul(k).cos()]);
    return this.layers.forward(cat([x, ...waves], 1));
  }
}

/** The noise added at each time, and the share of the point that is left after it. */
const BETA = Array.from({ length: TIMES }, (_, t) => 1e-3 + (0.08 * t) / TIMES);
const LEFT = BETA.map((_, t) => BETA.slice(0, t + 1).reduce((left, beta) => left * (1 - beta), 1));

/** Follows the guesses from noise back to points `[N, 2]`, and keeps some moments on the way. */
function generate(model: Denoiser, count: number, keep: readonly number[]): Tensor[] {
  const turnBack = compile((x: Tensor, time: number, rate: number, scale: number, noise: number) =>
    noGrad(() => {
      const guess = model.forward(x, zeros([count, 1]).add(time));
      const rest = x.sub(guess.mul(rate)).mul(scale);
      return randn([count, 2]).mul(noise).add(rest);
    }),
  );
  let x = randn([count, 2]);
  const kept = [x];
  for (let t = TIMES - 1; t >= 0; t--) {
    const beta = BETA[t]!;
    const [rate, scale] = [beta / Math.sqrt(1 - LEFT[t]!), 1 / Math.sqrt(1 - beta)];
    x = turnBack(x, t / TIMES, rate, scale, t === 0 ? 0 : Math.sqrt(beta));
    if (keep.includes(t)) kept.push(x);
  }
  return kept;
}

/** The mean distance of points `[N, 2]` to their nearest among others `[M, 2]`. */
function distance(from: Tensor, to: Tensor): Promise<number> {
  return from.unsqueeze(1).sub(to.unsqueeze(0)).square().sum(-1).sqrt().amin(1).mean().item();
}

/** Runs the program; `distance` is that from made points to real ones or back, the larger. */
export async function run(
  print: (line: string) => void = console.log,
  steps = STEPS,
): Promise<{ distance: number; svg: string }> {
  manualSeed(7);
  const model = new Denoiser();
  const optimizer = new optim.Adam(model.parameters(), { lr: 3e-3 });
  const schedule = new optim.lrScheduler.CosineAnnealingLR(optimizer, steps);
  const left = tensor(LEFT);
  const step = compile(() => {
    const times = randint(0, TIMES, [BATCH]);
    const share = left.indexSelect(0, times).unsqueeze(1);
    const noise = randn([BATCH, 2]);
    const noisy = moons(BATCH)
      .mul(share.sqrt())
      .add(noise.mul(share.neg().add(1).sqrt()));
    const guess = model.forward(noisy, times.to("float32").div(TIMES).unsqueeze(1));
    const loss = nn.functional.mseLoss(guess, noise);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  for (let k = 1; k <= steps; k++) {
    const loss = step();
    schedule.step();
    if (k % (steps / 8) !== 0) continue;
    print(`step ${k}  error of the guessed noise ${(await loss.item()).toFixed(4)}`);
  }
  const stages = generate(model, 500, [50, 25, 10, 0]);
  const [made, truth] = [stages.at(-1)!, moons(500)];
  const far = Math.max(await distance(made, truth), await distance(truth, made));
  print(`mean distance of made and real points: ${far.toFixed(3)}`);
  const titles = ["pure noise", "after 50 steps", "75", "90", "all 100"];
  const columns = [];
  for (const [k, stage] of stages.entries()) {
    const [x, y] = (await stage.T.toArray()) as [number[], number[]];
    columns.push([panel([points(x, y, { width: 2 })], { title: titles[k]! })]);
  }
  const svg = figure(columns, { width: 1100, height: 300, title: "From noise to moons" });
  savePicture("diffusion", svg, print);
  return { distance: far, svg };
}
