/** Modules in a list, as `torch.nn.ModuleList`. */
import { argumentError, NablaError } from "../core/errors.ts";
import { hostChanged } from "../tensor/observe.ts";
import { Module } from "./module.ts";

/**
 * Holds modules so that they belong to the module that has the list: numbered from 0, iterable. It
 * computes nothing itself; `forward` throws. PyTorch: `torch.nn.ModuleList`.
 */
export class ModuleList<M extends Module = Module> extends Module {
  constructor(modules: Iterable<M> = []) {
    super();
    for (const module of modules) this.append(module);
  }

  /** Returns how many modules it has. */
  get length(): number {
    return listOf(this).length;
  }

  /** Returns the module at a position; negative ones count from the end. Throws out of range. */
  at(index: number): M {
    const list = listOf(this);
    const module = list.at(index);
    if (module !== undefined && Number.isInteger(index)) return module;
    throw argumentError(
      `ModuleList.at: ${index} is out of range; there are ${list.length} modules.`,
    );
  }

  /** Adds a module at the end. Returns the list. Throws for what is no module. */
  append(module: M): this {
    if (!(module instanceof Module)) {
      throw argumentError(
        `ModuleList: its entry ${this.length} is no module but ${typeof module}.`,
      );
    }
    hostChanged(); // compiled functions hold the list as it was
    (this as unknown as Record<string, unknown>)[String(this.length)] = module;
    return this;
  }

  /** Iterates over the modules in order. */
  [Symbol.iterator](): Iterator<M> {
    return listOf(this)[Symbol.iterator]();
  }

  /** Throws: call the modules of the list one by one. */
  forward(): never {
    throw new NablaError(
      "unsupported",
      "ModuleList: a list has no forward; call its modules: for (const layer of this.layers) …",
    );
  }
}

// a function and not a private method, so that clone() can copy the class
function listOf<M extends Module>(list: ModuleList<M>): M[] {
  return Object.values(list).filter((value): value is M => value instanceof Module);
}
