/**
 * Trains with all that a checkpoint has to keep: dropout, shuffled batches, gathered gradients, a
 * schedule, early stopping. Goes on where FILE stands, if it is there; prints its last weights.
 *
 *     node program.mjs FILE EPOCHS
 */
import type { Tensor } from "nabla";
import { manualSeed, nn, optim, rand } from "nabla";
import { DataLoader, TensorDataset } from "nabla/data";
import { EarlyStopping, Trainer } from "nabla/train";

const [path, epochs] = process.argv.slice(2) as [string, string];

manualSeed(11);
const x = rand([64, 4]);
const y = x.mul(x).sum(1, { keepdim: true });
const model = new nn.Sequential(
  ...[new nn.Linear(4, 12), new nn.Tanh(), new nn.Dropout(0.1), new nn.Linear(12, 1)],
);
const optimizer = new optim.AdamW(model.parameters(), { lr: 0.003 });
const trainer = new Trainer<readonly Tensor[]>(model, {
  loss: new nn.MSELoss(),
  optimizer,
  epochs: Number(epochs),
  accumulate: 2,
  clipGradNorm: 1,
  scheduler: { scheduler: new optim.lrScheduler.CosineAnnealingLR(optimizer, 300), every: "step" },
  callbacks: [new EarlyStopping({ patience: 100_000 })],
  checkpoint: { path, everySeconds: 0.03 },
  resume: true,
});
process.stdout.write("begun\n");
const train = new DataLoader(new TensorDataset(x, y), { batchSize: 10, shuffle: true });
const { history } = await trainer.fit(train, [[x, y]]);
const weights = model.parameters().map((parameter) => Array.from(parameter.dataSync()));
process.stdout.write(`${JSON.stringify({ weights, history: history.slice(-50) })}\n`);
