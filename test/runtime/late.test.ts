/**
 * A device that answers later: runs return at once, results and failures arrive after random
 * delays. (The whole suite of semantics runs on it too: the project `late`.)
 */
import type { Tensor } from "nabla";
import {
  bernoulli,
  compile,
  detectAnomaly,
  explain,
  manualSeed,
  nn,
  noGrad,
  ones,
  optim,
  rand,
  setCacheBudget,
  setDefaultDevice,
  tensor,
} from "nabla";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createWasmBackend } from "../../src/backend/wasm/backend.ts";
import type { DeviceName } from "../../src/runtime/device.ts";
import { deviceNamed, devices } from "../../src/runtime/device.ts";
import { LateMemory } from "../../src/runtime/late.ts";
import { LateDevice, PlanBackend } from "../support/late-device.ts";

const LATE = "late" as DeviceName;
const WASM = "late wasm" as DeviceName;
const delay = (): number => Math.random() * 3;
const late = new LateDevice(new PlanBackend(LATE), delay);

beforeAll(() => {
  devices.set(LATE, { load: () => new LateMemory(late) });
  devices.set(WASM, { load: () => new LateMemory(new LateDevice(createWasmBackend(), delay)) });
});
afterAll(() => [LATE, WASM].forEach((name) => devices.delete(name)));
beforeEach(() => setDefaultDevice(LATE));
afterEach(() => setDefaultDevice("wasm"));

const labels = (list: number[]): Tensor => tensor(list, { dtype: "int32" });

async function failureOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "nothing failed",
    (error: Error) => error.message,
  );
}

/** The five-line loop on a device; its losses and weights. */
async function train(device: DeviceName, compiled: boolean): Promise<unknown[]> {
  setDefaultDevice(device);
  manualSeed(42);
  const x = rand([7, 1]);
  const y = x.mul(2).sub(1);
  const model = new nn.Sequential(new nn.Linear(1, 5), new nn.Tanh(), new nn.Linear(5, 1));
  const lossFn = new nn.MSELoss();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const plain = (x: Tensor, y: Tensor): Tensor => {
    const loss = lossFn.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
  const step = compiled ? compile(plain) : plain;
  const seen: unknown[] = [];
  for (let epoch = 0; epoch < 12; epoch++) {
    const loss = step(x, y);
    if (epoch % 4 === 0) seen.push(await loss.item());
  }
  for (const p of model.parameters()) seen.push([...(await p.data())]);
  return seen;
}

describe.each([
  ["the five-line loop", false],
  ["a compiled step", true],
])("%s", (_, compiled) => {
  test.each([LATE, WASM])("gives on %s the bits of wasm", async (device) => {
    expect(await train(device, compiled)).toEqual(await train("wasm", compiled));
  });
});

test("runs return before they have run", async () => {
  let x = ones([3]);
  for (let i = 0; i < 20; i++) x = x.add(1);
  expect(late.longestQueue).toBeGreaterThan(19);
  expect(await x.toArray()).toEqual([21, 21, 21]);
});

describe("readers that cannot wait name the one that does", () => {
  const cases: readonly (readonly [string, (x: Tensor) => unknown, string])[] = [
    ["itemSync", (x) => x.sum().itemSync(), "item"],
    ["dataSync", (x) => x.dataSync(), "data"],
    ["toArraySync", (x) => x.toArraySync(), "toArray"],
    ["toJSON", (x) => JSON.stringify(x), "toArray"],
    ["toString", (x) => x.toString(), "data"],
  ];
  test.each(cases)("%s", (name, read, waiting) => {
    expect(() => read(ones([2]).mul(2))).toThrow(
      `${name}: the values are on late, which the host cannot read at once; ` +
        `use await x.${waiting}().`,
    );
  });

  test("they serve values that are at hand, such as those that were waited for", async () => {
    const x = ones([2]).mul(2);
    expect(tensor([1, 2]).toArraySync()).toEqual([1, 2]);
    await x.data();
    expect([x.toArraySync(), String(x.toString())]).toEqual([
      [2, 2],
      "tensor([2., 2.], device=late)",
    ]);
  });

  test("inspecting never throws", () => {
    expect(inspect(ones([2]).mul(2))).toBe("tensor(not read, shape=[2], device=late)");
  });

  test("operations that look at values say what to wait for", async () => {
    const counts = tensor([1, 2]).mul(1);
    expect(() => bernoulli(counts)).toThrow(/on late, which the host cannot read at once: await/);
    expect(await counts.allclose(tensor([1, 2]))).toBe(true);
    expect(await (await counts.maskedSelect(counts.gt(1))).toArray()).toEqual([2]);
    expect(await (await counts.nonzero()).toArray()).toEqual([[0], [1]]);
  });
});

describe("a failure", () => {
  test("shows at the next await, whatever is awaited, with the line that made it", async () => {
    const table = ones([5, 3]);
    const other = ones([2]).mul(3);
    await other.data();
    const bad = table.index(labels([1, 99]));
    const after = ones([2]).add(1);
    const message = await failureOf(after.data());
    expect(message).toMatch(/^index: index 5 is out of range for an axis of 5; need 0 … 4\./);
    expect(message).toContain("late.test.ts");
    expect(await failureOf(bad.data())).toBe(message); // it never exists
    expect(() => bad.add(1)).toThrow(message);
    expect(await other.toArray()).toEqual([3, 3]);
    expect(await ones([2]).add(1).toArray()).toEqual([2, 2]); // later operations work
  });

  test("names operation and module of a compiled step", async () => {
    manualSeed(1);
    const model = new nn.Embedding(4, 2);
    const f = compile((i: Tensor) => model.forward(i).sum());
    await f(labels([1])).item();
    expect(await failureOf(f(labels([7])).item())).toMatch(/embedding.*: index 7 is out of range/i);
  });

  test.each([false, true])("leaves cells as they were (compiled: %s)", async (compiled) => {
    manualSeed(0);
    const model = new nn.Linear(3, 3);
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.5 });
    const lossFn = new nn.CrossEntropyLoss();
    const plain = (x: Tensor, y: Tensor): Tensor => {
      optimizer.zeroGrad();
      const loss = lossFn.forward(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    };
    const step = compiled ? compile(plain) : plain;
    const x = rand([4, 3]);
    const now = (): Promise<unknown[]> =>
      Promise.all([...model.parameters()].map((p) => p.toArray()));
    const run = async (isBad: boolean): Promise<unknown[]> => {
      await step(x, labels([0, 1, 2, 0])).item();
      const before = await now();
      if (isBad) {
        const bad = step(x, labels([0, 1, 2, 3]).mul(1));
        step(x, labels([2, 1, 0, 0])); // what follows the failure has not happened either
        expect(await failureOf(bad.item())).toContain("index 3 is out of range");
        expect(await now()).toEqual(before);
      }
      await step(x, labels([1, 1, 2, 0])).item();
      return now();
    };
    const [weights, state] = [model.stateDict(), optimizer.stateDict()];
    const clean = await run(false);
    model.loadStateDict(weights);
    optimizer.loadStateDict(state);
    expect(await run(true)).toEqual(clean);
  });

  test("is said once, to one of those who wait", async () => {
    const x = ones([2]).add(1);
    ones([5]).index(labels([9]));
    const all = await Promise.all([failureOf(x.data()), failureOf(x.data())]);
    expect(all.filter((text) => text.includes("index 5"))).toHaveLength(1);
    await x.data();
  });

  test("of a check by detectAnomaly shows at the next await", async () => {
    detectAnomaly(() => tensor([1, 0]).mul(1).log());
    const message = await failureOf(ones([1]).add(1).item());
    expect(message).toMatch(/^log: element 1 of result 0 is -Infinity.*late\.test\.ts/);
  });

  test("a device that is lost says so", async () => {
    const name = "lost" as DeviceName;
    const backend = new LateDevice(new PlanBackend(name), delay);
    devices.set(name, { load: () => new LateMemory(backend) });
    const x = ones([2], { device: name }).add(1);
    backend.lose();
    expect(await failureOf(x.data())).toMatch(/lost does not answer any more: the device was lost/);
    devices.delete(name);
  });
});

describe("memory", () => {
  test("values leave while the host waits, and nothing is lost", async () => {
    setCacheBudget(64 * 1024, LATE);
    const kept: Tensor[] = [];
    for (let i = 0; i < 24; i++) {
      kept.push(ones([1000]).mul(i));
      await kept.at(-1)!.sum().item();
    }
    expect(deviceNamed(LATE).memory!.usage().bytes).toBeLessThanOrEqual(64 * 1024);
    for (const [i, x] of kept.entries()) expect((await x.data())[999]).toBe(i);
    const many = (): void => {
      for (let i = 0; i < 40; i++) ones([1000]).mul(i);
    };
    expect(many).toThrow(/await a result once per step, or compile the step/);
    setCacheBudget(512 * 1024 * 1024, LATE);
    expect(await ones([3]).add(1).toArray()).toEqual([2, 2, 2]);
  });

  test("a million bytes of steps that nobody reads stay flat", async () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const used: number[] = [];
    for (let i = 0; i < 600; i++) {
      noGrad(() => w.set(w.mul(0.5).add(1)));
      if (i % 200 === 199) {
        await w.data();
        used.push(late.usedBytes());
      }
    }
    expect(used[2]! - used[1]!).toBeLessThan(1000 * 256);
  });
});

test("values move to another device when somebody waits for them", async () => {
  const x = ones([2], { requiresGrad: true });
  const moved = x.mul(3).to("wasm");
  expect(moved.device).toBe("wasm");
  expect(() => moved.add(1)).toThrow(/on late, which the host cannot read at once/);
  await moved.data();
  expect(moved.add(1).toArraySync()).toEqual([4, 4]);
  expect(await tensor([1], { device: "wasm" }).to(LATE).add(1).toArray()).toEqual([2]);
});

test("explain waits for nothing: it reads no values", () => {
  expect(explain((x: Tensor) => x.mul(2), ones([2])).kernels).toContain("map");
});
