/**
 * When a network learns its data by heart, and what helps. The nitrogen data is smooth: 100 hidden
 * neurons trained on every second row do not overfit, the rows between keep falling too. A seeded
 * noisy third of the rows is another matter: the held-out loss turns round while the training loss
 * falls. Strong weight decay and dropout each keep about half of that
 * away; stopping at the best held-out loss costs nothing, but held-out rows.
 */
import type { Tensor } from "nabla";
import { compile, manualSeed, nn, noGrad, optim, randn, tensor } from "nabla";
import { figure, line, panel } from "nabla/plot";
import { nitrogen } from "./scratch/nitrogen-data.ts";
import { savePicture } from "./scratch/save-picture.ts";

const EPOCHS = 4000;
const NOISE = 0.15;

/** Inputs and targets, `[N, 1]` each. */
interface Rows {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** What a network is trained with. */
interface Recipe {
  readonly train: Rows;
  readonly heldOut: Rows;
  readonly weightDecay?: number;
  readonly dropout?: number;
}

/** Both losses along the way, at the end, and where the held-out loss was least. */
export interface Fit {
  readonly epochs: readonly number[];
  readonly train: readonly number[];
  readonly heldOut: readonly number[];
  readonly bestEpoch: number;
}

function rowsOf(keep: (k: number) => boolean): Rows {
  const { x, y } = nitrogen();
  const pick = (all: Float64Array): Tensor => {
    const some = all.filter((_, k) => keep(k));
    return tensor(some, { shape: [some.length, 1], dtype: "float32" });
  };
  return { x: pick(x), y: pick(y) };
}

async function fit({ train, heldOut, weightDecay = 0, dropout = 0 }: Recipe): Promise<Fit> {
  manualSeed(11);
  const model = new nn.Sequential(
    ...[new nn.Linear(1, 100), new nn.Tanh(), new nn.Dropout(dropout)],
    ...[new nn.Linear(100, 100), new nn.Tanh(), new nn.Dropout(dropout), new nn.Linear(100, 1)],
  );
  const optimizer = new optim.AdamW(model.parameters(), { lr: 3e-3, weightDecay });
  const lossOf = ({ x, y }: Rows): Tensor => nn.functional.mseLoss(model.forward(x), y);
  const step = compile(() => {
    const loss = lossOf(train);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
  });
  const read = async (rows: Rows): Promise<number> => {
    model.eval();
    const loss = await noGrad(() => lossOf(rows)).item();
    model.train();
    return loss;
  };
  const [epochs, falls, held]: [number[], number[], number[]] = [[], [], []];
  for (let epoch = 0; epoch <= EPOCHS; epoch++) {
    if (epoch % 50 === 0) {
      epochs.push(epoch);
      falls.push(await read(train));
      held.push(await read(heldOut));
    }
    step();
  }
  return {
    epochs,
    train: falls,
    heldOut: held,
    bestEpoch: epochs[held.indexOf(Math.min(...held))]!,
  };
}

/** Runs the program. */
export async function run(
  print: (line: string) => void = console.log,
): Promise<{ fits: Record<string, Fit>; svg: string }> {
  const clean = { train: rowsOf((k) => k % 2 === 0), heldOut: rowsOf((k) => k % 2 === 1) };
  const third = rowsOf((k) => k % 3 === 0);
  manualSeed(4);
  const noisy = { x: third.x, y: third.y.add(randn(third.y.shape).mul(NOISE)) };
  const rest = { train: noisy, heldOut: rowsOf((k) => k % 3 !== 0) };
  const recipes: Readonly<Record<string, Recipe>> = {
    "clean rows": clean,
    "noisy third": rest,
    "noisy, weight decay 3": { ...rest, weightDecay: 3 },
    "noisy, dropout 0.1": { ...rest, dropout: 0.1 },
  };
  const fits: Record<string, Fit> = {};
  for (const [name, recipe] of Object.entries(recipes)) {
    const found = (fits[name] = await fit(recipe));
    print(
      `${name.padEnd(22)} training ${found.train.at(-1)!.toExponential(1)}, held out ` +
        `${found.heldOut.at(-1)!.toExponential(1)}, best ` +
        `${Math.min(...found.heldOut).toExponential(1)} at epoch ${found.bestEpoch}`,
    );
  }
  print(`stopping early would have kept the network of epoch ${fits["noisy third"]!.bestEpoch}`);
  const columns = Object.entries(fits).map(([title, { epochs, train, heldOut }]) => {
    const curves = [
      line(epochs, train, { label: "training" }),
      line(epochs, heldOut, { label: "held out" }),
    ];
    return panel(curves, { title, xLabel: "epoch", yLabel: "loss", yScale: "log" });
  });
  const svg = figure([columns.slice(0, 2), columns.slice(2)], {
    width: 960,
    height: 640,
    title: "Overfitting, and what helps",
  });
  savePicture("overfitting", svg, print);
  return { fits, svg };
}
