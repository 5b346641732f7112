/** Layers and parameters that take part in `forward` and that no module has. */
import type { Tensor } from "nabla";
import { compile, manualSeed, nn, noGrad, ones, optim, randn, tensor } from "nabla";
import { beforeEach, describe, expect, it } from "vitest";

beforeEach(() => manualSeed(1));

const x = tensor([[1, 2]]);

/** The message of the first backward of a module's output, or "". */
function refusal(module: nn.Module & { forward(x: Tensor): Tensor }): string {
  try {
    module.forward(x).sum().backward();
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

class Private extends nn.Module {
  #fc = new nn.Linear(2, 1);
  head = new nn.Linear(1, 1);
  forward(input: Tensor): Tensor {
    return this.head.forward(this.#fc.forward(input));
  }
}

describe("backward names a layer that no module has", () => {
  it("in a private field", () => {
    const module = new Private();
    const message = refusal(module);
    expect(message).toContain(
      "a private field of Private holds a Linear that took part in forward",
    );
    expect(message).toMatch(
      /neither trained nor saved.*nn\.ModuleList.*nn\.Module\.external\(…\)/s,
    );
    expect(refusal(module)).toBe(message);
    expect(module.head.weight.grad).toBeNull();
  });

  it("in a plain array, of modules or of lists of them", () => {
    class Blocks extends nn.Module {
      blocks = [[new nn.Linear(2, 2)], [new nn.Linear(2, 2)]];
      forward(input: Tensor): Tensor {
        return this.blocks.flat().reduce((y, block) => block.forward(y), input);
      }
    }
    expect(refusal(new Blocks())).toContain("Blocks.blocks holds a Linear");
    expect(refusal(new nn.Sequential(new Blocks()))).toContain("Blocks.blocks holds a Linear");
  });

  it("in a Map, a Set, a record, an object of a class", () => {
    class Pair {
      left = new nn.Linear(2, 2);
    }
    for (const [held, use] of [
      [new Map([["a", new nn.Linear(2, 2)]]), (m: Map<string, nn.Linear>) => m.get("a")!],
      [new Set([new nn.Linear(2, 2)]), (s: Set<nn.Linear>) => [...s][0]!],
      [{ a: new nn.Linear(2, 2) }, (o: { a: nn.Linear }) => o.a],
      [new Pair(), (pair: Pair) => pair.left],
    ] as [unknown, (held: never) => nn.Linear][]) {
      class Holder extends nn.Module {
        held = held;
        forward(input: Tensor): Tensor {
          return use(this.held as never).forward(input);
        }
      }
      expect(refusal(new Holder())).toContain("Holder.held holds a Linear");
    }
  });

  it("deep in a tree, by the module that keeps it", () => {
    class Block extends nn.Module {
      #inner = new nn.Sequential(new nn.Linear(2, 2), new nn.Tanh());
      forward(input: Tensor): Tensor {
        return this.#inner.forward(input);
      }
    }
    const net = new nn.Sequential(new nn.Linear(2, 2), new Block());
    expect(refusal(net)).toContain("a private field of Block holds a Sequential");
  });

  it("inside compile as well, also where backward is called outside", () => {
    const module = new Private();
    const step = compile((input: Tensor) => module.forward(input).sum().backward());
    expect(() => step(x)).toThrow("a private field of Private");
    const other = new Private();
    const forward = compile((input: Tensor) => other.forward(input).sum());
    expect(() => forward(x)).toThrow("a private field of Private");
  });
});

describe("backward names a parameter that no module has", () => {
  it("in a private field or an array", () => {
    class Scaled extends nn.Module {
      #scale = new nn.Parameter(ones([2]));
      forward(input: Tensor): Tensor {
        return input.mul(this.#scale);
      }
    }
    class Listed extends nn.Module {
      scales = [new nn.Parameter(ones([2]))];
      forward(input: Tensor): Tensor {
        return input.mul(this.scales[0]!);
      }
    }
    expect(refusal(new Scaled())).toContain("a private field of Scaled holds a Parameter");
    expect(refusal(new Listed())).toMatch(/Listed\.scales holds a Parameter.*nn\.ParameterList/);
  });
});

describe("backward is silent", () => {
  class Uses extends nn.Module {
    readonly #use: (input: Tensor) => Tensor;
    fc = new nn.Linear(2, 2);
    constructor(use: (input: Tensor) => Tensor) {
      super();
      this.#use = use;
    }
    forward(input: Tensor): Tensor {
      return this.#use(this.fc.forward(input));
    }
  }

  it("where it is said to be meant", () => {
    class Meant extends nn.Module {
      #fc = nn.Module.external(new nn.Linear(2, 2));
      list = nn.Module.external([new nn.Linear(2, 2)]);
      scale = nn.Module.external({ all: new nn.Parameter(ones([2])) });
      forward(input: Tensor): Tensor {
        return this.list[0]!.forward(this.#fc.forward(input)).mul(this.scale.all);
      }
    }
    const module = new Meant();
    expect(refusal(module)).toBe("");
    expect(module.parameters()).toEqual([]);
  });

  it("for parameters and modules of other modules, used as functions", () => {
    const other = new nn.Linear(2, 2);
    expect(refusal(new Uses((y) => nn.functional.linear(y, other.weight, other.bias)))).toBe("");
    expect(refusal(new Uses((y) => other.forward(y)))).toBe("");
    const alone = new nn.Parameter(ones([2]));
    expect(refusal(new Uses((y) => y.mul(alone)))).toBe("");
  });

  it("for what an optimizer has, made before or after the module", () => {
    const module = new Uses((y) => late.forward(y));
    const late = new nn.Linear(2, 2);
    const optimizer = new optim.SGD([...module.parameters(), ...late.parameters()], { lr: 0.1 });
    expect(refusal(module)).toBe("");
    optimizer.step();
  });

  it("for what also runs by itself, such as a discriminator", () => {
    const module = new Uses((y) => judge.forward(y));
    const judge = new nn.Linear(2, 1);
    judge.forward(x);
    expect(refusal(module)).toBe("");
  });

  it("for arguments: images that are trained, layers that are passed on", () => {
    class Given extends nn.Module {
      fc = new nn.Linear(2, 2);
      forward(input: Tensor, layers: { last: nn.Linear }): Tensor {
        return layers.last.forward(this.fc.forward(input));
      }
    }
    const module = new Given();
    const image = new nn.Parameter(ones([1, 2]));
    const last = new nn.Linear(2, 2);
    module.forward(image, { last }).sum().backward();
    expect(image.grad).not.toBeNull();
    module.forward(new nn.Parameter(ones([1, 2])), { last: new nn.Linear(2, 2) });
  });

  it("for teachers without gradient, and frozen features", () => {
    class Distilled extends nn.Module {
      #teacher = new nn.Linear(2, 2);
      #features = new nn.Linear(2, 2).requireGrad(false);
      fc = new nn.Linear(2, 2);
      forward(input: Tensor): Tensor {
        const target = noGrad(() => this.#teacher.forward(input));
        return this.#features.forward(this.fc.forward(input)).sub(target).square();
      }
    }
    expect(refusal(new Distilled())).toBe("");
  });

  it("for weight tying, losses with parameters, layers replaced and added later", () => {
    class Tied extends nn.Module {
      embed = new nn.Linear(2, 2);
      head = new nn.Linear(2, 2);
      also = [this.embed];
      constructor() {
        super();
        this.head.weight = this.embed.weight;
      }
      forward(input: Tensor): Tensor {
        return this.also[0]!.forward(this.head.forward(input));
      }
    }
    expect(refusal(new Tied())).toBe("");
    const grown = new nn.Sequential(new nn.Linear(2, 2));
    const loss = new nn.Sequential(new nn.PReLU());
    loss.forward(grown.forward(x)).sum().backward();
    grown.append(new nn.Linear(2, 2));
    grown.at(0).requireGrad();
    loss.forward(grown.forward(x)).sum().backward();
    (grown as unknown as Record<string, unknown>)["0"] = new nn.Linear(2, 2);
    expect(refusal(grown)).toBe("");
  });

  it("for copies, hooks, and modules within modules of other classes", () => {
    const copy = new nn.Sequential(new nn.Linear(2, 2), new nn.Tanh()).clone();
    copy.registerForwardHook((_module, _args, y) => (y as Tensor).mul(2));
    expect(refusal(copy)).toBe("");
    expect(refusal(new Uses((y) => y.add(randn([2]))))).toBe("");
  });
});
