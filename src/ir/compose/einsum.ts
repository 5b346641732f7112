/**
 * Einstein sums: operands are contracted pairwise from the left, each pair by one batched matrix
 * product.
 */
import { promote } from "../../core/dtype.ts";
import { argumentError, shapeError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { castTo, expandTo, op, permute, reshape } from "../words.ts";
import { sum } from "./reduction.ts";
import { diagonal } from "./movement.ts";
import { matmul } from "./linalg.ts";

/** A tensor whose axes have labels; each label occurs once. */
interface Labelled {
  readonly node: Node;
  readonly labels: readonly string[];
}

/** Evaluates `"bij,bjk->bik"`; `...` stands for further axes that broadcast. */
export function einsum(b: NodeBuilder, equation: string, operands: readonly Node[]): Node {
  const text = equation.replaceAll(/\s/g, "");
  const [left, right] = text.split("->") as [string, string | undefined];
  const terms = left.split(",");
  if (terms.length !== operands.length) {
    throw argumentError(
      `einsum: "${equation}" names ${terms.length} operands; got ${operands.length}.`,
    );
  }
  const dtype = operands.map((node) => node.type.dtype).reduce(promote);
  const named = operands.map((node, i) => label(b, equation, terms[i]!, castTo(b, node, dtype)));
  const output = outputLabels(equation, terms, right, named);
  checkExtents(equation, named);
  const last = named.slice(1).reduce((x, y, i) => {
    const needed = new Set([...output, ...named.slice(i + 2).flatMap((rest) => rest.labels)]);
    return contractPair(b, x, y, needed);
  }, named[0]!);
  const summed = dropUnneeded(b, last, new Set(output));
  return permute(
    b,
    summed.node,
    output.map((name) => summed.labels.indexOf(name)),
  );
}

/**
 * Names the axes of an operand; those of `...` are numbered from the end; a repeated label is a
 * diagonal.
 */
function label(b: NodeBuilder, equation: string, term: string, node: Node): Labelled {
  const [before, after] = term.split("...") as [string, string | undefined];
  const rank = node.type.shape.length;
  const free = after === undefined ? 0 : rank - before.length - after.length;
  const dots = Array.from({ length: Math.max(0, free) }, (_, i) => `.${free - i}`);
  const labels = [...before, ...dots, ...(after ?? "")];
  if (labels.length !== rank || !/^[a-zA-Z]*(\.\.\.)?[a-zA-Z]*$/.test(term)) {
    throw argumentError(
      `einsum: "${term}" in "${equation}" does not fit an operand of shape ` +
        `${showShape(node.type.shape)}.`,
    );
  }
  let current: Labelled = { node, labels };
  for (;;) {
    const { labels: names } = current;
    const second = names.findIndex((name, i) => names.indexOf(name) !== i);
    if (second < 0) return current;
    const first = names.indexOf(names[second]!);
    const rest = names.filter((_, i) => i !== first && i !== second);
    current = {
      node: diagonal(b, current.node, 0, first, second),
      labels: [...rest, names[second]!],
    };
  }
}

/**
 * The labels of the result: those after the arrow, or all that occur once, in alphabetical order.
 */
function outputLabels(
  equation: string,
  terms: readonly string[],
  right: string | undefined,
  named: readonly Labelled[],
): string[] {
  const all = [...new Set(named.flatMap((term) => term.labels))];
  const dots = all
    .filter((name) => name.startsWith("."))
    .sort((x, y) => Number(y.slice(1)) - Number(x.slice(1)));
  if (right === undefined) {
    const letters = [...terms.join("").replaceAll(".", "")];
    const once = letters.filter((name) => letters.indexOf(name) === letters.lastIndexOf(name));
    return [...dots, ...once.sort()];
  }
  const output = right.split("...").flatMap((part, i) => [...(i === 0 ? [] : dots), ...part]);
  const missing = output.find((name) => !all.includes(name));
  if (missing !== undefined || new Set(output).size !== output.length) {
    throw argumentError(`einsum: the output of "${equation}" must name operands' axes, each once.`);
  }
  return output;
}

function checkExtents(equation: string, named: readonly Labelled[]): void {
  const extents = new Map<string, number>();
  for (const { node, labels } of named) {
    labels.forEach((name, axis) => {
      const [n, known] = [node.type.shape[axis]!, extents.get(name) ?? 1];
      if (n !== known && n !== 1 && known !== 1) {
        throw shapeError(`einsum: axis ${name} of "${equation}" is ${known} and ${n}.`);
      }
      extents.set(name, Math.max(n, known));
    });
  }
}

/** Adds up the axes that nobody needs. */
function dropUnneeded(b: NodeBuilder, x: Labelled, needed: ReadonlySet<string>): Labelled {
  const axes = x.labels.flatMap((name, axis) => (needed.has(name) ? [] : [axis]));
  if (axes.length === 0) return x;
  return { node: sum(b, x.node, axes), labels: x.labels.filter((name) => needed.has(name)) };
}

/** Contracts two operands over the labels that both have and nobody needs afterwards. */
function contractPair(
  b: NodeBuilder,
  left: Labelled,
  right: Labelled,
  needed: ReadonlySet<string>,
): Labelled {
  const x = dropUnneeded(b, left, new Set([...needed, ...right.labels]));
  const y = dropUnneeded(b, right, new Set([...needed, ...left.labels]));
  const shared = x.labels.filter((name) => y.labels.includes(name));
  const batch = shared.filter((name) => needed.has(name));
  const inner = shared.filter((name) => !needed.has(name));
  const rows = x.labels.filter((name) => !shared.includes(name));
  const columns = y.labels.filter((name) => !shared.includes(name));
  const extent = (name: string): number =>
    Math.max(
      x.node.type.shape[x.labels.indexOf(name)] ?? 1,
      y.node.type.shape[y.labels.indexOf(name)] ?? 1,
    );
  const size = (names: readonly string[]): number =>
    names.reduce((total, name) => total * extent(name), 1);
  const arrange = (t: Labelled, ...groups: (readonly string[])[]): Node => {
    const order = groups.flat();
    const turned = permute(
      b,
      t.node,
      order.map((name) => t.labels.indexOf(name)),
    );
    return reshape(b, expandTo(b, turned, order.map(extent)), groups.map(size));
  };
  const result =
    inner.length === 0
      ? op(
          b,
          "mul",
          ...outerOperands(b, arrange(x, batch, rows, []), arrange(y, batch, [], columns)),
        )
      : matmul(b, arrange(x, batch, rows, inner), arrange(y, batch, inner, columns));
  const labels = [...batch, ...rows, ...columns];
  return { node: reshape(b, result, labels.map(extent)), labels };
}

/** Stretches [B, M, 1] and [B, 1, N] to one shape. */
function outerOperands(b: NodeBuilder, x: Node, y: Node): [Node, Node] {
  const shape = [x.type.shape[0]!, x.type.shape[1]!, y.type.shape[2]!];
  return [expandTo(b, x, shape), expandTo(b, y, shape)];
}
