/** Adam with a rectified rate, as `torch.optim.RAdam`. */
import { wholePower } from "../core/math.ts";
import type { Params, Settings } from "./groups.ts";
import { Optimizer } from "./optimizer.ts";
import type { BaseOptions } from "./rule.ts";
import { checkBetas, checkRange, makeRule } from "./rule.ts";

/** The options of {@link RAdam}. */
export interface RAdamOptions extends BaseOptions {
  /** Decay rates of the running means of the gradient and of its square. */
  betas: readonly [number, number];
  /** Added to the denominator. */
  eps: number;
  /** L2 penalty: `weightDecay · p` is added to the gradient. */
  weightDecay: number;
}

/** RAdam's state tensors, by PyTorch's names. */
type RAdamState = "exp_avg" | "exp_avg_sq";

/**
 * The numbers of one RAdam step. It divides by `adaptive · (root + eps) + plain`: the first steps
 * have `adaptive` 0 and `plain` 1, the others `plain` 0.
 */
type RAdamNumber =
  "beta1" | "rest1" | "beta2" | "rest2" | "eps" | "decay" | "rate" | "adaptive" | "plain";

const RULE = makeRule<RAdamOptions, RAdamState, RAdamNumber>({
  name: "RAdam",
  defaults: { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 },
  check: (o, fail) => {
    checkRange(fail, "lr", o.lr, 0);
    checkRange(fail, "eps", o.eps, 0);
    checkRange(fail, "weightDecay", o.weightDecay, 0);
    checkBetas(fail, o.betas);
  },
  states: () => ({ exp_avg: 0, exp_avg_sq: 0 }),
  flags: (o) => ({ decays: o.weightDecay !== 0 }),
  numbers: {
    beta1: (o) => o.betas[0],
    rest1: (o) => 1 - o.betas[0],
    beta2: (o) => o.betas[1],
    rest2: (o) => 1 - o.betas[1],
    eps: (o) => o.eps,
    decay: (o) => o.weightDecay,
    rate: (o, step) => o.lr / (1 - wholePower(o.betas[0], step)),
    adaptive: (o, step) => {
      const factor = rectification(o.betas[1], step);
      return factor === 0 ? 0 : 1 / (factor * Math.sqrt(1 - wholePower(o.betas[1], step)));
    },
    plain: (o, step) => (rectification(o.betas[1], step) === 0 ? 1 : 0),
  },
  update: (w, { param, grad, state, n }, flags) => {
    const g = flags.decays ? w.add(grad, w.mul(n.decay, param)) : grad;
    const mean = w.add(w.mul(state.exp_avg, n.beta1), w.mul(g, n.rest1));
    const square = w.add(w.mul(state.exp_avg_sq, n.beta2), w.mul(w.mul(g, g), n.rest2));
    const root = w.add(w.sqrt(square), n.eps);
    const denominator = w.add(w.mul(root, n.adaptive), n.plain);
    return {
      param: w.sub(param, w.mul(n.rate, w.div(mean, denominator))),
      state: { exp_avg: mean, exp_avg_sq: square },
    };
  },
});

/**
 * How far the mean square may be trusted after so many steps; 0 while its variance is unbounded.
 */
function rectification(beta2: number, step: number): number {
  const most = 2 / (1 - beta2) - 1;
  const power = wholePower(beta2, step);
  const length = most - (2 * step * power) / (1 - power);
  if (length <= 5) return 0;
  const top = (length - 4) * (length - 2) * most;
  return Math.sqrt(top / ((most - 4) * (most - 2) * length));
}

/**
 * Adam that is plain momentum until the mean square can be trusted, and then scales its step by
 * how far (Liu et al. 2019). Options: `lr` (1e-3), `betas` ([0.9, 0.999]), `eps` (1e-8),
 * `weightDecay` (0). Throws on an option out of its range. PyTorch: `torch.optim.RAdam`.
 */
export class RAdam extends Optimizer<RAdamOptions> {
  constructor(params: Params<RAdamOptions>, ...settings: Settings<RAdamOptions>) {
    super(RULE, params, settings);
  }
}
