/** Clipping gradients between `backward()` and `step()`, as `torch.nn.utils.clip_grad_*`. */
import { argumentError, NablaError } from "../core/errors.ts";
import { read, show } from "../core/options.ts";
import type { Builder } from "../ir/builder.ts";
import { norm } from "../ir/compose/reduction.ts";
import type { Node } from "../ir/node.ts";
import { castTo, expandTo, fillLike, op } from "../ir/words.ts";
import type { None } from "../runtime/function.ts";
import { Fn, NONE } from "../runtime/function.ts";
import { call } from "../tensor/call.ts";
import { zeros } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { Tensor } from "../tensor/tensor.ts";

/** Options of {@link clipGradNorm}. */
export interface ClipGradNormOptions {
  /** Which norm: 1, 2 (default), any other positive number, or Infinity for the largest entry. */
  readonly normType?: number;
  /** Throws where the norm is NaN or infinite; reads the value. Default: false. */
  readonly errorIfNonfinite?: boolean;
}

interface NormAttrs {
  readonly normType: number;
}

/** The norm of all gradients together, and each gradient shrunk to it. The number is `maxNorm`. */
const clipNorm = /* @__PURE__ */ new Fn<NormAttrs>("clipGradNorm", (b, inputs, { normType }) => {
  const grads = inputs.slice(0, -1);
  const total = norm(b, stacked(b, grads, normType), normType);
  const limit = castTo(b, inputs[inputs.length - 1]!, total.type.dtype);
  const factor = op(b, "div", limit, op(b, "add", total, fillLike(b, total, 1e-6)));
  const least = op(b, "minimum", factor, fillLike(b, factor, 1));
  return [total, ...grads.map((grad) => op(b, "mul", grad, like(b, least, grad)))];
});

/** Each gradient with every entry brought into −limit … limit. The number is the limit. */
const clipValue = /* @__PURE__ */ new Fn<None>("clipGradValue", (b, inputs) => {
  const limit = inputs[inputs.length - 1]!;
  return inputs.slice(0, -1).map((grad) => {
    const high = like(b, limit, grad);
    return op(b, "maximum", op(b, "minimum", grad, high), op(b, "neg", high));
  });
});

/** The norms of the gradients in one line, in the widest dtype among them. */
function stacked(b: Builder, grads: readonly Node[], normType: number): Node {
  const wide = grads.some((grad) => grad.type.dtype === "float64") ? "float64" : "float32";
  const parts = grads.map((grad) => {
    const one = castTo(b, norm(b, grad, normType), wide);
    return b.apply("reshape", [one], { shape: [1] });
  });
  return parts.length === 1 ? parts[0]! : b.apply("concat", parts, { axis: 0 });
}

function like(b: Builder, scalar: Node, x: Node): Node {
  return expandTo(b, castTo(b, scalar, x.type.dtype), x.type.shape);
}

const attrsByNorm = /* @__PURE__ */ new Map<number, NormAttrs>();

/**
 * Scales all gradients by one factor so that their common norm is at most `maxNorm`; returns the
 * norm before that, a tensor of shape []. Parameters without a gradient are left out. The limit is
 * a number that may change without a new program. PyTorch: `torch.nn.utils.clip_grad_norm_`.
 */
export function clipGradNorm(
  parameters: Tensor | Iterable<Tensor>,
  maxNorm: number,
  options: ClipGradNormOptions = {},
): Tensor {
  const defaults = { normType: 2, errorIfNonfinite: false };
  const { normType, errorIfNonfinite } = read("clipGradNorm", {}, [options], defaults);
  if (!(normType > 0)) {
    throw argumentError(`clipGradNorm: normType is ${normType}; need a positive number.`);
  }
  needNumber("clipGradNorm", "maxNorm", maxNorm);
  const owners = withGradient("clipGradNorm", parameters);
  if (owners.length === 0) return zeros([]);
  const attrs = attrsByNorm.get(normType) ?? { normType };
  attrsByNorm.set(normType, attrs);
  const grads = owners.map((owner) => owner.grad!);
  const [total, ...clipped] = noGrad(() => call(clipNorm, grads, [maxNorm], attrs));
  if (errorIfNonfinite && !Number.isFinite(total!.itemSync())) {
    throw new NablaError(
      "state",
      `clipGradNorm: the norm of the gradients is ${total!.itemSync()}; they were left as they are.`,
    );
  }
  owners.forEach((owner, k) => (owner.grad = clipped[k]!));
  return total!;
}

/**
 * Brings every entry of the gradients into the range −clipValue … clipValue. Parameters without a
 * gradient are left out. PyTorch: `torch.nn.utils.clip_grad_value_`.
 */
export function clipGradValue(parameters: Tensor | Iterable<Tensor>, limit: number): void {
  needNumber("clipGradValue", "the limit", limit);
  const owners = withGradient("clipGradValue", parameters);
  if (owners.length === 0) return;
  const grads = owners.map((owner) => owner.grad!);
  const clipped = noGrad(() => call(clipValue, grads, [limit], NONE));
  owners.forEach((owner, k) => (owner.grad = clipped[k]!));
}

function needNumber(name: string, what: string, value: number): void {
  if (typeof value === "number" && !Number.isNaN(value)) return;
  throw argumentError(
    `${name}: ${what} is ${show(value)}; need a number, given by position: ` +
      `${name}(model.parameters(), 1).`,
  );
}

function withGradient(name: string, parameters: Tensor | Iterable<Tensor>): Tensor[] {
  const list = parameters instanceof Tensor ? [parameters] : parameters;
  if (!(Symbol.iterator in list) || ![...list].every((item) => item instanceof Tensor)) {
    throw argumentError(`${name}: need a tensor or a list of tensors: model.parameters().`);
  }
  return [...list].filter((parameter) => parameter.grad !== null);
}
