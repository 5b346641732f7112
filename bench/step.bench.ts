/**
 * 5,000 epochs of the nitrogen network (1-10-1, tanh, 35 rows): Nabla compiled and plain, beside a
 * loop written by hand in JavaScript and, where the folder is there, a step written by hand in C
 * for WASM.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Tensor } from "nabla";
import { compile, manualSeed, nn, optim, tensor } from "nabla";
import { data } from "./nitrogen.ts";
import type { Line } from "./report.ts";
import { milliseconds, report } from "./report.ts";

const EPOCHS = 5000;
const { x: X, y: Y } = data;

/** The same network by hand, in plain loops over float32 arrays. */
function byHand(adam: boolean): () => void {
  const H = 10;
  const params = [10, 10, 10, 1].map((n, p) =>
    Float32Array.from({ length: n }, (_, i) => (p % 2 === 0 ? Math.sin(i + 1) : 0)),
  );
  const [grads, m, v] = [0, 1, 2].map(() => params.map((p) => new Float32Array(p.length)));
  const h = new Float32Array(H);
  let step = 0;
  const epoch = (): void => {
    const [w1, b1, w2, b2] = params as [Float32Array, Float32Array, Float32Array, Float32Array];
    const [gw1, gb1, gw2, gb2] = grads as typeof params;
    for (const g of grads!) g.fill(0);
    for (let r = 0; r < X.length; r++) {
      let y = b2[0]!;
      for (let j = 0; j < H; j++) y += w2[j]! * (h[j] = Math.tanh(w1[j]! * X[r]! + b1[j]!));
      const d = (2 * (y - Y[r]!)) / X.length;
      gb2![0]! += d;
      for (let j = 0; j < H; j++) {
        gw2![j]! += d * h[j]!;
        const dz = d * w2[j]! * (1 - h[j]! * h[j]!);
        gw1![j]! += dz * X[r]!;
        gb1![j]! += dz;
      }
    }
    step++;
    const [c1, c2] = [1 - 0.9 ** step, 1 - 0.999 ** step];
    params.forEach((p, k) => {
      const [g, mk, vk] = [grads![k]!, m![k]!, v![k]!];
      for (let i = 0; i < p.length; i++) {
        if (!adam) {
          p[i]! -= 0.01 * g[i]!;
          continue;
        }
        mk[i] = 0.9 * mk[i]! + 0.1 * g[i]!;
        vk[i] = 0.999 * vk[i]! + 0.001 * g[i]! * g[i]!;
        p[i]! -= (0.01 * (mk[i]! / c1)) / (Math.sqrt(vk[i]! / c2) + 1e-8);
      }
    });
  };
  return () => {
    for (let e = 0; e < EPOCHS; e++) epoch();
  };
}

/** The step that ../shared/baselines holds, if it is there. */
function byHandInWasm(): (() => void) | null {
  const path = "../shared/baselines/nitrogen-step.wasm";
  if (!existsSync(path)) return null;
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 16 });
  const module = new WebAssembly.Module(readFileSync(path));
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const step = instance.exports["step"] as (...args: number[]) => number;
  const at = (offset: number, n: number): Float32Array =>
    new Float32Array(memory.buffer, offset, n);
  const x = 1 << 19;
  const [y, m, w1] = [x + 256, x + 512, x + 768];
  const [b1, w2, b2] = [w1 + 64, w1 + 128, w1 + 192];
  X.forEach((value, i) => {
    at(x, 36)[i] = value;
    at(y, 36)[i] = Y[i]!;
    at(m, 36)[i] = 1;
  });
  return () => {
    for (const w of [w1, w2]) at(w, 10).set(X.slice(0, 10).map((_, i) => Math.sin(i + 1)));
    at(b1, 10).fill(0);
    at(b2, 1).fill(0);
    for (let e = 0; e < EPOCHS; e++) step(x, y, m, w1, b1, w2, b2, 0.01);
  };
}

/** One step of a fresh network in Nabla. */
function stepOf(rule: "sgd" | "adam", compiled: boolean): () => Tensor {
  const x = tensor(X.map((value) => [value]));
  const y = tensor(Y.map((value) => [value]));
  manualSeed(42);
  const model = new nn.Sequential(new nn.Linear(1, 10), new nn.Tanh(), new nn.Linear(10, 1));
  const lossFn = new nn.MSELoss();
  const parameters = model.parameters();
  const optimizer =
    rule === "adam"
      ? new optim.Adam(parameters, { lr: 0.01 })
      : new optim.SGD(parameters, { lr: 0.01 });
  const plain = (input: Tensor, target: Tensor): Tensor => {
    const loss = lossFn.forward(model.forward(input), target);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
  const step = compiled ? compile(plain) : plain;
  return () => step(x, y);
}

/** The epochs in Nabla. */
function inNabla(rule: "sgd" | "adam", compiled: boolean): () => void {
  const step = stepOf(rule, compiled);
  return () => {
    for (let e = 0; e < EPOCHS; e++) step();
  };
}

const wasm = byHandInWasm();
if (wasm === null) console.log("skipped: the WASM step written by hand (its folder is not there)");
const base = wasm === null ? undefined : milliseconds(9, wasm);
const line = (name: string, runs: number, act: () => void, note = ""): Line => {
  const value = milliseconds(runs, act);
  return { name, value, unit: "ms", note, ...(base && { ratio: value / base }) };
};
await report("step", "5,000 epochs of the nitrogen network (ratio: to the WASM step by hand)", [
  ...(base === undefined
    ? []
    : [{ name: "gradient descent, C for WASM", value: base, unit: "ms", ratio: 1 }]),
  line("gradient descent, JavaScript by hand", 5, byHand(false)),
  line("gradient descent, Nabla compiled", 9, inNabla("sgd", true)),
  line("gradient descent, Nabla plain", 5, inNabla("sgd", false)),
  line("Adam, JavaScript by hand", 5, byHand(true)),
  line("Adam, Nabla compiled", 9, inNabla("adam", true)),
  line("Adam, Nabla plain", 5, inNabla("adam", false)),
  {
    name: "another network with Adam, compiled: made, and its first step",
    value: milliseconds(9, () => void stepOf("adam", true)()),
    unit: "ms",
  },
]);
