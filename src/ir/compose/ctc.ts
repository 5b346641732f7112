/**
 * Connectionist temporal classification (Graves et al., 2006): the likelihood of a sequence of
 * labels, summed over all ways to spread it over the steps of a longer one, blanks between. One
 * scan over the steps serves the whole batch.
 */
import type { Node, NodeBuilder } from "../node.ts";
import { typeOf } from "../node.ts";
import { lastCarry, pick } from "../scan.ts";
import { concat, constant, expandTo, fill, fillLike, op, plus, positions } from "../words.ts";
import { reshape, scaled, sliceAxis } from "../words.ts";

/** The logarithm of what cannot be; finite, so that differences of two are none but 0. */
const NEVER = -1e30;

/** What a loss is computed from: log-probabilities `[T, N, C]`, int32 labels and lengths. */
export interface CtcInputs {
  readonly logProbs: Node;
  /** Labels `[N, S]`; those beyond the length of a row are not read. */
  readonly targets: Node;
  readonly inputLengths: Node;
  readonly targetLengths: Node;
  readonly blank: number;
}

/** −log of the likelihood of each row `[N]`: about 1e30 where there is no way. */
export function ctcLikelihood(b: NodeBuilder, inputs: CtcInputs): Node {
  const { logProbs, inputLengths, targetLengths } = inputs;
  const [steps, rows] = logProbs.type.shape as [number, number, number];
  const { dtype } = logProbs.type;
  const labels = withBlanks(b, inputs); // [N, L]
  const places = labels.type.shape[1]!;
  const index = expandTo(b, reshape(b, labels, [1, rows, places]), [steps, rows, places]);
  const scores = b.apply("gather", [logProbs, index], { axis: 2 });
  const emitted = op(b, "maximum", scores, fillLike(b, scores, NEVER));
  const lasts = expandTo(b, reshape(b, inputLengths, [1, rows, 1]), [steps, rows, 1]);
  const active = op(b, "lt", positions(b, [steps, rows, 1], 0), lasts);
  const start = concat(
    b,
    [fill(b, dtype, [rows, 1], 0), fill(b, dtype, [rows, places - 1], NEVER)],
    1,
  );
  const alpha = forward(b, start, [emitted, active], skips(b, labels, inputs.blank, start));
  const end = scaled(b, targetLengths, 2); // the last blank; the last label stands before it
  const at = (column: Node): Node =>
    reshape(b, b.apply("gather", [alpha, reshape(b, column, [rows, 1])], { axis: 1 }), [rows]);
  const before = op(b, "maximum", plus(b, end, -1), fillLike(b, end, 0));
  const label = op(
    b,
    "where",
    op(b, "lt", fillLike(b, end, 0), end),
    at(before),
    never(b, at(end)),
  );
  return op(b, "neg", logAdd(b, [at(end), label]));
}

const never = (b: NodeBuilder, x: Node): Node => fillLike(b, x, NEVER);

/** A row's labels with a blank before, between and after: `[N, 2 · S + 1]`. */
function withBlanks(b: NodeBuilder, { targets, targetLengths, blank }: CtcInputs): Node {
  const [rows, most] = targets.type.shape as [number, number];
  const blanks = (n: number): Node => fill(b, "int32", [rows, n, 1], blank);
  const lengths = expandTo(b, reshape(b, targetLengths, [rows, 1]), [rows, most]);
  const read = op(b, "lt", positions(b, [rows, most], 1), lengths);
  const own = op(b, "where", read, targets, fillLike(b, targets, blank));
  const pairs = concat(b, [blanks(most), reshape(b, own, [rows, most, 1])], 2);
  return concat(b, [reshape(b, pairs, [rows, 2 * most]), reshape(b, blanks(1), [rows, 1])], 1);
}

/** 0 where a label may follow the one before at once, so no blank and no repetition: `[N, L]`. */
function skips(b: NodeBuilder, labels: Node, blank: number, like: Node): Node {
  const earlier = shifted(b, labels, 2, constant(b, "int32", blank));
  const differs = op(b, "ne", labels, earlier);
  const may = op(b, "and", differs, op(b, "ne", labels, fillLike(b, labels, blank)));
  return op(b, "where", may, fillLike(b, like, 0), never(b, like));
}

/** The columns moved to the right; `value` comes in. */
function shifted(b: NodeBuilder, x: Node, by: number, value: Node): Node {
  const [rows, columns] = x.type.shape as [number, number];
  const count = Math.min(by, columns);
  const first = expandTo(b, value, [rows, count]);
  return concat(b, [first, sliceAxis(b, x, 1, 0, columns - count)], 1);
}

/** log Σ exp of nodes of one shape. */
function logAdd(b: NodeBuilder, terms: readonly Node[]): Node {
  const folded = (name: "maximum" | "add", list: readonly Node[]): Node =>
    list.reduce((x, y) => op(b, name, x, y));
  const most = op(b, "stopGradient", folded("maximum", terms));
  const sizes = terms.map((x) => op(b, "exp", op(b, "sub", x, most)));
  return op(b, "add", most, op(b, "log", folded("add", sizes)));
}

/** The logarithms of the likelihoods of all beginnings after the last step. */
function forward(b: NodeBuilder, start: Node, elements: readonly Node[], skip: Node): Node {
  const nb = b.nested();
  const alpha = nb.input(start.type);
  const own = elements.map(({ type }) => nb.input(typeOf(type.dtype, type.shape.slice(1))));
  const [emitted, active] = own as [Node, Node];
  const jump = nb.input(skip.type);
  const none = constant(nb, start.type.dtype, NEVER);
  const before = op(nb, "add", shifted(nb, alpha, 2, none), jump);
  const sum = logAdd(nb, [alpha, shifted(nb, alpha, 1, none), before]);
  const moves = expandTo(nb, active, start.type.shape);
  const next = op(nb, "where", moves, op(nb, "add", emitted, sum), alpha);
  const body = { inputs: [alpha, ...own, jump], outputs: [next] };
  const length = elements[0]!.type.shape[0]!;
  const attrs = { body, carries: 1, sequences: elements.length, length, reverse: false };
  return lastCarry(b, pick(b, b.apply("scan", [start, ...elements, skip], attrs), 0), false);
}

/** ∞ for rows that have no way, or 0 as `zeroInfinity` asks, where their gradient is 0 too. */
export function finished(b: NodeBuilder, loss: Node, zeroInfinity: boolean): Node {
  const impossible = op(b, "lt", fillLike(b, loss, -NEVER / 2), loss);
  if (zeroInfinity) return op(b, "where", impossible, fillLike(b, loss, 0), loss);
  const factor = op(b, "where", impossible, fillLike(b, loss, Infinity), fillLike(b, loss, 1));
  return op(b, "mul", loss, factor); // the gradient is no number, as in PyTorch
}
