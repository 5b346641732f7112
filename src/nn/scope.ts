/**
 * Whose `forward` runs. Calls on the tape name the innermost module that made them, so that the
 * first `backward` finds parameters that took part and that no module has: those in private fields,
 * arrays and maps, which would neither be trained nor saved.
 */
import { NablaError } from "../core/errors.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Scope, Value } from "../tensor/value.ts";
import { claimed, context, isLeaf } from "../tensor/value.ts";
import { births, Parameter } from "./parameter.ts";

/** What is asked of a module. */
interface Owner {
  parameters(): Parameter[];
  modules(): Owner[];
}

/** How deep values are searched for modules and parameters. */
const DEPTH = 4;

/** Whether it computes as modules do. */
export function isModule(value: unknown): value is Owner {
  return value instanceof Object && "forward" in value;
}

/** Lists parameters and modules in a value and in the collections and objects that it holds. */
function within(value: unknown, depth = DEPTH): object[] {
  if (value instanceof Parameter || isModule(value)) return [value];
  if (depth === 0 || !(value instanceof Object) || value instanceof Tensor) return [];
  if (ArrayBuffer.isView(value) || typeof (value as unknown[])[0] === "number") return [];
  const isCollection = value instanceof Map || value instanceof Set;
  const items: unknown[] = isCollection ? [...value.values()] : Object.values(value);
  return items.flatMap((item) => within(item, depth - 1));
}

/** Notes that parameters need not belong to the module that uses them. */
export function claim(value: unknown): void {
  for (const found of within(value)) {
    for (const one of isModule(found) ? found.parameters() : [found]) claimed.add(one);
  }
}

/** A module's `forward`, within those of others. */
class Running implements Scope {
  sound = false;
  readonly inner = new WeakMap<object, Running>();
  /** When it first ran. */
  readonly since = births.count;
  readonly module: Owner;
  readonly outer: Running | null;

  constructor(module: Owner, outer: Running | null) {
    this.module = module;
    this.outer = outer;
    if (outer === null) claim(module);
  }

  check(inputs: readonly Value[]): void {
    for (const input of inputs) {
      if (input instanceof Parameter && isLeaf(input) && !claimed.has(input)) this.#find(input);
    }
  }

  /** This one and those around it, the innermost first. */
  chain(): Running[] {
    return [this, ...(this.outer?.chain() ?? [])];
  }

  /** Throws where a parameter is none of those that the modules around have. */
  #find(parameter: Parameter): void {
    const chain = this.chain();
    const root = chain.at(-1)!;
    const owner = chain.findLast((one) => one.module.parameters().includes(parameter));
    if (owner === root) return; // it has it by now
    const lost = owner?.module ?? parameter;
    for (const module of chain.flatMap((one) => one.module.modules())) {
      for (const [name, value] of Object.entries(module)) {
        if (within(value).includes(lost)) refuse(`${nameOf(module)}.${name}`, lost);
      }
    }
    const user = owner?.outer?.module ?? this.module;
    const born = births.of.get(lost)!;
    if (born > births.of.get(user)! && born <= root.since) {
      refuse(`a private field of ${nameOf(user)}`, lost);
    }
  }
}

function nameOf(value: object): string {
  return value.constructor.name;
}

function refuse(place: string, lost: object): never {
  throw new NablaError(
    "state",
    `backward: ${place} holds a ${nameOf(lost)} that took part in forward and belongs to no module: ` +
      `it is neither trained nor saved. Use a public field, nn.ModuleList, nn.ModuleDict or ` +
      `nn.ParameterList; or, if that is meant, nn.Module.external(…).`,
  );
}

const outermost = /* @__PURE__ */ new WeakMap<object, Running>();

/** The scope of a module's `forward` that is about to run, on these arguments. */
export function enter(module: object, args: readonly unknown[]): Scope {
  const outer = context.scope as Running | null;
  const running = outer === null ? outermost : outer.inner;
  if (outer === null) args.forEach((arg) => claim(arg));
  let one = running.get(module);
  if (one === undefined) running.set(module, (one = new Running(module as Owner, outer)));
  return one;
}
