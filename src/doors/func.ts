/** The door "nabla/func": functions of functions, as in PyTorch's `torch.func`. */
export { functionalCall } from "../nn/functional-call.ts";
export { grad, gradAndValue, hessian, jacrev, vmap } from "../tensor/func.ts";
export type { InDims, OutDims, VmapOptions } from "../tensor/func.ts";
