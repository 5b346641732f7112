/** Keeps the rows of an embedding from growing beyond a norm. PyTorch: `embedding_renorm_`. */
import { argumentError } from "../../core/errors.ts";
import { embedding } from "../../ir/compose/indexing.ts";
import { norm } from "../../ir/compose/reduction.ts";
import { castTo, expandTo, fillLike, op, plus, reshape } from "../../ir/words.ts";
import { Fn } from "../../runtime/function.ts";
import { call } from "../../tensor/call.ts";
import { constantAttrs } from "../../tensor/functions/define.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** The weight with the rows that are looked up at most as long as the number that follows. */
const shortened = /* @__PURE__ */ new Fn<{ readonly normType: number }>(
  "embedding",
  (b, [index, weight, most], { normType }) => {
    const flat = reshape(b, index!, [index!.type.size]);
    const rows = embedding(b, flat, weight!);
    const size = norm(b, rows, normType, -1, true);
    const limit = expandTo(b, castTo(b, most!, size.type.dtype), size.type.shape);
    const factor = op(b, "div", limit, plus(b, size, 1e-7));
    const kept = op(b, "where", op(b, "lt", limit, size), factor, fillLike(b, size, 1));
    const next = op(b, "mul", rows, expandTo(b, kept, rows.type.shape));
    const at = expandTo(b, reshape(b, flat, [flat.type.size, 1]), rows.type.shape);
    return [b.apply("scatter", [weight!, at, next], { combine: "set", axis: 0 })];
  },
);

/** Sets the rows of a weight that an index names and that are longer than `maxNorm`. */
export function shortenRows(
  owner: string,
  index: Tensor,
  weight: Tensor,
  maxNorm: number,
  normType: number,
): void {
  needLimit(owner, maxNorm, normType);
  if (!weight.settable) {
    throw argumentError(
      `${owner}: maxNorm changes rows of weight, which is a value; need a parameter or a cell.`,
    );
  }
  if (index.numel() === 0) return;
  const attrs = constantAttrs({ normType });
  noGrad(() => weight.set(call(shortened, [index, weight], [maxNorm], attrs)[0]!));
}

/** Throws for a limit or a norm that is none. */
export function needLimit(owner: string, maxNorm: number | null, normType: number): void {
  if (maxNorm !== null && !(maxNorm >= 0)) {
    throw argumentError(`${owner}: maxNorm is ${maxNorm}; need a number from 0 on.`);
  }
  if (!(normType > 0)) {
    throw argumentError(`${owner}: normType is ${normType}; need a positive number.`);
  }
}
