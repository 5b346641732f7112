/**
 * Parametrizations: a tensor of a module that is computed, at each use, from others that are
 * trained. They stand under PyTorch's names: `parametrizations.weight.original`, and the module
 * that computes under `parametrizations.weight.0`. PyTorch: `torch.nn.utils.parametrize`.
 */
import { argumentError } from "../core/errors.ts";
import { read, show } from "../core/options.ts";
import { sameShape, showShape } from "../core/shape.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { cell, Tensor } from "../tensor/tensor.ts";
import { hostChanged } from "../tensor/observe.ts";
import { ModuleDict } from "./module-dict.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** Computes a tensor from the originals; `rightInverse` finds originals that give a tensor. */
export interface Parametrization extends Module {
  forward(...originals: Tensor[]): Tensor;
  /** Finds originals that give a tensor. */
  rightInverse?(value: Tensor): Tensor | readonly Tensor[];
}

type Fields = Record<string, unknown>;

const fieldsOf = (module: object): Fields => module as Fields;

/**
 * The originals of one tensor, `original` or `original0`, `original1`, …, and the modules that
 * compute it one after another, "0", "1", …. PyTorch: `ParametrizationList`.
 */
export class ParametrizationList extends Module {
  constructor(first: Parametrization, value: Tensor) {
    super();
    const found = noGrad(() => first.rightInverse?.(value) ?? value);
    const several = Array.isArray(found);
    const originals = (several ? found : [found]) as readonly Tensor[];
    const trained = value instanceof Parameter;
    originals.forEach((original, i) => {
      const own = original === value ? value : trained ? leafLike(value, original) : cell(original);
      const name = several ? `original${i}` : "original";
      if (trained) fieldsOf(this)[name] = own;
      else this.registerBuffer(name, own);
    });
    fieldsOf(this)["0"] = first;
  }

  /** The modules that compute, the first one first. */
  steps(): Parametrization[] {
    return this.children() as Parametrization[];
  }

  /** What is trained in place of the tensor. */
  originals(): Tensor[] {
    const fields = Object.entries(this).filter(([name]) => name.startsWith("original"));
    return fields.map(([, original]) => original as Tensor);
  }

  /** Adds a module that computes on; returns the list. */
  append(next: Parametrization): this {
    fieldsOf(this)[String(this.steps().length)] = next;
    return this;
  }

  /** Computes the tensor. */
  override forward(): Tensor {
    const [first, ...rest] = this.steps();
    return rest.reduce((x, step) => step.forward(x), first!.forward(...this.originals()));
  }

  /** Sets the originals so that the tensor has a value, by the right inverses. Throws without. */
  assign(value: Tensor): void {
    const own = this.originals();
    const found = noGrad(() =>
      this.steps().reduceRight<Tensor | readonly Tensor[]>((x, step) => {
        const inverse = step.rightInverse?.(x as Tensor);
        if (inverse !== undefined) return inverse;
        throw argumentError(
          `${step.constructor.name}: it has no rightInverse, so the tensor cannot be set; ` +
            "set its original.",
        );
      }, value),
    );
    const next = (Array.isArray(found) ? found : [found]) as readonly Tensor[];
    noGrad(() => own.forEach((original, i) => original.set(next[i]!.detach())));
  }
}

/** A parameter of other values that requires a gradient where the first one does. */
function leafLike(value: Parameter, original: Tensor): Parameter {
  return new Parameter(original, { requiresGrad: value.requiresGrad });
}

/** What a class was made for: the class before, and the tensors that are computed. */
interface Made {
  readonly base: typeof Module;
  readonly names: readonly string[];
}

const made = /* @__PURE__ */ new WeakMap<object, Made>();

const classOf = (module: Module): typeof Module => module.constructor as typeof Module;

/** The list of a tensor of a module, if it is computed. */
function listOf(module: Module, name: string): ParametrizationList | null {
  if (!made.get(classOf(module))?.names.includes(name)) return null;
  const dict = fieldsOf(module)["parametrizations"] as ModuleDict<ParametrizationList>;
  return dict.get(name);
}

/** A class that computes, as those that modules are made of do. */
interface Layer extends Module {
  forward(...inputs: never[]): unknown;
}

/** Gives a module a class of its own in which some tensors are computed, as PyTorch does. */
function become(module: Module, base: typeof Module, names: readonly string[]): void {
  hostChanged();
  if (names.length === 0) {
    Object.setPrototypeOf(module, base.prototype);
    return;
  }
  const own = class extends (base as unknown as new () => Layer) {};
  Object.defineProperty(own, "name", { value: `Parametrized${base.name}` });
  for (const name of names) {
    Object.defineProperty(own.prototype, name, {
      get(this: Module): Tensor {
        return listOf(this, name)!.forward();
      },
      set(this: Module, value: Tensor): void {
        listOf(this, name)!.assign(value);
      },
    });
  }
  made.set(own, { base, names });
  Object.setPrototypeOf(module, own.prototype);
}

/** Says whether a tensor of a module is computed, or any if none is named. */
export function isParametrized(module: Module, tensorName?: string): boolean {
  const names = made.get(classOf(module))?.names ?? [];
  return tensorName === undefined ? names.length > 0 : names.includes(tensorName);
}

/**
 * Makes a tensor of a module (`weight`) the output of another module, computed at each use; what is
 * trained instead is under `parametrizations.weight`. A second one computes on. Make the optimizer
 * afterwards. Returns the module. Throws where there is no such tensor, and where the shape
 * changes. PyTorch: `register_parametrization`.
 */
export function registerParametrization<M extends Module>(
  module: M,
  tensorName: string,
  parametrization: Parametrization,
): M {
  const owner = `registerParametrization of ${module.constructor.name}.${tensorName}`;
  const value = fieldsOf(module)[tensorName];
  if (!(value instanceof Tensor)) {
    throw argumentError(`${owner}: it is ${show(value)}; need a parameter or a buffer.`);
  }
  const known = listOf(module, tensorName);
  const list = known ?? new ParametrizationList(parametrization, value);
  const next = known === null ? list.forward() : parametrization.forward(value);
  if (!sameShape(next.shape, value.shape) || next.dtype !== value.dtype) {
    throw argumentError(
      `${owner}: it became ${next.type.text}; need ${value.type.text}, ${showShape(value.shape)}.`,
    );
  }
  if (known !== null) {
    known.append(parametrization);
    hostChanged();
    return module;
  }
  const { base, names } = made.get(classOf(module)) ?? { base: classOf(module), names: [] };
  if (names.length === 0) fieldsOf(module)["parametrizations"] = new ModuleDict();
  delete fieldsOf(module)[tensorName];
  (fieldsOf(module)["parametrizations"] as ModuleDict).put(tensorName, list);
  become(module, base, [...names, tensorName]);
  return module;
}

/**
 * Makes a computed tensor of a module a parameter again, of its present value; with
 * `leaveParametrized: false` of the value that is trained (where it is one alone). Returns the
 * module. Throws where the tensor is not computed. PyTorch: `remove_parametrizations`.
 */
export function removeParametrizations<M extends Module>(
  module: M,
  tensorName: string,
  options: { readonly leaveParametrized?: boolean } = {},
): M {
  const defaults = { leaveParametrized: true };
  const { leaveParametrized } = read("removeParametrizations", {}, [options], defaults);
  const list = listOf(module, tensorName);
  const owner = `removeParametrizations of ${module.constructor.name}.${tensorName}`;
  if (list === null) throw argumentError(`${owner}: the tensor is not parametrized.`);
  const originals = list.originals();
  if (!leaveParametrized && originals.length > 1) {
    throw argumentError(`${owner}: it has ${originals.length} originals; need one, to leave it.`);
  }
  const [first] = originals as [Tensor];
  const value = leaveParametrized ? noGrad(() => list.forward()).detach() : first.detach();
  const { base, names } = made.get(classOf(module))!;
  const rest = names.filter((name) => name !== tensorName);
  (fieldsOf(module)["parametrizations"] as ModuleDict).pop(tensorName);
  if (rest.length === 0) delete fieldsOf(module)["parametrizations"];
  become(module, base, rest);
  const isTrained = first instanceof Parameter;
  if (!isTrained) module.registerBuffer(tensorName, value);
  else fieldsOf(module)[tensorName] = restored(first, originals.length, value);
  return module;
}

/**
 * The parameter that is kept: the one original itself, which an optimizer may have, or a new one.
 */
function restored(first: Parameter, count: number, value: Tensor): Parameter {
  if (count > 1) return leafLike(first, value);
  noGrad(() => first.set(value));
  return first;
}
