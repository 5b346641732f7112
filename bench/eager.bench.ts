/**
 * One operation on ten floats: the cost of a call, with and without recording, and of some larger
 * ones.
 */
import { manualSeed, rand, tensor } from "nabla";
import { microseconds, report } from "./report.ts";

manualSeed(1);
const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const a = tensor(ten);
const b = tensor(ten);
const leaf = tensor(ten, { requiresGrad: true });
let chain = a;
const large = rand([1000, 1000]);
const square = rand([512, 512]);

const matmul = microseconds(10, () => void square.matmul(square));
await report("eager", "Single calls on one thread", [
  { name: "add of ten floats", value: microseconds(100_000, () => void a.add(b)), unit: "µs" },
  {
    name: "add of ten floats to the last result",
    value: microseconds(100_000, () => void (chain = chain.add(b))),
    unit: "µs",
  },
  {
    name: "add of ten floats, recording its gradient",
    value: microseconds(100_000, () => void leaf.add(b)),
    unit: "µs",
  },
  {
    name: "multiply ten floats by a number",
    value: microseconds(100_000, () => void a.mul(0.5)),
    unit: "µs",
  },
  {
    name: "tanh of a million floats",
    value: microseconds(5, () => void large.tanh()) / 1000,
    unit: "ms",
  },
  {
    name: "sum of a million floats",
    value: microseconds(20, () => void large.sum()) / 1000,
    unit: "ms",
  },
  {
    name: "product of two 512 × 512 matrices",
    value: matmul / 1000,
    unit: "ms",
    note: `${((2 * 512 ** 3) / matmul / 1000).toFixed(1)} GFLOP/s`,
  },
]);
