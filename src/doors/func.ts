/** The door "nabla/func": functions of functions, as in PyTorch's `torch.func`. */
export { functionalCall } from "../nn/functional-call.ts";
