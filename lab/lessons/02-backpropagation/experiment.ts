/**
 * The lecture's example, h = ReLU(w1·x), p = w2·h, L = (p − t)²: values and gradients by the engine,
 * and beside them the same gradients from the chain rule, written out factor by factor.
 */
import { autograd, noGrad, tensor } from "nabla";
import type { Tensor } from "nabla";
import type { Experiment, Run } from "../../parts/engine/protocol.ts";
import type { BackpropagationSettings } from "./settings.ts";
import { DEFAULTS } from "./settings.ts";

/** Values of the forward pass. */
export interface Forward {
  readonly x: number;
  readonly w1: number;
  readonly w2: number;
  readonly t: number;
  readonly z: number;
  readonly h: number;
  readonly p: number;
  readonly L: number;
}

/** Derivatives of the loss. */
export interface Gradients {
  readonly p: number;
  readonly w2: number;
  readonly h: number;
  readonly z: number;
  readonly w1: number;
}

/** What the page shows. */
export interface BackpropagationReading {
  readonly values: Forward;
  /** Each local derivative: `hz` is dh/dz. */
  readonly local: {
    readonly Lp: number;
    readonly pw2: number;
    readonly ph: number;
    readonly hz: number;
    readonly zw1: number;
  };
  readonly byHand: Gradients;
  readonly byEngine: Gradients;
  /** The loss after one step of descent on w2 alone, on w1 alone, on both. */
  readonly after: { readonly w2: number; readonly w1: number; readonly both: number };
}

interface Weights {
  readonly w1: number;
  readonly w2: number;
}

/** A number that wants its gradient, in float64. */
function leaf(value: number): Tensor {
  return tensor(value, { dtype: "float64", requiresGrad: true });
}

function lossOf({ x, target }: BackpropagationSettings, { w1, w2 }: Weights): number {
  return noGrad(() => leaf(w1).mul(x).relu().mul(w2).sub(target).square().itemSync());
}

/** Runs the graph, and asks for the gradient of the loss at every node. */
function engine({ x, w1, w2, target }: BackpropagationSettings): {
  values: Forward;
  byEngine: Gradients;
} {
  const [a, b] = [leaf(w1), leaf(w2)];
  const z = a.mul(x);
  const h = z.relu();
  const p = h.mul(b);
  const loss = p.sub(target).square();
  const [dp, dw2, dh, dz, dw1] = autograd.grad(loss, [p, b, h, z, a]).map((t) => t.itemSync());
  const [vz, vh, vp, L] = [z, h, p, loss].map((t) => t.itemSync());
  return {
    values: { x, w1, w2, t: target, z: vz!, h: vh!, p: vp!, L: L! },
    byEngine: { p: dp!, w2: dw2!, h: dh!, z: dz!, w1: dw1! },
  };
}

function read(settings: BackpropagationSettings): BackpropagationReading {
  const { values, byEngine } = engine(settings);
  const { x, w2, t, z, h, p } = values;
  const local = { Lp: 2 * (p - t), pw2: h, ph: w2, hz: z > 0 ? 1 : 0, zw1: x };
  const toH = local.Lp * local.ph;
  const toZ = toH * local.hz;
  const byHand = { p: local.Lp, w2: local.Lp * local.pw2, h: toH, z: toZ, w1: toZ * local.zw1 };
  const { w1, rate } = settings;
  const moved = { w1: w1 - rate * byEngine.w1, w2: w2 - rate * byEngine.w2 };
  const after = {
    w2: lossOf(settings, { w1, w2: moved.w2 }),
    w1: lossOf(settings, { w1: moved.w1, w2 }),
    both: lossOf(settings, moved),
  };
  return { values, local, byHand, byEngine, after };
}

function start(
  settings: BackpropagationSettings,
): Run<BackpropagationSettings, BackpropagationReading> {
  let now = settings;
  return {
    /** One step of gradient descent on both weights. */
    step() {
      const { w1, w2 } = read(now).byEngine;
      now = { ...now, w1: now.w1 - now.rate * w1, w2: now.w2 - now.rate * w2 };
    },
    read: () => read(now),
    set(changes) {
      now = { ...now, ...changes };
    },
    snapshot: () => now,
    restore(snapshot) {
      now = snapshot as BackpropagationSettings;
    },
  };
}

/** The experiment of the lesson on backpropagation. */
export const experiment: Experiment<BackpropagationSettings, BackpropagationReading> = {
  defaults: DEFAULTS,
  start,
};
