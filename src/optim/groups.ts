/** Parameter groups: what users give an optimizer, checked and spelled out. */
import { argumentError } from "../core/errors.ts";
import { isOptions, read } from "../core/options.ts";
import { showShape } from "../core/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { hostChanged, observeField } from "../tensor/observe.ts";
import { context } from "../tensor/value.ts";
import type { BaseOptions, Rule } from "./rule.ts";

/** Parameters with options of their own; what is not given comes from the optimizer. */
export type GroupOptions<O extends BaseOptions> = Partial<O> & { params: Iterable<Tensor> };

/** What an optimizer is made of: parameters, or groups of them. */
export type Params<O extends BaseOptions> = Iterable<Tensor> | readonly GroupOptions<O>[];

/** Parameters and the options they are updated by; options may be changed between steps. */
export type ParamGroup<O extends BaseOptions> = O & {
  readonly params: readonly Tensor[];
  /** The learning rate that a schedule started from. */
  initialLr?: number;
};

/** What comes after the parameters: options, or the rate by position and then other options. */
export type Settings<O extends BaseOptions> =
  [options?: Partial<O>] | [lr: number, options?: Partial<O>];

/** Returns the settings as options. */
export function settingsOf<O extends BaseOptions>(name: string, settings: Settings<O>): Partial<O> {
  const [first = {}, rest, ...more] = settings as [unknown?, unknown?, ...unknown[]];
  const byPosition = typeof first === "number";
  const fits = rest === undefined || (byPosition && isOptions(rest));
  if (!fits || more.length > 0) {
    throw argumentError(
      `optim.${name}: only lr comes by position; what follows it is one options object.`,
    );
  }
  return (byPosition ? { lr: first, ...rest } : first) as Partial<O>;
}

/** What of an optimizer its groups depend on. */
type Optioned<O extends BaseOptions> = Pick<Rule<O>, "name" | "defaults" | "check">;

/** Spells options out: those given, else `defaults`. Throws for one that does not exist. */
export function spellOptions<O extends BaseOptions>(
  { name }: Optioned<O>,
  defaults: Readonly<O>,
  given: object,
): O {
  const known = { ...defaults, initialLr: undefined };
  const { initialLr, ...options } = read(`optim.${name}`, {}, [given], known);
  const own = Object.entries(options).map(([key, value]: [string, unknown]) => {
    return [key, Array.isArray(value) ? [...(value as unknown[])] : value]; // one group's alone
  });
  if (initialLr !== undefined) own.push(["initialLr", initialLr]);
  return Object.fromEntries(own) as O;
}

/**
 * Spells a group out: options in their ranges; parameters, of which none is `known`. `onChange` is
 * called before an option is given another value.
 */
export function spellGroup<O extends BaseOptions>(
  rule: Optioned<O>,
  defaults: Readonly<O>,
  { params, ...own }: GroupOptions<O>,
  known: Set<Tensor>,
  onChange?: () => void,
): ParamGroup<O> {
  const options = spellOptions(rule, defaults, own);
  rule.check(options, (what) => argumentError(`optim.${rule.name}: ${what}.`));
  const list = [...params];
  for (const param of list) {
    assertParameter(rule.name, param, known);
    known.add(param);
  }
  return watched({ ...options, params: list }, onChange);
}

/** Lets traces see which options of a group the function itself reads. */
function watched<T extends object>(group: T, onChange?: () => void): T {
  for (const [name, value] of Object.entries(group)) {
    observeField(group, name, value, (seen) => context.tracer?.read(group, name, seen), onChange);
  }
  const value = (): T => ({ ...group });
  return Object.defineProperty(group, Symbol.for("nodejs.util.inspect.custom"), { value });
}

/** Tells a trace that an optimizer takes part, and watches the fields that its class adds. */
export function optimizerTakesPart(optimizer: { readonly paramGroups: readonly object[] }): void {
  const { tracer } = context;
  if (tracer === null) return;
  for (const group of optimizer.paramGroups) tracer.touch(group, false);
  if (!tracer.touch(optimizer, false)) return;
  for (const [name, value] of Object.entries(optimizer)) {
    const { set } = Object.getOwnPropertyDescriptor(optimizer, name)!;
    if (OWN.includes(name)) continue;
    if (set === undefined) observeField(optimizer, name, value, () => undefined, hostChanged);
    tracer.read(optimizer, name, value);
  }
}

/** What every optimizer has. */
const OWN: readonly string[] = ["paramGroups", "defaults"];

/** Returns the groups that an optimizer was given; parameters alone are one. Throws for none. */
export function groupsOf<O extends BaseOptions>(
  name: string,
  params: Params<O>,
): GroupOptions<O>[] {
  if (params instanceof Tensor || typeof params[Symbol.iterator] !== "function") {
    throw argumentError(
      `optim.${name}: parameters come as a list: model.parameters(), [w, b], or [{ params, lr }].`,
    );
  }
  const list = [...(params as Iterable<Tensor | GroupOptions<O>>)];
  const isGroup = (item: Tensor | GroupOptions<O>): item is GroupOptions<O> =>
    !(item instanceof Tensor) && typeof item === "object" && item !== null && "params" in item;
  if (list.length === 0) {
    throw argumentError(`optim.${name}: there are no parameters; did the model register any?`);
  }
  if (list.every(isGroup)) return list;
  return [{ params: list as Tensor[] } as unknown as GroupOptions<O>];
}

/** Returns the options that an optimizer does not have. */
export function unknownOptions(
  { defaults }: { readonly defaults: object },
  options: object,
): string[] {
  return Object.keys(options).filter((key) => !(key in defaults) && key !== "initialLr");
}

/** Throws where a tensor cannot be optimized, or is in a group already. */
export function assertParameter(name: string, param: unknown, known: ReadonlySet<Tensor>): void {
  if (!(param instanceof Tensor)) {
    throw argumentError(
      `optim.${name}: a parameter must be a tensor, not ${Array.isArray(param) ? "a list" : typeof param}. ` +
        `(namedParameters() gives pairs; use parameters().)`,
    );
  }
  if (known.has(param)) {
    throw argumentError(
      `optim.${name}: the parameter ${showShape(param.shape)} is given twice; ` +
        `each may be in one group only.`,
    );
  }
  if (!param.isLeaf || !param.settable) {
    throw argumentError(
      `optim.${name}: the tensor ${showShape(param.shape)} is no parameter: ` +
        `it was computed, or made without { requiresGrad: true }.`,
    );
  }
}

/** Shows the class and the options of each group, as PyTorch does. */
export function showGroups(name: string, groups: readonly { params: unknown }[]): string {
  const texts = groups.map(({ params: _, ...options }, g) => {
    const lines = Object.entries(options).map(([key, value]) => `    ${key}: ${showOption(value)}`);
    return `Parameter Group ${g}\n${lines.sort().join("\n")}\n`;
  });
  return `${name} (\n${texts.join("\n")})`;
}

function showOption(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
}
