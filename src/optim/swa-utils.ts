/** The namespace `optim.swaUtils`: averages of a model's weights, as `torch.optim.swa_utils`. */
import { needOneOf } from "../core/choice.ts";
import { argumentError, NablaError } from "../core/errors.ts";
import { cos } from "../core/math.ts";
import type { Settings } from "../core/options.ts";
import { asGiven, read, readNamed, show } from "../core/options.ts";
import { zeros } from "../tensor/create.ts";
import { where } from "../tensor/functions/arithmetic.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { cell, Tensor } from "../tensor/tensor.ts";
import type { PerGroup, ScheduleOptions, Target } from "./schedules/scheduler.ts";
import { LRScheduler, perGroup, positiveInteger } from "./schedules/scheduler.ts";

/** What of a model an average needs; every `nn.Module` has it. */
export interface Averageable {
  /** Copies parameters and buffers. */
  clone(): this;
  /** Computes the model. */
  forward(...inputs: never[]): unknown;
  /** What is averaged. */
  parameters(): Tensor[];
  /** What is copied or averaged beside them. */
  buffers(): Tensor[];
  /** Sets training or evaluation. */
  train(mode?: boolean): this;
  /** The values by name. */
  stateDict(): Record<string, Tensor>;
  /** Takes values over by name. */
  loadStateDict(state: Record<string, Tensor>): unknown;
}

/** Computes the next average of one tensor from the present one, the model's, and the count. */
export type AverageFunction = (average: Tensor, value: Tensor, count: Tensor) => Tensor;

/** The options of {@link AveragedModel}. */
export interface AveragedModelOptions<M = unknown> {
  /** A second model to keep the averages in, where the class has private fields. */
  readonly copy?: M;
  /** Default: the mean of all updates. {@link getEmaAvgFn} gives a moving one. */
  readonly avgFn?: AverageFunction;
  /** Averages float buffers too, instead of leaving them as they were. Default: false. */
  readonly useBuffers?: boolean;
}

/** The mean of all values so far. */
const mean: AverageFunction = (average, value, count) =>
  average.add(value.sub(average).div(count.to(average.dtype).add(1)));

/**
 * Returns an average that forgets: `decay · average + (1 − decay) · value`; default 0.999. PyTorch:
 * `torch.optim.swa_utils.get_ema_avg_fn`.
 */
export function getEmaAvgFn(decay = 0.999): AverageFunction {
  if (!(decay >= 0 && decay <= 1)) {
    throw argumentError(`getEmaAvgFn: decay is ${decay}; need a number from 0 to 1.`);
  }
  return (average, value) => average.mul(decay).add(value.mul(1 - decay));
}

const AVERAGED = { copy: asGiven(undefined), avgFn: asGiven(undefined), useBuffers: false };

/**
 * A copy of a model whose parameters are averages of the model's, taken at each
 * `updateParameters(model)`; that may be inside a compiled step:
 *
 *     const averaged = new optim.swaUtils.AveragedModel(model, {
 *       avgFn: optim.swaUtils.getEmaAvgFn(0.99),
 *     });
 *     optimizer.step();
 *     averaged.updateParameters(model);
 *
 * PyTorch: `torch.optim.swa_utils.AveragedModel` (Izmailov et al. 2018).
 */
export class AveragedModel<M extends Averageable> {
  /** The copy. */
  readonly module: M;
  /** How many updates were averaged: int32, of shape []. */
  readonly nAveraged: Tensor;
  readonly #avgFn: AverageFunction;
  readonly #useBuffers: boolean;

  constructor(model: M, options: AveragedModelOptions<M> = {}) {
    readNamed("AveragedModel", AVERAGED, options);
    this.module = options.copy ?? model.clone();
    if (options.copy !== undefined) this.module.loadStateDict(model.stateDict());
    const { device } = model.parameters()[0] ?? {};
    this.nAveraged = cell(zeros([], { dtype: "int32", ...(device ? { device } : {}) }));
    this.#avgFn = options.avgFn ?? mean;
    this.#useBuffers = options.useBuffers ?? false;
  }

  /** Averages the model's weights in; the first time they are copied. Throws for another model. */
  updateParameters(model: Averageable): void {
    const [own, its] = [this.#averaged(this.module), this.#averaged(model)];
    if (own.length !== its.length || own.some((a, k) => a.shape.join() !== its[k]!.shape.join())) {
      throw argumentError("AveragedModel.updateParameters: the model has other parameters.");
    }
    noGrad(() => {
      const isFirst = this.nAveraged.eq(0);
      own.forEach((average, k) => {
        const value = its[k]!.detach();
        const next = this.#avgFn(average.detach(), value, this.nAveraged);
        average.set(where(isFirst, value, next));
      });
      this.nAveraged.set(this.nAveraged.add(1));
    });
  }

  /** Computes the outputs of the averaged model. */
  forward(...inputs: Parameters<M["forward"]>): ReturnType<M["forward"]> {
    return this.module.forward(...inputs) as ReturnType<M["forward"]>;
  }

  /** Lists the averages. */
  parameters(): Tensor[] {
    return this.module.parameters();
  }

  /** Sets the copy to training or not. */
  train(mode = true): this {
    this.module.train(mode);
    return this;
  }

  /** Sets the copy to evaluation. */
  eval(): this {
    return this.train(false);
  }

  /** Returns the averages by PyTorch's names: `n_averaged`, and `module.` before the model's. */
  stateDict(): Record<string, Tensor> {
    const inner = Object.entries(this.module.stateDict());
    const named = inner.map(([name, value]) => [`module.${name}`, value] as const);
    return { n_averaged: this.nAveraged.detach(), ...Object.fromEntries(named) };
  }

  /** Takes over saved averages. Throws where they do not fit, before anything is changed. */
  loadStateDict(state: Record<string, Tensor>): void {
    const { n_averaged: count, ...rest } = state;
    const foreign = Object.keys(rest).filter((name) => !name.startsWith("module."));
    const has = count === undefined ? "no n_averaged" : foreign.join(", ");
    if (has !== "") {
      throw new NablaError("state", `AveragedModel.loadStateDict: the state has ${has}.`);
    }
    const next = countOf(count);
    const inner = Object.entries(rest).map(
      ([name, value]) => [name.slice("module.".length), value] as const,
    );
    this.module.loadStateDict(Object.fromEntries(inner));
    this.nAveraged.set(next);
  }

  #averaged(model: Averageable): Tensor[] {
    if (!this.#useBuffers) return model.parameters();
    const isFloat = ({ dtype }: Tensor): boolean => dtype === "float32" || dtype === "float64";
    return [...model.parameters(), ...model.buffers().filter(isFloat)];
  }
}

/** Makes the count of what was saved: one number. */
function countOf(saved: unknown): Tensor {
  if (saved instanceof Tensor && saved.numel() === 1) return saved.detach().to("int32").reshape([]);
  throw new NablaError(
    "state",
    `AveragedModel.loadStateDict: n_averaged is ${show(saved)}; need a tensor of one number.`,
  );
}

/** What of a model {@link updateBn} needs; every `nn.Module` has it. */
export interface Normalizing {
  readonly training: boolean;
  /** Lists the modules it is made of. */
  modules(): Iterable<object>;
  /** Computes the model. */
  forward(...inputs: never[]): unknown;
  /** Sets training or evaluation. */
  train(mode?: boolean): unknown;
}

/** A batch normalisation, as {@link updateBn} sees it. */
interface BatchNormal {
  momentum: number | null;
  resetRunningStats(): void;
}

/**
 * Computes the running statistics of all batch normalisations anew, as the averages over the
 * batches of a loader, and leaves the mode as it was. Of a batch that is a list the first tensor is
 * the input. PyTorch: `torch.optim.swa_utils.update_bn`.
 */
export async function updateBn(
  loader: Iterable<Tensor | readonly Tensor[]> | AsyncIterable<Tensor | readonly Tensor[]>,
  model: Normalizing | AveragedModel<Averageable & Normalizing>,
): Promise<void> {
  const own = model instanceof AveragedModel ? model.module : model;
  const norms = [...own.modules()].filter((m): m is BatchNormal => "resetRunningStats" in m);
  if (norms.length === 0) return;
  const before = norms.map(({ momentum }) => momentum);
  const { training } = own;
  for (const norm of norms) norm.resetRunningStats();
  try {
    for (const norm of norms) norm.momentum = null; // averages all batches
    own.train(true);
    for await (const batch of loader) {
      const input = Array.isArray(batch) ? (batch[0] as Tensor) : batch;
      noGrad(() => own.forward(...([input] as never[])));
    }
  } finally {
    norms.forEach((norm, k) => (norm.momentum = before[k]!));
    own.train(training);
  }
}

/** The options of {@link SWALR}. */
export interface SWALROptions extends ScheduleOptions {
  /** How many steps lead to the rate; default 10. */
  readonly annealEpochs?: number;
  readonly annealStrategy?: "cos" | "linear";
}

type SWALRSettings = [annealEpochs: number, annealStrategy: "cos" | "linear", lastEpoch: number];
const SWALR_DEFAULTS = {
  annealEpochs: 10,
  annealStrategy: "cos" as "cos" | "linear",
  lastEpoch: -1,
};

/**
 * Leads the rate to `swaLr` in `annealEpochs` (10) steps along a cosine or a line, and stays there.
 * PyTorch: `torch.optim.swa_utils.SWALR`.
 */
export class SWALR extends LRScheduler {
  readonly swaLrs: readonly number[];
  readonly annealEpochs: number;
  readonly annealStrategy: "cos" | "linear";

  constructor(optimizer: Target, swaLr: PerGroup, ...args: Settings<SWALRSettings, SWALROptions>) {
    const options = read("SWALR", SWALR_DEFAULTS, args);
    super(optimizer, options);
    this.swaLrs = perGroup("SWALR", "swaLr", swaLr, this.optimizer);
    const { annealEpochs: epochs, annealStrategy } = options;
    this.annealEpochs = epochs === 0 ? 0 : positiveInteger("SWALR", "annealEpochs", epochs);
    needOneOf("SWALR: annealStrategy", annealStrategy, ["cos", "linear"]);
    this.annealStrategy = annealStrategy;
    this.advance();
  }

  protected next(lr: number, index: number): number {
    const step = this.annealEpochs === 0 ? Math.max(1, this.lastEpoch) : this.lastEpoch;
    const length = Math.max(1, this.annealEpochs);
    const goal = this.swaLrs[index]!;
    const before = this.#part(Math.max(0, (step - 1) / length));
    const start = before === 1 ? goal : (lr - before * goal) / (1 - before);
    const part = this.#part(Math.max(0, Math.min(1, step / length)));
    return goal * part + start * (1 - part);
  }

  /** Returns how much of the way is behind, after a part of the time. */
  #part(t: number): number {
    const at = Math.min(1, t);
    return this.annealStrategy === "cos" ? (1 - cos(Math.PI * at)) / 2 : at;
  }
}
