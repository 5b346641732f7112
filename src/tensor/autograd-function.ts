/** Functions with a gradient of one's own. (PyTorch: `torch.autograd.Function`.) */
import { argumentError, NablaError } from "../core/errors.ts";
import { attach } from "./call.ts";
import { zerosLike } from "./create.ts";
import { customRecord } from "./custom-record.ts";
import { noGrad } from "./grad-mode.ts";
import { Tensor } from "./tensor.ts";
import type { Value } from "./value.ts";
import { context } from "./value.ts";

/** What `forward` hands over to `backward`. */
export class FunctionContext {
  /** Which arguments of `apply` require a gradient. */
  readonly needsInputGrad: readonly boolean[];
  /** A place for numbers and settings: `ctx.memory.scale = 2`. */
  readonly memory: Record<string, unknown> = {};
  #kept: readonly Tensor[] = [];

  constructor(needsInputGrad: readonly boolean[]) {
    this.needsInputGrad = needsInputGrad;
  }

  /** Keeps inputs, outputs or other tensors for `backward`. */
  saveForBackward(...tensors: Tensor[]): void {
    this.#kept = tensors;
  }

  /** The tensors that `forward` kept, in that order. */
  get savedTensors(): readonly Tensor[] {
    return this.#kept;
  }

  /** Puts the recorded outputs in the place of the plain ones. */
  replace(from: readonly Tensor[], to: readonly Tensor[]): void {
    this.#kept = this.#kept.map((tensor) => to[from.indexOf(tensor)] ?? tensor);
  }
}

/** What `forward` may return. */
type Outputs = Tensor | readonly Tensor[];

/** A gradient for each argument; null where there is none. */
type Gradients = Tensor | null | readonly (Tensor | null | undefined)[];

/** A class with both directions. */
interface Rule<A extends readonly unknown[], R extends Outputs> {
  readonly name: string;
  forward(ctx: FunctionContext, ...args: A): R;
  backward(ctx: FunctionContext, ...gradOutputs: Tensor[]): Gradients;
}

/**
 * The base of functions whose gradient the user writes. Give a subclass two static methods and
 * call it by `apply`:
 *
 *     class Cube extends autograd.Function {
 *       static forward(ctx: autograd.FunctionContext, x: Tensor): Tensor {
 *         ctx.saveForBackward(x);
 *         return x.pow(3);
 *       }
 *       static backward(ctx: autograd.FunctionContext, g: Tensor): Tensor {
 *         return g.mul(ctx.savedTensors[0]!.pow(2).mul(3));
 *       }
 *     }
 *     const y = Cube.apply(x);
 *
 * `forward` is not recorded. `backward` gets one gradient per output and returns one per argument
 * (null for what is no tensor); made of tensor operations it can be differentiated again.
 */
export abstract class CustomFunction {
  /** Computes the function and records it with its own gradient. */
  static apply<A extends readonly unknown[], R extends Outputs>(this: Rule<A, R>, ...args: A): R {
    const tensors = args.filter((arg): arg is Tensor => arg instanceof Tensor);
    const needs = args.map((arg) => arg instanceof Tensor && arg.requiresGrad);
    const ctx = new FunctionContext(needs);
    const result = noGrad(() => this.forward(ctx, ...args));
    const plain = (Array.isArray(result) ? result : [result]) as readonly Tensor[];
    if (!plain.every((output) => output instanceof Tensor)) {
      throw argumentError(`${this.name}.apply: forward must return a tensor or a list of tensors.`);
    }
    if (!context.gradEnabled || !needs.includes(true)) return result;
    const values = plain.map(copyOf);
    const pull = (cotangents: readonly (Value | null)[]): Value[] => {
      const given = values.map((y, o) => (cotangents[o] as Tensor | null) ?? zerosLike(y));
      const found = this.backward(ctx, ...given);
      return gradientsFor(this.name, args, Array.isArray(found) ? found : [found]);
    };
    context.tracer?.needsBackwardInside(`autograd.Function ${this.name}`);
    attach(values, customRecord(this.name, tensors, plain, pull));
    ctx.replace(plain, values);
    return (Array.isArray(result) ? values : values[0]) as unknown as R;
  }
}

/** The same numbers as a value of its own. */
function copyOf(x: Tensor): Tensor {
  if (x.storage !== null) x.storage.exposed = true;
  return x.like(x.type, x.storage, x.node);
}

/** One gradient for each tensor that requires one; what is missing is 0. */
function gradientsFor(
  name: string,
  args: readonly unknown[],
  found: readonly (Tensor | null | undefined)[],
): Tensor[] {
  return args.flatMap((arg, i) => {
    if (!(arg instanceof Tensor) || !arg.requiresGrad) return [];
    const gradient = found[i] ?? zerosLike(arg);
    if (gradient.type === arg.type) return [gradient];
    throw new NablaError(
      "autograd",
      `${name}.backward: gradient ${i} is ${gradient.type.text}; need that of the argument, ` +
        `${arg.type.text}.`,
    );
  });
}
