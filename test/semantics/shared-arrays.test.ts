/** `fromArray`: later writes to the array show, wherever the numbers are by then. */
import { cell, compile, fromArray, nn, noGrad, tensor } from "nabla";
import { describe, expect, test } from "vitest";

const sizes = [3, 5000]; // in a program's slot, and in the device's memory

describe.each(["wasm", "interpret"] as const)("an array that is shared, on %s", (device) => {
  test.each(sizes)("shows later writes in every operation: %i elements", (size) => {
    const data = new Float32Array(size).fill(1);
    const x = fromArray(data, [size], { device });
    const f = compile((y: typeof x) => y.add(1).sum());
    const view = x.detach();
    for (const value of [1, 2, 3, 3, 7]) {
      data.fill(value);
      expect(x.sum().itemSync()).toBe(value * size);
      expect(x.mul(2).narrow(0, 1, 2).toArraySync()).toEqual([2 * value, 2 * value]);
      expect(x.narrow(0, 1, 2).toArraySync()).toEqual([value, value]);
      expect(f(x).itemSync()).toBe((value + 1) * size);
      expect(view.mul(x).sum().itemSync()).toBe(value * value * size);
      expect(x.dataSync()[0]).toBe(value);
    }
  });

  test.each(sizes)("shows nothing in what was computed or set before: %i elements", (size) => {
    const data = new Float32Array(size).fill(1);
    const x = fromArray(data, [size], { device });
    const kept = cell(x);
    const set = tensor(new Float32Array(size), { device, requiresGrad: true });
    noGrad(() => set.set(x));
    const made = [
      x.reshape([size, 1]),
      x.add(0),
      x.clone(),
      kept,
      set,
      tensor(x),
      x.narrow(0, 0, 2),
    ];
    made.push(x.to(device === "wasm" ? "interpret" : "wasm"));
    data.fill(9);
    expect(made.map((y) => y.dataSync()[1])).toEqual(made.map(() => 1));
  });
});

test("an array that is shared is never updated in place", () => {
  const data = Float32Array.of(1, 2);
  const w = fromArray(data, [2], { requiresGrad: true });
  noGrad(() => w.set(w.mul(2)));
  expect([...data]).toEqual([1, 2]);
  data[0] = 50;
  expect(w.toArraySync()).toEqual([2, 4]);
});

test("gradients are those of the numbers at the time of the walk", () => {
  const data = Float32Array.of(1, 2);
  const [x, w] = [fromArray(data), tensor([3, 4], { requiresGrad: true })];
  const y = x.mul(w).sum();
  data.fill(10);
  y.backward();
  expect(w.grad!.toArraySync()).toEqual([10, 10]);
});

test("a parameter is no window on an array", () => {
  const array = Float32Array.of(1, 2);
  const layer = new nn.Linear(2, 1);
  layer.weight = new nn.Parameter(fromArray(array, [1, 2]));
  const state = layer.stateDict();
  array[0] = 99;
  expect([layer.weight.toArraySync(), state["weight"]!.toArraySync()]).toEqual([
    [[1, 2]],
    [[1, 2]],
  ]);
});
