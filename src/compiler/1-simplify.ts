/**
 * Pass 1: the same graph with less in it. Every rewrite keeps all bits: x · 1 is x, but x + 0 is
 * not (−0 + 0 is 0). What no output needs is gone, because it is never rebuilt.
 */
import type { Shape } from "../core/shape.ts";
import { Builder } from "../ir/builder.ts";
import { compileScalar } from "../ir/evaluate.ts";
import type { Graph, Node } from "../ir/node.ts";
import { topological } from "../ir/node.ts";
import type { AnyLowering } from "../ir/lookup.ts";
import { loweringOf } from "../ir/lookup.ts";
import type { ViewMap } from "../ir/row.ts";
import type { Scalar } from "../ir/scalar.ts";
import { argument, literal } from "../ir/scalar.ts";
import { smallerScan } from "./scan-body.ts";

/** Rebuilds a graph without what need not be computed. */
export function simplify(graph: Graph): Graph {
  const simplifier = new Simplifier();
  return simplifier.run(graph);
}

type MapLowering = AnyLowering & { readonly kind: "map" };

class Simplifier {
  readonly #builder = new Builder();
  readonly #built = new Map<Node, Node>();
  /** The one element that all elements of a node are equal to, where that is known: of shape []. */
  readonly #fills = new Map<Node, Node>();
  readonly #constants = new Map<Node, number>();
  /** Which values of a scan are picked, and where they are in the smaller one. */
  readonly #picked = new Map<Node, Set<number>>();
  readonly #places = new Map<Node, readonly number[]>();

  run(graph: Graph): Graph {
    const inputs = graph.inputs.map((node) => {
      const input = this.#builder.input(node.type);
      this.#built.set(node, input);
      if (node.type.shape.length === 0) this.#fills.set(input, input);
      return input;
    });
    const order = topological(graph.outputs);
    for (const node of order) this.#notePick(node);
    for (const node of order) {
      if (!this.#built.has(node)) this.#built.set(node, this.#rebuild(node));
    }
    return { inputs, outputs: graph.outputs.map((node) => this.#built.get(node)!) };
  }

  #notePick(node: Node): void {
    const lowering = loweringOf(node);
    if (lowering.kind !== "pick") return;
    const scan = node.inputs[0]!;
    const known = this.#picked.get(scan) ?? new Set();
    this.#picked.set(scan, known.add(lowering.index(node.attrs)));
  }

  #rebuild(node: Node): Node {
    const inputs = node.inputs.map((input) => this.#built.get(input)!);
    this.#builder.origin = node.origin;
    const lowering = loweringOf(node);
    if (lowering.kind === "view") return this.#view(node, inputs, lowering);
    if (lowering.kind === "map") return this.#map(node, inputs, lowering);
    if (lowering.kind === "scan") {
      const picked = this.#picked.get(node) ?? new Set();
      const smaller = smallerScan(this.#builder, node, inputs, picked, simplify);
      this.#places.set(node, smaller.places);
      return smaller.node;
    }
    if (lowering.kind === "pick") {
      const index = this.#places.get(node.inputs[0]!)![lowering.index(node.attrs)]!;
      return this.#builder.apply("pick", inputs, { index });
    }
    const result = this.#builder.apply(node.op, inputs, node.attrs);
    if (result.type.shape.length === 0) this.#fills.set(result, result);
    return result;
  }

  #view(
    node: Node,
    inputs: readonly Node[],
    lowering: AnyLowering & { readonly kind: "view" },
  ): Node {
    const x = inputs[0]!;
    const map = lowering.view(node.attrs, x.type, node.type);
    if (x.type === node.type && isIdentity(map)) return x;
    let from = x;
    if (map === "row-major") {
      while (isRowMajor(from)) from = from.inputs[0]!;
      if (from.type === node.type) return from;
    }
    const result = this.#builder.apply(node.op, [from, ...inputs.slice(1)], node.attrs);
    const fill = inputs.length === 1 ? this.#fills.get(x) : undefined;
    const one = result.type.shape.length === 0 ? result : undefined;
    if (fill !== undefined && result.type.shape.length === 0) return fill;
    if (fill ?? one) this.#fills.set(result, (fill ?? one)!);
    return result;
  }

  #map(node: Node, inputs: readonly Node[], lowering: MapLowering): Node {
    const { attrs, type } = node;
    const tree = reduceTree(lowering.scalar(this.#argumentsOf(inputs), attrs));
    if (tree.op === "arg") return inputs[tree.value]!;
    const twice = this.#undone(tree, inputs);
    if (twice !== null) return twice;
    if (inputs.every((input) => this.#valueOf(input) !== undefined)) {
      const value = compileScalar(tree)([]);
      return this.#filled(this.#constant(node, value), type.shape);
    }
    const fills = inputs.map((input) => this.#fills.get(input));
    if (type.shape.length > 0 && fills.every((fill) => fill !== undefined)) {
      const one = this.#builder.apply(node.op, fills as Node[], attrs);
      this.#fills.set(one, one);
      return this.#filled(one, type.shape);
    }
    const result = this.#builder.apply(node.op, inputs, attrs);
    if (type.shape.length === 0) this.#fills.set(result, result);
    return result;
  }

  #argumentsOf(inputs: readonly Node[]): Scalar[] {
    return inputs.map((input, k) => {
      const value = this.#valueOf(input);
      const { dtype } = input.type;
      return value === undefined ? argument(k, dtype) : literal(dtype, value);
    });
  }

  /** The number that all elements of a node are, where it is known. */
  #valueOf(node: Node): number | undefined {
    const fill = this.#fills.get(node);
    return fill === undefined ? undefined : this.#constants.get(fill);
  }

  #constant(node: Node, value: number): Node {
    const { dtype } = node.type;
    const result = this.#builder.apply("constant", [], { dtype, value });
    this.#constants.set(result, value);
    this.#fills.set(result, result);
    return result;
  }

  /** −(−x) is x. */
  #undone(tree: Scalar, inputs: readonly Node[]): Node | null {
    const arg = tree.args[0];
    if (tree.op !== "neg" || arg?.op !== "arg") return null;
    const inner = inputs[arg.value]!;
    const lowering = loweringOf(inner);
    if (lowering.kind !== "map" || inner.inputs.length !== 1) return null;
    const before = lowering.scalar([argument(0, inner.inputs[0]!.type.dtype)], inner.attrs);
    return before.op === "neg" && before.args[0]!.op === "arg" ? inner.inputs[0]! : null;
  }

  /** Repeats one element over a shape. */
  #filled(one: Node, shape: Shape): Node {
    if (shape.length === 0) return one;
    const ones = shape.map(() => 1);
    const thin = this.#builder.apply("reshape", [one], { shape: ones });
    this.#fills.set(thin, one);
    if (ones.every((_, axis) => shape[axis] === 1)) return thin;
    const full = this.#builder.apply("expand", [thin], { shape });
    this.#fills.set(full, one);
    return full;
  }
}

function isRowMajor(node: Node): boolean {
  const lowering = loweringOf(node);
  return (
    lowering.kind === "view" &&
    lowering.view(node.attrs, node.inputs[0]!.type, node.type) === "row-major"
  );
}

function isIdentity(map: ViewMap): boolean {
  if (map === "row-major") return true;
  return map.every(
    ({ axis, step, start, dynamic }, at) =>
      axis === at && step === 1 && start === 0 && dynamic === undefined,
  );
}

/** Multiplication and division by 1 are left out. */
function reduceTree(tree: Scalar): Scalar {
  const [x, y] = tree.args;
  if (tree.op === "mul" && isOne(y)) return x!;
  if (tree.op === "mul" && isOne(x)) return y!;
  if (tree.op === "div" && isOne(y)) return x!;
  return tree;
}

function isOne(tree: Scalar | undefined): boolean {
  return tree?.op === "const" && tree.value === 1;
}
