/** PyTorch's linear algebra → Nabla's public functions, for its operator test database. */
import type { Tensor } from "nabla";
import { linalg } from "nabla";
import * as ops from "nabla/ops";
import type { Args, Call } from "./bind.ts";
import { call } from "./bind.ts";
import { int } from "./torch-ops.ts";

/** The entry of input · beta + product · alpha. */
function fused(compute: ops.AddProduct): Call {
  return call("input x y", (a) => compute(a.x, a.get("x"), a.get("y"), a.options("beta", "alpha")));
}

/** The entry of a function of two tensors. */
function pair(compute: (x: Tensor, y: Tensor) => Tensor): Call {
  return call("input other", (a) => compute(a.x, a.get("other")));
}

/** PyTorch takes the orders "fro" and "inf", and a dim, in one place of `norm`. */
function norm(a: Args): Tensor {
  return linalg.norm(a.x, a.maybe<linalg.NormOrder>("ord"), a.options("dim", "keepdim"));
}

/** The calls. */
export const LINALG_OPS: Readonly<Record<string, Call>> = {
  addmm: fused(ops.addmm),
  addmv: fused(ops.addmv),
  addbmm: fused(ops.addbmm),
  baddbmm: fused(ops.baddbmm),
  addr: fused(ops.addr),
  cdist: call("input other p compute_mode", (a) => ops.cdist(a.x, a.get("other"), int(a, "p"))),
  corrcoef: call("input", (a) => ops.corrcoef(a.x)),
  cov: call("input", (a) => ops.cov(a.x, a.options("correction", "fweights", "aweights"))),
  cross: call("input other", (a) => ops.cross(a.x, a.get("other"), a.options("dim"))),
  mm: pair(ops.mm),
  __rmatmul__: call("input other", (a) => a.get("other").matmul(a.x)),
  trace: call("input", (a) => a.x.trace()),
  inner: pair(ops.inner),
  tensordot: call("input other", (a) => ops.tensordot(a.x, a.get("other"), a.options("dims"))),
  einsum: call("operands equation", (a) =>
    ops.einsum(a.get<string>("equation"), ...a.get<Tensor[]>("operands")),
  ),
  "linalg.norm": call("input ord", norm),
  "linalg.det": call("input", (a) => linalg.det(a.x)),
  "linalg.cholesky": call("input", (a) => linalg.cholesky(a.x, a.options("upper"))),
  "linalg.slogdet": call("input", (a) => linalg.slogdet(a.x)),
  "linalg.qr": call("input mode", (a) => linalg.qr(a.x, a.options("mode"))),
  "linalg.svd": call("input full_matrices", (a) => linalg.svd(a.x, a.options("full_matrices"))),
  "linalg.eigh": call("input UPLO", (a) => linalg.eigh(a.x, a.options("UPLO"))),
  "linalg.inv": call("input", (a) => linalg.inv(a.x)),
  "linalg.solve": call("input other", (a) => linalg.solve(a.x, a.get("other"))),
};
