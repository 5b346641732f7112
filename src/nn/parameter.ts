/** Parameters: the tensors of a module that are trained. */
import { isFloat } from "../core/dtype.ts";
import { dtypeError } from "../core/errors.ts";
import { Tensor } from "../tensor/tensor.ts";
import { hostChanged } from "../tensor/observe.ts";
import { storageOf } from "../tensor/value.ts";

/** Modules and parameters in the order in which they were made: how many, and the place of each. */
export const births = { count: 0, of: /* @__PURE__ */ new WeakMap<object, number>() };

/** Called for a module or a parameter that is being made. */
export function noteBirth(thing: object): void {
  births.of.set(thing, ++births.count);
}

/**
 * A tensor that a module owns and an optimizer updates: a cell that requires a gradient. Assigned
 * to a property of a module it belongs to `parameters()` and `stateDict()`; `requiresGrad = false`
 * freezes it without taking it out. Takes the values of a float tensor, of any shape; throws a
 * dtype error for others. PyTorch: `torch.nn.Parameter`.
 */
export class Parameter extends Tensor {
  constructor(data: Tensor, options: { readonly requiresGrad?: boolean } = {}) {
    if (!isFloat(data.dtype)) {
      throw dtypeError(
        `Parameter: the data is ${data.dtype}; only float32 and float64 have gradients. ` +
          `Convert it with .to("float32"), or use registerBuffer for what is not trained.`,
      );
    }
    const values = data.detach();
    super(values.type, values.home, storageOf(values).own(), null);
    hostChanged(); // it may take the place of another
    noteBirth(this);
    this.settable = true;
    this.requiresGrad = options.requiresGrad ?? true;
  }
}

/** Makes a {@link Parameter} of a tensor's values; a plain function for `new Parameter(data)`. */
export function parameter(
  data: Tensor,
  options: { readonly requiresGrad?: boolean } = {},
): Parameter {
  return new Parameter(data, options);
}
