/**
 * Initialisation against the distributions PyTorch states: golden group 10; clipping; the seed.
 */
import { describe, expect, it } from "vitest";
import * as nn from "../../src/doors/nn.ts";
import { zeros } from "../../src/tensor/create.ts";
import { manualSeed } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { mismatch } from "../support/compare.ts";
import { makeModule } from "../support/modules.ts";
import { camelCase, camelOptions } from "../support/optimizers.ts";
import { bitsOf, valuesOf } from "../support/tensors.ts";
import type { CaseBase, JsonTensor } from "../support/torch-json.ts";
import { loadTensor, readGroup, readValues } from "../support/torch-json.ts";

interface Expected {
  readonly bound?: number;
  readonly low?: number;
  readonly high?: number;
  readonly mean?: number;
  readonly std?: number;
  readonly gramOf?: "rows" | "cols";
  readonly gramDiagonal?: number;
}

interface InitCase extends CaseBase {
  readonly op: string;
  readonly args?: readonly (number | string)[];
  readonly kwargs: Readonly<Record<string, number | string>>;
  readonly shape?: readonly number[];
  readonly inputs?: readonly JsonTensor[];
  readonly output: number | readonly JsonTensor[];
  readonly totalNorm?: JsonTensor;
  readonly expect?: Expected & Readonly<Record<string, unknown>>;
  readonly module?: string;
  readonly ctor?: Readonly<Record<string, number>>;
}

/** How a fresh parameter is distributed. */
interface DefaultOf {
  readonly distribution: "uniform" | "normal" | "constant";
  readonly shape: readonly number[];
  readonly value?: number;
  readonly bound?: number;
  readonly mean?: number;
  readonly std?: number;
}

const { cases } = readGroup<InitCase>("10_clip_and_init");
const of = (test: (c: InitCase) => boolean) => cases.filter(test).map((c) => [c.name, c] as const);
const schemes = nn.init as unknown as Record<string, (x: Tensor, o: object) => Tensor>;
const schemeOf = (op: string): string => camelCase(op.replace(/_$/, ""));

/** The mean and the standard deviation. */
function moments(data: ArrayLike<number>): { mean: number; std: number } {
  const list = Array.from(data);
  const mean = list.reduce((a, b) => a + b, 0) / list.length;
  return {
    mean,
    std: Math.sqrt(list.reduce((a, b) => a + (b - mean) * (b - mean), 0) / list.length),
  };
}

/** Checks a sample; its moments may be off by five standard errors. */
function checkSample(x: Tensor, { bound, low, high, mean = 0, std }: Expected): void {
  const data = x.dataSync();
  const [least, most] = [low ?? -(bound ?? Infinity), high ?? bound ?? Infinity];
  expect(data.every((v) => v >= least * (1 + 1e-6) && v <= most * (1 + 1e-6))).toBe(true);
  if (std === undefined) return;
  const found = moments(data);
  expect(Math.abs(found.mean - mean)).toBeLessThan((5 * std) / Math.sqrt(data.length));
  expect(Math.abs(found.std / std - 1)).toBeLessThan(4 / Math.sqrt(data.length));
}

function checkGram(x: Tensor, { gramOf, gramDiagonal }: Expected): void {
  const rows = x.toArraySync() as number[][];
  const lines = gramOf === "rows" ? rows : rows[0]!.map((_, k) => rows.map((row) => row[k]!));
  lines.forEach((a, i) =>
    lines.forEach((b, j) => {
      const product = a.reduce((sum, value, k) => sum + value * b[k]!, 0);
      expect(product).toBeCloseTo(i === j ? gramDiagonal! : 0, 5);
    }),
  );
}

describe("golden 10_clip_and_init", () => {
  it.each(of((c) => c.op === "calculate_gain"))("%s", (_, c) => {
    const gain = nn.init.calculateGain(c.args![0] as nn.init.Nonlinearity, c.args![1] as number);
    expect(gain).toBeCloseTo(c.output as number, 12);
  });

  it.each(of((c) => schemeOf(c.op) in nn.init && c.shape !== undefined))("%s", (_, c) => {
    manualSeed(1);
    const x = zeros(c.shape!, { requiresGrad: true });
    expect(schemes[schemeOf(c.op)]!(x, camelOptions(c.kwargs))).toBe(x);
    if (c.expect!.gramOf !== undefined) checkGram(x, c.expect!);
    else checkSample(x, c.expect!);
  });

  it.each(of((c) => c.op === "module_defaults"))("%s", (_, c) => {
    manualSeed(2);
    const module = makeModule(c.module!, c.ctor!);
    const wanted = c.expect as unknown as Readonly<Record<string, DefaultOf>>;
    expect(Object.keys(module.stateDict())).toEqual(Object.keys(wanted));
    for (const [name, p] of module.namedParameters()) {
      const { distribution, shape, value, bound = 0, mean, std } = wanted[name]!;
      expect(p.shape).toEqual(shape);
      if (distribution === "constant") {
        expect(p.dataSync().every((v) => v === value)).toBe(true);
      } else if (distribution === "uniform") {
        checkSample(p, { bound, std: bound / Math.sqrt(3) });
      } else {
        checkSample(p, { mean: mean!, std: std! });
      }
    }
  });

  it("has no case that nothing checks", () => {
    const known = (c: InitCase): boolean =>
      c.op === "calculate_gain" || c.op === "module_defaults" || c.op.startsWith("clip_grad");
    expect(cases.length).toBe(37);
    expect(cases.filter((c) => !known(c) && !(schemeOf(c.op) in nn.init))).toEqual([]);
  });

  it.each(of((c) => c.op.startsWith("clip_grad")))("%s", (_, c) => {
    const owners = c.inputs!.map((json) => {
      const { value } = loadTensor(json, "float32", false);
      const owner = zeros(value.shape, { requiresGrad: true });
      owner.grad = value;
      return owner;
    });
    const limit = c.args![0] as number;
    if (c.op === "clip_grad_norm_") {
      const normType = Number(c.kwargs.norm_type ?? 2);
      const total = nn.utils.clipGradNorm(owners, limit, { normType });
      expect(mismatch(valuesOf(total), readValues(c.totalNorm!, "float32"), c)).toBeNull();
    } else {
      nn.utils.clipGradValue(owners, limit);
    }
    (c.output as readonly JsonTensor[]).forEach((json, k) => {
      const found = mismatch(valuesOf(owners[k]!.grad!), readValues(json, "float32"), c);
      expect(found).toBeNull();
    });
  });
});

describe("schemes beyond", () => {
  it("dirac passes its input through, group by group", () => {
    const layer = new nn.Conv2d(4, 4, 3, { padding: 1, groups: 2, bias: false });
    nn.init.dirac(layer.weight, { groups: 2 });
    const x = nn.init.normal(zeros([1, 4, 5, 5], { requiresGrad: true })).detach();
    expect(layer.forward(x).toArraySync()).toEqual(x.toArraySync());
    expect(() => nn.init.dirac(zeros([2, 2], { requiresGrad: true }))).toThrow("dirac: the tensor");
  });

  it("sparse leaves a share of each column", () => {
    const x = nn.init.sparse(zeros([10, 7], { requiresGrad: true }), 0.25, { std: 0.5 });
    const rows = x.toArraySync() as number[][];
    for (let c = 0; c < 7; c++) expect(rows.filter((row) => row[c] === 0)).toHaveLength(3);
  });

  it("eye, constant, zeros and ones", () => {
    const leaf = (): Tensor => zeros([2, 3], { requiresGrad: true });
    expect(nn.init.eye(leaf()).toArraySync()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(nn.init.constant(leaf(), 2).toArraySync()).toEqual([
      [2, 2, 2],
      [2, 2, 2],
    ]);
    expect(nn.init.ones(leaf()).sum().itemSync()).toBe(6);
  });
});

describe("the seed", () => {
  it("gives the same weights again, and other weights to other layers", () => {
    const make = (): string[] => {
      manualSeed(42);
      const model = new nn.Sequential(new nn.Linear(3, 3), new nn.Linear(3, 3));
      return model.parameters().map(bitsOf);
    };
    const first = make();
    expect(make()).toEqual(first);
    expect(first[0]).not.toBe(first[2]);
  });
});

describe("mistakes", () => {
  it("are named", () => {
    const line = zeros([3], { requiresGrad: true });
    expect(() => nn.init.kaimingUniform(line)).toThrow("need at least two axes, [out, in, …]");
    expect(() => nn.init.calculateGain("step" as "relu")).toThrow("there is no gain for step");
    expect(() => nn.init.ones(zeros([3]))).toThrow("set: the tensor is a value");
    expect(() => nn.utils.clipGradNorm([line], 1, { normType: -1 })).toThrow("normType is -1");
  });

  it("errorIfNonfinite leaves the gradients as they were", () => {
    const x = zeros([2], { requiresGrad: true });
    x.sum().div(0).backward();
    const clip = () => nn.utils.clipGradNorm([x], 1, { errorIfNonfinite: true });
    expect(clip).toThrow("the norm of the gradients is Infinity");
    expect(x.grad!.toArraySync()).toEqual([Infinity, Infinity]);
  });
});
