/** Forward hooks, the table of a model, and the containers. */
import { compile, nn, ones, tensor } from "nabla";
import type { Tensor } from "nabla";
import { describe, expect, it } from "vitest";

describe("forward hooks", () => {
  it("see arguments and output, and may replace them", () => {
    const layer = new nn.Identity();
    const seen: string[] = [];
    const pre = layer.registerForwardPreHook((module, [x]) => {
      seen.push(`${module.constructor.name} ${String((x as Tensor).toArraySync())}`);
      return [(x as Tensor).add(1)];
    });
    const post = layer.registerForwardHook((_, __, y) => (y as Tensor).mul(10));
    expect(layer.forward(tensor([1])).toArraySync()).toEqual([20]);
    pre.remove();
    expect(layer.forward(tensor([1])).toArraySync()).toEqual([10]);
    post.remove();
    expect(layer.forward(tensor([1])).toArraySync()).toEqual([1]);
    expect(seen).toEqual(["Identity 1"]);
    expect(Object.getOwnPropertyDescriptor(layer, "forward")?.value).toBeUndefined();
  });

  it("run inside a model, and inside compile, and do not disturb its parts", () => {
    const model = new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU());
    const shapes: unknown[] = [];
    model.at(0).registerForwardHook((_, __, y) => void shapes.push((y as Tensor).shape));
    model.at(1).registerForwardHook((_, __, y) => (y as Tensor).add(1));
    const x = ones([4, 2]);
    const plain = model.forward(x);
    expect(compile((v: Tensor) => model.forward(v))(x).toArraySync()).toEqual(plain.toArraySync());
    expect(plain.min().itemSync()).toBeGreaterThanOrEqual(1);
    expect(shapes[0]).toEqual([4, 3]);
    expect(Object.keys(model.stateDict())).toEqual(["0.weight", "0.bias"]);
  });

  it("go back to a forward that the module had of its own", () => {
    const layer = new nn.Identity();
    layer.forward = (x: Tensor) => x.mul(2);
    layer.registerForwardHook((_, __, y) => (y as Tensor).add(1)).remove();
    expect(layer.forward(tensor([3])).toArraySync()).toEqual([6]);
  });
});

describe("summary", () => {
  class Tied extends nn.Module {
    embed = new nn.Embedding(11, 4);
    block = new nn.Sequential({ up: new nn.Linear(4, 16), act: new nn.GELU() });
    down = new nn.Linear(16, 4, { bias: false });
    head = new nn.Linear(4, 11, { bias: false });
    constructor() {
      super();
      this.head.weight = this.embed.weight;
      this.down.requireGrad(false);
    }
    forward(x: Tensor): Tensor {
      return this.head.forward(this.down.forward(this.block.forward(this.embed.forward(x))));
    }
  }

  it("counts parameters once and the multiply–adds of each layer", () => {
    const model = new Tied();
    const before = model.embed.weight.toArraySync();
    const found = nn.summary(model, [2, 5], { dtype: "int32" });
    expect(found).toMatchObject({ parameters: 188, trainable: 124, multiplyAdds: 1720 });
    const rows = found.rows.map((r) => [r.name, r.outputShapes[0], r.parameters, r.multiplyAdds]);
    expect(rows).toEqual([
      ["", [2, 5, 11], 0, 0],
      ["embed", [2, 5, 4], 44, 0],
      ["block", [2, 5, 16], 0, 0],
      ["block.up", [2, 5, 16], 80, 640],
      ["block.act", [2, 5, 16], 0, 0],
      ["down", [2, 5, 4], 64, 640],
      ["head", [2, 5, 11], 0, 440],
    ]);
    expect(model.embed.weight.toArraySync()).toEqual(before);
    expect(Object.getOwnPropertyDescriptor(model, "forward")?.value).toBeUndefined();
  });

  it("is a table as text", () => {
    const model = new nn.Sequential(new nn.Linear(100, 1000), new nn.ReLU());
    expect(String(nn.summary(model, [64, 100]))).toBe(
      [
        "Layer        Output shape  Parameters  Multiply–adds",
        "────────────────────────────────────────────────────",
        "Sequential   [64, 1000]             –              –",
        "  0: Linear  [64, 1000]       101,000      6,400,000",
        "  1: ReLU    [64, 1000]             –              –",
        "────────────────────────────────────────────────────",
        "Parameters: 101,000   Multiply–adds: 6,400,000",
      ].join("\n"),
    );
  });

  it("counts attention, and leaves the statistics of BatchNorm alone", () => {
    const layer = new nn.MultiheadAttention(8, 2, { batchFirst: true });
    class Self extends nn.Module {
      attention = layer;
      norm = new nn.BatchNorm1d(3);
      forward(x: Tensor): Tensor {
        return this.norm.forward(this.attention.forward(x, x, x)[0]);
      }
    }
    const model = new Self();
    // projections 2·3·8·24 and 2·3·8·8, scores and means 2·2·3·3·4 each
    expect(nn.summary(model, [2, 3, 8]).multiplyAdds).toBe(1152 + 384 + 2 * 144);
    expect(model.norm.numBatchesTracked!.itemSync()).toBe(0);
    expect(() => nn.summary(model, [1.5])).toThrow("the input shape is [1.5]");
  });
});

describe("containers", () => {
  it("ModuleDict finds modules by name and belongs to its owner", () => {
    const heads = new nn.ModuleDict({ a: new nn.Linear(2, 1), b: new nn.Linear(2, 3) });
    expect(heads.get("b").forward(ones([1, 2])).shape).toEqual([1, 3]);
    expect([heads.size, heads.keys(), heads.has("c")]).toEqual([2, ["a", "b"], false]);
    expect(Object.keys(heads.stateDict())).toEqual(["a.weight", "a.bias", "b.weight", "b.bias"]);
    heads.put("a", new nn.Linear(2, 5, { bias: false }));
    expect(heads.pop("b")).toBeInstanceOf(nn.Linear);
    expect([...heads].map(([name]) => name)).toEqual(["a"]);
    expect(() => heads.get("b")).toThrow("there is no module b; there are a.");
    expect(() => heads.put("forward", new nn.Linear(1, 1))).toThrow("is taken by a method");
    expect(() => heads.forward()).toThrow("a dictionary has no forward");
  });

  it("ModuleDict refuses names whose order JavaScript would change", () => {
    const layer = (): nn.Linear => new nn.Linear(1, 1);
    const heads = new nn.ModuleDict([
      ["0", layer()],
      ["7", layer()],
      ["b", layer()],
    ]);
    expect(heads.keys()).toEqual(["0", "7", "b"]);
    expect(() => heads.put("9", layer())).toThrow("ModuleDict: 9 would come before b: JavaScript");
    expect(() => new nn.ModuleDict({ b: layer(), 1: layer() })).toThrow(
      "Give pairs in their order",
    );
    expect(() => new nn.ModuleDict({ 2: layer(), 1: layer() })).toThrow(
      "the whole number 1 before",
    );
    expect(heads.put("7", layer()).put("a", layer()).keys()).toEqual(["0", "7", "b", "a"]);
    expect(new nn.ModuleDict({ 1: layer() }).keys()).toEqual(["1"]);
  });

  it("ParameterList makes parameters of tensors", () => {
    const list = new nn.ParameterList([ones([2]), new nn.Parameter(ones([3]))]).append(ones([1]));
    expect(list.parameters().map((p) => p.shape)).toEqual([[2], [3], [1]]);
    expect(Object.keys(list.stateDict())).toEqual(["0", "1", "2"]);
    expect([list.length, list.at(-1).shape, [...list].length]).toEqual([3, [1], 3]);
    expect(String(list)).toContain("(0): Parameter containing: [float32 of size [2]]");
    expect(() => list.at(3)).toThrow("ParameterList.at: 3 is out of range");
  });

  it("Bilinear and Unflatten", () => {
    const layer = new nn.Bilinear(2, 3, 4);
    expect(layer.forward(ones([5, 2]), ones([5, 3])).shape).toEqual([5, 4]);
    expect(String(layer)).toBe(
      "Bilinear(in1_features=2, in2_features=3, out_features=4, bias=True)",
    );
    expect(() => layer.forward(ones([5, 3]), ones([5, 3]))).toThrow("bilinear: x1 is [5, 3]");
    const unflatten = new nn.Unflatten(1, [2, -1]);
    expect(unflatten.forward(ones([3, 8])).shape).toEqual([3, 2, 4]);
    expect(String(unflatten)).toBe("Unflatten(dim=1, unflattened_size=(2, -1))");
  });
});
