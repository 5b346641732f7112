/** Functions of a million floats, element by element and row by row. */
import type { Tensor } from "nabla";
import { compile, manualSeed, nn, randn } from "nabla";
import { devicesHere, on, spread } from "./cases.ts";
import type { Line } from "./report.ts";
import { compare, contestant, report } from "./report.ts";

const COUNT = 1_000_000;
const devices = devicesHere();
manualSeed(1);

/** Eight operations that one kernel does. */
const fused = compile((x: Tensor): Tensor => {
  let y = x;
  for (let turn = 0; turn < 2; turn++) y = y.add(1.5).mul(0.25).add(y).mul(0.5).maximum(y);
  return y;
});

const cases: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  exp: (x) => x.exp(),
  tanh: (x) => x.tanh(),
  gelu: (x) => nn.functional.gelu(x),
  softmax: (x) => x.softmax(-1),
  "layer norm": (x) => nn.functional.layerNorm(x, [1000]),
  sum: (x) => x.sum(),
  randn: () => randn([COUNT]),
  fused: (x) => fused(x),
};

const lines: Line[] = [];
for (const [name, act] of Object.entries(cases)) {
  const inputs = devices.map((device) => on(device, () => spread(101, [COUNT / 1000, 1000], 4)));
  const ours = devices.map((device, at) => {
    const run = (): Tensor => on(device, () => act(inputs[at]!));
    for (let turn = 0; turn < 4; turn++) run();
    return contestant(`Nabla ${device}`, run);
  });
  const y = act(inputs[0]!).reshape([-1]);
  const check = y.narrow(0, 0, Math.min(1000, y.numel())).mean();
  lines.push(
    ...(await compare({
      title: name,
      ours,
      request: { case: "elementwise", sizes: { name, count: COUNT } },
      ...(name !== "randn" && { check: check.itemSync() }),
      budget: 30,
      rounds: 9,
    })),
  );
}
const [from, to] = [new Float32Array(COUNT), new Float32Array(COUNT)];
const copy = contestant("memory copied", () => to.set(from));
lines.push(...(await compare({ title: "as many bytes", ours: [copy], budget: 30 })));
await report("elementwise", "A million floats (ratio: to PyTorch)", lines);
