/**
 * Other libraries for JavaScript beside Nabla, and PyTorch where a Python has it: one product, one
 * step of a small network, one of a middling one. Their packages are installed
 * by `npm run bench:peers` into `.cache/peers`.
 */
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import type { DeviceName, Tensor } from "nabla";
import { compile, fromArray, nn, noGrad, optim } from "nabla";
import { classes, devicesHere, mlp, on, spread, stepContestant, weightsOf } from "../cases.ts";
import { data } from "../nitrogen.ts";
import type { Contestant, Line } from "../report.ts";
import { compare, contestant, report } from "../report.ts";

type Run = () => number;

/** A library: each case is made from the numbers it begins with, or is null where it lacks one. */
interface Peer {
  readonly name: string;
  readonly cases: Readonly<Record<string, (given: object) => Promise<Run | null>>>;
}

const peers: Peer[] = [];
for (const file of ["tensorflow.mjs", "jax.mjs"]) {
  const url = pathToFileURL(join(process.cwd(), ".cache/peers", file)).href;
  peers.push((await import(url)) as Peer);
}
const devices = devicesHere();

/** The contestants of a case, after three runs each, whose last number must be `check`. */
async function contestants(name: string, given: object, check: number): Promise<Contestant[]> {
  const all: Contestant[] = [];
  for (const peer of peers) {
    const run = await peer.cases[name]?.(given);
    if (!run) continue;
    const [, , found] = [run(), run(), run()];
    if (Math.abs(found - check) > 1e-3 * Math.max(1, Math.abs(check))) {
      throw new Error(`${name}: ${peer.name} has ${found} where Nabla has ${check}`);
    }
    all.push(contestant(peer.name, run));
  }
  return all;
}

const numbers = (x: Tensor): Float32Array => x.dataSync() as Float32Array;

async function product(size: number): Promise<Line[]> {
  const operands = (): Tensor[] => [spread(101, [size, size]), spread(102, [size, size])];
  const [a, b] = operands() as [Tensor, Tensor];
  const ours = devices.map((device) => {
    const [x, y] = on(device, operands) as [Tensor, Tensor];
    return contestant(`Nabla ${device}`, () => x.matmul(y));
  });
  const [check] = numbers(a.matmul(b)) as unknown as [number];
  const given = { a: numbers(a), b: numbers(b), size };
  const others = await contestants("product", given, check);
  const note = (ms: number): string => `${((2 * size ** 3) / ms / 1e6).toFixed(1)} GFLOP/s`;
  const request = { case: "product", sizes: { batch: 1, m: size, k: size, n: size } };
  return compare({ title: `${size}³`, ours: [...ours, ...others], request, note });
}

/** A step of the 1-10-1 network. */
function nitrogenStep(device: DeviceName, adam: number | null): Run & { weights?: Float32Array[] } {
  return on(device, () => {
    const model = new nn.Sequential(new nn.Linear(1, 10), new nn.Tanh(), new nn.Linear(10, 1));
    const parameters = model.parameters();
    const weights = [spread(0, [10, 1]), spread(2, [1, 10], 0.3)];
    noGrad(() => {
      parameters.forEach((p, k) => {
        if (k % 2 === 0) p.set(weights[k / 2]!);
        else nn.init.zeros(p);
      });
    });
    const optimizer =
      adam === null
        ? new optim.SGD(parameters, { lr: 0.01 })
        : new optim.Adam(parameters, { lr: adam });
    const [x, y] = [data.x, data.y].map((v) => fromArray(Float32Array.from(v), [v.length, 1]));
    const step = compile((input: Tensor, target: Tensor) => {
      const loss = nn.functional.mseLoss(model.forward(input), target);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    });
    const run = (): number => step(x!, y!).itemSync();
    return Object.assign(run, { weights: weights.map(numbers) });
  });
}

async function nitrogen(adam: number | null): Promise<Line[]> {
  const runs = devices.map((device) => nitrogenStep(device, adam));
  const checks = runs.map((run) => [run(), run(), run()][2]!);
  const ours = runs.map((run, at) => contestant(`Nabla ${devices[at]!}`, run));
  const given = { x: data.x, y: data.y, weights: runs[0]!.weights, adam };
  const others = await contestants("nitrogen", given, checks[0]!);
  const title = `1-10-1, ${adam === null ? "gradient descent" : "Adam"}`;
  return compare({ title, ours: [...ours, ...others] });
}

async function perceptron(): Promise<Line[]> {
  const one = mlp(64);
  const ours = devices.map((device) => stepContestant(one, device));
  const given = {
    x: numbers(spread(101, [64, 784])),
    y: classes(102, [64], 10).dataSync(),
    weights: weightsOf([784, 256, 128, 10]).map(numbers),
    batch: 64,
  };
  const { check } = ours[0]!;
  const others = await contestants("mlp", given, check);
  const note = (ms: number): string => `${((64 * 1000) / ms).toFixed(0)} samples/s`;
  const { title, request } = one;
  return compare({ title, ours: [...ours, ...others], request, check, note });
}

await report("peers", "Beside other libraries (ratio: to PyTorch)", [
  ...(await product(512)),
  ...(await nitrogen(null)),
  ...(await nitrogen(0.01)),
  ...(await perceptron()),
]);
