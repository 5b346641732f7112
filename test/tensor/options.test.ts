/**
 * Options of operations: what an operation does not know is an error that names the option meant.
 */
import { autograd, linalg, meshgrid, multinomial, nn, optim, tensor } from "nabla";
import * as ops from "nabla/ops";
import { expect, it, test } from "vitest";

const bad = (value: unknown): never => value as never;
const x = tensor([
  [1, 2],
  [3, 4],
]);
const at = tensor([[0, 1]], { dtype: "int32" });
const line = tensor([1, 2]);

const REFUSED: readonly (readonly [string, string, () => unknown])[] = [
  ["add", '"aplha"; there are alpha', () => x.add(x, bad({ aplha: 2 }))],
  ["add by position", "2 stands where options do", () => x.add(x, bad(2))],
  ["add of a number", '"beta"', () => x.add(1, bad({ beta: 2 }))],
  ["sub", 'alpha is "2"', () => x.sub(x, bad({ alpha: "2" }))],
  ["rsub", "rsub: there is no option", () => ops.rsub(x, 1, bad({ alfa: 2 }))],
  ["div", "(roundingMode?)", () => x.div(2, bad({ rounding_mode: "floor" }))],
  ["div by position", '"floor" stands', () => x.div(2, bad("floor"))],
  ["addcmul", "addcmul: there is no option", () => ops.addcmul(x, x, x, bad({ alpha: 2 }))],
  ["addcdiv", "0.5 stands where options do", () => ops.addcdiv(x, x, x, bad(0.5))],
  ["addmm", "there are beta, alpha", () => ops.addmm(x, x, x, bad({ gamma: 2 }))],
  ["searchsorted", "there are right, side", () => ops.searchsorted(line, x, bad({ left: true }))],
  ["searchsorted by position", "true stands", () => ops.searchsorted(line, x, bad(true))],
  ["bucketize", "right is 1", () => ops.bucketize(x, line, bad({ right: 1 }))],
  ["indexPut", "(accumulate?)", () => x.indexPut([0], 1, bad({ accum: true }))],
  ["indexPut by position", "true stands", () => x.indexPut([0], 1, bad(true))],
  ["indexAdd", "indexAdd: there is no option", () => ops.indexAdd(x, 0, at, x, bad({ a: 1 }))],
  ["scatter", "(reduce?)", () => x.scatter(0, at, x, bad({ reduction: "add" }))],
  ["scatterReduce", "(includeSelf?)", () => reduceInto({ include_self: false })],
  ["nanToNum", "there are nan, posinf", () => ops.nanToNum(x, bad({ inf: 0 }))],
  ["isClose", "there are rtol, atol", () => x.isClose(x, bad({ tol: 1 }))],
  ["cov", "(correction?)", () => ops.cov(x, bad({ corr: 0 }))],
  ["aminmax", "0 stands", () => ops.aminmax(x, bad(0))],
  ["trapezoid", '"dt"; there are dx, dim', () => ops.trapezoid(x, bad({ dt: 1 }))],
  ["meshgrid", "(indexing?)", () => meshgrid([line, line], bad({ index: "xy" }))],
  ["sliceScatter", "0 stands", () => ops.sliceScatter(x, x, bad(0))],
  ["multinomial", "true stands", () => multinomial(line, 1, bad(true))],
  ["cholesky", "(upper?)", () => linalg.cholesky(x, bad({ up: true }))],
  ["cross", "-1 stands", () => linalg.cross(x, x, bad(-1))],
  ["jacobian", "(createGraph?)", () => autograd.jacobian((t) => t, x, bad({ create_graph: true }))],
  ["summary", '"device"; there are dtype', () => nn.summary(net(), [1, 2], bad({ device: "x" }))],
  [
    "oneHot",
    "numClasses is undefined; need a whole",
    () => nn.functional.oneHot(at, bad(undefined)),
  ],
  ["oneHot of none", "numClasses is 0", () => nn.functional.oneHot(at, { numClasses: 0 })],
  ["PyTorch's −1", "(await index.max().item()) + 1", () => nn.functional.oneHot(at, -1)],
  ["a dtype for keepdim", 'sum: keepdim is "float64"; need true', () => x.sum(0, bad("float64"))],
  ["a number for keepdim", "mean: keepdim is 1; need true or false", () => x.mean(0, bad(1))],
  ["text for keepdim", "amax: keepdim", () => x.amax(0, bad("x"))],
  ["max", "max: keepdim", () => x.max(0, bad("x"))],
  ["norm", "norm: keepdim", () => x.norm(2, 0, bad("float64"))],
  ["var", "var: unbiased is 0", () => x.var(0, bad(0))],
];

function net(): nn.Module {
  return new nn.Linear(2, 2);
}

function reduceInto(options: object): unknown {
  return ops.scatterReduce(x, 0, at, x, "sum", bad(options));
}

test.each(REFUSED)("%s", (_, text, call) => expect(call).toThrow(text));

it("refuses options of what is asynchronous", async () => {
  const p = tensor([1], { dtype: "float64", requiresGrad: true });
  await expect(optim.leastSquares(() => p, [p], bad({ maxiter: 3 }))).rejects.toThrow("(maxIter?)");
  await expect(autograd.gradcheck((t) => t, p, bad({ tol: 1 }))).rejects.toThrow('"tol"');
  await expect(autograd.gradgradcheck((t) => t, p, undefined, bad(1))).rejects.toThrow("1 stands");
  await expect(x.nonzero(bad({ as_tuple: true }))).rejects.toThrow("(asTuple?)");
  await expect(x.allclose(x, bad(1e-3))).rejects.toThrow("0.001 stands");
});

it("takes what PyTorch takes", () => {
  expect(x.add(x, { alpha: 2 }).toArraySync()).toEqual(x.mul(3).toArraySync());
  expect(x.div(2, { roundingMode: null }).toArraySync()).toEqual(x.div(2).toArraySync());
  expect(x.sum(0, true, { dtype: "float64" }).dtype).toBe("float64");
  expect(x.sum({ dim: 0, keepdim: true }).shape).toEqual([1, 2]);
  expect(nn.functional.oneHot(at, { numClasses: 2 }).shape).toEqual([1, 2, 2]);
});
