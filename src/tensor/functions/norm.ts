/** The norm with every power that PyTorch takes, among them the one that needs singular values. */
import { matrixNorm } from "../../ir/compose/factorization.ts";
import { Fn } from "../../runtime/function.ts";
import { call1 } from "../call.ts";
import type { Value } from "../value.ts";
import { constantAttrs, inOrder } from "./define.ts";
import type { NormArguments, NormPower } from "./reduction.ts";
import { norm as powerNorm } from "./reduction.ts";

const nuclearFn = /* @__PURE__ */ new Fn<{
  readonly dim: readonly number[];
  readonly keepdim: boolean;
}>("norm", (b, [x], { dim, keepdim }) => [matrixNorm(b, x!, "nuc", dim, keepdim)]);

/** The p-norm (default 2); "fro" is 2, "nuc" the sum of the singular values of matrices. */
export function norm<V extends Value>(x: V, ...args: NormArguments<NormPower | "nuc">): V {
  const [p, dim, keepdim] = inOrder("norm", ["p", "dim", "keepdim"], args);
  if (p !== "nuc") return powerNorm(x, ...(args as NormArguments));
  const axes = (dim ?? [-2, -1]) as readonly number[];
  return call1(nuclearFn, [x], [], constantAttrs({ dim: axes, keepdim: keepdim === true }));
}
