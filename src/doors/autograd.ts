/**
 * The door "nabla/autograd": gradients as values, functions with a gradient of one's own, checks.
 */
export { grad } from "../tensor/autograd.ts";
export type { GradOptions } from "../tensor/autograd.ts";
export { gradcheck, gradgradcheck } from "../tensor/autograd-check.ts";
export type { GradcheckOptions } from "../tensor/autograd-check.ts";
export { CustomFunction as Function, FunctionContext } from "../tensor/autograd-function.ts";
export { hessian, jacobian, jvp, vjp } from "../tensor/autograd-functional.ts";
export type { DerivativeOptions, TensorFunction } from "../tensor/autograd-functional.ts";
