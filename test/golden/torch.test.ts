/** What PyTorch computes, group by group: tight in float64 on `interpret`, float32 on `wasm`. */
import { afterEach, describe, expect, test } from "vitest";
import type { DType } from "../../src/core/dtype.ts";
import { setDefaultDevice } from "../../src/tensor/device.ts";
import { needDevice } from "../support/native.ts";
import type { JsonTensor, OpCase } from "../support/torch-json.ts";
import { readGroup } from "../support/torch-json.ts";
import { runTorchCase, runTorchGroup } from "./run-torch.ts";

const DEVICES = [
  ["interpret", "float64"],
  ["interpret", "float32"],
  ["wasm", "float32"],
  ["wasm", "float64"],
  ["native", "float32"],
  ["native", "float64"],
] as const satisfies readonly (readonly [string, DType])[];

/** Groups that must pass as a whole, with the number of their cases. */
const WHOLE: Readonly<Record<string, number>> = {
  "01_elementwise_unary": 97,
  "02_binary_broadcasting": 79,
  "03_reductions": 125,
  "04_movement": 64,
  "05_matmul": 22,
  "07_losses": 74,
};

afterEach(() => setDefaultDevice("wasm"));

describe.each(DEVICES)("PyTorch's values on %s in %s", (device, float) => {
  test.for(Object.keys(WHOLE))("%s", { timeout: 240_000 }, async (group, context) => {
    needDevice(device, context);
    setDefaultDevice(device);
    const { cases } = readGroup(group);
    const report = await runTorchGroup(cases, float);
    console.log(`golden ${group}: ${report.passed} of ${cases.length} on ${device} in ${float}`);
    expect(cases.length).toBe(WHOLE[group]);
    expect([...report.unmapped]).toEqual([]);
    expect(report.failures).toEqual([]);
    expect(report.passed).toBe(cases.length);
  });
});

describe("the comparison", () => {
  /** The case with one number moved by 1 part in 1,000. */
  function perturbed(json: JsonTensor): JsonTensor {
    const [first, ...rest] = json.data;
    return { ...json, data: [Number(first) * 1.001 + 1e-3, ...rest] };
  }

  test("sees a wrong value and a wrong gradient", async () => {
    const { cases } = readGroup("01_elementwise_unary");
    const c = cases.find(({ op }) => op === "exp")!;
    expect(await runTorchCase(c, "float32")).toEqual([]);
    const value: OpCase = { ...c, output: perturbed(c.output as JsonTensor) };
    expect((await runTorchCase(value, "float32")).join()).toMatch(/output 0 differs at 1 of 12/);
    const gradient: OpCase = { ...c, grads: [perturbed(c.grads![0]!)] };
    expect((await runTorchCase(gradient, "float32")).join()).toMatch(/gradient 0 .* at \[0, 0\]/);
    const shape: OpCase = { ...c, output: { ...(c.output as JsonTensor), shape: [4, 3] } };
    expect((await runTorchCase(shape, "float32")).join()).toMatch(/expected float32\[4, 3\]/);
  });
});
