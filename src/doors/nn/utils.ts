/** The door "nabla/nn/utils": what is done to modules and gradients from outside. */
export { clipGradNorm, clipGradValue } from "../../nn/clip.ts";
export type { ClipGradNormOptions } from "../../nn/clip.ts";
export * as parametrizations from "../../nn/parametrizations.ts";
export * as parametrize from "../../nn/parametrize.ts";
export * as rnn from "../../nn/packed.ts";
