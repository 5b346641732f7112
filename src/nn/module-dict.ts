/** Modules by name, as `torch.nn.ModuleDict`. */
import { argumentError, NablaError } from "../core/errors.ts";
import { hostChanged } from "../tensor/observe.ts";
import { Module } from "./module.ts";

/**
 * Holds modules by name so that they belong to the module that has the dictionary; iterates over
 * pairs. Names that are whole numbers are given as pairs, ascending, before all others: the order
 * numbers the parameters. It computes nothing itself; `forward` throws. PyTorch:
 * `torch.nn.ModuleDict`.
 */
export class ModuleDict<M extends Module = Module> extends Module {
  constructor(modules: Readonly<Record<string, M>> | Iterable<readonly [string, M]> = {}) {
    super();
    const entries = Symbol.iterator in modules ? modules : entriesOf(modules);
    for (const [name, module] of entries as Iterable<readonly [string, M]>) this.put(name, module);
  }

  /** Returns how many modules it has. */
  get size(): number {
    return this.entries().length;
  }

  /** Returns the module of a name. Throws where there is none. */
  get(name: string): M {
    const found = this.entries().find(([key]) => key === name);
    if (found !== undefined) return found[1];
    const known = this.keys().join(", ") || "none";
    throw argumentError(`ModuleDict.get: there is no module ${name}; there are ${known}.`);
  }

  /** Whether there is a module of that name. */
  has(name: string): boolean {
    return this.keys().includes(name);
  }

  /** Puts a module under a name, in place of the one that was there. Returns the dictionary. */
  put(name: string, module: M): this {
    if (!(module instanceof Module)) {
      throw argumentError(`ModuleDict: its entry ${name} is no module but ${typeof module}.`);
    }
    if (name in this && !this.has(name)) {
      throw argumentError(`ModuleDict: the name ${name} is taken by a method.`);
    }
    const isNew = !this.has(name);
    (this as unknown as Record<string, unknown>)[name] = module;
    hostChanged(); // compiled functions hold the list as it was
    if (!isNew || this.keys().at(-1) === name) return this;
    delete (this as unknown as Record<string, unknown>)[name];
    throw argumentError(
      `ModuleDict: ${name} would come before ${this.keys().at(-1)}: JavaScript lists whole numbers ` +
        `first, ascending, and the order numbers the parameters. Choose another name: head${name}.`,
    );
  }

  /** Takes a module out and returns it. Throws where there is none. */
  pop(name: string): M {
    const module = this.get(name);
    hostChanged();
    delete (this as unknown as Record<string, unknown>)[name];
    return module;
  }

  /** Lists the names. */
  keys(): string[] {
    return this.entries().map(([name]) => name);
  }

  /** Lists the modules. */
  values(): M[] {
    return this.entries().map(([, module]) => module);
  }

  /** Iterates over names with their modules. */
  [Symbol.iterator](): Iterator<[string, M]> {
    return this.entries()[Symbol.iterator]();
  }

  /** Throws: call the modules one by one. */
  forward(): never {
    throw new NablaError(
      "unsupported",
      'ModuleDict: a dictionary has no forward; call its modules: this.heads.get("name").forward(x).',
    );
  }

  private entries(): [string, M][] {
    return Object.entries(this).filter(([, value]) => value instanceof Module) as [string, M][];
  }
}

/** The entries of an object, in the order they were written: not known of whole numbers. */
function entriesOf<M>(modules: Readonly<Record<string, M>>): [string, M][] {
  const entries = Object.entries(modules);
  const whole = entries[0]?.[0] ?? "";
  if (entries.length < 2 || !/^\d+$/.test(whole)) return entries;
  throw argumentError(
    `ModuleDict: an object lists the whole number ${whole} before other names, wherever it was ` +
      `written. Give pairs in their order: [["${whole}", module], …].`,
  );
}
