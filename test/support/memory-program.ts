/**
 * The program that the memory tests run in a process of its own, without a way to force a
 * collection: `node program.mjs SCENARIO COUNT` prints how far memory grew after a warm-up, as
 * JSON.
 */
import type { Tensor } from "nabla";
import { compile, manualSeed, nn, noGrad, optim, tensor } from "nabla";

const rows = Array.from({ length: 35 }, (_, i) => [i / 35]);
const x = tensor(rows);
const y = tensor(rows.map(([t]) => [t! * t!]));

function makeStep(): () => Tensor {
  manualSeed(1);
  const model = new nn.Sequential(new nn.Linear(1, 10), new nn.Tanh(), new nn.Linear(10, 1));
  const lossFn = new nn.MSELoss();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  return () => {
    const loss = lossFn.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
}

type Scenario = () => (i: number) => void;

const scenarios: Readonly<Record<string, Scenario>> = {
  plain: makeStep,
  compiled: () => compile(makeStep()),
  total: () => {
    const step = compile(makeStep());
    let total: Tensor = tensor(0);
    return () => {
      total = total.add(step().detach());
    };
  },
  models: () => () => {
    const model = new nn.Sequential(new nn.Linear(64, 128), new nn.ReLU(), new nn.Linear(128, 64));
    const batch = tensor(new Float32Array(8 * 64), { shape: [8, 64] });
    const loss = model.forward(batch).pow(2).mean();
    loss.backward();
    noGrad(() => {
      for (const p of model.parameters()) p.set(p.sub(p.grad!.mul(0.1)));
    });
  },
  values: () => (i) => {
    tensor(new Float32Array(65_536).fill(i)).add(1);
  },
};

/** Megabytes in use by the process. */
function residentMegabytes(): number {
  return process.memoryUsage.rss() / 1048576;
}

const [name = "", countText = "0"] = process.argv.slice(2);
const count = Number(countText);
const act = scenarios[name]!();
const warmUp = Math.max(Math.floor(count / 5), 10);
for (let i = 0; i < warmUp; i++) act(i);
const before = residentMegabytes();
let peak = before;
const start = performance.now();
for (let i = 0; i < count; i++) {
  act(i);
  if ((i & 1023) === 0) peak = Math.max(peak, residentMegabytes());
}
peak = Math.max(peak, residentMegabytes());
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ name, count, before, growth: peak - before, seconds }));
