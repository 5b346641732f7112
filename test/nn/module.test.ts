/** Modules: what belongs to them, how they print, how they are saved and loaded. */
import { describe, expect, it } from "vitest";
import * as nn from "../../src/doors/nn.ts";
import { ones, tensor, zeros } from "../../src/tensor/create.ts";
import { noGrad } from "../../src/tensor/grad-mode.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

class Net extends nn.Module {
  fc1 = new nn.Linear(1, 4);
  act = new nn.Tanh();
  fc2 = new nn.Linear(4, 1);
  scale = new nn.Parameter(ones([1]));
  note = "not a parameter";
  plain = tensor([1, 2, 3]);

  forward(x: Tensor): Tensor {
    return this.fc2.forward(this.act.forward(this.fc1.forward(x))).mul(this.scale);
  }
}

const keys = (module: nn.Module): string[] => module.namedParameters().map(([name]) => name);

describe("a subclass", () => {
  it("has what its properties hold, own parameters first, as PyTorch orders them", () => {
    const net = new Net();
    expect(keys(net)).toEqual(["scale", "fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]);
    expect(net.namedModules().map(([name]) => name)).toEqual(["", "fc1", "act", "fc2"]);
    expect(net.children()).toEqual([net.fc1, net.act, net.fc2]);
    expect(net.parameters({ recurse: false })).toEqual([net.scale]);
    expect(net.parameters().every((p) => p.requiresGrad && p.settable)).toBe(true);
  });

  it("computes, and its parameters get gradients", () => {
    const net = new Net();
    const y = net.forward(zeros([5, 1])); // [5, 1]
    expect(y.shape).toEqual([5, 1]);
    y.sum().backward();
    for (const p of net.parameters()) expect(p.grad?.shape).toEqual(p.shape);
    net.zeroGrad();
    expect(net.parameters().every((p) => p.grad === null)).toBe(true);
  });

  it("follows what is assigned later", () => {
    const net = new Net();
    net.fc2 = new nn.Linear(4, 1, { bias: false });
    expect(keys(net)).toEqual(["scale", "fc1.weight", "fc1.bias", "fc2.weight"]);
  });
});

describe("sharing", () => {
  it("counts a shared parameter and a shared module once, but saves them under every name", () => {
    const one = new nn.Linear(2, 2);
    const two = new nn.Linear(2, 2);
    two.weight = one.weight;
    const tied = new nn.Sequential(one, two, one);
    expect(keys(tied)).toEqual(["0.weight", "0.bias", "1.bias"]);
    expect(tied.modules()).toEqual([tied, one, two]);
    expect(Object.keys(tied.stateDict())).toEqual(
      [0, 1, 2].flatMap((k) => [`${k}.weight`, `${k}.bias`]),
    );
    tied
      .forward(ones([1, 2]))
      .sum()
      .backward();
    expect(one.weight.grad).toBe(two.weight.grad);
  });
});

describe("printing", () => {
  it("shows PyTorch's tree", () => {
    const model = new nn.Sequential(new nn.Linear(1, 10), new nn.Tanh(), new nn.Linear(10, 1));
    expect(String(model)).toBe(
      "Sequential(\n" +
        "  (0): Linear(in_features=1, out_features=10, bias=True)\n" +
        "  (1): Tanh()\n" +
        "  (2): Linear(in_features=10, out_features=1, bias=True)\n" +
        ")",
    );
  });

  it("indents what is nested", () => {
    class Deep extends nn.Module {
      body = new nn.Sequential({ act: new nn.ReLU(), drop: new nn.Dropout(0.1) });
      head = new nn.Identity();
      forward(x: Tensor): Tensor {
        return this.head.forward(this.body.forward(x));
      }
    }
    expect(String(new Deep())).toBe(
      "Deep(\n" +
        "  (body): Sequential(\n" +
        "    (act): ReLU()\n" +
        "    (drop): Dropout(p=0.1, inplace=False)\n" +
        "  )\n" +
        "  (head): Identity()\n" +
        ")",
    );
  });

  it.each([
    [new nn.Linear(3, 2, { bias: false }), "Linear(in_features=3, out_features=2, bias=False)"],
    [new nn.LeakyReLU(), "LeakyReLU(negative_slope=0.01)"],
    [new nn.LeakyReLU({ negativeSlope: 0.2 }), "LeakyReLU(negative_slope=0.2)"],
    [new nn.ELU(), "ELU(alpha=1.0)"],
    [new nn.GELU(), "GELU(approximate='none')"],
    [new nn.GELU({ approximate: "tanh" }), "GELU(approximate='tanh')"],
    [new nn.Softmax(1), "Softmax(dim=1)"],
    [new nn.Softplus(), "Softplus(beta=1, threshold=20)"],
    [new nn.Hardtanh(), "Hardtanh(min_val=-1.0, max_val=1.0)"],
    [new nn.Dropout(), "Dropout(p=0.5, inplace=False)"],
    [new nn.Flatten(), "Flatten(start_dim=1, end_dim=-1)"],
    [new nn.Softshrink(), "Softshrink(0.5)"],
    [new nn.MSELoss(), "MSELoss()"],
    [new nn.CrossEntropyLoss(), "CrossEntropyLoss()"],
  ])("%s", (module, text) => expect(String(module)).toBe(text));
});

describe("Sequential", () => {
  const model = new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU(), new nn.Linear(3, 1));

  it("can be counted, indexed and iterated over", () => {
    expect(model.length).toBe(3);
    expect(model.at(1)).toBeInstanceOf(nn.ReLU);
    expect(model.at(-1)).toBe(model.at(2));
    expect([...model].map((layer) => layer.constructor.name)).toEqual(["Linear", "ReLU", "Linear"]);
    expect(() => model.at(3)).toThrow("Sequential.at: 3 is out of range; there are 3 modules.");
  });

  it("grows, and refuses what is no module", () => {
    const grown = new nn.Sequential(new nn.Linear(2, 3)).append(new nn.Tanh());
    expect(grown.forward(ones([4, 2])).shape).toEqual([4, 3]);
    expect(() => new nn.Sequential("relu" as never, new nn.Tanh())).toThrow("no module but string");
  });
});

describe("ModuleList", () => {
  it("belongs to the module that has it", () => {
    class Stack extends nn.Module {
      layers = new nn.ModuleList([2, 3].map((n) => new nn.Linear(n, n + 1)));
      forward(x: Tensor): Tensor {
        let y = x;
        for (const layer of this.layers) y = layer.forward(y);
        return y;
      }
    }
    const stack = new Stack();
    expect(keys(stack)).toEqual([0, 1].flatMap((k) => [`layers.${k}.weight`, `layers.${k}.bias`]));
    expect(stack.forward(ones([1, 2])).shape).toEqual([1, 4]);
    expect(String(stack.layers)).toContain("ModuleList(\n  (0): Linear(in_features=2");
    expect(() => stack.layers.forward()).toThrow("a list has no forward");
  });
});

describe("stateDict", () => {
  it("has PyTorch's keys and layouts, and values instead of windows", () => {
    const model = new nn.Sequential(new nn.Linear(2, 3));
    const dict = model.stateDict();
    expect(Object.keys(dict)).toEqual(["0.weight", "0.bias"]);
    expect(Object.getPrototypeOf(dict)).toBeNull();
    expect(dict["0.weight"]!.shape).toEqual([3, 2]);
    expect(dict["0.weight"]!.requiresGrad).toBe(false);
    const before = dict["0.bias"]!.toArraySync();
    noGrad(() => model.parameters()[1]!.set(tensor([7, 8, 9])));
    expect(dict["0.bias"]!.toArraySync()).toEqual(before);
  });

  it("goes into another module, and training goes on from there", () => {
    const [a, b] = [new Net(), new Net()];
    const report = b.loadStateDict(a.stateDict());
    expect(report).toEqual({ missingKeys: [], unexpectedKeys: [] });
    const x = tensor([[0.5], [-1]]);
    expect(b.forward(x).toArraySync()).toEqual(a.forward(x).toArraySync());
    expect(b.parameters().every((p) => p.requiresGrad)).toBe(true);
  });

  it("is refused with every mismatch in one message, and nothing is loaded", () => {
    const model = new nn.Sequential(new nn.Linear(2, 3), new nn.Linear(3, 1));
    const before = model.stateDict();
    const wrong = {
      "0.weight": zeros([2, 3]),
      "0.bias": zeros([3]),
      "1.weight": zeros([1, 3], { dtype: "float64" }),
      "2.weight": zeros([1]),
    };
    expect(() => model.loadStateDict(wrong)).toThrow(
      "Sequential.loadStateDict: the state does not fit, nothing was loaded:\n" +
        "  1.bias: is missing\n" +
        "  2.weight: is not part of the module\n" +
        "  0.weight: is [2, 3], need [3, 2]\n" +
        '  1.weight: is float64, need float32; convert it with .to("float32")',
    );
    for (const [key, value] of Object.entries(model.stateDict())) {
      expect(value.toArraySync()).toEqual(before[key]!.toArraySync());
    }
  });

  it("may be partial with strict: false", () => {
    const model = new nn.Linear(2, 1);
    const report = model.loadStateDict({ bias: tensor([5]), more: tensor(1) }, { strict: false });
    expect(report).toEqual({ missingKeys: ["weight"], unexpectedKeys: ["more"] });
    expect(model.bias!.toArraySync()).toEqual([5]);
  });
});

describe("buffers", () => {
  class Counter extends nn.Module {
    declare count: Tensor;
    declare scratch: Tensor;
    constructor() {
      super();
      this.registerBuffer("count", tensor([0]));
      this.registerBuffer("scratch", tensor([0]), { persistent: false });
    }
    forward(x: Tensor): Tensor {
      noGrad(() => this.count.set(this.count.add(1)));
      return x;
    }
  }

  it("are saved and set but not trained", () => {
    const counter = new Counter();
    counter.forward(tensor([1]));
    expect(counter.parameters()).toEqual([]);
    expect(counter.namedBuffers().map(([name]) => name)).toEqual(["count", "scratch"]);
    expect(Object.keys(counter.stateDict())).toEqual(["count"]);
    expect(counter.count.toArraySync()).toEqual([1]);
    expect(() => counter.registerBuffer("forward", null)).toThrow("the name of another property");
  });
});

describe("modes and moves", () => {
  it("train and eval reach every module", () => {
    const model = new nn.Sequential(new nn.Dropout(), new nn.Sequential(new nn.Dropout()));
    expect(model.modules().every((m) => m.training)).toBe(true);
    expect(model.eval()).toBe(model);
    expect(model.modules().some((m) => m.training)).toBe(false);
    expect(
      model
        .train()
        .modules()
        .every((m) => m.training),
    ).toBe(true);
  });

  it("freezing keeps a parameter in place but out of the gradient", () => {
    const model = new nn.Sequential(new nn.Linear(2, 2), new nn.Linear(2, 1));
    model.at(0).requireGrad(false);
    model
      .forward(ones([1, 2]))
      .sum()
      .backward();
    expect(model.parameters().map((p) => p.grad !== null)).toEqual([false, false, true, true]);
    expect(Object.keys(model.stateDict())).toHaveLength(4);
  });

  it("to converts all floats and keeps what is shared shared", () => {
    const one = new nn.Linear(2, 2);
    const model = new nn.Sequential(one, one);
    model.to("float64");
    expect(one.weight.dtype).toBe("float64");
    expect(one.weight).toBeInstanceOf(nn.Parameter);
    expect(model.forward(ones([1, 2], { dtype: "float64" })).dtype).toBe("float64");
    expect(() => model.to("int32")).toThrow("modules can be float32 or float64");
  });

  it("apply visits children first", () => {
    const seen: string[] = [];
    new nn.Sequential(new nn.Tanh(), new nn.ReLU()).apply((m) => seen.push(m.constructor.name));
    expect(seen).toEqual(["Tanh", "ReLU", "Sequential"]);
  });
});

describe("mistakes", () => {
  it("names the shapes where an input does not fit", () => {
    expect(() => new nn.Linear(3, 2).forward(ones([4, 5]))).toThrow(
      "linear: x is [4, 5], weight is [2, 3] ([out, in]); need x.shape[-1] (5) = weight.shape[1] (3).",
    );
  });

  it("refuses parameters without gradients and sizes that are none", () => {
    expect(() => new nn.Parameter(tensor([1], { dtype: "int32" }))).toThrow("the data is int32");
    expect(() => new nn.Linear(1.5, 2)).toThrow("Linear: inFeatures is 1.5");
    expect(() => new nn.Dropout(1.5)).toThrow("Dropout: p is 1.5");
    expect(() => new nn.Softmax(undefined as never)).toThrow("Softmax: dim is undefined");
  });
});
