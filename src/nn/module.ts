/**
 * Modules: objects whose own properties are parameters, buffers and other modules. Nothing is
 * registered: what a property holds at the time of asking is what belongs to the module.
 */
import type { DType } from "../core/dtype.ts";
import { DTYPES, isFloat } from "../core/dtype.ts";
import { argumentError, NablaError } from "../core/errors.ts";
import { read } from "../core/options.ts";
import type { DeviceName } from "../runtime/device.ts";
import { guard } from "../tensor/call.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { loadFault } from "../tensor/load.ts";
import { cell, Tensor } from "../tensor/tensor.ts";
import { context } from "../tensor/value.ts";
import type { ForwardHook, ForwardPreHook, HookHandle } from "./hooks.ts";
import { addHook } from "./hooks.ts";
import { Parameter } from "./parameter.ts";
import { claim } from "./scope.ts";
import { watchModule } from "./watch.ts";

/** Tensors by PyTorch's names, such as `0.weight`. */
export type StateDict = Record<string, Tensor>;

/** Which names a state and a module do not share. */
export interface LoadReport {
  readonly missingKeys: readonly string[];
  readonly unexpectedKeys: readonly string[];
}

/** A buffer of a module: whether it is saved. */
interface BufferInfo {
  readonly persistent: boolean;
}

/**
 * The base of all layers, losses and models. Subclass it, put parameters and modules into
 * properties, and write `forward`:
 *
 *     class Net extends nn.Module {
 *       fc1 = new nn.Linear(1, 16);
 *       fc2 = new nn.Linear(16, 1);
 *       forward(x: Tensor): Tensor { return this.fc2.forward(this.fc1.forward(x).relu()); }
 *     }
 *
 * Every own enumerable property that holds a {@link Parameter} or a Module counts, in the order of
 * assignment; arrays and plain objects do not (use `Sequential` or `ModuleList`).
 * PyTorch: `torch.nn.Module`.
 */
export abstract class Module {
  #training = true;
  readonly #buffers = new Map<string, BufferInfo>();

  constructor() {
    watchModule(this);
  }

  /**
   * Says that parameters of `value` (a module, a parameter, or a list or record of them) are used
   * by modules that shall neither train nor save them, and returns it: `#teacher =
   * nn.Module.external(teacher)`. Without this, `backward` refuses parameters that it finds in
   * private fields, arrays, maps and other objects of a module.
   */
  static external<T>(value: T): T {
    claim(value);
    return value;
  }

  /** Computes the outputs. Call it by name: `model.forward(x)`. */
  abstract forward(...inputs: never[]): unknown;

  /** Whether the module is being trained; `train()` and `eval()` set it. */
  get training(): boolean {
    const set = context.tracer?.hasState(this);
    return set ? this.#training : guard(() => this.#training);
  }

  set training(mode: boolean) {
    const before = this.#training;
    const set = (value: boolean) => (): void => void (this.#training = value);
    context.tracer?.setState(this, set(before), set(mode));
    this.#training = mode;
  }

  /** Sets this module and all below it to training (the default) or not. Returns the module. */
  train(mode = true): this {
    for (const module of this.modules()) module.training = mode;
    return this;
  }

  /** Sets this module and all below it to evaluation: dropout and the like are off. */
  eval(): this {
    return this.train(false);
  }

  /**
   * Keeps a tensor (or null) that is saved and moved with the module but not trained, under the
   * property `name`. It may be set. With `persistent: false` it is not part of `stateDict()`.
   * Throws where the name is taken.
   */
  registerBuffer(
    name: string,
    value: Tensor | null,
    options: { readonly persistent?: boolean } = {},
  ): void {
    if (name in this && !this.#buffers.has(name)) {
      throw argumentError(`${nameOf(this)}: the buffer ${name} has the name of another property.`);
    }
    const { persistent } = read("registerBuffer", {}, [options], { persistent: true });
    this.#buffers.set(name, { persistent });
    this.#put(name, value === null ? null : cell(value));
  }

  /**
   * Lists the parameters of this module and all below it, each once. `recurse: false`: its own.
   */
  parameters(options: { readonly recurse?: boolean } = {}): Parameter[] {
    return this.namedParameters(options).map(([, parameter]) => parameter);
  }

  /** Lists the parameters with their names (`0.weight`), each once, under its first name. */
  namedParameters(options: { readonly recurse?: boolean } = {}): [string, Parameter][] {
    return this.#collect(options, (module) => module.#ownParameters());
  }

  /** Lists the buffers of this module and all below it, each once. */
  buffers(options: { readonly recurse?: boolean } = {}): Tensor[] {
    return this.namedBuffers(options).map(([, buffer]) => buffer);
  }

  /** Lists the buffers with their names, each once. */
  namedBuffers(options: { readonly recurse?: boolean } = {}): [string, Tensor][] {
    return this.#collect(options, (module) => module.#ownBuffers());
  }

  /** Lists the modules directly below this one, each once. */
  children(): Module[] {
    return this.namedChildren().map(([, module]) => module);
  }

  /** Lists the modules directly below this one with their names, each once. */
  namedChildren(): [string, Module][] {
    return unique(this.#ownModules());
  }

  /** Lists this module and all below it, each once, parents first. */
  modules(): Module[] {
    return this.namedModules().map(([, module]) => module);
  }

  /** Lists this module (as "") and all below it with their names, each once, parents first. */
  namedModules(): [string, Module][] {
    const found: [string, Module][] = [];
    const seen = new Set<Module>();
    const stack: [string, Module][] = [["", this]];
    while (stack.length > 0) {
      const [path, module] = stack.pop()!;
      if (seen.has(module)) continue;
      seen.add(module);
      found.push([path, module]);
      const below = module.#ownModules();
      for (const [name, child] of below.reverse()) stack.push([join(path, name), child]);
    }
    return found;
  }

  /** Calls `fn` on every module below this one and then on this one. Returns the module. */
  apply(fn: (module: Module) => void): this {
    for (const child of this.children()) child.apply(fn);
    fn(this);
    return this;
  }

  /**
   * Calls `hook(module, args)` before each `forward`; a list that it returns takes the place of
   * the arguments. Returns a handle that removes it. PyTorch: `register_forward_pre_hook`.
   */
  registerForwardPreHook(hook: ForwardPreHook<this>): HookHandle {
    return addHook(this, "before", hook);
  }

  /**
   * Calls `hook(module, args, output)` after each `forward`; what it returns (unless undefined)
   * takes the place of the output. Returns a handle that removes it. PyTorch:
   * `register_forward_hook`.
   */
  registerForwardHook(hook: ForwardHook<this>): HookHandle {
    return addHook(this, "after", hook);
  }

  /**
   * Makes every parameter require a gradient, or with `false` freezes them. Returns the module.
   */
  requireGrad(mode = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad = mode;
    return this;
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /**
   * Converts the floating-point parameters and buffers to another dtype, or moves all to another
   * device. The parameters are new objects, so do this before making an optimizer. Returns the
   * module.
   */
  to(target: DType | DeviceName): this {
    const moved = new Map<Tensor, Tensor>();
    const isDType = (DTYPES as readonly string[]).includes(target);
    if (isDType && !isFloat(target as DType)) {
      throw argumentError(`${nameOf(this)}.to: modules can be float32 or float64, not ${target}.`);
    }
    const convert = (old: Tensor): Tensor => {
      if (isDType && !isFloat(old.dtype)) return old;
      const { requiresGrad } = old;
      const value = old.detach().to(target);
      return old instanceof Parameter ? new Parameter(value, { requiresGrad }) : cell(value);
    };
    for (const module of this.modules()) {
      for (const [name, old] of [...module.#ownParameters(), ...module.#ownBuffers()]) {
        const next = moved.get(old) ?? convert(old);
        moved.set(old, next);
        module.#put(name, next);
      }
    }
    return this;
  }

  /**
   * Returns the parameters and persistent buffers by PyTorch's names. They are values: training on
   * does not change them.
   */
  stateDict(): StateDict {
    const dict = Object.create(null) as StateDict;
    for (const [key, tensor] of this.#entries()) dict[key] = tensor.detach();
    return dict;
  }

  /**
   * Sets parameters and buffers from a state. Throws one error that lists every missing and
   * unexpected key, wrong shape and narrowing dtype, before anything is changed. With `strict:
   * false` missing and unexpected keys are only reported. PyTorch: `load_state_dict`.
   */
  loadStateDict(
    dict: Readonly<StateDict>,
    options: { readonly strict?: boolean } = {},
  ): LoadReport {
    const own = new Map(this.#entries());
    const keys = Object.keys(dict);
    const missingKeys = [...own.keys()].filter((key) => !Object.hasOwn(dict, key));
    const unexpectedKeys = keys.filter((key) => !own.has(key));
    const faults: string[] = [];
    if (read("loadStateDict", {}, [options], { strict: true }).strict) {
      for (const key of missingKeys) faults.push(`${key}: is missing`);
      for (const key of unexpectedKeys) faults.push(`${key}: is not part of the module`);
    }
    const fitting = keys.filter((key) => own.has(key));
    for (const key of fitting) {
      const fault = faultOf(key, own.get(key)!, dict[key]);
      if (fault !== null) faults.push(fault);
    }
    if (faults.length > 0) {
      throw new NablaError(
        "state",
        `${nameOf(this)}.loadStateDict: the state does not fit, nothing was loaded:\n  ` +
          faults.join("\n  "),
      );
    }
    noGrad(() => {
      for (const key of fitting) {
        const target = own.get(key)!;
        target.set(dict[key]!.detach().to(target.dtype));
      }
    });
    return { missingKeys, unexpectedKeys };
  }

  /**
   * Returns a copy: parameters and buffers of its own with the same values, all other properties
   * as they are. Constructors are not called, so that a copy lacks a class's private members
   * (`#x`). PyTorch: `copy.deepcopy(module)`.
   */
  clone(): this {
    const copies = new Map<object, unknown>();
    const copyOf = (value: unknown): unknown => {
      if (typeof value !== "object" || value === null) return value;
      if (copies.has(value)) return copies.get(value);
      if (value instanceof Module) return value.#cloneWith(copies, copyOf);
      if (!(value instanceof Parameter)) return value;
      const { requiresGrad } = value;
      copies.set(value, new Parameter(value.detach(), { requiresGrad }));
      return copies.get(value);
    };
    return copyOf(this) as this;
  }

  /** Returns what the tree shows in the parentheses after the name. */
  extraRepr(): string {
    return "";
  }

  /** Shows the tree of modules as PyTorch prints it. */
  toString(): string {
    const extra = this.extraRepr();
    const lines = this.#ownModules().map(([name, m]) => `(${name}): ${indent(m.toString())}`);
    if (lines.length === 0) return `${nameOf(this)}(${indent(extra)})`;
    const all = extra === "" ? lines : [...extra.split("\n"), ...lines];
    return `${nameOf(this)}(\n  ${all.join("\n  ")}\n)`;
  }

  /** Shows the same in Node's `console.log`. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  #cloneWith(copies: Map<object, unknown>, copyOf: (value: unknown) => unknown): Module {
    const copy = Reflect.construct(Module, [], this.constructor as typeof Module) as Module;
    copies.set(this, copy);
    copy.#training = this.#training;
    for (const [name, value] of Object.entries(this)) {
      const info = this.#buffers.get(name);
      if (info === undefined) copy.#put(name, copyOf(value));
      else copy.registerBuffer(name, value instanceof Tensor ? value.detach() : null, info);
    }
    return copy;
  }

  #entries(): [string, Tensor][] {
    const entries: [string, Tensor][] = [];
    const visit = (path: string, module: Module): void => {
      for (const [name, tensor] of module.#ownParameters())
        entries.push([join(path, name), tensor]);
      for (const [name, tensor] of module.#ownBuffers()) {
        if (module.#buffers.get(name)!.persistent) entries.push([join(path, name), tensor]);
      }
      for (const [name, child] of module.#ownModules()) visit(join(path, name), child);
    };
    visit("", this);
    return entries;
  }

  #collect<T extends Tensor>(
    options: { readonly recurse?: boolean },
    own: (module: Module) => [string, T][],
  ): [string, T][] {
    const { recurse } = read("parameters", {}, [options], { recurse: true });
    const modules: [string, Module][] = recurse ? this.namedModules() : [["", this]];
    return unique(
      modules.flatMap(([path, module]) =>
        own(module).map(([name, tensor]): [string, T] => [join(path, name), tensor]),
      ),
    );
  }

  #ownParameters(): [string, Parameter][] {
    return this.#own((value) => value instanceof Parameter);
  }

  #ownBuffers(): [string, Tensor][] {
    return this.#own((value, name) => value instanceof Tensor && this.#buffers.has(name));
  }

  #ownModules(): [string, Module][] {
    return this.#own((value) => value instanceof Module);
  }

  #own<T>(belongs: (value: unknown, name: string) => boolean): [string, T][] {
    return Object.entries(this).filter(([name, value]) => belongs(value, name)) as [string, T][];
  }

  #put(name: string, value: unknown): void {
    (this as unknown as Record<string, unknown>)[name] = value;
  }
}

/** The name that the tree shows: the class. */
function nameOf(module: Module): string {
  return module.constructor.name;
}

function unique<T>(entries: readonly [string, T][]): [string, T][] {
  const seen = new Set<T>();
  return entries.filter(([, value]) => !seen.has(value) && seen.add(value));
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function indent(text: string): string {
  return text.replaceAll("\n", "\n  ");
}

function faultOf(key: string, target: Tensor, value: unknown): string | null {
  if (!(value instanceof Tensor)) return `${key}: is no tensor`;
  return loadFault(key, target, value);
}
