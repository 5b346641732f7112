/** Tensors through `structuredClone` and `postMessage`, to a real worker and back. */
import { build } from "esbuild";
import { arange, manualSeed, nn, optim, randn, tensor } from "nabla";
import type { Tensor } from "nabla";
import { fromTransferable, toTransferable } from "nabla/io";
import type { Sent } from "nabla/io";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { doorsOf } from "../support/bundle.ts";
import { ROOT } from "../support/files.ts";

/** A worker that doubles what it is sent. */
const PROGRAM = `
import { parentPort } from "node:worker_threads";
import { nn } from "nabla";
import { fromTransferable, toTransferable } from "nabla/io";
parentPort.once("message", async ({ state, x, note }) => {
  const layer = new nn.Linear(3, 2);
  layer.loadStateDict(fromTransferable(state));
  const y = layer.forward(fromTransferable(x)).detach();
  const { value, transfer } = await toTransferable({ y, note: note + "!", all: [y, y] });
  parentPort.postMessage(value, transfer);
});`;

async function startWorker(): Promise<Worker> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    stdin: { contents: PROGRAM, resolveDir: ROOT },
    alias: Object.fromEntries(doorsOf(ROOT)),
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    tsconfigRaw: "{}",
    logLevel: "silent",
  });
  return new Worker(outputFiles[0]!.text, { eval: true });
}

it("sends a state to a worker, which computes with it and sends back", async () => {
  manualSeed(3);
  const layer = new nn.Linear(3, 2);
  const x = randn([4, 3]);
  const worker = await startWorker();
  const sent = await toTransferable({ state: layer.stateDict(), x, note: "hi" });
  worker.postMessage(sent.value, sent.transfer);
  expect(sent.transfer.map((buffer) => buffer.byteLength)).toEqual([0, 0, 0]); // they went over
  expect(x.numel()).toBe(12);
  const [message] = (await once(worker, "message")) as [
    Sent<{ y: Tensor; note: string; all: Tensor[] }>,
  ];
  const { y, note, all } = fromTransferable(message);
  expect(note).toBe("hi!");
  expect(y.toArraySync()).toEqual(layer.forward(x).toArraySync());
  expect([all[0] === y, all[1] === y]).toEqual([true, true]);
  await worker.terminate();
});

it("keeps dtypes, shapes and what is no tensor, also of an optimizer's state", async () => {
  const parameter = new nn.Parameter(arange(3));
  const optimizer = new optim.Adam([parameter]);
  parameter.sum().backward();
  optimizer.step();
  const value = {
    list: [tensor([true, false]), tensor([1, 2], { dtype: "int32" }), 3, null, undefined],
    double: tensor([[0.1]], { dtype: "float64" }),
    empty: tensor([], { shape: [0, 2] }),
    ["__proto__"]: tensor(1),
    state: optimizer.stateDict(),
    raw: Float32Array.of(1),
  };
  const { value: sent, transfer } = await toTransferable(value);
  const back = fromTransferable(structuredClone(sent, { transfer })) as unknown as typeof value;
  const show = (x: unknown): string => JSON.stringify(x, (_, y: unknown) => y);
  expect(show(back.list)).toBe(show(value.list));
  expect(back.list.slice(0, 2).map((x) => (x as typeof parameter).dtype)).toEqual([
    "bool",
    "int32",
  ]);
  expect([back.double.dtype, back.double.itemSync()]).toEqual(["float64", 0.1]);
  expect(back.empty.shape).toEqual([0, 2]);
  expect(show(back.state)).toBe(show(value.state));
  expect(back.raw).toEqual(value.raw);
  expect(parameter.toArraySync()).toHaveLength(3); // not taken away
  const other = new optim.Adam([new nn.Parameter(arange(3))]);
  other.loadStateDict(back.state);
});

it("refuses functions, modules, and tensors that are not as they were sent", async () => {
  await expect(toTransferable(new nn.Linear(1, 1))).rejects.toThrow(/a Linear cannot be sent/);
  await expect(toTransferable([() => 1])).rejects.toThrow(/a function cannot be sent/);
  const { value } = await toTransferable(arange(3));
  expect(fromTransferable(value).toArraySync()).toEqual([0, 1, 2]);
  for (const bad of [{ shape: [4] }, { tensor: "int32" }, { data: "xyz" }, { shape: [-3] }]) {
    expect(() => fromTransferable({ ...value, ...bad })).toThrow(/fromTransferable: .* is no /);
  }
});

it("says what to do where a tensor itself is cloned or posted", async () => {
  const said = /cannot be cloned or posted.*await x\.data\(\).*toTransferable/s;
  expect(() => structuredClone(arange(3))).toThrow(said);
  expect(() => structuredClone({ loss: new nn.Parameter(arange(2)) })).toThrow(said);
  const worker = new Worker("", { eval: true });
  expect(() => worker.postMessage([arange(3)])).toThrow(said);
  await worker.terminate();
});
