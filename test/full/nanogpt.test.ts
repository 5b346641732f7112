/** A hundred steps of nanoGPT's training beside PyTorch's, from the same weights and batches. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, nn, optim, tensor, type Tensor } from "nabla";
import { decayGroups, GPT, loadGPTWeights, lossOf } from "nabla/models";
import { expect, test } from "vitest";
import { rateAt } from "../../src/train/text/rate.ts";
import { listFiles, readFile, ROOT } from "../support/files.ts";
import { looked } from "../support/guard.ts";

const PYTHON = ["/usr/bin/python3", "python3"].find(
  (python) => spawnSync(python, ["-c", "import torch, numpy"]).status === 0,
);
const [ITERATIONS, BATCH, BLOCK] = [100, 12, 64];

test.skipIf(PYTHON === undefined)(
  "gives nanoGPT's losses, iteration by iteration",
  { timeout: 600_000 },
  async ({ task }) => {
    const folder = mkdtempSync(join(tmpdir(), "nabla-nanogpt-"));
    const text = join(folder, "text.txt");
    const { writeFileSync } = await import("node:fs");
    writeFileSync(text, listFiles(["docs"], ".md").map(readFile).join("\n"));
    const script = join(ROOT, "test/full/nanogpt.py");
    execFileSync(PYTHON!, [script, text, folder, String(ITERATIONS)]);
    const { losses } = JSON.parse(readFileSync(join(folder, "losses.json"), "utf8")) as {
      readonly losses: readonly number[];
    };
    const bytes = readFileSync(join(folder, "batches.bin"));
    const rows = new Int32Array(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    );
    const vocabSize = new Set(readFileSync(text, "utf8")).size;
    const sizes = { vocabSize, blockSize: BLOCK, nLayer: 4, nHead: 4, nEmbd: 128, bias: false };
    const model = new GPT(sizes);
    await loadGPTWeights(model, join(folder, "init.safetensors"));
    rmSync(folder, { recursive: true });
    const parameters = model.parameters();
    const optimizer = new optim.AdamW(decayGroups(model, 0.1), { lr: 1e-3, betas: [0.9, 0.99] });
    const step = compile((index: Tensor, target: Tensor) => {
      const loss = lossOf(model, index, target);
      loss.backward();
      nn.utils.clipGradNorm(parameters, 1);
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    });
    const course = { lr: 1e-3, minLr: 1e-4, warmupIters: 100, lrDecayIters: 2000 };
    let worst = 0;
    for (let k = 0; k < ITERATIONS; k++) {
      for (const group of optimizer.paramGroups) group.lr = rateAt(k, course);
      const batch = tensor(rows.slice(k * BATCH * (BLOCK + 1), (k + 1) * BATCH * (BLOCK + 1)), {
        shape: [BATCH, BLOCK + 1],
      });
      const loss = step(batch.narrow(1, 0, BLOCK), batch.narrow(1, 1, BLOCK)).itemSync();
      worst = Math.max(worst, Math.abs(loss - losses[k]!));
    }
    looked(task, `nanoGPT: ${ITERATIONS} losses, the largest difference ${worst.toExponential(1)}`);
    expect(worst).toBeLessThan(1e-3);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! - 1);
  },
);
