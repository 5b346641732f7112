/**
 * What a row of the table says. Shared code asks the row's `lowering`; it never branches on a name.
 */
import type {
  ConvAttrs,
  CumulateAttrs,
  OpAttrs,
  OpName,
  ReduceAttrs,
  ScatterAttrs,
} from "./attrs.ts";
import type { Graph, Node, NodeBuilder, Scan, TensorType } from "./node.ts";
import type { Scalar } from "./scalar.ts";

/**
 * Where one input axis of a view finds its coordinate: `start + step · out[axis]`, plus the value
 * of the node's input number `dynamic` where that is given. `axis` −1 stands for no output axis.
 */
export interface AxisMap {
  readonly axis: number;
  readonly step: number;
  readonly start: number;
  readonly dynamic?: number;
}

/** How a view finds its elements: axis by axis, or in unchanged row-major order. */
export type ViewMap = "row-major" | readonly AxisMap[];

/** How an operation becomes kernels. Interpreter and compiler know these kinds, not the names. */
export type Lowering<A> =
  /** A value given to the graph from outside. */
  | { readonly kind: "input" }
  /** The flat position of each element, an int32. */
  | { readonly kind: "iota" }
  /** One element from those at the same place in the inputs, which all have the result's shape. */
  | {
      readonly kind: "map";
      readonly scalar: (args: readonly Scalar[], attrs: A) => Scalar;
    }
  /** A rearrangement of input 0 that computes nothing. */
  | {
      readonly kind: "view";
      readonly view: (attrs: A, input: TensorType, output: TensorType) => ViewMap;
    }
  /** Combines the elements along axes, which go away, in the order that `reductionOrder` says. */
  | { readonly kind: "reduce"; readonly attrs: (attrs: A) => ReduceAttrs }
  /** Combines the elements along one axis up to and including each place, ascending. */
  | { readonly kind: "cumulate"; readonly attrs: (attrs: A) => CumulateAttrs }
  /** `[..., M, K] · [..., K, N] → [..., M, N]`; the sum over k starts at 0 and ascends. */
  | { readonly kind: "contract" }
  /**
   * `[N, C, …] ∗ [O, C/groups, …] → [N, O, …]`: each result is a sum that starts at 0 and takes the
   * products in ascending order of (channel in the group, kernel position row-major). Padding is
   * zeros, multiplied like all others; positions that meet a hole of a dilated input are left out.
   */
  | { readonly kind: "conv"; readonly attrs: (attrs: A) => ConvAttrs }
  /**
   * Several values: for each carry, `[length + 1, …]`, the carry before element t at place t and
   * the one after it at t + 1 (walking in reverse: before at t + 1, after at t); then the stacked
   * outputs.
   */
  | { readonly kind: "scan"; readonly attrs: (attrs: A) => Scan }
  /** One of the values of input 0. */
  | { readonly kind: "pick"; readonly index: (attrs: A) => number }
  /** Inputs laid one after another along an axis. */
  | { readonly kind: "concat"; readonly axis: (attrs: A) => number }
  /** Input 0 with a strided block replaced by input 1, whose places `view` maps into input 0. */
  | {
      readonly kind: "update";
      readonly view: (attrs: A, input: TensorType, output: TensorType) => readonly AxisMap[];
    }
  /** Elements of input 0 where input 1 (int32) says along an axis; out of range is an error. */
  | { readonly kind: "gather"; readonly axis: (attrs: A) => number }
  /** Input 0 with input 2 combined into it where input 1 says along an axis, ascending. */
  | { readonly kind: "scatter"; readonly attrs: (attrs: A) => ScatterAttrs }
  /** The int32 permutation that sorts each line along the last axis: stable, NaN largest. */
  | { readonly kind: "sort"; readonly descending: (attrs: A) => boolean };

/** The number that a value is everywhere, where it is one constant, repeated; else null. */
export function constantOf(node: Node, rowOf: (node: Node) => OpRow): number | null {
  let from = node;
  while (rowOf(from).lowering.kind === "view") from = from.inputs[0]!;
  const { lowering } = rowOf(from);
  if (lowering.kind !== "map" || from.inputs.length > 0) return null;
  const { op, value } = lowering.scalar([], from.attrs);
  return op === "const" ? value : null;
}

/** What the reverse walk lends to a gradient rule that needs more than the cotangent. */
export interface Walk {
  /** One cotangent for each of the node's values, null where nothing flows back. */
  readonly cotangents: readonly (Node | null)[];
  /** Derives a graph: see `vjpGraph` in src/autograd/derive.ts. */
  readonly derive: (
    graph: Graph,
    wanted: readonly boolean[],
    cotangentOf: readonly boolean[],
  ) => Graph;
  /** The row of a node: what a rule may ask of operations that it does not know. */
  readonly rowOf: (node: Node) => OpRow;
}

/** One row of the table. */
export interface OpRow<K extends OpName = OpName> {
  /** The shape and dtype of the result; throws the errors that users see. */
  readonly type: (inputs: readonly TensorType[], attrs: OpAttrs[K]) => TensorType;
  /**
   * The cotangents of the inputs (null: none) from that of the result; `null` instead of a function
   * where the result does not depend smoothly on anything (integers, comparisons).
   */
  readonly vjp:
    | null
    | ((b: NodeBuilder, node: Node<K>, cotangent: Node, walk: Walk) => readonly (Node | null)[]);
  readonly lowering: Lowering<OpAttrs[K]>;
  /** What users know it by, where the attributes say that. */
  readonly title?: (attrs: OpAttrs[K]) => string;
  /**
   * Set where the gradient of a scan may take it once of sums instead of summing its results over
   * all steps: f(Σx, Σy) = Σ f(x, y).
   */
  readonly linear?: true;
  /** The attributes that do the same to each element of a new first axis of so many. */
  readonly stacked?: (attrs: OpAttrs[K], length: number) => OpAttrs[OpName];
}
