/**
 * PyTorch's convolutions, pools and recurrent layers (golden group 6), driven through the functions
 * on every device: values and gradients.
 */
import type { DType } from "../../src/core/dtype.ts";
import { setDefaultDevice } from "../../src/tensor/device.ts";
import * as f from "../../src/tensor/functions/convolution.ts";
import * as p from "../../src/tensor/functions/pooling.ts";
import * as r from "../../src/tensor/functions/recurrent.ts";
import { upsample } from "../../src/tensor/functions/resampling.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { needDevice } from "../support/native.ts";
import type { CaseBase, JsonTensor } from "../support/torch-json.ts";
import { loadTensor, readGroup } from "../support/torch-json.ts";
import { describe, expect, test } from "vitest";

interface ModuleCase extends CaseBase {
  readonly module: string;
  readonly ctor: Readonly<Record<string, unknown>>;
  readonly stateDict: Readonly<Record<string, JsonTensor>>;
  readonly inputs: readonly JsonTensor[];
  readonly gradOutput: JsonTensor | readonly (JsonTensor | null)[];
  readonly output: JsonTensor | readonly JsonTensor[];
  readonly grads: readonly (JsonTensor | null)[];
  readonly paramGrads: Readonly<Record<string, JsonTensor>>;
}

type Run = (
  inputs: readonly Tensor[],
  weights: readonly Tensor[],
  c: ModuleCase["ctor"],
) => Tensor[];

const layers = (c: ModuleCase["ctor"]) => ({
  numLayers: (c["num_layers"] as number | undefined) ?? 1,
  bidirectional: (c["bidirectional"] as boolean | undefined) ?? false,
  batchFirst: (c["batch_first"] as boolean | undefined) ?? false,
});

const convolved =
  (run: typeof f.conv2d): Run =>
  ([x], [weight, bias], c) => {
    const { stride, padding, dilation, groups } = c as Record<string, never>;
    return [run(x!, weight!, bias ?? null, { stride, padding, dilation, groups })];
  };

const RUNS: Readonly<Record<string, Run>> = {
  Conv1d: convolved(f.conv1d),
  Conv2d: convolved(f.conv2d),
  ConvTranspose2d: ([x], [weight, bias], c) => {
    const { stride, padding, output_padding: outputPadding } = c as Record<string, never>;
    return [f.convTranspose2d(x!, weight!, bias ?? null, { stride, padding, outputPadding })];
  },
  MaxPool1d: ([x], _, c) => [p.maxPool1d(x!, c["kernel_size"] as number)],
  MaxPool2d: ([x], _, c) => {
    const { stride, padding } = c as Record<string, never>;
    return [p.maxPool2d(x!, c["kernel_size"] as number, { stride, padding })];
  },
  AvgPool2d: ([x], _, c) => {
    const { stride, padding } = c as Record<string, never>;
    return [p.avgPool2d(x!, c["kernel_size"] as number, { stride, padding })];
  },
  AdaptiveAvgPool2d: ([x], _, c) => [p.adaptiveAvgPool2d(x!, c["output_size"] as number)],
  Upsample: ([x], _, c) => [
    upsample(x!, { scaleFactor: c["scale_factor"] as number, mode: "nearest" }),
  ],
  RNN: ([x, h], weights, c) => {
    const { nonlinearity } = c as Record<string, never>;
    return r.rnn(x!, h ?? null, weights, { ...layers(c), nonlinearity: nonlinearity ?? "tanh" });
  },
  LSTM: ([x, h, cell], weights, c) => r.lstm(x!, h ? [h, cell!] : null, weights, layers(c)),
  GRU: ([x, h], weights, c) => r.gru(x!, h ?? null, weights, layers(c)),
};

function close(actual: Tensor | null, wanted: JsonTensor, c: ModuleCase, what: string): void {
  expect(actual?.shape, what).toEqual(wanted.shape);
  const data = actual!.dataSync();
  wanted.data.forEach((value, i) => {
    const distance = Math.abs(data[i]! - Number(value));
    const allowed = c.atol + c.rtol * Math.abs(Number(value));
    if (!(distance <= allowed)) expect(data[i], `${what}[${i}]`).toBe(Number(value));
  });
}

function check(c: ModuleCase, dtype: DType): void {
  const inputs = c.inputs.map((json) => loadTensor(json, dtype, true));
  const weights = Object.entries(c.stateDict).map(([name, json]) => ({
    name,
    ...loadTensor(json, dtype, true),
  }));
  const run = RUNS[c.module]!;
  const outputs = run(
    inputs.map(({ value }) => value),
    weights.map(({ value }) => value),
    c.ctor,
  );
  const wanted = [c.output].flat() as readonly JsonTensor[];
  expect(outputs.length).toBe(wanted.length);
  wanted.forEach((json, i) => close(outputs[i]!, json, c, `output ${i}`));
  const cotangents = [c.gradOutput].flat() as readonly (JsonTensor | null)[];
  const total = outputs.reduce<Tensor | null>((sum, output, i) => {
    const json = cotangents[i];
    if (!json) return sum;
    const term = output.mul(loadTensor(json, dtype, false).value).sum();
    return sum === null ? term : sum.add(term);
  }, null);
  total!.backward();
  c.grads.forEach((json, i) => json && close(inputs[i]!.gradient(), json, c, `gradient ${i}`));
  for (const { name, gradient } of weights) close(gradient(), c.paramGrads[name]!, c, name);
}

const CASES = readGroup<ModuleCase>("06_modules").cases.filter(({ module }) => module in RUNS);

describe.each(["interpret", "wasm", "native"] as const)("on %s", (device) => {
  test.for(CASES.map((c) => [c.name, c] as const))("%s", ([, c], context) => {
    needDevice(device, context);
    setDefaultDevice(device);
    try {
      check(c, device === "interpret" ? "float64" : "float32");
    } finally {
      setDefaultDevice("wasm");
    }
  });
});

test("all modules of the group that belong here are run", () => {
  expect(CASES.length).toBe(25);
});
