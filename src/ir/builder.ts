/** The one way to make nodes: the table gives the type; an equal node is returned, not made. */
import type { OpAttrs, OpName } from "./attrs.ts";
import type { Node, NodeBuilder, TensorType } from "./node.ts";
import { nodeAttrsKey } from "./node.ts";
import { OPS } from "./ops.ts";

/** Makes nodes and keeps them unique. Every function that builds a graph takes one. */
export class Builder implements NodeBuilder {
  readonly #nodes = new Map<string, Node>();
  #count = 0;
  /** The origin given to the nodes made from here on. */
  origin = "";

  /** Makes a graph input: each call is a new one. */
  input(type: TensorType): Node {
    return this.#add("input", [], { index: this.#count }, type);
  }

  /** Applies an operation: the row's shape rule gives the type, or throws. */
  apply<K extends OpName>(op: K, inputs: readonly Node[], attrs: OpAttrs[K]): Node {
    const row = OPS[op];
    const type = row.type(
      inputs.map((node) => node.type),
      attrs,
    );
    return this.#add(op, inputs, attrs, type);
  }

  /** Makes an empty builder, for a graph that an attribute will hold. */
  nested(): NodeBuilder {
    return new Builder();
  }

  #add<K extends OpName>(
    op: K,
    inputs: readonly Node[],
    attrs: OpAttrs[K],
    type: TensorType,
  ): Node {
    let key = `${op}(`;
    for (const input of inputs) key += `${input.id},`;
    key += `)${nodeAttrsKey(attrs)}${type.text}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const node: Node<K> = { id: this.#count++, op, inputs, attrs, type, origin: this.origin };
    this.#nodes.set(key, node as unknown as Node);
    return node as unknown as Node;
  }
}
