/**
 * Muon (Jordan and others, 2024): momentum whose matrix is made orthogonal, so that all directions
 * of a layer move alike. As `torch.optim.Muon`, in the dtype of the parameter instead of bfloat16.
 */
import { argumentError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import { matmul } from "../ir/compose/linalg.ts";
import { matrixTranspose } from "../ir/compose/movement.ts";
import { sum } from "../ir/compose/reduction.ts";
import type { Node, NodeBuilder } from "../ir/node.ts";
import { expandTo, op, scaled } from "../ir/words.ts";
import type { GroupOptions } from "./groups.ts";
import { optimizerOf } from "./optimizer.ts";
import type { PenaltyOptions } from "./rule.ts";
import { makeRule } from "./rule.ts";

/** The options of {@link Muon}. */
export interface MuonOptions extends PenaltyOptions {
  /** How much of the running mean is kept. */
  momentum: number;
  /** Looks one update ahead. */
  nesterov: boolean;
  /** The least norm that a matrix is divided by. */
  eps: number;
  /** How the rate fits the shape: √max(1, rows / columns), or 0.2 √max(rows, columns). */
  adjustLrFn: "original" | "match_rms_adamw";
}

const DEFAULTS: MuonOptions = {
  lr: 1e-3,
  weightDecay: 0.1,
  momentum: 0.95,
  nesterov: true,
  eps: 1e-7,
  adjustLrFn: "original",
};

/** Five steps of a polynomial that brings singular values near 1, quickly rather than exactly. */
const [A, B, C, STEPS] = [3.4445, -4.775, 2.0315, 5];

/** A matrix with the singular vectors of x and singular values near 1. */
function orthogonal(b: NodeBuilder, x: Node, eps: Node): Node {
  const [rows, columns] = x.type.shape as [number, number];
  const tall = rows > columns;
  const squares = sum(b, op(b, "mul", x, x), [0, 1], true);
  const norm = op(b, "maximum", op(b, "sqrt", squares), expandTo(b, eps, squares.type.shape));
  const unit = op(b, "div", x, expandTo(b, norm, x.type.shape));
  let y = tall ? matrixTranspose(b, unit) : unit;
  for (let k = 0; k < STEPS; k++) {
    const gram = matmul(b, y, matrixTranspose(b, y));
    const factor = op(b, "add", scaled(b, gram, B), scaled(b, matmul(b, gram, gram), C));
    y = op(b, "add", scaled(b, y, A), matmul(b, factor, y));
  }
  return tall ? matrixTranspose(b, y) : y;
}

const RULE = /* @__PURE__ */ makeRule({
  name: "Muon",
  defaults: DEFAULTS,
  atLeast0: ["lr", "weightDecay", "momentum", "eps"],
  check: ({ adjustLrFn }, fail) => {
    if (adjustLrFn === "original" || adjustLrFn === "match_rms_adamw") return;
    throw fail(`adjustLrFn is "${String(adjustLrFn)}"; need "original" or "match_rms_adamw"`);
  },
  decoupled: true,
  states: () => ({ momentum_buffer: 0 }),
  flags: (o) => ({ nesterov: o.nesterov, original: o.adjustLrFn === "original" }),
  numbers: {
    lr: (o) => o.lr,
    keep: (o) => 1 - o.lr * o.weightDecay,
    momentum: (o) => o.momentum,
    rest: (o) => 1 - o.momentum,
    eps: (o) => o.eps,
  },
  update: (w, { param, grad, state, n, scalar }, { nesterov, original }) => {
    const mean = w.average(state.momentum_buffer, n.momentum, grad, n.rest);
    const ahead = nesterov ? w.average(mean, n.momentum, grad, n.rest) : mean;
    const [rows, columns] = param.type.shape as [number, number];
    const factor = original
      ? Math.sqrt(Math.max(1, rows / columns))
      : 0.2 * Math.sqrt(Math.max(rows, columns));
    const direction = w.mul(orthogonal(w.builder, ahead, scalar.eps), w.fill(factor, param));
    const kept = w.mul(param, n.keep);
    return { param: w.sub(kept, w.mul(n.lr, direction)), state: { momentum_buffer: mean } };
  },
});

/**
 * Muon, for the matrices of hidden layers; embeddings, heads, biases and norms want AdamW beside
 * it. Options: `lr` (1e-3), `weightDecay` (0.1), `momentum` (0.95), `nesterov` (true), `eps`
 * (1e-7), `adjustLrFn` ("original"). Throws on an option out of its range, and for a parameter that
 * is no matrix. PyTorch: `torch.optim.Muon`.
 */
export class Muon extends /* @__PURE__ */ optimizerOf(RULE) {
  override addParamGroup(group: GroupOptions<MuonOptions>): void {
    const params = [...(group.params as Iterable<{ readonly shape: readonly number[] }>)];
    const odd = params.find(({ shape }) => shape.length !== 2);
    if (odd !== undefined) {
      throw argumentError(
        `optim.Muon: a parameter is ${showShape(odd.shape)}; it updates matrices alone. Give the ` +
          "others to AdamW.",
      );
    }
    super.addParamGroup({ ...group, params: params as never });
  }
}
