/** How far one distribution is from another. */
import { NablaError } from "../core/errors.ts";
import { fullLike } from "../tensor/create.ts";
import { where } from "../tensor/functions/arithmetic.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Bernoulli } from "./bernoulli.ts";
import { Categorical } from "./categorical.ts";
import type { Distribution } from "./distribution.ts";
import { Exponential } from "./exponential.ts";
import { Independent } from "./independent.ts";
import { Normal } from "./normal.ts";
import { Uniform } from "./uniform.ts";

/** A family, as its class. */
type Family<D> = abstract new (...args: never) => D;

/** What applies to one pair of families. */
interface Rule {
  readonly p: Family<Distribution>;
  readonly q: Family<Distribution>;
  readonly divergence: (p: never, q: never) => Tensor;
}

function rule<P extends Distribution, Q extends Distribution>(
  p: Family<P>,
  q: Family<Q>,
  divergence: (p: P, q: Q) => Tensor,
): Rule {
  return { p, q, divergence };
}

const everywhere = (x: Tensor): Tensor => fullLike(x, Infinity);

/** Terms that are ∞ where q rules out what p allows, and 0 where p rules it out itself. */
function limits(term: Tensor, p: Tensor, q: Tensor): Tensor {
  return where(p.eq(0), 0, where(q.eq(0), Infinity, term));
}

const rest = (probs: Tensor): Tensor => probs.neg().add(1);

/** The pairs that PyTorch has a rule for. */
const rules = (): readonly Rule[] => [
  rule(Normal, Normal, (p, q) => {
    const ratio = p.scale.div(q.scale).square();
    const apart = p.loc.sub(q.loc).div(q.scale).square();
    return ratio.add(apart).sub(1).sub(ratio.log()).mul(0.5);
  }),
  rule(Bernoulli, Bernoulli, (p, q) => {
    const [own, other] = [p.logProbs(), q.logProbs()];
    const one = p.probs.mul(own.one.sub(other.one));
    const zero = rest(p.probs).mul(own.zero.sub(other.zero));
    return limits(one, p.probs, q.probs).add(limits(zero, rest(p.probs), rest(q.probs)));
  }),
  rule(Categorical, Categorical, (p, q) => {
    const terms = p.probs.mul(p.logits.sub(q.logits));
    return limits(terms, p.probs, q.probs).sum(-1);
  }),
  rule(Uniform, Uniform, (p, q) => {
    const ratio = q.high.sub(q.low).div(p.high.sub(p.low));
    return where(q.low.gt(p.low).logicalOr(q.high.lt(p.high)), Infinity, ratio.log());
  }),
  rule(Uniform, Normal, (p, q) => {
    const width = p.high.sub(p.low);
    const entropy = q.scale
      .div(width)
      .mul(Math.sqrt(2 * Math.PI))
      .log();
    const apart = p.high.add(p.low).sub(q.loc.mul(2)).div(2).square();
    return entropy.add(width.square().div(12).add(apart).div(q.scale.square()).mul(0.5));
  }),
  rule(Uniform, Exponential, (p, q) => {
    const waiting = q.rate.mul(p.high.add(p.low)).div(2);
    const own = p.high.sub(p.low).mul(q.rate).log();
    return where(p.low.lt(0), Infinity, waiting.sub(own));
  }),
  rule(Exponential, Exponential, (p, q) => {
    const ratio = q.rate.div(p.rate);
    return ratio.sub(ratio.log()).sub(1);
  }),
  rule(Exponential, Normal, (p, q) => {
    const [variance, square] = [q.scale.square(), p.rate.square()];
    const own = square.mul(variance).mul(2 * Math.PI).log().mul(0.5); // prettier-ignore
    const apart = square.reciprocal().sub(q.loc.div(p.rate)).add(q.loc.square().mul(0.5));
    return own.sub(1).add(apart.div(variance));
  }),
  rule(Exponential, Uniform, (p, q) => everywhere(p.rate.add(q.low))),
  rule(Normal, Uniform, (p, q) => everywhere(p.loc.add(q.low))),
  rule(Normal, Exponential, (p, q) => everywhere(p.loc.add(q.rate))),
  rule(Independent, Independent, (p, q) => {
    if (p.reinterpretedBatchNdims !== q.reinterpretedBatchNdims) {
      throw new NablaError(
        "unsupported",
        `klDivergence: ${p.reinterpretedBatchNdims} and ${q.reinterpretedBatchNdims} axes of the ` +
          "batch are the event's; need as many.",
      );
    }
    return p.overEvent(klDivergence(p.baseDist, q.baseDist));
  }),
];

/**
 * The Kullback-Leibler divergence ∫ p log(p / q) in nats: the shape to which both batches
 * broadcast, ∞ where p allows what q rules out. Throws for a pair of families that has no closed
 * form here. PyTorch: `kl_divergence`.
 */
export function klDivergence(p: Distribution, q: Distribution): Tensor {
  const found = rules().find((one) => p instanceof one.p && q instanceof one.q);
  if (found !== undefined) return found.divergence(p as never, q as never);
  throw new NablaError(
    "unsupported",
    `klDivergence: there is no rule for ${p.family} and ${q.family}; ` +
      "p.logProb(x).sub(q.logProb(x)).mean() over x = p.sample([n]) estimates it.",
  );
}
