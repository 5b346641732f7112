/** nn.utils.parametrizations: PyTorch's values, names and trees; what trains, compiles, clones. */
import { compile, linalg, manualSeed, nn, noGrad, ones, optim, randn, tensor } from "nabla";
import type { Tensor } from "nabla";
import { functionalCall } from "nabla/func";
import { describe, expect, it } from "vitest";
import type { Run } from "../golden/more.ts";
import { compiledProblems, gradientCases, moreProblems, readMore } from "../golden/more.ts";
import { bitsOf } from "../support/tensors.ts";

const { parametrizations: P, parametrize } = nn.utils;

const LAYERS: Readonly<Record<string, () => nn.Linear | nn.Conv2d>> = {
  Linear: () => new nn.Linear(4, 3),
  Conv2d: () => new nn.Conv2d(2, 3, 2),
  ConvTranspose2d: () => new nn.ConvTranspose2d(2, 3, 2) as unknown as nn.Conv2d,
};

const made = new Map<string, nn.Linear | nn.Conv2d>();

const run: Run = ({ name, op, settings }, [x, ...tensors]) => {
  const layer = made.get(name + x!.dtype) ?? LAYERS[settings["layer"] as string]!();
  if (!made.has(name + x!.dtype)) {
    P[op as "weightNorm" | "spectralNorm"](layer, settings["options"] as object);
    layer.to(x!.dtype).train(settings["training"] as boolean);
    made.set(name + x!.dtype, layer);
  }
  const names = settings["names"] as string[];
  const own = layer.stateDict();
  const isState = (key: string): boolean => /_[uv]$/.test(key);
  const states = names.map((key, i) => [key, tensors[i]!] as const).filter(([key]) => isState(key));
  noGrad(() => {
    for (const [key, buffer] of layer.namedBuffers()) {
      buffer.set(states.find(([state]) => state === key)![1]);
    }
  });
  const given = names.flatMap((key, i) => (isState(key) ? [] : [[key, tensors[i]!] as const]));
  expect(Object.keys(own).sort()).toEqual([...names].sort());
  const y = functionalCall(layer as nn.Linear, Object.fromEntries(given), [x!]);
  return [y, ...layer.buffers().map((buffer) => buffer.detach())];
};

const cases = readMore("parametrizations");

it("give PyTorch's values, gradients and buffers", () => {
  expect(cases.length).toBe(16);
  expect(gradientCases(cases)).toBe(16);
  const exact = { rtol: 1e-11, atol: 1e-12 };
  const near = { rtol: 1e-4, atol: 1e-5 };
  expect([
    ...cases.flatMap((c) => moreProblems(c, run, "float64", exact)),
    ...cases.flatMap((c) => moreProblems(c, run, "float32", near)),
  ]).toEqual([]);
});

it("compile to the same bits", { timeout: 60_000 }, () => {
  expect(cases.flatMap((c) => compiledProblems(c, run))).toEqual([]);
});

describe("modules", () => {
  it("print and name their tensors as PyTorch does", () => {
    const layer = P.spectralNorm(P.weightNorm(new nn.Linear(3, 2), { name: "weight" }), "bias");
    expect(Object.keys(layer.stateDict())).toEqual([
      "parametrizations.weight.original0",
      "parametrizations.weight.original1",
      "parametrizations.bias.original",
    ]);
    expect(String(layer)).toBe(`ParametrizedLinear(
  in_features=3, out_features=2, bias=True
  (parametrizations): ModuleDict(
    (weight): ParametrizationList(
      (0): _WeightNorm()
    )
    (bias): ParametrizationList(
      (0): _SpectralNorm()
    )
  )
)`);
    expect(layer).toBeInstanceOf(nn.Linear);
    expect(parametrize.isParametrized(layer)).toBe(true);
    expect(parametrize.isParametrized(layer, "weight")).toBe(true);
    parametrize.removeParametrizations(layer, "weight");
    expect(String(layer)).toContain("(bias): ParametrizationList");
    parametrize.removeParametrizations(layer, "bias");
    expect(String(layer)).toBe("Linear(in_features=3, out_features=2, bias=True)");
    expect(Object.keys(layer.stateDict())).toEqual(["weight", "bias"]);
    expect(parametrize.isParametrized(layer)).toBe(false);
  });

  it("compute the same before, within and after weightNorm", () => {
    const [layer, x] = [new nn.Linear(3, 2), randn([4, 3])];
    const before = layer.forward(x);
    P.weightNorm(layer);
    expect(layer.forward(x).sub(before).abs().max().itemSync()).toBeLessThan(1e-6);
    parametrize.removeParametrizations(layer, "weight");
    expect(layer.forward(x).sub(before).abs().max().itemSync()).toBeLessThan(1e-6);
    expect(layer.weight.requiresGrad).toBe(true);
  });

  it("a weight that is set goes through the right inverse", () => {
    const layer = P.weightNorm(new nn.Linear(3, 2));
    const value = randn([2, 3]);
    (layer as { weight: Tensor }).weight = value;
    expect(layer.weight.sub(value).abs().max().itemSync()).toBeLessThan(1e-6);
    parametrize.registerParametrization(layer, "weight", new Doubled());
    expect(layer.weight.sub(value.mul(2)).abs().max().itemSync()).toBeLessThan(1e-6);
    expect(() => ((layer as { weight: Tensor }).weight = value)).toThrow("it has no rightInverse");
  });

  it("clones train apart, and states move between them", () => {
    const layer = P.spectralNorm(new nn.Linear(3, 2));
    const copy = layer.clone().eval();
    layer.eval();
    const x = randn([4, 3]);
    expect(bitsOf(copy.forward(x))).toBe(bitsOf(layer.forward(x)));
    P.weightNorm(copy, "bias", null);
    expect(parametrize.isParametrized(layer, "bias")).toBe(false);
    const other = P.spectralNorm(new nn.Linear(3, 2)).eval();
    other.loadStateDict(layer.stateDict());
    expect(bitsOf(other.forward(x))).toBe(bitsOf(layer.forward(x)));
  });

  it("spectralNorm comes to 1, in training alone", async () => {
    manualSeed(2);
    const layer = P.spectralNorm(new nn.Conv2d(3, 5, 3).to("float64"));
    const state = () => bitsOf(layer.stateDict()["parametrizations.weight.0._u"]!);
    for (let k = 0; k < 60; k++) void layer.weight;
    layer.eval();
    const before = state();
    const values = linalg.svdvals(layer.weight.flatten(1));
    expect(await values.max().item()).toBeCloseTo(1, 6);
    expect(state()).toBe(before);
  });

  it("train compiled as plain, also where a layer changes later", () => {
    const run = (wrap: typeof compile | null): string[] => {
      manualSeed(7);
      const net = new nn.Sequential(
        P.weightNorm(new nn.Linear(3, 4)),
        new nn.Tanh(),
        P.spectralNorm(new nn.Linear(4, 1)),
      );
      const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
      const [x, y] = [randn([8, 3]), randn([8, 1])];
      const body = (): Tensor => {
        const loss = nn.functional.mseLoss(net.forward(x), y);
        loss.backward();
        optimizer.step();
        optimizer.zeroGrad();
        return loss;
      };
      const step = wrap === null ? body : wrap(body);
      const bits = Array.from({ length: 6 }, () => bitsOf(step()));
      const forward = wrap === null ? () => net.forward(x) : wrap(() => net.forward(x));
      bits.push(bitsOf(forward().detach()));
      net.eval();
      bits.push(bitsOf(forward().detach()));
      parametrize.removeParametrizations(net.children()[0]!, "weight");
      bits.push(bitsOf(forward().detach()));
      P.weightNorm(net.children()[0]!, "weight", null);
      noGrad(() => net.parameters().forEach((p) => p.set(p.mul(1.5))));
      bits.push(bitsOf(forward().detach()));
      return bits;
    };
    expect(run(compile)).toEqual(run(null));
  });

  it("take recurrent layers too", () => {
    const layer = P.weightNorm(new nn.LSTM(2, 3), "weight_hh_l0");
    const [y] = layer.forward(randn([4, 1, 2]));
    y.sum().backward();
    const g = layer.namedParameters().find(([name]) => name.endsWith("original0"))![1];
    expect([g.shape, g.grad?.shape]).toEqual([[12, 1], [12, 1]]); // prettier-ignore
  });
});

/** Twice the original. */
class Doubled extends nn.Module {
  override forward(x: Tensor): Tensor {
    return x.mul(2);
  }
}

/** Another shape. */
class Row extends nn.Module {
  override forward(x: Tensor): Tensor {
    return x.select(0, 0);
  }
}

describe("errors", () => {
  const layer = (): nn.Linear => new nn.Linear(3, 2);
  it.each([
    [() => P.weightNorm(layer(), "kernel"), "Linear.kernel: it is undefined; need a parameter"],
    [() => P.weightNorm(layer(), { dim: 2 }), "weightNorm: axis 2 is out of range"],
    [() => P.spectralNorm(layer(), "kernel"), "Linear has no tensor kernel with axes."],
    [() => P.spectralNorm(layer(), { nPowerIterations: 0 }), "nPowerIterations is 0; need an"],
    [() => P.spectralNorm(layer(), { power: 1 } as never), 'there is no option "power"'],
    [
      () => parametrize.registerParametrization(layer(), "weight", new Row()),
      "Linear.weight: it became float32[3]; need float32[2, 3]",
    ],
    [
      () => parametrize.removeParametrizations(layer(), "weight"),
      "removeParametrizations of Linear.weight: the tensor is not parametrized.",
    ],
    [
      () =>
        parametrize.removeParametrizations(P.weightNorm(layer()), "weight", {
          leaveParametrized: false,
        }),
      "it has 2 originals; need one, to leave it",
    ],
  ])("%s", (make, message) => {
    expect(make).toThrow(message);
  });

  it("leave the module as it was", () => {
    const one = layer();
    expect(() => parametrize.registerParametrization(one, "weight", new Row())).toThrow();
    expect(String(one)).toBe("Linear(in_features=3, out_features=2, bias=True)");
    expect(Object.keys(one.stateDict())).toEqual(["weight", "bias"]);
  });
});

describe("functionalCall", () => {
  it("uses what is given, and leaves the module as it is", () => {
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.ReLU());
    const before = bitsOf(net.stateDict()["0.weight"]!);
    const weight = ones([2, 2]).requireGrad();
    const y = functionalCall(net, { "0.weight": weight }, [ones([1, 2])]);
    y.sum().backward();
    expect(weight.grad).not.toBeNull();
    expect(net.parameters().some((p) => p.grad === null)).toBe(true);
    expect(bitsOf(net.stateDict()["0.weight"]!)).toBe(before);
    const compiled = compile((w: Tensor, x: Tensor) => functionalCall(net, { "0.weight": w }, x));
    const x = randn([3, 2]);
    for (const w of [weight, weight.mul(2)]) {
      const plain = functionalCall(net, { "0.weight": w }, [x]);
      expect(bitsOf(compiled(w, x).detach())).toBe(bitsOf(plain.detach()));
    }
    noGrad(() => net.parameters()[1]!.set(tensor([1, 2])));
    const plain = functionalCall(net, { "0.weight": weight }, [x]);
    expect(bitsOf(compiled(weight, x).detach())).toBe(bitsOf(plain.detach()));
  });

  it("replaces tensors that are shared, everywhere", () => {
    const net = new nn.Sequential(new nn.Linear(2, 2, false), new nn.Linear(2, 2, false));
    const [first, second] = net.children() as nn.Linear[];
    second!.weight = first!.weight;
    const y = functionalCall(net, { "0.weight": ones([2, 2]) }, [ones([1, 2])]);
    expect(y.toArraySync()).toEqual([[4, 4]]);
    expect(second!.weight).toBe(first!.weight);
  });

  it("refuses what does not fit, and a forward that fails leaves the module whole", async () => {
    const net = new nn.Linear(2, 2);
    const weight = net.weight;
    const x = ones([1, 2]);
    expect(() => functionalCall(net, { w: ones([2, 2]) }, [x])).toThrow(
      'functionalCall: there is no tensor "w"; there are weight, bias.',
    );
    expect(() => functionalCall(net, { weight: ones([2, 3]) }, [x])).toThrow("need [2, 2]");
    expect(() => functionalCall(net, { weight: 1 as never }, [x])).toThrow("need a tensor");
    expect(() => functionalCall(net, { weight: ones([2, 2]) }, [ones([1, 3])])).toThrow();
    expect(net.weight).toBe(weight);
    const late = new (class extends nn.Module {
      w = new nn.Parameter(ones([1]));
      override forward(y: Tensor): Promise<Tensor> {
        return Promise.resolve(y.mul(this.w));
      }
    })();
    expect(() => functionalCall(late, { w: ones([1]) }, [x])).toThrow("is asynchronous");
    await Promise.resolve();
  });
});
