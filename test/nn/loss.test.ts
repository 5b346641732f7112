/** Losses as modules against PyTorch's: golden group 7; and what they refuse. */
import { afterEach, describe, expect, it, vi } from "vitest";
import * as nn from "../../src/doors/nn.ts";
import { tensor } from "../../src/tensor/create.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { mismatch } from "../support/compare.ts";
import { camelOptions } from "../support/optimizers.ts";
import { valuesOf } from "../support/tensors.ts";
import type { JsonTensor, OpCase } from "../support/torch-json.ts";
import { loadTensor, readArgument, readGroup, readValues } from "../support/torch-json.ts";

type Options = Record<string, never>;

const MODULES: Readonly<Record<string, (options: Options) => nn.Loss>> = {
  mse_loss: (o) => new nn.MSELoss(o),
  l1_loss: (o) => new nn.L1Loss(o),
  smooth_l1_loss: (o) => new nn.SmoothL1Loss(o),
  huber_loss: (o) => new nn.HuberLoss(o),
  binary_cross_entropy: (o) => new nn.BCELoss(o),
  binary_cross_entropy_with_logits: (o) => new nn.BCEWithLogitsLoss(o),
  cross_entropy: (o) => new nn.CrossEntropyLoss(o),
  nll_loss: (o) => new nn.NLLLoss(o),
};

const cases = readGroup("07_losses").cases.filter((c) => c.op in MODULES);

function check(c: OpCase, dtype: "float32" | "float64"): string | null {
  const inputs = c.inputs.map((json, k) =>
    loadTensor(json, dtype, (c.grads?.[k] ?? null) !== null),
  );
  const values = inputs.map((input) => input.value);
  const kwargs = Object.entries(c.kwargs).map(([k, v]) => [k, readArgument(v, values)]);
  const loss = MODULES[c.op]!(camelOptions(Object.fromEntries(kwargs)) as Options);
  const y = loss.forward(values[0]!, values[1]!);
  const fault = mismatch(valuesOf(y), readValues(c.output as JsonTensor, dtype), c);
  if (fault !== null || c.gradOutput === null) return fault;
  y.backward(loadTensor(c.gradOutput as JsonTensor, dtype, false).value);
  for (const [k, grad] of (c.grads ?? []).entries()) {
    if (grad === null) continue;
    const found = mismatch(valuesOf(inputs[k]!.gradient()!), readValues(grad, dtype), c);
    if (found !== null) return `gradient ${k}: ${found}`;
  }
  return null;
}

afterEach(() => void vi.restoreAllMocks());

describe.each(["float32", "float64"] as const)("golden 07_losses in %s", (dtype) => {
  it("has cases", () => expect(cases.length).toBeGreaterThanOrEqual(48));
  it.each(cases.map((c) => [c.name, c] as const))("%s", (_, c) => {
    expect(check(c, dtype)).toBeNull();
  });
});

describe("shapes", () => {
  it("MSELoss warns once where [N] meets [N, 1], and says how to cure it", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const x = tensor([[1], [2], [3]]);
    const y = tensor([1, 2, 3]);
    const loss = new nn.MSELoss();
    loss.forward(x, y);
    loss.forward(x, y);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toBe(
      "mseLoss: the input is [3, 1] and the target [3]; they broadcast to [3, 3], which is hardly " +
        "meant. Give the target the input's shape: target.reshape([3, 1]).",
    );
  });

  it("refuses shapes that do not broadcast", () => {
    expect(() => new nn.MSELoss().forward(tensor([1, 2]), tensor([1, 2, 3]))).toThrow(
      "mseLoss: shapes [2] and [3] do not broadcast",
    );
    expect(() => new nn.BCELoss().forward(tensor([0.5]), tensor([[1]]))).toThrow(
      "binaryCrossEntropy: the input is [1], the target is [1, 1]; need equal shapes.",
    );
  });

  it("refuses a reduction it does not know", () => {
    expect(() => new nn.MSELoss({ reduction: "average" as "mean" })).toThrow(
      'MSELoss: reduction is "average"',
    );
  });
});

describe("class targets", () => {
  const x = tensor([
    [1, 2, 3],
    [3, 2, 1],
  ]);
  const loss = new nn.CrossEntropyLoss();
  const at = (target: Tensor): number => loss.forward(x, target).itemSync();

  it("are int32, or float32 with whole numbers", () => {
    const expected = at(tensor([2, 0], { dtype: "int32" }));
    expect(at(tensor([2, 0]))).toBe(expected);
    expect(expected).toBeCloseTo(0.40760597, 6);
  });

  it("are refused with fractions, in other dtypes, and out of range", () => {
    expect(() => at(tensor([0.5, 1]))).toThrow(
      "target element 0 is 0.5; class numbers must be whole",
    );
    expect(() => at(tensor([0, 1], { dtype: "float64" }))).toThrow("the target is float64[2]");
    expect(() => at(tensor([true, false]))).toThrow("the target is bool[2]");
    expect(() => at(tensor([0, 3]))).toThrow("target element 1 is 3; there are 3 classes, 0 to 2.");
    expect(() => at(tensor([0, -1]))).toThrow("target element 1 is -1");
    expect(() => at(tensor([0, 1, 2]))).toThrow("need a target of shape [2]");
  });

  it("may be ignored", () => {
    const some = new nn.CrossEntropyLoss({ ignoreIndex: -1 });
    const all = loss.forward(tensor([[1, 2, 3]]), tensor([2])).itemSync();
    expect(some.forward(x, tensor([2, -1])).itemSync()).toBe(all);
  });

  it("keeps its weight in the state, as PyTorch does", () => {
    const weighted = new nn.CrossEntropyLoss({ weight: tensor([1, 2, 3]) });
    expect(Object.keys(weighted.stateDict())).toEqual(["weight"]);
    expect(weighted.parameters()).toEqual([]);
  });
});
