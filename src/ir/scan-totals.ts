/**
 * Scans of which some results are wanted as sums over all steps. What a sum is made of is stacked,
 * and the sum is taken outside where that is one operation: products of matrices become one product
 * along time and rows, sums and rearrangements follow what they work on, and what is the same at
 * each step stays outside.
 */
import type { Node, NodeBuilder, Scan } from "./node.ts";
import { topological } from "./node.ts";
import type { Walk } from "./row.ts";
import { constantOf } from "./row.ts";
import { expandTo, fillLike, op, permute, reshape, scaled, sliceAxis } from "./words.ts";

type RowOf = Walk["rowOf"];

/** A scan to be made, over nodes of a nested builder and of the one outside. */
export interface TotalScan {
  /** The body's inputs: carries, elements, captures. */
  readonly inputs: readonly Node[];
  readonly initial: readonly Node[];
  readonly sequences: readonly Node[];
  readonly captures: readonly Node[];
  /**
   * The body's next carries, what is wanted stacked, and what is wanted added up over all steps.
   */
  readonly carries: readonly Node[];
  readonly stacked: readonly (Node | null)[];
  readonly added: readonly (Node | null)[];
  readonly length: number;
  readonly reverse: boolean;
}

/** What became of it, outside. */
export interface TotalResult {
  readonly carries: readonly Node[];
  readonly stacked: readonly (Node | null)[];
  readonly added: readonly (Node | null)[];
}

/** Makes the scan and the sums. */
export function totals(b: NodeBuilder, scan: TotalScan, rowOf: RowOf): TotalResult {
  const { inputs, carries, sequences, captures, length, reverse } = scan;
  const first = carries.length;
  const captured = first + sequences.length;
  const forms = new Forms(rowOf, inputs, inputs.slice(captured), scan.added);
  const leaves = new Set(scan.stacked.filter((node) => node !== null));
  for (const term of scan.added) if (term !== null) forms.leaves(term, leaves);
  const out = [...leaves].filter((leaf) => !inputs.includes(leaf));
  const body = { inputs, outputs: [...carries, ...out] };
  const attrs: Scan = { body, carries: first, sequences: sequences.length, length, reverse };
  const node = b.apply("scan", [...scan.initial, ...sequences, ...captures], attrs);
  const part = (index: number): Node => b.apply("pick", [node], { index });
  const stacks = new Map<Node, Node>(out.map((leaf, i) => [leaf, part(first + i)]));
  inputs.slice(0, first).forEach((carry, i) => {
    if (leaves.has(carry)) stacks.set(carry, sliceAxis(b, part(i), 0, reverse ? 1 : 0, length));
  });
  sequences.forEach((sequence, i) => stacks.set(inputs[first + i]!, sequence));
  const outside = new Map<Node, Node>(captures.map((node, i) => [inputs[captured + i]!, node]));
  const sums = new Sums(b, forms, stacks, outside, length);
  return {
    carries: carries.map((_, i) => part(i)),
    stacked: scan.stacked.map((leaf) => leaf && sums.stack(leaf)),
    added: scan.added.map((term) => term && sums.total(term)),
  };
}

/** How a term's sum is found. */
type Form =
  /** It is 0, or the same at each step. */
  | "zero"
  | "same"
  /** As the operation on the sums of its operands. */
  | "through"
  /** As one product of stacked matrices, or of one with the sum of the other. */
  | "product"
  /** From its stacked values. */
  | "leaf";

/** Decides how sums are found, and so what must be stacked. */
class Forms {
  readonly #inputs: ReadonlySet<Node>;
  readonly #same: Set<Node>;
  readonly rowOf: RowOf;

  constructor(
    rowOf: RowOf,
    inputs: readonly Node[],
    captured: readonly Node[],
    terms: readonly (Node | null)[],
  ) {
    this.rowOf = rowOf;
    this.#inputs = new Set(inputs);
    this.#same = new Set(captured);
    for (const node of topological(terms.filter((term) => term !== null))) {
      if (this.#inputs.has(node)) continue;
      if (node.inputs.every((input) => this.#same.has(input))) this.#same.add(node);
    }
  }

  of(node: Node): Form {
    if (constantOf(node, this.rowOf) === 0) return "zero";
    if (this.#same.has(node)) return "same";
    if (this.#inputs.has(node)) return "leaf";
    if (this.summedAxes(node) !== null) {
      return this.of(node.inputs[0]!) === "leaf" ? "leaf" : "through";
    }
    const { linear, lowering } = this.rowOf(node);
    if (linear === true) return "through";
    return lowering.kind === "contract" && node.type.shape.length === 2 ? "product" : "leaf";
  }

  /** The axes that a node adds up; null where it is no sum. */
  summedAxes(node: Node): readonly number[] | null {
    const { lowering } = this.rowOf(node);
    if (lowering.kind !== "reduce") return null;
    const { combine, axes } = lowering.attrs(node.attrs);
    return combine === "sum" ? axes : null;
  }

  isSame(node: Node): boolean {
    return this.#same.has(node);
  }

  /** Whether the stack of a node is a rearrangement of that of its operand. */
  isView(node: Node): boolean {
    return !this.#inputs.has(node) && this.rowOf(node).stacked !== undefined;
  }

  /** Adds what must be stacked for the sum of a term. */
  leaves(term: Node, found: Set<Node>): void {
    const stack: { node: Node; sum: boolean }[] = [{ node: term, sum: true }];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { node, sum } = next;
      const form = sum ? this.of(node) : "leaf";
      if (form === "through") for (const input of node.inputs) stack.push({ node: input, sum });
      if (form === "product") stack.push(...this.#factors(node));
      if (form !== "leaf") continue;
      const inner = this.summed(node, sum);
      if (inner !== null) stack.push({ node: inner, sum: false });
      else found.add(node);
    }
  }

  /** The operands of a product that change: stacked, or added up beside one that does not. */
  #factors({ inputs }: Node): { node: Node; sum: boolean }[] {
    const moving = inputs.filter((input) => !this.#same.has(input));
    return moving.map((node) => ({ node, sum: moving.length < inputs.length }));
  }

  /** The operand whose stack a leaf is found from, if that is not its own. */
  summed(node: Node, sum: boolean): Node | null {
    const direct = sum && !this.#inputs.has(node) && this.summedAxes(node) !== null;
    return direct || this.isView(node) ? node.inputs[0]! : null;
  }
}

/** Takes sums over steps, outside, from stacked values. */
class Sums {
  readonly #b: NodeBuilder;
  readonly #forms: Forms;
  readonly #stacks: Map<Node, Node>;
  /** The values that are the same at each step. */
  readonly #outside: Map<Node, Node>;
  readonly #length: number;

  constructor(
    b: NodeBuilder,
    forms: Forms,
    stacks: Map<Node, Node>,
    outside: Map<Node, Node>,
    length: number,
  ) {
    this.#b = b;
    this.#forms = forms;
    this.#stacks = stacks;
    this.#outside = outside;
    this.#length = length;
  }

  /** The sum over all steps. */
  total(node: Node): Node {
    const b = this.#b;
    switch (this.#forms.of(node)) {
      case "zero":
        return fillLike(b, node, 0);
      case "same":
        return scaled(b, this.#once(node), this.#length);
      case "product":
        return this.#product(node);
      case "leaf":
        return this.#ofLeaf(node);
      default:
        return b.apply(
          node.op,
          node.inputs.map((input) => this.total(input)),
          node.attrs,
        );
    }
  }

  #ofLeaf(node: Node): Node {
    const own = this.#forms.summedAxes(node);
    const inner = own && this.#forms.summed(node, true);
    const axes = inner === null ? [0] : [0, ...own!.map((axis) => axis + 1)];
    return this.#b.apply("reduce", [this.stack(inner ?? node)], { combine: "sum", axes });
  }

  /** Σ x · y over all steps: one product along steps and inner axis. */
  #product(node: Node): Node {
    const [b, forms, length] = [this.#b, this.#forms, this.#length];
    const [x, y] = node.inputs as readonly [Node, Node];
    if (forms.isSame(x)) return op(b, "contract", this.#once(x), this.total(y));
    if (forms.isSame(y)) return op(b, "contract", this.total(x), this.#once(y));
    const [m, k] = x.type.shape as readonly [number, number];
    const n = y.type.shape[1]!;
    const left = reshape(b, permute(b, this.stack(x), [1, 0, 2]), [m, length * k]);
    return op(b, "contract", left, reshape(b, this.stack(y), [length * k, n]));
  }

  /** The values of all steps, `[length, …]`. */
  stack(node: Node): Node {
    const known = this.#stacks.get(node);
    if (known !== undefined) return known;
    const same = this.#outside.get(node);
    if (same !== undefined) {
      const thin = reshape(this.#b, same, [1, ...node.type.shape]);
      return expandTo(this.#b, thin, [this.#length, ...node.type.shape]);
    }
    const attrs = this.#forms.rowOf(node).stacked!(node.attrs, this.#length);
    return this.#b.apply(node.op, [this.stack(node.inputs[0]!)], attrs);
  }

  /** A value that is the same at each step, outside. */
  #once(node: Node): Node {
    for (const step of topological([node])) {
      if (this.#outside.has(step)) continue;
      const inputs = step.inputs.map((input) => this.#outside.get(input)!);
      this.#outside.set(step, this.#b.apply(step.op, inputs, step.attrs));
    }
    return this.#outside.get(node)!;
  }
}
