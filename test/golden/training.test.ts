/**
 * Optimizers step by step, the lecture's example, and the nitrogen network, as PyTorch has them.
 */
import type { Tensor } from "nabla";
import { nn, noGrad, optim, tensor } from "nabla";
import { afterEach, describe, expect, test } from "vitest";
import type { DType } from "../../src/core/dtype.ts";
import { setDefaultDevice } from "../../src/tensor/device.ts";
import { mismatch } from "../support/compare.ts";
import type { ModelSpec } from "../support/models.ts";
import { loadTied, makeModel } from "../support/models.ts";
import { makeTensor, valuesOf } from "../support/tensors.ts";
import { needDevice } from "../support/native.ts";
import type { CaseBase, JsonTensor } from "../support/torch-json.ts";
import { loadTensor, readGroup, readValues } from "../support/torch-json.ts";
import { camelCase } from "./bind.ts";
import { toleranceOf } from "./run-torch.ts";

type Options = Readonly<Record<string, unknown>>;

interface OptimizerCase extends CaseBase {
  readonly optimizer: string;
  readonly kwargs: Options;
  readonly params: readonly JsonTensor[];
  readonly groups?: readonly (Options & { readonly params: readonly number[] })[];
  readonly grads: readonly JsonTensor[];
  readonly trajectory: readonly JsonTensor[];
}

interface LectureCase extends CaseBase {
  readonly op: "lecture";
  readonly data: Readonly<Record<"x" | "w1" | "w2" | "target" | "lr", number>>;
  readonly loss: JsonTensor;
  readonly gradW1: JsonTensor;
  readonly gradW2: JsonTensor;
  readonly lossAfterW2: JsonTensor;
  readonly lossAfterBoth: JsonTensor;
}

interface TrainingCase extends CaseBase {
  readonly op: "train";
  readonly model: ModelSpec;
  readonly lossFunction: "mse_loss" | "cross_entropy";
  readonly decayBySize?: boolean;
  readonly stateDict: Readonly<Record<string, JsonTensor>>;
  readonly inputs: readonly JsonTensor[];
  readonly optimizer: string;
  readonly optimizerKwargs: Options;
  readonly steps: number;
  readonly output: JsonTensor;
  readonly loss: JsonTensor;
  readonly paramGrads: Readonly<Record<string, JsonTensor>>;
  readonly losses: JsonTensor;
}

type Maker = (params: unknown, options: object) => optim.Optimizer;

const MAKERS: Readonly<Record<string, Maker>> = Object.fromEntries(
  Object.entries(optim)
    .filter(([name]) => /^[A-Z]/.test(name) && name !== "Optimizer")
    .map(([name, Made]) => [
      name,
      (params, options) =>
        new (Made as unknown as new (p: unknown, o: object) => optim.Optimizer)(params, options),
    ]),
);

/** Those that must be there; the others of the group run as they come. */
const REQUIRED = ["SGD", "Adam", "AdamW"];

const DEVICES = [
  ["interpret", "float64"],
  ["wasm", "float32"],
  ["wasm", "float64"],
  ["native", "float32"],
  ["native", "float64"],
] as const satisfies readonly (readonly [string, DType])[];

function camel(options: Options): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([k, v]) => [camelCase(k), v]));
}

/** Row k of what was stacked along the first dimension. */
function rowOf(json: JsonTensor, k: number): JsonTensor {
  const shape = json.shape.slice(1);
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, dtype: json.dtype, data: json.data.slice(k * size, (k + 1) * size) };
}

function check(what: string, got: Tensor, want: JsonTensor, c: CaseBase, float: DType): string[] {
  const problem = mismatch(valuesOf(got), readValues(want, float), toleranceOf(c, float));
  return problem === null ? [] : [`${c.name}: ${what} ${problem}`];
}

function runOptimizer(c: OptimizerCase, float: DType): string[] {
  const params = c.params.map((json) => loadTensor(json, float, true).leaf);
  const groups = c.groups?.map(({ params: at, ...rest }) => ({
    ...camel(rest),
    params: at.map((i) => params[i]!),
  }));
  const optimizer = MAKERS[c.optimizer]!(groups ?? params, camel(c.kwargs));
  const steps = c.trajectory[0]!.shape[0]!;
  for (let k = 0; k < steps; k++) {
    params.forEach((p, i) => (p.grad = loadTensor(rowOf(c.grads[i]!, k), float, false).value));
    optimizer.step();
    const problems = params.flatMap((p, i) =>
      check(`parameter ${i} after step ${k + 1}`, p, rowOf(c.trajectory[i]!, k), c, float),
    );
    if (problems.length > 0) return problems;
  }
  return [];
}

function runLecture(c: LectureCase, float: DType): string[] {
  const { x, w1, w2, target, lr } = c.data;
  const leaf = (value: number): Tensor => makeTensor(float, [], [value], true);
  const [a, b] = [leaf(w1), leaf(w2)];
  const loss = (): Tensor =>
    b
      .mul(nn.functional.relu(a.mul(x)))
      .sub(target)
      .pow(2);
  const first = loss();
  first.backward();
  const found = [
    ...check("loss", first, c.loss, c, float),
    ...check("gradient of w1", a.grad!, c.gradW1, c, float),
    ...check("gradient of w2", b.grad!, c.gradW2, c, float),
  ];
  noGrad(() => b.set(b.sub(b.grad!.mul(lr))));
  found.push(...check("loss after w2", loss(), c.lossAfterW2, c, float));
  noGrad(() => a.set(a.sub(a.grad!.mul(lr))));
  return found.concat(check("loss after both", loss(), c.lossAfterBoth, c, float));
}

/** The loss of a batch: over all positions where there are several. */
function lossOf(c: TrainingCase, output: Tensor, target: Tensor): Tensor {
  if (c.lossFunction === "mse_loss") return nn.functional.mseLoss(output, target);
  const flat = output.reshape([-1, output.shape.at(-1)!]);
  return nn.functional.crossEntropy(flat, target.flatten());
}

/** Parameters with two or more axes decay, the others do not, where the case says so. */
function optimizerFor(c: TrainingCase, model: nn.Module): optim.Optimizer {
  const params = model.parameters();
  const options = camel(c.optimizerKwargs);
  if (!c.decayBySize) return MAKERS[c.optimizer]!(params, options);
  const [wide, narrow] = [params.filter((p) => p.ndim >= 2), params.filter((p) => p.ndim < 2)];
  return MAKERS[c.optimizer]!([{ params: wide }, { params: narrow, weightDecay: 0 }], options);
}

function runTraining(c: TrainingCase, float: DType): string[] {
  const model = makeModel(c.model);
  model.to(float);
  const state = Object.entries(c.stateDict).map(
    ([name, json]) => [name, loadTensor(json, float, false).value] as const,
  );
  loadTied(model, Object.fromEntries(state), c.model);
  const [x, y] = c.inputs.map((json) => loadTensor(json, float, false).value) as [Tensor, Tensor];
  const optimizer = optimizerFor(c, model);
  const output = model.forward(x);
  const loss = lossOf(c, output, y);
  loss.backward();
  const found = [
    ...check("output", output, c.output, c, float),
    ...check("loss", loss, c.loss, c, float),
  ];
  const parameters = model.namedParameters();
  if (parameters.length !== Object.keys(c.paramGrads).length) {
    found.push(`${c.name}: ${parameters.length} parameters`);
  }
  for (const [name, p] of parameters) {
    found.push(...check(`gradient of ${name}`, p.grad!, c.paramGrads[name]!, c, float));
  }
  const losses: number[] = [];
  for (let k = 0; k < c.steps; k++) {
    optimizer.zeroGrad();
    const now = lossOf(c, model.forward(x), y);
    losses.push(now.itemSync());
    now.backward();
    optimizer.step();
  }
  return found.concat(check("losses", tensor(losses, { dtype: float }), c.losses, c, float));
}

afterEach(() => setDefaultDevice("wasm"));

describe.each(DEVICES)("PyTorch's training on %s in %s", (device, float) => {
  test("08_optimizers", { timeout: 60_000 }, (context) => {
    needDevice(device, context);
    setDefaultDevice(device);
    const { cases } = readGroup<OptimizerCase>("08_optimizers");
    const provided = cases.filter((c) => c.optimizer !== "LBFGS" && MAKERS[c.optimizer]);
    const problems = provided.flatMap((c) => runOptimizer(c, float));
    console.log(
      `golden 08_optimizers: ${provided.length} of ${cases.length} cases run on ${device} ` +
        `in ${float}, ${problems.length} problems`,
    );
    const there = new Set(provided.map((c) => c.optimizer));
    expect(REQUIRED.filter((name) => !there.has(name))).toEqual([]);
    expect(provided.length).toBeGreaterThanOrEqual(12);
    expect(problems).toEqual([]);
  });

  test("11_end_to_end", { timeout: 60_000 }, (context) => {
    needDevice(device, context);
    setDefaultDevice(device);
    const { cases } = readGroup<LectureCase | TrainingCase>("11_end_to_end");
    const problems = cases.flatMap((c) =>
      c.op === "lecture" ? runLecture(c, float) : runTraining(c, float),
    );
    console.log(`golden 11_end_to_end: ${cases.length} cases on ${device} in ${float}`);
    expect(cases.length).toBe(6);
    expect(problems).toEqual([]);
  });
});
