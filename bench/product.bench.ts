/** Products of matrices against their size: how near they come to what the processor can do. */
import { existsSync, readFileSync } from "node:fs";
import { devicesHere, on, spread } from "./cases.ts";
import type { Contestant, Line } from "./report.ts";
import { compare, contestant, report } from "./report.ts";

/** Batch, m, k, n. */
const SIZES = [
  [1, 64, 64, 64],
  [1, 128, 128, 128],
  [1, 256, 256, 256],
  [1, 512, 512, 512],
  [1, 1024, 1024, 1024],
  [48, 64, 32, 64],
  [1, 64, 784, 256],
  [1, 128, 768, 3072],
] as const;

const devices = devicesHere();

/** The micro-kernel written by hand for WASM that ../shared/baselines holds, if it is there. */
function byHand(size: number): Contestant[] {
  const path = "../shared/baselines/matmul.wasm";
  if (!existsSync(path)) return [];
  const memory = new WebAssembly.Memory({ initial: 2048, maximum: 2048 });
  const module = new WebAssembly.Module(readFileSync(path));
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const run = instance.exports["gemm"] as (...args: number[]) => void;
  const rows = Math.floor(size / 6) * 6; // its tiles have six
  const [a, b, c, scratch] = [1, 2, 3, 4].map((block) => (1 << 20) + block * 4 * size ** 2);
  new Float32Array(memory.buffer, a, 2 * size ** 2).fill(0.5);
  const act = (): void => run(rows, size, size, a!, b!, c!, scratch!);
  return [contestant(`C for WASM, ${rows} rows`, act)];
}

const lines: Line[] = [];
for (const [batch, m, k, n] of SIZES) {
  const shape = (...sides: number[]): number[] => (batch === 1 ? sides : [batch, ...sides]);
  const operands = devices.map((device) =>
    on(device, () => [spread(101, shape(m, k)), spread(102, shape(k, n))] as const),
  );
  const ours = devices.map((device, at) => {
    const [a, b] = operands[at]!;
    for (let turn = 0; turn < 3; turn++) a.matmul(b);
    return contestant(`Nabla ${device}`, () => a.matmul(b));
  });
  const [a, b] = operands[0]!;
  const first = a.matmul(b).reshape([-1]).narrow(0, 0, 1000).mean().itemSync();
  const title = batch === 1 ? `${m} × ${k} × ${n}` : `${batch} of ${m} × ${k} × ${n}`;
  const rate = (ms: number): string => `${((2 * batch * m * k * n) / ms / 1e6).toFixed(1)} GFLOP/s`;
  const measured = await compare({
    title,
    ours: [...ours, ...(m === 512 && n === 512 ? byHand(512) : [])],
    request: { case: "product", sizes: { batch, m, k, n } },
    check: first,
    note: rate,
  });
  const isSquare = batch === 1 && m === k && k === n;
  lines.push(
    ...measured.map((one) => {
      const series = one.name.slice(title.length + 2);
      const placed = { picture: "product", x: m, series, rate: (2 * m * k * n) / one.least! / 1e6 };
      return isSquare && !series.startsWith("C ") ? { ...one, ...placed } : one;
    }),
  );
}
await report("product", "Products of matrices (ratio: to PyTorch)", lines);
