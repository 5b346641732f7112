/** Attention as functions; each call is one program, forward and backward. */
import { argumentError, shapeError } from "../../core/errors.ts";
import type { Options } from "../../core/options.ts";
import { read } from "../../core/options.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import type { Builder } from "../../ir/builder.ts";
import * as compose from "../../ir/compose/attention.ts";
import { dropout } from "../../ir/compose/random.ts";
import type { Node } from "../../ir/node.ts";
import { Fn } from "../../runtime/function.ts";
import { callReading } from "../../tensor/call.ts";
import { constantAttrs } from "../../tensor/functions/define.ts";
import { nextDraw, sourceOf } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { needProbability } from "./define.ts";

/** Drops weights where the program got a probability and a draw, its last four numbers. */
function dropping(b: Builder, numbers: readonly Node[]): ((x: Node) => Node) | null {
  return numbers.length === 0 ? null : (x) => dropout(b, x, numbers[0]!, sourceOf(numbers));
}

/** The numbers of a program that drops with probability p. */
function drawing(p: number): readonly (() => number)[] {
  return p === 0 ? [] : [() => p, ...nextDraw()];
}

const ATTENTION = {
  /** Which keys take part (bool), or what is added to the scores; broadcasts to `[…, L, S]`. */
  attnMask: null as Tensor | null,
  /** The probability of dropping a weight. Default: 0. */
  dropoutP: 0,
  /** Query i sees the keys up to i alone. Default: false. */
  isCausal: false,
  /** Multiplies the scores. Default: 1 / √E. */
  scale: null as number | null,
};

/** Options of {@link scaledDotProductAttention}. */
export type AttentionOptions = Options<typeof ATTENTION>;

interface AttentionAttrs {
  readonly masked: boolean;
  readonly causal: boolean;
  readonly scale: number | null;
}

const attentionFn = /* @__PURE__ */ new Fn<AttentionAttrs>(
  "scaledDotProductAttention",
  (b, [q, k, v, ...rest], { masked, causal, scale }) => {
    const drop = dropping(b, rest.slice(masked ? 1 : 0));
    const mask = masked ? rest[0]! : null;
    return [compose.attention(b, q!, k!, v!, { mask, causal, scale, drop }).output];
  },
);

/**
 * softmax(query · keyᵀ · scale + mask) · value: `[…, L, E]`, `[…, S, E]` and `[…, S, V]` give `[…,
 * L, V]`. In a bool mask true takes part; a query that no key takes part in gets 0. PyTorch:
 * `F.scaled_dot_product_attention`.
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor {
  const settings = read("scaledDotProductAttention", {}, [options], ATTENTION);
  const { attnMask, dropoutP, isCausal, scale } = settings;
  needProbability("scaledDotProductAttention", "dropoutP", dropoutP);
  if (isCausal && attnMask !== null) {
    throw argumentError("scaledDotProductAttention: give attnMask or isCausal, not both.");
  }
  const tensors = attnMask === null ? [query, key, value] : [query, key, value, attnMask];
  const attrs = constantAttrs({ masked: attnMask !== null, causal: isCausal, scale });
  return callReading(attentionFn, tensors, drawing(dropoutP), attrs)[0]!;
}

const MULTI_HEAD = {
  /** How many heads share the features. */
  numHeads: NaN,
  /** Whether inputs are `[N, L, E]` instead of `[L, N, E]`. Default: false. */
  batchFirst: false,
  /** Keys to leave out (true), or what is added, `[N, S]`. */
  keyPaddingMask: null as Tensor | null,
  /** What to leave out (true), or what is added: `[L, S]` or `[N · heads, L, S]`. */
  attnMask: null as Tensor | null,
  /** Query i sees the keys up to i alone. Default: false. */
  isCausal: false,
  /** Whether the weights are wanted too. Default: true. */
  needWeights: true,
  /** Whether the weights are averaged over heads. Default: true. */
  averageAttnWeights: true,
  /** Add a key and a value of zeros. Default: false. */
  addZeroAttn: false,
  /** The probability of dropping a weight. Default: 0. */
  dropoutP: 0,
};

/** Options of {@link multiHeadAttention}. */
export type MultiHeadOptions = Options<typeof MULTI_HEAD> & {
  /** How many heads share the features. */
  readonly numHeads: number;
};

/** The parameters of {@link multiHeadAttention}: one matrix for all inputs, or one for each. */
export interface MultiHeadParameters {
  /** `[3E, E]`. */
  readonly inWeight?: Tensor | null;
  /** `[E, E]`, `[E, kdim]` and `[E, vdim]` in place of `inWeight`. */
  readonly queryWeight?: Tensor | null;
  readonly keyWeight?: Tensor | null;
  readonly valueWeight?: Tensor | null;
  /** `[3E]`. */
  readonly inBias?: Tensor | null;
  /** `[1, 1, E]`: one more key and value. */
  readonly keyBias?: Tensor | null;
  readonly valueBias?: Tensor | null;
  /** `[E, E]`. */
  readonly outWeight: Tensor;
  /** `[E]`. */
  readonly outBias?: Tensor | null;
}

interface MultiHeadAttrs {
  /** Which of the inputs is query, key and value. */
  readonly slots: readonly [number, number, number];
  readonly inputs: number;
  readonly names: readonly string[];
  readonly heads: number;
  readonly batchFirst: boolean;
  readonly causal: boolean;
  readonly zero: boolean;
  readonly average: boolean;
  readonly wantsWeights: boolean;
}

const multiHeadFn = /* @__PURE__ */ new Fn<MultiHeadAttrs>("multiHeadAttention", (b, nodes, a) => {
  const named = Object.fromEntries(a.names.map((key, k) => [key, nodes[a.inputs + k]!]));
  const drop = dropping(b, nodes.slice(a.inputs + a.names.length));
  const [q, k, v] = a.slots.map((slot) => nodes[slot]!) as [Node, Node, Node];
  const parameters = named as unknown as compose.HeadParameters;
  const { output, weights } = compose.multiHead(b, [q, k, v], parameters, { ...named, ...a, drop });
  return a.wantsWeights ? [output, weights] : [output];
});

/**
 * Attention of several heads, with projections before and after: queries `[L, N, E]` (or `[N, L,
 * E]` with `batchFirst`, or `[L, E]`), keys and values with S in place of L. Gives the output like
 * the query, and the weights `[N, L, S]` (`[N, heads, L, S]` unless averaged) or null. PyTorch:
 * `F.multi_head_attention_forward`.
 */
export function multiHeadAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  parameters: MultiHeadParameters,
  options: MultiHeadOptions,
): [Tensor, Tensor | null] {
  const settings = read("multiHeadAttention", {}, [options], MULTI_HEAD);
  const { numHeads, batchFirst, attnMask, keyPaddingMask, dropoutP } = settings;
  needProbability("multiHeadAttention", "dropoutP", dropoutP);
  needShapes(query, key, value, settings);
  const inputs = [...new Set([query, key, value])];
  const named = { ...parameters, attnMask, keyPaddingMask };
  const given = Object.entries(named).filter(([, x]) => x !== null && x !== undefined);
  const attrs: MultiHeadAttrs = constantAttrs({
    slots: [inputs.indexOf(query), inputs.indexOf(key), inputs.indexOf(value)] as const,
    inputs: inputs.length,
    names: given.map(([name]) => name),
    heads: numHeads,
    batchFirst,
    causal: settings.isCausal,
    zero: settings.addZeroAttn,
    average: settings.averageAttnWeights,
    wantsWeights: settings.needWeights,
  });
  const tensors = [...inputs, ...given.map(([, x]) => x!)];
  const results = callReading(multiHeadFn, tensors, drawing(dropoutP), attrs);
  return [results[0]!, results[1] ?? null];
}

function needShapes(query: Tensor, key: Tensor, value: Tensor, options: typeof MULTI_HEAD): void {
  const size = query.shape.at(-1) ?? 0;
  if (query.ndim !== key.ndim || (query.ndim !== 2 && query.ndim !== 3)) {
    throw shapeError(
      `multiHeadAttention: the query is ${showShape(query.shape)}, the key ` +
        `${showShape(key.shape)}; need two or three axes each.`,
    );
  }
  const [keys, values] = [key.shape.slice(0, -1), value.shape.slice(0, -1)];
  const items = options.batchFirst ? 0 : 1;
  const batches = query.ndim === 3 && query.shape[items] !== key.shape[items];
  if (batches || !sameShape(keys, values)) {
    throw shapeError(
      `multiHeadAttention: the query is ${showShape(query.shape)}, the key ` +
        `${showShape(key.shape)}, the value ${showShape(value.shape)}; need as many items of ` +
        `each, and as many values as keys.`,
    );
  }
  if (size % options.numHeads !== 0) {
    throw argumentError(`multiHeadAttention: ${options.numHeads} heads do not divide ${size}.`);
  }
}
