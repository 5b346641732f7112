/** Modules against PyTorch's: golden groups 6 and 12 to 17, on both devices; tight in float64. */
import type { nn, Tensor } from "nabla";
import { afterEach, describe, expect, it } from "vitest";
import type { DType } from "../../src/core/dtype.ts";
import { isFloat } from "../../src/core/dtype.ts";
import { setDefaultDevice } from "../../src/tensor/device.ts";
import { tensorsOf } from "../golden/check.ts";
import { toleranceOf } from "../golden/run-torch.ts";
import { makeModule, provides } from "../support/modules.ts";
import { mismatch } from "../support/compare.ts";
import { camelOptions } from "../support/optimizers.ts";
import { valuesOf } from "../support/tensors.ts";
import type { CaseBase, JsonArgument, JsonTensor } from "../support/torch-json.ts";
import { loadTensor, readArgument, readGroup, readValues } from "../support/torch-json.ts";

interface ModuleCase extends CaseBase {
  readonly module: string;
  readonly ctor: Readonly<Record<string, unknown>>;
  readonly training: boolean;
  readonly kwargs: Readonly<Record<string, JsonArgument>>;
  readonly stateDict: Readonly<Record<string, JsonTensor>>;
  readonly inputs: readonly JsonTensor[];
  readonly gradOutput: JsonTensor | readonly (JsonTensor | null)[];
  readonly output: JsonTensor | readonly JsonTensor[];
  readonly grads: readonly (JsonTensor | null)[];
  readonly paramGrads: Readonly<Record<string, JsonTensor>>;
  readonly buffersAfter?: Readonly<Record<string, JsonTensor>>;
}

const GROUPS = [
  "06_modules",
  "12_instance_norm",
  "13_pooling_volumes",
  "14_attention",
  "15_lstm_projection",
  "16_small_layers",
  "17_embedding_bag",
];
const cases = GROUPS.flatMap((group) => [...readGroup<ModuleCase>(group).cases]);
const there = cases.filter((c) => provides(c.module));

function list<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

function load(c: ModuleCase, float: DType): nn.Module {
  const module = makeModule(c.module, c.ctor).to(float).train(c.training);
  const state = Object.entries(c.stateDict).map(
    ([key, json]) => [key, loadTensor(json, float, false).value] as const,
  );
  expect(Object.keys(module.stateDict())).toEqual(state.map(([key]) => key));
  module.loadStateDict(Object.fromEntries(state));
  return module;
}

/** Positional inputs; an LSTM's two states are one argument. */
function positional(c: ModuleCase, values: readonly Tensor[]): unknown[] {
  const named = new Set(Object.values(c.kwargs).map((v) => (v as { $input?: number })?.$input));
  const rest = values.filter((_, i) => !named.has(i));
  return c.module === "LSTM" && rest.length === 3 ? [rest[0], [rest[1], rest[2]]] : rest;
}

async function problems(c: ModuleCase, float: DType): Promise<string[]> {
  const tolerance = toleranceOf(c, float);
  const found: string[] = [];
  const pass = (what: string, got: Tensor | null, want: JsonTensor): void => {
    const fault = got && mismatch(valuesOf(got), readValues(want, float), tolerance);
    if (got === null) found.push(`${what} is missing`);
    else if (fault !== null) found.push(`${what} ${fault}`);
  };
  const module = load(c, float);
  const inputs = c.inputs.map((json) => loadTensor(json, float, isFloat(json.dtype)));
  const values = inputs.map((input) => input.value);
  const kwargs = Object.entries(c.kwargs).map(([k, v]) => [k, readArgument(v, values)]);
  const options = kwargs.length > 0 ? [camelOptions(Object.fromEntries(kwargs))] : [];
  const forward = module.forward.bind(module) as (...args: unknown[]) => unknown;
  const result = list(forward(...positional(c, values), ...options))
    .flat()
    .flat();
  const outputs = await tensorsOf(result.filter((value) => value !== null));
  const wanted = list(c.output);
  expect(outputs).toHaveLength(wanted.length);
  wanted.forEach((want, o) => pass(`output ${o}`, outputs[o]!, want));
  const roots = list(c.gradOutput).flatMap((g, o) =>
    g === null ? [] : [outputs[o]!.mul(loadTensor(g, float, false).value).sum()],
  );
  roots.reduce((a, b) => a.add(b)).backward();
  c.grads.forEach((want, i) => {
    if (want !== null) pass(`gradient ${i}`, inputs[i]!.gradient(), want);
  });
  for (const [name, p] of module.namedParameters()) pass(name, p.grad, c.paramGrads[name]!);
  const buffers = new Map(module.namedBuffers());
  for (const [name, want] of Object.entries(c.buffersAfter ?? {})) {
    pass(name, buffers.get(name) ?? null, want);
  }
  return found;
}

afterEach(() => setDefaultDevice("wasm"));

describe.each([
  ["interpret", "float64"],
  ["wasm", "float32"],
  ["wasm", "float64"],
] as const)("golden modules on %s in %s", (device, float) => {
  it("has all modules", () => {
    expect(cases.length).toBe(137);
    expect(there.length).toBe(cases.length);
    console.log(`golden modules: ${there.length} of ${cases.length} on ${device} in ${float}`);
  });

  it.each(there.map((c) => [c.name, c] as const))("%s", async (_, c) => {
    setDefaultDevice(device);
    expect(await problems(c, float)).toEqual([]);
  });
});
