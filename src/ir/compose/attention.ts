/**
 * Attention: each query takes a weighted mean of the values, weights by its likeness to the keys.
 */
import { argumentError, shapeError } from "../../core/errors.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { castTo, concat, expandTo, fill, fillLike, op, permute, positions } from "../words.ts";
import { reshape, scaled, sliceAxis } from "../words.ts";
import { add, broadcast } from "./arithmetic.ts";
import { linear, matmul } from "./linalg.ts";
import { matrixTranspose } from "./movement.ts";
import { amax, mean, softmax, sum } from "./reduction.ts";

/** What an attention may be told. */
export interface AttentionOptions {
  /** Added to the scores (float), or which keys take part (bool); broadcasts to [..., L, S]. */
  readonly mask?: Node | null;
  /** Query i sees the keys up to i. */
  readonly causal?: boolean;
  /** How many of the last keys every query sees. Default: 0. */
  readonly always?: number;
  /** Default: 1 / √E. */
  readonly scale?: number | null;
  /** Drops some of the weights. */
  readonly drop?: ((weights: Node) => Node) | null;
}

/** The weighted means and the weights. */
export interface Attended {
  readonly output: Node;
  readonly weights: Node;
}

/** softmax(q · kᵀ · scale + mask) · v: [..., L, E], [..., S, E], [..., S, V] give [..., L, V]. */
export function attention(
  b: NodeBuilder,
  q: Node,
  k: Node,
  v: Node,
  { mask, causal = false, always = 0, scale, drop }: AttentionOptions,
): Attended {
  if (q.type.shape.length < 2 || k.type.shape.length < 2) {
    throw shapeError(
      `attention: the query is ${showShape(q.type.shape)}, the key ${showShape(k.type.shape)}; ` +
        `need [..., L, E] and [..., S, E].`,
    );
  }
  const factor = scale ?? 1 / Math.sqrt(q.type.shape.at(-1)!);
  let scores = matmul(b, scaled(b, q, factor), matrixTranspose(b, k)); // [..., L, S]
  if (mask) scores = masked(b, scores, mask);
  if (causal) {
    const { shape } = scores.type;
    const [row, column] = [positions(b, shape, shape.length - 2), lastPositions(b, scores)];
    const later = op(b, "lt", row, column);
    const given = fillLike(b, column, shape.at(-1)! - always);
    const away = always === 0 ? later : op(b, "and", later, op(b, "lt", column, given));
    scores = hidden(b, scores, away);
  }
  const plain = mask ? maskedSoftmax(b, scores) : softmax(b, scores, -1);
  const weights = drop ? drop(plain) : plain;
  return { output: matmul(b, weights, v), weights };
}

function lastPositions(b: NodeBuilder, x: Node): Node {
  return positions(b, x.type.shape, x.type.shape.length - 1);
}

/** −∞ where a key is not to be seen. */
function hidden(b: NodeBuilder, scores: Node, away: Node): Node {
  const { shape } = scores.type;
  return op(b, "where", expandTo(b, away, shape), fillLike(b, scores, -Infinity), scores);
}

/** The softmax of masked scores: the weights of a query that sees no key are 0. */
function maskedSoftmax(b: NodeBuilder, scores: Node): Node {
  const { shape, size } = scores.type;
  if (size === 0) return scores;
  const top = op(b, "stopGradient", amax(b, scores, -1, true));
  const blind = op(b, "eq", top, fillLike(b, top, -Infinity));
  const shift = op(b, "where", blind, fillLike(b, top, 0), top);
  const powers = op(b, "exp", op(b, "sub", scores, expandTo(b, shift, shape)));
  const total = sum(b, powers, -1, true);
  const divisor = op(b, "where", blind, fillLike(b, total, 1), total);
  return op(b, "div", powers, expandTo(b, divisor, shape));
}

/** Scores with a mask: true takes part, or a float that is added. */
function masked(b: NodeBuilder, scores: Node, mask: Node): Node {
  if (mask.type.dtype === "bool") return hidden(b, scores, op(b, "not", mask));
  return broadcast(b, "add", scores, castTo(b, mask, scores.type.dtype));
}

/** The parameters of a multi-head attention, by PyTorch's names. */
export interface HeadParameters {
  readonly inWeight?: Node;
  readonly queryWeight?: Node;
  readonly keyWeight?: Node;
  readonly valueWeight?: Node;
  readonly inBias?: Node;
  /** One more key and value, after the projections. */
  readonly keyBias?: Node;
  readonly valueBias?: Node;
  readonly outWeight: Node;
  readonly outBias?: Node;
}

/** How the heads attend. */
export interface HeadOptions {
  readonly heads: number;
  readonly batchFirst: boolean;
  readonly causal: boolean;
  /** Added (float) or left out (bool: true); [L, S] or [N · heads, L, S]. */
  readonly attnMask?: Node;
  /** Keys to leave out, [N, S]. */
  readonly keyPaddingMask?: Node;
  /** Whether a key and a value of zeros are added. */
  readonly zero: boolean;
  readonly drop: ((weights: Node) => Node) | null;
  /** Whether the weights are averaged over heads. */
  readonly average: boolean;
}

/**
 * Multi-head attention over [N, L, E] (or [L, N, E], or [L, E]); equal inputs are projected once.
 */
export function multiHead(
  b: NodeBuilder,
  [query, key, value]: readonly [Node, Node, Node],
  parameters: HeadParameters,
  options: HeadOptions,
): Attended {
  const single = query.type.shape.length === 2;
  const lift = (x: Node): Node => (single ? reshape(b, x, [1, ...x.type.shape]) : x);
  const batchFirst = single || options.batchFirst;
  const inputs = [lift(query), lift(key), lift(value)] as const;
  const [q, k, v] = projected(b, inputs, parameters).map((x) =>
    toHeads(b, x, options.heads, batchFirst),
  ) as [Node, Node, Node];
  const { causal, drop, zero } = options;
  const keys = withMore(b, k, parameters.keyBias, zero);
  const values = withMore(b, v, parameters.valueBias, zero);
  const always = keys.type.shape[2]! - k.type.shape[2]!;
  const mask = headMask(b, q, k, always, options);
  const { output, weights } = attention(b, q, keys, values, { mask, causal, always, drop });
  const [n, heads, length, width] = output.type.shape as [number, number, number, number];
  const order = batchFirst ? [0, 2, 1, 3] : [2, 0, 1, 3];
  const rows = batchFirst ? [n, length, heads * width] : [length, n, heads * width];
  const joined = reshape(b, permute(b, output, order), rows);
  const y = linear(b, joined, parameters.outWeight, parameters.outBias ?? null);
  const seen = options.average ? mean(b, weights, 1) : weights;
  return {
    output: single ? reshape(b, y, y.type.shape.slice(1)) : y,
    weights: single ? reshape(b, seen, seen.type.shape.slice(1)) : seen,
  };
}

/** Queries, keys and values; what is the same input is one product. */
function projected(
  b: NodeBuilder,
  [query, key, value]: readonly [Node, Node, Node],
  { inWeight, queryWeight, keyWeight, valueWeight, inBias }: HeadParameters,
): Node[] {
  const size = query.type.shape.at(-1)!;
  const bias = (from: number, count: number): Node | null =>
    inBias === undefined ? null : sliceAxis(b, inBias, 0, from * size, count * size);
  if (inWeight === undefined) {
    return [
      linear(b, query, queryWeight!, bias(0, 1)),
      linear(b, key, keyWeight!, bias(1, 1)),
      linear(b, value, valueWeight!, bias(2, 1)),
    ];
  }
  const project = (x: Node, from: number, count: number): Node[] => {
    const weight = sliceAxis(b, inWeight, 0, from * size, count * size);
    const y = linear(b, x, weight, bias(from, count));
    const axis = y.type.shape.length - 1;
    return Array.from({ length: count }, (_, i) => sliceAxis(b, y, axis, i * size, size));
  };
  if (query === key && key === value) return project(query, 0, 3);
  if (key === value) return [...project(query, 0, 1), ...project(key, 1, 2)];
  return [...project(query, 0, 1), ...project(key, 1, 1), ...project(value, 2, 1)];
}

/** [N, L, E] or [L, N, E] as [N, heads, L, E / heads]. */
function toHeads(b: NodeBuilder, x: Node, heads: number, batchFirst: boolean): Node {
  const [first, second, size] = x.type.shape as [number, number, number];
  const split = reshape(b, x, [first, second, heads, size / heads]);
  return permute(b, split, batchFirst ? [0, 2, 1, 3] : [1, 2, 0, 3]);
}

/** [N, heads, S, E / heads] with a learned row [1, 1, E] and a row of zeros after it. */
function withMore(b: NodeBuilder, x: Node, bias: Node | undefined, zero: boolean): Node {
  const [n, heads, , width] = x.type.shape as [number, number, number, number];
  const row = [n, heads, 1, width];
  const rows = [x];
  if (bias !== undefined) rows.push(expandTo(b, reshape(b, bias, [1, heads, 1, width]), row));
  if (zero) rows.push(fill(b, x.type.dtype, row, 0));
  return concat(b, rows, 2);
}

/**
 * Both masks as one, added to scores [N, heads, L, S + more]; null without any. They say nothing of
 * the `more` last keys, which are always seen.
 */
function headMask(
  b: NodeBuilder,
  q: Node,
  k: Node,
  more: number,
  { attnMask, keyPaddingMask, heads }: HeadOptions,
): Node | null {
  const [n, length, count] = [q.type.shape[0]!, q.type.shape[2]!, k.type.shape[2]!];
  const parts: Node[] = [];
  if (attnMask !== undefined) {
    const { shape } = attnMask.type;
    const shared = sameShape(shape, [length, count]);
    if (!shared && !sameShape(shape, [n * heads, length, count])) {
      throw shapeError(
        `multiHeadAttention: attnMask is ${showShape(shape)}; need ` +
          `${showShape([length, count])} or ${showShape([n * heads, length, count])}.`,
      );
    }
    const full = shared ? [1, 1] : [n, heads];
    parts.push(asTerm(b, reshape(b, attnMask, [...full, length, count]), q));
  }
  if (keyPaddingMask !== undefined) {
    const { shape } = keyPaddingMask.type;
    if (!sameShape(shape, [n, count]) && !(n === 1 && sameShape(shape, [count]))) {
      throw shapeError(
        `multiHeadAttention: keyPaddingMask is ${showShape(shape)}; need ${showShape([n, count])}.`,
      );
    }
    parts.push(asTerm(b, reshape(b, keyPaddingMask, [n, 1, 1, count]), q));
  }
  const mask = parts.length === 2 ? add(b, parts[0]!, parts[1]!) : (parts[0] ?? null);
  if (mask === null || more === 0) return mask;
  const open = fill(b, mask.type.dtype, [...mask.type.shape.slice(0, -1), more], 0);
  return concat(b, [mask, open], 3);
}

/** A mask as a float to be added: −∞ where it is true. */
function asTerm(b: NodeBuilder, mask: Node, like: Node): Node {
  const { dtype } = like.type;
  if (mask.type.dtype !== "bool") {
    if (mask.type.dtype === "int32") {
      throw argumentError(`multiHeadAttention: a mask is int32; need bool, or float to be added.`);
    }
    return castTo(b, mask, dtype);
  }
  const zero = fillLike(b, castTo(b, mask, dtype), 0);
  return op(b, "where", mask, fillLike(b, zero, -Infinity), zero);
}
