/** Modules against PyTorch's: the cases of golden group 6 whose module exists. */
import { describe, expect, it } from "vitest";
import * as nn from "../../src/nn/index.ts";
import type { DType } from "../../src/core/dtype.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { mismatch } from "../support/compare.ts";
import { valuesOf } from "../support/tensors.ts";
import type { CaseBase, JsonTensor } from "../support/torch-json.ts";
import { loadTensor, readGroup, readValues } from "../support/torch-json.ts";

interface ModuleCase extends CaseBase {
  readonly module: string;
  readonly ctor: Readonly<Record<string, never>>;
  readonly training: boolean;
  readonly stateDict: Readonly<Record<string, JsonTensor>>;
  readonly inputs: readonly JsonTensor[];
  readonly gradOutput: JsonTensor;
  readonly output: JsonTensor;
  readonly grads: readonly JsonTensor[];
  readonly paramGrads: Readonly<Record<string, JsonTensor>>;
}

type OneInput = nn.Module & { forward(x: Tensor): Tensor };

const MAKERS: Readonly<Record<string, (ctor: ModuleCase["ctor"]) => OneInput>> = {
  Linear: ({ in_features, out_features, bias }) =>
    new nn.Linear(in_features!, out_features!, { bias }),
  PReLU: ({ num_parameters, init }) => new nn.PReLU({ numParameters: num_parameters, init }),
  Dropout: ({ p }) => new nn.Dropout({ p }),
};

const cases = readGroup<ModuleCase>("06_modules").cases.filter((c) => c.module in MAKERS);

function check(c: ModuleCase, dtype: DType): void {
  const pass = (what: string, got: Tensor, want: JsonTensor): void =>
    expect(mismatch(valuesOf(got), readValues(want, dtype), c), what).toBeNull();
  const module = MAKERS[c.module]!(c.ctor).to(dtype).train(c.training);
  const state = Object.entries(c.stateDict).map(
    ([key, json]) => [key, loadTensor(json, dtype, false).value] as const,
  );
  module.loadStateDict(Object.fromEntries(state));
  const x = loadTensor(c.inputs[0]!, dtype, true);
  const y = module.forward(x.value);
  pass("output", y, c.output);
  y.backward(loadTensor(c.gradOutput, dtype, false).value);
  pass("input gradient", x.gradient()!, c.grads[0]!);
  for (const [name, p] of module.namedParameters()) pass(name, p.grad!, c.paramGrads[name]!);
}

describe.each(["float32", "float64"] as const)("golden 06_modules in %s", (dtype) => {
  it("has cases", () => expect(cases.length).toBeGreaterThanOrEqual(2));
  it.each(cases.map((c) => [c.name, c] as const))("%s", (_, c) => check(c, dtype));
});
