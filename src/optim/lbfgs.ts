/** L-BFGS, as `torch.optim.LBFGS`. It decides between evaluations, so its step is asynchronous. */
import { argumentError, NablaError } from "../core/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { context } from "../tensor/value.ts";
import {
  axpy,
  countElements,
  dot,
  largest,
  readGradients,
  readValues,
  writeValues,
} from "./flat.ts";
import type { ParamGroup, Params } from "./groups.ts";
import { groupsOf, showGroups, spellGroup, spellOptions } from "./groups.ts";
import type { LBFGSSaved, Memory } from "./lbfgs-state.ts";
import { loadMemory, newMemory, saveMemory } from "./lbfgs-state.ts";
import type { Trial } from "./line-search.ts";
import { strongWolfe } from "./line-search.ts";
import type { BaseOptions, Fail } from "./rule.ts";
import { checkRange } from "./rule.ts";

/** The options of {@link LBFGS}. */
export interface LBFGSOptions extends BaseOptions {
  /** The most iterations in a step. */
  maxIter: number;
  /** The most evaluations of the closure in a step; null: 1¼ times `maxIter`. */
  maxEval: number | null;
  /** Stops where no entry of the gradient is larger. */
  toleranceGrad: number;
  /** Stops where neither the parameters nor the loss change by more. */
  toleranceChange: number;
  /** How many past updates the curvature is built from. */
  historySize: number;
  /** `"strong_wolfe"` searches the step length; null takes `lr`. */
  lineSearchFn: "strong_wolfe" | "strongWolfe" | null;
}

/** Computes the loss and its gradients; the loss may come later. */
export type Closure = () => Tensor | Promise<Tensor>;

const RULE = {
  name: "LBFGS",
  defaults: {
    lr: 1,
    maxIter: 20,
    maxEval: null,
    toleranceGrad: 1e-7,
    toleranceChange: 1e-9,
    historySize: 100,
    lineSearchFn: null,
  } satisfies LBFGSOptions as LBFGSOptions,
  check: (o: LBFGSOptions, fail: Fail): void => {
    checkRange(fail, "lr", o.lr, 0);
    checkRange(fail, "maxIter", o.maxIter, 1);
    checkRange(fail, "toleranceGrad", o.toleranceGrad, 0);
    checkRange(fail, "toleranceChange", o.toleranceChange, 0);
    checkRange(fail, "historySize", o.historySize, 1);
    if (![null, "strong_wolfe", "strongWolfe"].includes(o.lineSearchFn)) {
      throw fail(`lineSearchFn is ${o.lineSearchFn}; need "strong_wolfe" or null`);
    }
  },
};

/** Where a step stands. */
interface Point {
  readonly loss: number;
  readonly grad: Float64Array;
}

/**
 * Quasi-Newton descent from the last updates (Liu & Nocedal 1989), for whole batches and smooth
 * losses:
 *
 *     const loss = await optimizer.step(() => {
 *       optimizer.zeroGrad();
 *       const loss = lossFn.forward(model.forward(x), y);
 *       loss.backward();
 *       return loss;
 *     });
 *
 * One step is up to `maxIter` iterations; the closure itself may be compiled, the step may not.
 * Vectors are float64 on the host. Options: `lr` (1), `maxIter` (20), `maxEval` (1¼ `maxIter`),
 * `toleranceGrad` (1e-7), `toleranceChange` (1e-9), `historySize` (100), `lineSearchFn` (null, or
 * `"strong_wolfe"`). All parameters are in one group. Throws on an option out of its range.
 * PyTorch: `torch.optim.LBFGS`.
 */
export class LBFGS {
  /** The one group; change `optimizer.paramGroups[0].lr` at any time. */
  readonly paramGroups: ParamGroup<LBFGSOptions>[];
  /** The options as they were given. */
  readonly defaults: Readonly<LBFGSOptions>;
  readonly #params: readonly Tensor[];
  #memory: Memory = newMemory();
  #running = false;

  constructor(params: Params<LBFGSOptions>, options: Partial<LBFGSOptions> = {}) {
    this.defaults = spellOptions(RULE, RULE.defaults, options);
    const [group, ...more] = groupsOf(RULE.name, params);
    if (more.length > 0) {
      throw argumentError(
        "optim.LBFGS: it has one group of parameters only; give all parameters in one list.",
      );
    }
    this.paramGroups = [spellGroup(RULE, this.defaults, group!, new Set())];
    this.#params = this.paramGroups[0]!.params;
  }

  /** Forgets the gradients. */
  zeroGrad(): void {
    for (const param of this.#params) param.grad = null;
  }

  /**
   * Goes on by up to `maxIter` iterations and returns the loss that it started from. Where the
   * closure throws, parameters and state are as before the step. Throws inside a compiled function,
   * and while another step of this optimizer runs.
   */
  async step(closure: Closure): Promise<Tensor> {
    if (context.tracer !== null) {
      throw new NablaError(
        "trace",
        "optim.LBFGS: a step reads the loss to decide what follows, so it cannot be compiled; " +
          "compile the closure instead.",
      );
    }
    if (this.#running) {
      throw new NablaError(
        "state",
        "optim.LBFGS: a step is still running; await step(closure) before the next one.",
      );
    }
    this.#running = true;
    let start: Float64Array | null = null;
    try {
      start = await readValues(this.#params);
      const memory = { ...this.#memory, pairs: [...this.#memory.pairs] };
      const loss = await this.#run(closure, memory);
      this.#memory = memory;
      return loss;
    } catch (error) {
      if (start !== null) writeValues(this.#params, start);
      throw error;
    } finally {
      this.#running = false;
    }
  }

  /** Returns a copy of the state and options in PyTorch's layout, all state under parameter 0. */
  stateDict(): LBFGSSaved {
    const { params, ...options } = this.paramGroups[0]!;
    const saved = saveMemory(this.#memory);
    return {
      state: saved === null ? {} : { 0: saved },
      paramGroups: [{ ...options, params: params.map((_, k) => k) }],
    };
  }

  /** Takes over saved state and options. Throws where they do not fit, before anything changes. */
  loadStateDict(saved: LBFGSSaved): void {
    const [group] = saved.paramGroups;
    const [has, wants] = [group?.params.length ?? 0, this.#params.length];
    if (saved.paramGroups.length !== 1 || has !== wants) {
      throw new NablaError(
        "state",
        `optim.LBFGS: the state does not fit, nothing was loaded:\n` +
          `  it has ${saved.paramGroups.length} groups and ${has} parameters, the optimizer 1 and ${wants}`,
      );
    }
    const { params: _, ...options } = group!;
    const { params: _own, ...present } = this.paramGroups[0]!;
    spellGroup(RULE, present, { ...options, params: [] }, new Set());
    const entry = saved.state[0];
    this.#memory = entry ? loadMemory(entry, countElements(this.#params)) : newMemory();
    Object.assign(this.paramGroups[0]!, options);
  }

  /** Called by schedules; a step is never traced, so there is nothing to note. */
  scheduled(): void {}

  /** Shows the class and its options, as PyTorch does. */
  toString(): string {
    return showGroups(RULE.name, this.paramGroups);
  }

  /** Shows the same in Node's `console.log`. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  async #run(closure: Closure, memory: Memory): Promise<Tensor> {
    const options = this.paramGroups[0]!;
    const { maxIter, toleranceGrad, toleranceChange } = options;
    const mostEvaluations = options.maxEval ?? Math.floor((maxIter * 5) / 4);
    const first = await closure();
    let now: Point = { loss: await first.item(), grad: await readGradients(this.#params) };
    let evaluations = 1;
    memory.evaluations++;
    if (largest(now.grad) <= toleranceGrad) return first;
    for (let k = 1; k <= maxIter; k++) {
      memory.iterations++;
      turn(memory, now, options.historySize);
      const sum = now.grad.reduce((total, g) => total + Math.abs(g), 0);
      memory.t = memory.iterations === 1 ? Math.min(1, 1 / sum) * options.lr : options.lr;
      const slope = dot(now.grad, memory.direction);
      if (slope > -toleranceChange) break;
      const { loss: before } = now;
      const moved = await this.#move(closure, memory, now, slope, k === maxIter);
      now = moved.point;
      evaluations += moved.evaluations;
      memory.evaluations += moved.evaluations;
      if (evaluations >= mostEvaluations || largest(now.grad) <= toleranceGrad) break;
      if (largest(memory.direction) * Math.abs(memory.t) <= toleranceChange) break;
      if (Math.abs(now.loss - before) < toleranceChange) break;
    }
    return first;
  }

  /** Goes along the direction; without a line search the last move of a step is not evaluated. */
  async #move(
    closure: Closure,
    memory: Memory,
    now: Point,
    slope: number,
    isLast: boolean,
  ): Promise<{ point: Point; evaluations: number }> {
    const { direction } = memory;
    const x = await readValues(this.#params);
    const evaluate = async (t: number): Promise<Point> => {
      writeValues(this.#params, axpy(t, direction, x));
      const loss = await (await closure()).item();
      return { loss, grad: await readGradients(this.#params) };
    };
    if (this.paramGroups[0]!.lineSearchFn === null) {
      if (!isLast) return { point: await evaluate(memory.t), evaluations: 1 };
      writeValues(this.#params, axpy(memory.t, direction, x));
      return { point: now, evaluations: 0 };
    }
    const start: Trial = { t: 0, loss: now.loss, grad: now.grad, slope };
    const { trial, evaluations } = await strongWolfe(evaluate, direction, start, memory.t);
    memory.t = trial.t;
    writeValues(this.#params, axpy(trial.t, direction, x));
    return { point: trial, evaluations };
  }
}

/** Notes the last update and turns to the next direction: the two-loop recursion. */
function turn(memory: Memory, { loss, grad }: Point, historySize: number): void {
  if (memory.iterations === 1) {
    memory.pairs = [];
    memory.scale = 1;
    memory.direction = grad.map((g) => -g);
  } else {
    const y = axpy(-1, memory.previousGrad, grad);
    const s = memory.direction.map((d) => d * memory.t);
    const ys = dot(y, s);
    if (ys > 1e-10) {
      if (memory.pairs.length === historySize) memory.pairs.shift();
      memory.pairs.push({ y, s, ro: 1 / ys });
      memory.scale = ys / dot(y, y);
    }
    memory.direction = recursion(memory, grad);
  }
  memory.previousGrad = grad;
  memory.previousLoss = loss;
}

function recursion({ pairs, scale }: Memory, grad: Float64Array): Float64Array {
  const factors = new Float64Array(pairs.length);
  let q: Float64Array = grad.map((g) => -g);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { y, s, ro } = pairs[i]!;
    factors[i] = dot(s, q) * ro;
    q = axpy(-factors[i]!, y, q);
  }
  q = q.map((value) => value * scale);
  pairs.forEach(({ y, s, ro }, i) => {
    q = axpy(factors[i]! - dot(y, q) * ro, s, q);
  });
  return q;
}
