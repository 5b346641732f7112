/**
 * Counts what a function would compute, without computing it: a trace that adds up its products.
 */
import { loweringOf } from "../ir/lookup.ts";
import type { Graph, Node } from "../ir/node.ts";
import { topological } from "../ir/node.ts";
import type { Fn } from "../runtime/function.ts";
import type { TensorType } from "../ir/node.ts";
import { Tensor } from "./tensor.ts";
import { Trace } from "./trace.ts";
import type { Value } from "./value.ts";
import { context } from "./value.ts";

/** A trace that counts multiply-adds of matrix products, convolutions and scans. */
export class Census extends Trace {
  /** The multiply-adds so far. */
  products = 0;

  override call<A>(
    fn: Fn<A>,
    inputs: readonly Value[],
    numbers: readonly number[],
    attrs: A,
    maker: Value,
  ): Value[] {
    this.products += productsOf(fn, inputs, numbers.length, attrs);
    return super.call(fn, inputs, numbers, attrs, maker);
  }

  override callReading<A>(
    fn: Fn<A>,
    inputs: readonly Value[],
    numbers: readonly (() => number)[],
    attrs: A,
    maker: Value,
  ): Value[] {
    this.products += productsOf(fn, inputs, numbers.length, attrs);
    return super.callReading(fn, inputs, numbers, attrs, maker);
  }

  /** Makes a tensor that has a type and no numbers. */
  stand(type: TensorType): Tensor {
    return Tensor.fromNode(this.builder.input(type));
  }
}

function productsOf<A>(fn: Fn<A>, inputs: readonly Value[], numbers: number, attrs: A): number {
  const types = inputs.map((input) => input.type);
  return countProducts(fn.trace(types, numbers, attrs));
}

function countProducts(graph: Graph): number {
  return topological(graph.outputs).reduce((sum, node) => sum + productsOfNode(node), 0);
}

function productsOfNode(node: Node): number {
  const { size } = node.type;
  const [first, second] = node.inputs.map((input) => input.type.shape);
  const lowering = loweringOf(node);
  switch (lowering.kind) {
    case "contract":
      return size * first!.at(-1)!;
    case "conv":
      return (size * second!.reduce((a, b) => a * b, 1)) / Math.max(1, second![0]!);
    case "scan": {
      const { body, length } = lowering.attrs(node.attrs);
      return countProducts(body) * length;
    }
    default:
      return 0;
  }
}

/** Runs `fn` within a census, without gradients; its values exist only inside. */
export function census<T>(fn: (counter: Census) => T): T {
  const counter = new Census();
  const { tracer, gradEnabled } = context;
  context.tracer = counter;
  context.gradEnabled = false;
  try {
    return fn(counter);
  } finally {
    context.tracer = tracer;
    context.gradEnabled = gradEnabled;
  }
}
