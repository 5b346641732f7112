/** The door "nabla/distributions": families of probability distributions, as in PyTorch. */
export { Bernoulli } from "../distributions/bernoulli.ts";
export type { BernoulliOptions } from "../distributions/bernoulli.ts";
export { Categorical } from "../distributions/categorical.ts";
export type { CategoricalOptions } from "../distributions/categorical.ts";
export { Distribution } from "../distributions/distribution.ts";
export type { DistributionOptions, Given } from "../distributions/distribution.ts";
export { Exponential } from "../distributions/exponential.ts";
export { Independent } from "../distributions/independent.ts";
export { klDivergence } from "../distributions/kl.ts";
export { Normal } from "../distributions/normal.ts";
export { Uniform } from "../distributions/uniform.ts";
