/** What Node and the browser must compute with the same bits. Imports nothing of Node. */
import type { Tensor } from "nabla";
import { compile, manualSeed, nn, optim, tensor } from "nabla";
import type { ParityReport } from "../parity/parity.ts";
import { hashBits, runParity } from "../parity/parity.ts";

/** The hashes of one host. */
export interface SameBits {
  readonly parity: ParityReport;
  /** The bits of losses and weights of 200 plain and 200 compiled training steps. */
  readonly training: string;
}

function train(x: Tensor, y: Tensor, compiled: boolean): Tensor[] {
  manualSeed(42);
  const model = new nn.Sequential(new nn.Linear(1, 10), new nn.Tanh(), new nn.Linear(10, 1));
  const lossFn = new nn.MSELoss();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const plain = (): Tensor => {
    const loss = lossFn.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
  const step = compiled ? compile(plain) : plain;
  const losses: Tensor[] = [];
  for (let epoch = 0; epoch < 200; epoch++) losses.push(step());
  return [...losses, ...model.parameters()];
}

/** Runs the parity suite and the training of the nitrogen network on scaled rows. */
export function sameBits(xs: readonly number[], ys: readonly number[]): SameBits {
  const x = tensor(xs.map((value) => [value]));
  const y = tensor(ys.map((value) => [value]));
  const all = [...train(x, y, false), ...train(x, y, true)];
  return { parity: runParity(), training: hashBits(all.map((t) => t.dataSync())) };
}
