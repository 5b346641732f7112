/** Adam with Nesterov's momentum, as `torch.optim.NAdam`. */
import { pow, wholePower } from "../core/math.ts";
import type { Params, Settings } from "./groups.ts";
import { Optimizer } from "./optimizer.ts";
import type { BaseOptions } from "./rule.ts";
import { checkBetas, checkRange, makeRule } from "./rule.ts";

/** The options of {@link NAdam}. */
export interface NAdamOptions extends BaseOptions {
  /** Decay rates of the running means of the gradient and of its square. */
  betas: readonly [number, number];
  /** Added to the denominator. */
  eps: number;
  /** L2 penalty: `weightDecay · p` is added to the gradient. */
  weightDecay: number;
  /** How fast the momentum rises to `betas[0]`. */
  momentumDecay: number;
}

/** NAdam's state, by PyTorch's names; `mu_product` is the product of the momenta so far. */
type NAdamState = "mu_product" | "exp_avg" | "exp_avg_sq";

/** The numbers of one NAdam step: `mu` is its momentum, `next` the next step's. */
type NAdamNumber =
  | "beta1"
  | "rest1"
  | "beta2"
  | "rest2"
  | "eps"
  | "decay"
  | "correction2"
  | "mu"
  | "next"
  | "gradientRate"
  | "meanRate";

const RULE = makeRule<NAdamOptions, NAdamState, NAdamNumber>({
  name: "NAdam",
  defaults: { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, momentumDecay: 4e-3 },
  check: (o, fail) => {
    checkRange(fail, "lr", o.lr, 0);
    checkRange(fail, "eps", o.eps, 0);
    checkRange(fail, "weightDecay", o.weightDecay, 0);
    checkRange(fail, "momentumDecay", o.momentumDecay, 0);
    checkBetas(fail, o.betas);
  },
  states: () => ({ mu_product: 1, exp_avg: 0, exp_avg_sq: 0 }),
  scalars: ["mu_product"],
  flags: (o) => ({ decays: o.weightDecay !== 0 }),
  numbers: {
    beta1: (o) => o.betas[0],
    rest1: (o) => 1 - o.betas[0],
    beta2: (o) => o.betas[1],
    rest2: (o) => 1 - o.betas[1],
    eps: (o) => o.eps,
    decay: (o) => o.weightDecay,
    correction2: (o, step) => 1 - wholePower(o.betas[1], step),
    mu: momentum,
    next: (o, step) => momentum(o, step + 1),
    gradientRate: (o, step) => o.lr * (1 - momentum(o, step)),
    meanRate: (o, step) => o.lr * momentum(o, step + 1),
  },
  update: (w, { param, grad, state, n, scalar }, flags) => {
    const g = flags.decays ? w.add(grad, w.mul(n.decay, param)) : grad;
    const product = w.mul(scalar.mu_product, scalar.mu);
    const mean = w.add(w.mul(state.exp_avg, n.beta1), w.mul(g, n.rest1));
    const square = w.add(w.mul(state.exp_avg_sq, n.beta2), w.mul(w.mul(g, g), n.rest2));
    const denominator = w.add(w.sqrt(w.div(square, n.correction2)), n.eps);
    const rateOf = (rate: typeof product, part: typeof product): typeof product =>
      w.stretch(w.div(rate, w.sub(w.fill(1, part), part)), param);
    const ofGradient = rateOf(scalar.gradientRate, product);
    // PyTorch 1.13 multiplies by the present momentum a second time; this keeps to its numbers
    const ahead = w.mul(w.mul(product, scalar.mu), scalar.next);
    const ofMean = rateOf(scalar.meanRate, ahead);
    const first = w.sub(param, w.mul(ofGradient, w.div(g, denominator)));
    return {
      param: w.sub(first, w.mul(ofMean, w.div(mean, denominator))),
      state: { mu_product: product, exp_avg: mean, exp_avg_sq: square },
    };
  },
});

/** The momentum of a step: it rises from about half of `betas[0]` to the whole. */
function momentum(o: Readonly<NAdamOptions>, step: number): number {
  return o.betas[0] * (1 - 0.5 * pow(0.96, step * o.momentumDecay));
}

/**
 * Adam that looks one update of the mean ahead, with a momentum that rises (Dozat 2016). Options:
 * `lr` (2e-3), `betas` ([0.9, 0.999]), `eps` (1e-8), `weightDecay` (0), `momentumDecay` (4e-3).
 * Throws on an option out of its range. PyTorch: `torch.optim.NAdam`.
 */
export class NAdam extends Optimizer<NAdamOptions> {
  constructor(params: Params<NAdamOptions>, ...settings: Settings<NAdamOptions>) {
    super(RULE, params, settings);
  }
}
