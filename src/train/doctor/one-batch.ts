/** Tries to learn a few rows by heart, which every network can that is wired rightly. */
import { clock } from "../../core/clock.ts";
import type { Module } from "../../nn/module.ts";
import { Dropout } from "../../nn/dropout.ts";
import { Adam } from "../../optim/adam.ts";
import { NablaError } from "../../core/errors.ts";
import { compile } from "../../tensor/compile.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { randomState, setRandomState } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { criteriaOf, ignoranceOf } from "./criterion.ts";
import type { Finding } from "./finding.ts";
import { found } from "./finding.ts";
import { observe } from "./observe.ts";

const MOST_ROWS = 16;
const STEPS = 300;
const LOOK_EVERY = 20;

/** Below this share of a constant answer's loss something was learned of the inputs. */
const LEARNED = 0.75;

/** The loss of a batch: inputs, targets. */
export type BatchLoss = (x: Tensor, y: Tensor) => Tensor;

/**
 * Trains on the first rows of a batch until the loss is below three quarters of a constant
 * answer's, for 300 updates or `seconds`; a finding says that it stayed above. The model stays as
 * it was.
 */
export async function oneBatch(
  model: Module,
  lossOf: BatchLoss,
  [x, y]: readonly [Tensor, Tensor],
  seconds = 5,
): Promise<Finding[]> {
  const rows = rowsOf(model, x, y);
  if (rows === undefined) return [];
  const [inputs, targets] = [x.narrow(0, 0, rows), y.narrow(0, 0, rows)];
  const restore = remember(model);
  try {
    for (const module of model.modules()) if (module instanceof Dropout) module.eval();
    const seen = await observe(model, () => lossOf(inputs, targets));
    const [criterion, another] = await criteriaOf(seen);
    const constant = criterion && ignoranceOf(criterion)?.constant;
    if (another !== undefined || constant === undefined || !(constant > 0)) return [];
    if (!Number.isFinite(seen.lossValue) || seen.weights.length === 0) return [];
    const step = stepOf(model, () => lossOf(inputs, targets));
    const end = clock() + 1000 * seconds;
    let loss = seen.lossValue;
    for (let done = 1; done <= STEPS; done++) {
      const value = step();
      if (done % LOOK_EVERY > 0 && done < STEPS) continue;
      loss = await value.item();
      if (loss < LEARNED * constant || clock() > end) return [];
    }
    return [found("one-batch", "warning", { rows, steps: STEPS, loss, constant })];
  } finally {
    restore();
  }
}

/** How many rows to learn: no more than the parameters can tell apart. */
function rowsOf(model: Module, x: Tensor, y: Tensor): number | undefined {
  const batch = x.shape[0] ?? 0;
  if (batch < 2 || y.shape[0] !== batch) return undefined;
  const parameters = model.parameters().reduce((sum, p) => sum + p.numel(), 0);
  const most = Math.floor((parameters * batch) / y.numel());
  return Math.max(2, Math.min(batch, most, MOST_ROWS));
}

/** One update as one program; as plain code where the model cannot be traced. */
function stepOf(model: Module, lossOf: () => Tensor): () => Tensor {
  const trained = model.parameters().filter((parameter) => parameter.requiresGrad);
  const optimizer = new Adam(trained, { lr: 0.01 });
  const plain = (): Tensor => {
    optimizer.zeroGrad();
    const loss = lossOf();
    loss.backward();
    optimizer.step();
    return loss.detach();
  };
  let step = compile(plain);
  return () => {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof NablaError) || step === plain) throw error;
      step = plain as typeof step;
      return plain();
    }
  };
}

/** Notes weights, gradients, buffers, modes and random numbers; returns what puts them back. */
function remember(model: Module): () => void {
  const random = randomState();
  const modes = model.modules().map((module) => [module, module.training] as const);
  const cells = [...model.parameters(), ...model.buffers()].map(
    (cell) => [cell, cell.detach()] as const,
  );
  const gradients = model.parameters().map((parameter) => [parameter, parameter.grad] as const);
  return () => {
    noGrad(() => cells.forEach(([cell, before]) => cell.set(before)));
    for (const [parameter, gradient] of gradients) parameter.grad = gradient;
    for (const [module, mode] of modes) module.training = mode;
    setRandomState(random);
  };
}
