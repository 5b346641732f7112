/** What only the engine holds leaves the device at once; what a user may hold keeps its numbers. */
import type { Tensor } from "nabla";
import { autograd, nn, optim, randn, tensor } from "nabla";
import { describe, expect, it } from "vitest";
import { defaultDevice } from "../../src/tensor/device.ts";

const SIDE = 128;
const ROWS = 16; // 8 KiB: no result of such a size goes to the host at once

function model(): nn.Sequential {
  return new nn.Sequential(
    ...[new nn.Linear(SIDE, SIDE), new nn.Tanh(), new nn.Linear(SIDE, SIDE), new nn.ReLU()],
    ...[new nn.Linear(SIDE, SIDE)],
  );
}

function numbers(values: readonly (Tensor | null)[]): number[][] {
  return values.map((value) => [...value!.dataSync()]);
}

describe("gradients and activations on the device", () => {
  const isLate = (defaultDevice().memory?.late ?? null) !== null; // it keeps them for a while
  it.skipIf(isLate)(
    "leave when they were used: each step adds the tensors that its code was given",
    () => {
      const net = model();
      const optimizer = new optim.Adam(net.parameters(), { lr: 1e-3 });
      const x = randn([ROWS, SIDE]);
      const { memory } = defaultDevice();
      const step = (): void => {
        const loss = net.forward(x).square().mean();
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
      };
      for (let k = 0; k < 3; k++) step();
      const first = memory!.usage().entries;
      for (let k = 0; k < 5; k++) step();
      const added = memory!.usage().entries - first;
      expect(added / 5).toBeLessThanOrEqual(2); // output and its square
    },
  );

  it("stay where a user got hold of them", () => {
    const net = model();
    const x = randn([ROWS, SIDE]);
    const seen: Tensor[] = [];
    const first = net.forward(x);
    first.registerHook((g) => void seen.push(g));
    first.square().mean().backward();
    const held = net.parameters().map((p) => p.grad);
    const copies = numbers([...held, ...seen]);
    for (const p of net.parameters()) p.grad = null;
    net.forward(x).sum().backward();
    expect(numbers([...held, ...seen])).toEqual(copies);
  });

  it("stay for a second walk, and for gradients of gradients", () => {
    const net = model();
    const x = randn([ROWS, SIDE], { requiresGrad: true });
    const loss = net.forward(x).tanh().sum();
    loss.backward(undefined, { retainGraph: true });
    const once = numbers([x.grad])[0]!;
    x.grad = null;
    loss.backward(undefined, { retainGraph: true });
    expect(numbers([x.grad])[0]).toEqual(once);
    const [slope] = autograd.grad(loss, [x], { createGraph: true });
    slope.square().sum().backward();
    expect(Number.isFinite(numbers([x.grad])[0]![0]!)).toBe(true);
  });

  it("give every layer's output to hooks and to a layer of one's own", () => {
    const seen: Tensor[] = [];
    class Keeping extends nn.Linear {
      override forward(x: Tensor): Tensor {
        seen.push(x);
        return super.forward(x);
      }
    }
    const net = new nn.Sequential(
      ...[new nn.Linear(SIDE, SIDE), new nn.Tanh(), new Keeping(SIDE, SIDE), new nn.Tanh()],
      ...[new nn.Identity(), new nn.Linear(SIDE, 1)],
    );
    net.at(3).registerForwardHook((_, __, output) => void seen.push(output as Tensor));
    const x = tensor(new Float32Array(ROWS * SIDE).fill(0.5), { shape: [ROWS, SIDE] });
    net.forward(x).sum().backward();
    const copies = numbers(seen);
    expect(seen).toHaveLength(2);
    net.forward(x).sum().backward();
    expect(numbers(seen.slice(0, 2))).toEqual(copies);
    expect(numbers(seen.slice(2))).toEqual(copies);
  });
});
