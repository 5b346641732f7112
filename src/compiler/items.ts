/**
 * Items: what is left of a graph when views are folded into strides. Each item is one piece of work
 * that computes a value; its operands say where, in which other item's buffer, their elements lie.
 * Inline items (constants, positions, cheap scalars) have no buffer: their users recompute them.
 */
import type { Shape } from "../core/shape.ts";
import type { ConvAttrs, CumulateAttrs, ReduceAttrs } from "../ir/attrs.ts";
import type { Combine } from "../ir/combine.ts";
import { identityOf } from "../ir/combine.ts";
import type { AnyLowering } from "../ir/lookup.ts";
import { loweringOf, nameOf } from "../ir/lookup.ts";
import type { Graph, Node, Scan, TensorType } from "../ir/node.ts";
import { topological, typeOf } from "../ir/node.ts";
import type { AxisMap } from "../ir/row.ts";
import type { Scalar } from "../ir/scalar.ts";
import { argument, literal, scalar } from "../ir/scalar.ts";
import { contiguous, neighbours, normalise, oneRun, restride, sameStrides } from "./views.ts";

/** A run-time part of an address: the float64 scalar of `source` times `stride`. */
export interface Moving {
  readonly source: Item;
  readonly stride: number;
  readonly limit: number;
}

/**
 * Where elements lie: `offset + Σ index[axis] · strides[axis] + Σ dynamic` in the buffer of `base`.
 */
export interface Operand {
  readonly base: Item;
  readonly offset: number;
  /**
   * Over the axes of the item that reads it, unless its work says otherwise; 0 where the extent is
   * 1.
   */
  readonly strides: readonly number[];
  readonly dynamic: readonly Moving[];
}

/** What an item does. */
export type Work =
  | { readonly kind: "input"; readonly index: number }
  | { readonly kind: "scratch" }
  | { readonly kind: "iota" }
  | { readonly kind: "copy" }
  | { readonly kind: "map"; readonly scalar: Scalar }
  /** Operands: the source with stride 0 along the axis, the index. */
  | { readonly kind: "gather"; readonly stride: number; readonly size: number }
  /** The operand is over `shape`, of which `axes` go away. */
  | {
      readonly kind: "reduce";
      readonly combine: Combine;
      readonly shape: Shape;
      readonly axes: readonly number[];
    }
  | { readonly kind: "cumulate"; readonly attrs: CumulateAttrs }
  /** Operands over `[...batch, m, k]` and `[...batch, k, n]`. */
  | { readonly kind: "contract"; readonly k: number }
  /** Operands over `input` and `weight`, as the row has them. */
  | {
      readonly kind: "conv";
      readonly attrs: ConvAttrs;
      readonly input: Shape;
      readonly weight: Shape;
    }
  /** Operands: initial carries, sequences, captures. It has no buffer; its values are `parts`. */
  | { readonly kind: "scan"; readonly attrs: Scan; readonly parts: readonly Item[] }
  /** One of the values of another item, made with it. */
  | { readonly kind: "part"; readonly of: Item }
  /** Each operand is over its own shape; `offsets` say where in the result its elements begin. */
  | {
      readonly kind: "concat";
      readonly shapes: readonly Shape[];
      readonly offsets: readonly number[];
    }
  /** Operands: what is replaced in, the block over `shape`; `target` is over the block too. */
  | {
      readonly kind: "update";
      readonly shape: Shape;
      readonly target: Omit<Operand, "base">;
    }
  /** Operands: the initial value, then index and source over `shape`. */
  | {
      readonly kind: "scatter";
      readonly combine: Combine | "set";
      readonly axis: number;
      readonly shape: Shape;
    }
  | { readonly kind: "sort"; readonly descending: boolean };

/** One piece of work and the value that it makes, which is row-major where it has a buffer. */
export interface Item {
  readonly id: number;
  readonly type: TensorType;
  readonly origin: string;
  readonly work: Work;
  readonly operands: readonly Operand[];
  /** Whether users recompute it, so that it has no buffer. */
  readonly inline: boolean;
  /** The graph output whose buffer holds it, or −1. */
  output: number;
}

/** A graph as items, in an order in which each comes after what it reads. */
export interface Items {
  readonly inputs: readonly Item[];
  readonly items: readonly Item[];
  readonly outputs: readonly Item[];
}

/** How many scalar instructions an inline item may have, those of its operands included. */
const INLINE_COST = 24;

/** The type of a number that the host gives to a graph. */
const NUMBER = typeOf("float64", []);

/** Returns an item's value as an operand, read in order. */
export function whole(base: Item): Operand {
  return { base, offset: 0, strides: contiguous(base.type.shape), dynamic: [] };
}

/** Returns whether an operand is all of its base, in order. */
export function isWhole(operand: Operand, shape: Shape): boolean {
  return (
    operand.offset === 0 &&
    operand.dynamic.length === 0 &&
    !operand.base.inline &&
    operand.base.type.size === sizeOfShape(shape) &&
    sameStrides(operand.strides, contiguous(shape))
  );
}

function sizeOfShape(shape: Shape): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/** Turns a graph into items. */
export function itemsOf(graph: Graph): Items {
  return new Itemizer().run(graph);
}

/** The state of the conversion: the items so far, and where each node's value lies. */
class Itemizer {
  readonly #items: Item[] = [];
  readonly #places = new Map<Node, Operand>();
  readonly #costs = new Map<Item, number>();
  #count = 0;

  run(graph: Graph): Items {
    const inputs = graph.inputs.map((node, index) => {
      const item = this.#make(node.type, "input", { kind: "input", index }, [], true);
      this.#places.set(node, whole(item));
      return item;
    });
    for (const node of topological(graph.outputs)) {
      if (!this.#places.has(node)) this.#places.set(node, this.#place(node));
    }
    const outputs = graph.outputs.map((node, index) => this.#output(node, index));
    return { inputs, items: this.#items, outputs };
  }

  #make(
    type: TensorType,
    origin: string,
    work: Work,
    operands: readonly Operand[],
    unlisted = false,
    inline = false,
  ): Item {
    const item = { id: this.#count++, type, origin, work, operands, inline, output: -1 };
    if (!unlisted) this.#items.push(item);
    return item;
  }

  /** The item whose buffer is output `index`: the node's own, or a copy. */
  #output(node: Node, index: number): Item {
    const place = this.#at(node);
    const { base } = place;
    let item = base;
    if (base.work.kind === "input" || base.output >= 0 || !isWhole(place, node.type.shape)) {
      item = this.#make(node.type, nameOf(node), { kind: "copy" }, [place]);
    }
    item.output = index;
    return item;
  }

  #at(node: Node): Operand {
    return this.#places.get(node)!;
  }

  /** Finds or makes where a node's value lies. */
  #place(node: Node): Operand {
    const lowering = loweringOf(node);
    if (lowering.kind === "view") return this.#view(node, lowering);
    if (lowering.kind === "scan") return this.#scan(node, lowering.attrs(node.attrs));
    if (lowering.kind === "pick") {
      const { work } = this.#at(node.inputs[0]!).base;
      if (work.kind === "scan") return whole(work.parts[lowering.index(node.attrs)]!);
    }
    if (node.type.size > 0 && this.#emptyReduction(node, lowering)) {
      return this.#identity(node, lowering);
    }
    return whole(this.#compute(node, lowering));
  }

  /** Whether a node combines no elements at all, so that its value is a constant. */
  #emptyReduction(node: Node, { kind }: AnyLowering): boolean {
    const sums = kind === "reduce" || kind === "contract" || kind === "conv";
    return sums && node.inputs[0]!.type.size === 0;
  }

  #identity(node: Node, lowering: AnyLowering): Operand {
    const { dtype, shape } = node.type;
    const reduce = lowering.kind === "reduce" ? lowering.attrs(node.attrs) : null;
    const value = reduce === null ? 0 : identityOf(reduce.combine, dtype);
    const work = { kind: "map", scalar: literal(dtype, value) } as const;
    const base = this.#make(typeOf(dtype, []), nameOf(node), work, [], true, true);
    return { base, offset: 0, strides: shape.map(() => 0), dynamic: [] };
  }

  /** Folds a view into strides; where that cannot be, its source is copied first. */
  #view(node: Node, lowering: AnyLowering & { kind: "view" }): Operand {
    const source = node.inputs[0]!;
    const place = this.#at(source);
    const map = lowering.view(node.attrs, source.type, node.type);
    if (map !== "row-major") return this.#axes(node, place, map);
    const strides = restride(place.strides, source.type.shape, node.type.shape);
    if (strides !== null) return { ...place, strides };
    const copy = whole(this.#copy(place, source));
    this.#places.set(source, copy);
    return { ...copy, strides: contiguous(node.type.shape) };
  }

  #copy(place: Operand, node: Node): Item {
    return this.#make(node.type, nameOf(node), { kind: "copy" }, [place]);
  }

  #axes(node: Node, from: Operand, map: readonly AxisMap[]): Operand {
    const source = node.inputs[0]!;
    let place = from;
    if (place.base.inline && map.some((axis) => axis.dynamic !== undefined)) {
      place = whole(this.#copy(place, source));
      this.#places.set(source, place);
    }
    const inner = this.#block(node, map, place.strides, source.type.shape, node.type.shape);
    return {
      base: place.base,
      offset: place.offset + inner.offset,
      strides: inner.strides,
      dynamic: [...place.dynamic, ...inner.dynamic],
    };
  }

  /** The strides over `shape` of the block of `source` that a map of axes describes. */
  #block(
    node: Node,
    map: readonly AxisMap[],
    from: readonly number[],
    source: Shape,
    shape: Shape,
  ): Omit<Operand, "base"> {
    const strides = new Array<number>(shape.length).fill(0);
    const dynamic: Moving[] = [];
    let offset = 0;
    map.forEach(({ axis, step, start, dynamic: input }, at) => {
      const stride = from[at]!;
      if (axis >= 0) strides[axis]! += step * stride;
      offset += start * stride;
      if (input === undefined) return;
      const reach = axis >= 0 ? step * (shape[axis]! - 1) : 0;
      const low = -start - Math.min(0, reach);
      const high = source[at]! - 1 - start - Math.max(0, reach);
      const shift = Math.max(0, low);
      offset += shift * stride;
      const scalarItem = this.#start(this.#at(node.inputs[input]!), shift);
      dynamic.push({ source: scalarItem, stride, limit: high - shift });
    });
    return { offset, strides: normalise(strides, shape), dynamic };
  }

  /** An item with a buffer that holds a run-time start, less the smallest value it may have. */
  #start(place: Operand, shift: number): Item {
    if (shift === 0 && isWhole(place, [])) return place.base;
    const x = argument(0, "float64");
    const work = { kind: "map", scalar: scalar("sub", x, literal("float64", shift)) } as const;
    return this.#make(typeOf("float64", []), "start", work, [place]);
  }

  #compute(node: Node, lowering: AnyLowering): Item {
    switch (lowering.kind) {
      case "map":
        return this.#map(node, lowering.scalar);
      case "iota":
        return this.#make(node.type, nameOf(node), { kind: "iota" }, [], true, true);
      case "reduce":
        return this.#reduce(node, lowering.attrs(node.attrs));
      case "cumulate":
        return this.#item(node, { kind: "cumulate", attrs: lowering.attrs(node.attrs) });
      case "contract": {
        const k = node.inputs[0]!.type.shape[node.type.shape.length - 1]!;
        const work = { kind: "contract", k } as const;
        return this.#item(
          node,
          work,
          node.inputs.map((input) => this.#stored(input)),
        );
      }
      case "conv":
        return this.#conv(node, lowering.attrs(node.attrs));
      case "concat":
        return this.#concat(node, lowering.axis(node.attrs));
      case "update":
        return this.#update(node, lowering);
      case "gather":
        return this.#gather(node, lowering.axis(node.attrs));
      case "scatter": {
        const { shape } = node.inputs[1]!.type;
        const { combine, axis } = lowering.attrs(node.attrs);
        return this.#item(node, { kind: "scatter", combine, axis, shape });
      }
      case "sort":
        return this.#sort(node, lowering.descending(node.attrs));
      case "input":
      case "view":
      case "scan":
      case "pick":
        throw new Error(`${lowering.kind} has no work of its own`);
      default:
        return lowering satisfies never;
    }
  }

  #conv(node: Node, attrs: ConvAttrs): Item {
    const [x, w] = node.inputs as readonly [Node, Node];
    const work = { kind: "conv", attrs, input: x.type.shape, weight: w.type.shape } as const;
    return this.#item(node, work, [this.#stored(x), this.#stored(w)]);
  }

  #scan(node: Node, attrs: Scan): Operand {
    const parts: Item[] = [];
    const operands = node.inputs.map((input, i) => {
      if (i < attrs.carries) return this.#at(input);
      return this.#laid(input, i < attrs.carries + attrs.sequences ? 1 : 0);
    });
    const work = { kind: "scan", attrs, parts } as const;
    const item = this.#make(typeOf("bool", [1]), nameOf(node), work, operands);
    for (const type of node.type.parts!) {
      parts.push(this.#make(type, nameOf(node), { kind: "part", of: item }, []));
    }
    return whole(item);
  }

  /** Where a node's value lies in a buffer, in order but for the first `free` axes. */
  #laid(node: Node, free: number): Operand {
    const place = this.#at(node);
    const inner = node.type.shape.slice(free);
    const ordered = sameStrides(place.strides.slice(free), contiguous(inner));
    if (!place.base.inline && place.dynamic.length === 0 && ordered) return place;
    const copy = whole(this.#copy(place, node));
    this.#places.set(node, copy);
    return copy;
  }

  #item(node: Node, work: Work, operands?: readonly Operand[]): Item {
    const from = operands ?? node.inputs.map((input) => this.#at(input));
    return this.#make(node.type, nameOf(node), work, from);
  }

  #map(node: Node, lower: Extract<AnyLowering, { kind: "map" }>["scalar"]): Item {
    const args = node.inputs.map((input, k) => argument(k, input.type.dtype));
    const work = { kind: "map", scalar: lower(args, node.attrs) } as const;
    const operands = node.inputs.map((input) => this.#at(input));
    const cost = node.type.size === 1 ? this.#cost(work.scalar, operands) : Infinity;
    if (cost > INLINE_COST) return this.#item(node, work, operands);
    const item = this.#make(node.type, nameOf(node), work, operands, true, true);
    this.#costs.set(item, cost);
    return item;
  }

  /** Instructions that a cheap scalar takes; infinite where it reads what a kernel computes. */
  #cost(tree: Scalar, operands: readonly Operand[]): number {
    let cost = 0;
    for (const { base, dynamic } of operands) {
      if (dynamic.length > 0 || base.type.size !== 1) return Infinity;
      if (base.inline) cost += this.#costs.get(base) ?? 0;
      else if (base.work.kind !== "input" || base.type !== NUMBER) return Infinity;
    }
    const seen = new Set<Scalar>();
    const stack = [tree];
    while (stack.length > 0) {
      const node = stack.pop()!;
      if (seen.has(node)) continue;
      seen.add(node);
      if (node.args.length > 0 && ++cost > INLINE_COST) return Infinity;
      stack.push(...node.args);
    }
    return cost;
  }

  #reduce(node: Node, { combine, axes }: ReduceAttrs): Item {
    const source = node.inputs[0]!;
    const { shape } = source.type;
    let place = this.#at(source);
    const walks = neighbours(axes).every(([a, b]) => oneRun(place.strides, shape, a, b));
    if (!walks) {
      place = whole(this.#copy(place, source));
      this.#places.set(source, place);
    }
    return this.#item(node, { kind: "reduce", combine, shape, axes }, [place]);
  }

  /** Where a node's value lies in a buffer: inline values are copied into one. */
  #stored(node: Node): Operand {
    const place = this.#at(node);
    if (!place.base.inline) return place;
    const { shape } = node.type;
    if (place.base.type.size !== 1) {
      const copy = whole(this.#copy(place, node));
      this.#places.set(node, copy);
      return copy;
    }
    const one = this.#make(place.base.type, nameOf(node), { kind: "copy" }, [whole(place.base)]);
    return { base: one, offset: 0, strides: shape.map(() => 0), dynamic: [] };
  }

  #concat(node: Node, axis: number): Item {
    const shapes: Shape[] = [];
    const operands: Operand[] = [];
    const offsets: number[] = [];
    const stride = contiguous(node.type.shape)[axis]!;
    let start = 0;
    for (const input of node.inputs) {
      if (input.type.size > 0) {
        shapes.push(input.type.shape);
        operands.push(this.#at(input));
        offsets.push(start * stride);
      }
      start += input.type.shape[axis]!;
    }
    return this.#item(node, { kind: "concat", shapes, offsets }, operands);
  }

  #update(node: Node, lowering: AnyLowering & { kind: "update" }): Item {
    const [x, block] = node.inputs as readonly [Node, Node];
    const { shape } = block.type;
    const map = lowering.view(node.attrs, block.type, x.type);
    const target = this.#block(node, map, contiguous(x.type.shape), x.type.shape, shape);
    const operands = [this.#at(x), this.#at(block)];
    return this.#item(node, { kind: "update", shape, target }, operands);
  }

  #gather(node: Node, axis: number): Item {
    const [x, index] = node.inputs as readonly [Node, Node];
    const place = this.#stored(x);
    const strides = normalise([...place.strides], node.type.shape);
    strides[axis] = 0;
    const work = {
      kind: "gather",
      stride: place.strides[axis]!,
      size: x.type.shape[axis]!,
    } as const;
    return this.#item(node, work, [{ ...place, strides }, this.#at(index)]);
  }

  #sort(node: Node, descending: boolean): Item {
    const source = node.inputs[0]!;
    let place = this.#at(source);
    if (!isWhole(place, source.type.shape)) {
      place = whole(this.#copy(place, source));
      this.#places.set(source, place);
    }
    return this.#item(node, { kind: "sort", descending }, [place]);
  }
}
