/** The norm with every power that PyTorch takes, among them the one that needs singular values. */
import { read } from "../../core/options.ts";
import { matrixNorm } from "../../ir/compose/factorization.ts";
import { Fn } from "../../runtime/function.ts";
import { call1 } from "../call.ts";
import type { Value } from "../value.ts";
import { constantAttrs } from "./define.ts";
import type { NormArguments, NormPower } from "./reduction.ts";
import { norm as powerNorm } from "./reduction.ts";

const nuclearFn = /* @__PURE__ */ new Fn<{
  readonly dim: readonly number[];
  readonly keepdim: boolean;
}>("norm", (b, [x], { dim, keepdim }) => [matrixNorm(b, x!, "nuc", dim, keepdim)]);

const NUCLEAR = { p: 2 as NormPower | "nuc", dim: [-2, -1] as readonly number[], keepdim: false };

/** The p-norm (default 2); "fro" is 2, "nuc" the sum of the singular values of matrices. */
export function norm<V extends Value>(x: V, ...args: NormArguments<NormPower | "nuc">): V {
  const { p, dim, keepdim } = read("norm", NUCLEAR, args);
  if (p !== "nuc") return powerNorm(x, ...(args as NormArguments));
  return call1(nuclearFn, [x], [], constantAttrs({ dim, keepdim }));
}
