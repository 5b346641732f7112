/**
 * The graph: immutable nodes, each one operation of the table on earlier nodes. Equal nodes of one
 * builder are one object, so common subexpressions never exist twice and identity is equality.
 */
import { argumentError } from "../core/errors.ts";
import type { DType } from "../core/dtype.ts";
import { isFloat } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import { sizeOf, showShape } from "../core/shape.ts";
import type { OpAttrs, OpName, ScanAttrs } from "./attrs.ts";

/** What is known of a value before it exists. Interned: equal types are one object. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly size: number;
  /** `float32[2, 3]`: unique per type, for keys and printing. */
  readonly text: string;
  /** The types of the values of an operation that has several, which `pick` takes apart. */
  readonly parts?: readonly TensorType[];
}

const types = new Map<string, TensorType>();

/** Returns the one object for a dtype and shape. */
export function typeOf(dtype: DType, shape: Shape): TensorType {
  const text = dtype + showShape(shape);
  let type = types.get(text);
  if (type === undefined) {
    type = { dtype, shape: Object.freeze([...shape]), size: sizeOf(shape), text };
    types.set(text, type);
  }
  return type;
}

/** Returns the one object for the type of several values: as wide as all of them together. */
export function tupleOf(parts: readonly TensorType[]): TensorType {
  const text = `(${parts.map((part) => part.text).join(", ")})`;
  let type = types.get(text);
  if (type === undefined) {
    const { dtype } = parts.find((part) => isFloat(part.dtype)) ?? parts[0]!;
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    type = { dtype, shape: Object.freeze([size]), size, text, parts };
    types.set(text, type);
  }
  return type;
}

/** One operation on earlier nodes. */
export interface Node<K extends OpName = OpName> {
  readonly id: number;
  readonly op: K;
  readonly inputs: readonly Node[];
  readonly attrs: OpAttrs[K];
  readonly type: TensorType;
  /** Where the user made it (`Linear(0.weight)`, `softmax`), for errors. */
  readonly origin: string;
}

/** A closed piece of program: `outputs` are computed from `inputs` (nodes of op `input`) alone. */
export interface Graph {
  readonly inputs: readonly Node[];
  readonly outputs: readonly Node[];
}

/** The attributes of a scan, with the body as the graph that it is. */
export interface Scan extends ScanAttrs {
  readonly body: Graph;
}

/**
 * What makes nodes. Rows and composites take this interface; the class is in builder.ts, which
 * knows the table, while the table's rows know only this.
 */
export interface NodeBuilder {
  /** The origin given to the nodes made from here on. */
  origin: string;
  /** Makes a graph input: each call is a new one. */
  input(type: TensorType): Node;
  /** Applies an operation: the row's shape rule gives the type, or throws. */
  apply<K extends OpName>(op: K, inputs: readonly Node[], attrs: OpAttrs[K]): Node;
  /** Makes an empty builder, for a graph that an attribute will hold. */
  nested(): NodeBuilder;
}

/** Spells attributes as a key; `-0`, NaN and infinities stay distinct, equal graphs are equal. */
export function attrsKey(attrs: unknown): string {
  return JSON.stringify(attrs, function (this: Record<string, unknown>, key, value: unknown) {
    if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) {
      return `#${Object.is(value, -0) ? "-0" : value}`;
    }
    if (isGraph(value)) return graphKey(value);
    if (isPlain(this[key])) return value; // as it was before toJSON
    throw argumentError(
      "a tensor stands where a plain number is part of the program: a size, an axis, a threshold. " +
        "A compiled function cannot be given such a number; let it capture the number instead.",
    );
  });
}

/** Returns whether a value is what attributes are made of: no instance of a class but a list. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return true;
  return Object.getPrototypeOf(value) === Object.prototype;
}

/** Returns whether a value is a graph, as attributes may hold. */
export function isGraph(value: unknown): value is Graph {
  return typeof value === "object" && value !== null && "inputs" in value && "outputs" in value;
}

const attrsKeys = new WeakMap<object, string>();

/** The key of a node's attributes, which never change: spelled once, however often it is copied. */
export function nodeAttrsKey(attrs: object): string {
  let key = attrsKeys.get(attrs);
  if (key === undefined) {
    key = attrsKey(attrs);
    attrsKeys.set(attrs, key);
  }
  return key;
}

const graphKeys = new WeakMap<Graph, string>();

/** Spells a graph with its nodes numbered in order, whoever built it. */
function graphKey(graph: Graph): string {
  let key = graphKeys.get(graph);
  if (key === undefined) {
    key = spellGraph(graph, () => "");
    graphKeys.set(graph, key);
  }
  return key;
}

/** The same with the origins of the nodes: graphs of equal keys make equal programs. */
export function programKey(graph: Graph): string {
  return spellGraph(graph, (node) => `@${node.origin}`);
}

function spellGraph(graph: Graph, mark: (node: Node) => string): string {
  const numbers = new Map<Node, number>();
  graph.inputs.forEach((node, i) => numbers.set(node, i));
  const lines = graph.inputs.map((node) => node.type.text);
  for (const node of topological(graph.outputs)) {
    if (numbers.has(node)) continue;
    numbers.set(node, numbers.size);
    const inputs = node.inputs.map((input) => numbers.get(input)).join();
    lines.push(`${node.op}(${inputs})${nodeAttrsKey(node.attrs)}${node.type.text}${mark(node)}`);
  }
  lines.push(graph.outputs.map((node) => numbers.get(node)).join());
  return lines.join(";");
}

/** Lists the nodes that `outputs` need, inputs before users. Iterative: graphs may be deep. */
export function topological(outputs: readonly Node[]): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  const stack: Node[] = [...outputs].reverse();
  while (stack.length > 0) {
    const node = stack[stack.length - 1]!;
    if (seen.has(node)) {
      stack.pop();
      continue;
    }
    const missing = node.inputs.filter((input) => !seen.has(input));
    if (missing.length === 0) {
      seen.add(node);
      order.push(node);
      stack.pop();
    } else {
      for (let i = missing.length - 1; i >= 0; i--) stack.push(missing[i]!);
    }
  }
  return order;
}
