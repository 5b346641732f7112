/**
 * How functions are defined: a name, the defaults of its settings, and what it means as a graph.
 * Types, places and names of arguments, their checks and the module of `nn` follow from that.
 */
import type { DType } from "../../core/dtype.ts";
import { elementOf, isFloat } from "../../core/dtype.ts";
import { argumentError } from "../../core/errors.ts";
import type { Defaults, NoDefaults, Options, Settings } from "../../core/options.ts";
import { asGiven, isOptions, read, readNamed, valuesOf } from "../../core/options.ts";
import type { Binary, BinaryOptions, Unary } from "../../ir/compose/arithmetic.ts";
import { mul } from "../../ir/compose/arithmetic.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import { attrsKey } from "../../ir/node.ts";
import type { None } from "../../runtime/function.ts";
import { Fn, NONE } from "../../runtime/function.ts";
import { call, call1 } from "../call.ts";
import { Value } from "../value.ts";
import { Recent } from "./recent.ts";

/** What a graph gives: a node, several in a list, or several by name. */
type Nodes = object;

type List = readonly unknown[];

/** What a call is given where the graph takes nodes. */
export type Given<T extends object, V> = {
  [K in keyof T]: Node extends T[K] ? V | Exclude<T[K], Node> : T[K];
};

/** What a call returns. */
type Returned<R, V> = R extends Node ? V : { -readonly [K in keyof R]: V };

/** A list without its first elements, as many as C has. */
type Rest<P extends List, C extends List> = C extends readonly [unknown, ...infer D]
  ? P extends readonly [unknown, ...infer R]
    ? Rest<R, D>
    : []
  : P;

/** A list without its last elements, as many as C has. */
export type Start<P extends List, C extends List> = C extends readonly [unknown, ...infer D]
  ? P extends readonly [...infer R, unknown]
    ? Start<R, D>
    : P
  : P;

/** Two lists as one. */
type Chain<A, B> = [A, B] extends [infer X extends List, infer Y extends List]
  ? [...X, ...Y]
  : never;

/** The arguments by position: N are needed, the others may be missing, or come by name as O. */
export type Called<P extends List, N extends List, O> = Chain<
  Start<P, Rest<P, N>>,
  Settings<Rest<P, N>, O>
>;

/** The one needed argument by name, where it is no tensor. */
type Spelled<P extends List, N extends List, O> = N extends readonly [infer K extends string]
  ? Node extends P[0]
    ? never
    : [options: { readonly [Key in K]: P[0] } & O]
  : never;

/** The arguments of a call after its first tensor. */
type Arguments<P extends List, N extends List, D> =
  Called<P, N, Options<D>> | Spelled<P, N, Options<D>>;

/** The same where the graph takes nodes. */
type TensorArguments<P extends List, N extends List, D extends object, V> =
  Given<P, V> extends infer G extends List ? Called<G, N, Options<Given<D, V>>> : never;

/**
 * A function by its definition: P are its arguments after x, of which the first N are needed; D its
 * defaults, R what its graph gives, G the graph's arguments (P, and what comes by name alone).
 */
export interface Defined<P extends List, N extends List, D extends object, R, G extends List = P> {
  <V extends Value>(
    x: V,
    ...args: Node extends P[number] | D[keyof D] ? TensorArguments<P, N, D, V> : Arguments<P, N, D>
  ): Returned<R, V>;
  /** Its name in errors. */
  readonly title: string;
  /** What its settings are where none is given. */
  readonly defaults: D;
  /** Its settings by their places: those of every call, others, those by name alone. */
  readonly places: Places;
  /** Reads settings by position or name, as a call of `owner` does. */
  readonly read: (owner: string, args: readonly unknown[]) => D;
  /** The function within another's graph. */
  readonly graph: (
    b: NodeBuilder,
    x: Node,
    ...settings: Chain<Start<G, Rest<G, N>>, Partial<Rest<G, N>>>
  ) => R;
}

/** The names of settings: those that have places, those that come by name, which are tensors. */
export interface Places {
  readonly placed: readonly string[];
  readonly named: readonly string[];
  readonly tensors: readonly string[];
}

/** The default of a setting that is a tensor, or missing. */
export const NO_TENSOR = /* @__PURE__ */ asGiven<Node | null>(null);

/** What a definition may say beside its settings. */
interface More<T, N, M> {
  /** The tensors that follow the first one. */
  readonly tensors?: T;
  /** The arguments that every call gives, after the tensors. */
  readonly needed?: N;
  /** The settings that come by name alone; the graph gets them as one object, last. */
  readonly named?: M;
  /** What is asked of the tensors at each call, beside what the graph asks of their types. */
  readonly check?: (tensors: readonly Value[], settings: Defaults) => void;
}

/** The arguments of a graph that calls may give by position. */
type Placed<P extends List, M> = [keyof M] extends [never]
  ? P
  : P extends readonly [...infer R, unknown]
    ? R
    : P;

/** Settings by position, and those by name alone. */
type Joined<D, M> = [keyof M] extends [never] ? D : D & M;

/** What a program is made for: settings, and which of them are tensors among the inputs. */
interface Chosen {
  readonly settings: Defaults;
  readonly tensors: readonly string[];
}

/**
 * Defines a function: its name, the defaults of its settings in PyTorch's order, and its graph of
 * a tensor and those settings. What a call gives as a tensor is a node there.
 */
export function define<
  P extends List,
  R extends Nodes,
  D extends Defaults,
  const T extends readonly string[] = [],
  const N extends readonly string[] = [],
  M extends Defaults = NoDefaults,
>(
  name: string,
  defaults: D,
  graph: (b: NodeBuilder, x: Node, ...settings: P) => R,
  { tensors, needed, named, check }: More<T, N, M> = {},
): Defined<Placed<P, M>, [...T, ...N], Joined<D, M>, R, P> {
  const places: Defaults = { ...missing(needed), ...defaults };
  const all: Defaults = { ...places, ...named };
  const first = 1 + (tensors?.length ?? 0);
  const results = new Results();
  const ordered = (settings: Defaults): List => {
    const placed = Object.keys(places).map((key) => settings[key]);
    return named === undefined ? placed : [...placed, settings];
  };
  const fn = new Fn<Chosen>(name, (b, nodes, chosen) => {
    const settings = { ...chosen.settings };
    chosen.tensors.forEach((key, i) => (settings[key] = nodes[first + i]!));
    const rest = [...nodes.slice(1, first), ...ordered(settings)];
    return results.list(graph(b, nodes[0]!, ...(rest as unknown as P)));
  });
  const usual: Chosen = { settings: valuesOf(all), tensors: [] };
  const recent = new Recent<Chosen>();
  const bare = (x: Value): unknown => results.of(call(fn, [x], [], usual));
  const full = (x: Value, ...args: List): unknown => {
    const inputs = [x];
    for (let i = 1; i < first; i++) inputs.push(args[i - 1] as Value);
    const given = args.slice(first - 1);
    let chosen = given.length === 0 ? usual : recent.find(given);
    if (chosen === undefined) {
      chosen = recent.keep(given, chosenOf(all, read(name, places, given, named), inputs));
    } else for (const key of chosen.tensors) inputs.push(tensorOf(given, places, key));
    check?.(inputs, chosen.settings);
    return results.of(call(fn, inputs, [], chosen));
  };
  const initial = [...new Array<undefined>(first - 1), ...ordered(usual.settings)];
  const simple = first === 1 && check === undefined;
  const run = simple && Object.keys(usual.settings).length === 0 ? bare : full;
  return Object.assign(run, {
    title: name,
    defaults: valuesOf({ ...defaults, ...named }),
    places: {
      placed: Object.keys(places),
      named: Object.keys(named ?? {}),
      tensors: Object.keys(all).filter((key) => all[key] === NO_TENSOR),
    },
    read: (owner: string, args: List) => read(owner, places, args, named),
    graph: (b: NodeBuilder, x: Node, ...given: List) => {
      const list = initial.map((value, i) => (given[i] === undefined ? value : given[i]));
      if (named !== undefined) list.push({ ...usual.settings, ...(list.pop() as Defaults) });
      return graph(b, x, ...(list as unknown as P));
    },
  }) as never;
}

/** Settings that every call gives: they are taken as they come. */
function missing(needed: readonly string[] = []): Defaults {
  return Object.fromEntries(needed.map((key) => [key, asGiven(undefined)]));
}

/** A tensor among arguments: at its place, or in the options at the end. */
function tensorOf(given: List, places: Defaults, key: string): Value {
  const placed = given[Object.keys(places).indexOf(key)];
  return (placed instanceof Value ? placed : (given.at(-1) as Defaults)[key]) as Value;
}

/** Puts the tensors among some settings to the inputs; `attrsKey` refuses one left elsewhere. */
function chosenOf(all: Defaults, settings: Defaults, inputs: Value[]): Chosen {
  const plain: Record<string, unknown> = { ...settings };
  const tensors: string[] = [];
  for (const key in settings) {
    const value = settings[key];
    if (!(value instanceof Value) || all[key] !== NO_TENSOR) continue;
    inputs.push(value);
    tensors.push(key);
    plain[key] = null;
  }
  return constantAttrs({ settings: plain, tensors });
}

/** How the results of a graph are handed out; every graph of a function gives the same. */
class Results {
  #keys: readonly string[] | null = null;
  #single = true;

  /** Lists the nodes of a graph, and remembers what they were called. */
  list(nodes: Nodes): readonly Node[] {
    this.#single = isNode(nodes);
    if (isNode(nodes)) return [nodes];
    if (!Array.isArray(nodes)) this.#keys = Object.keys(nodes);
    return Object.values(nodes);
  }

  of(values: readonly Value[]): unknown {
    if (this.#single) return values[0];
    const keys = this.#keys;
    return keys === null ? values : Object.fromEntries(keys.map((key, i) => [key, values[i]]));
  }
}

function isNode(nodes: Nodes): nodes is Node {
  return "op" in nodes;
}

/** What has its meaning at hand for other graphs. */
export interface WithGraph<G> {
  /** The function within another's graph. */
  readonly graph: G;
}

/** Gives a function its graph. */
export function withGraph<F extends object, G>(run: F, graph: G): F & WithGraph<G> {
  return Object.assign(run, { graph });
}

/** A function of one tensor. */
export type UnaryFunction = <V extends Value>(x: V) => V;

/** A function of two operands, of which one may be a number. */
export interface BinaryFunction {
  /** The function within another's graph. */
  readonly graph: Binary;
  <V extends Value>(x: V, y: V | number): V;
  <V extends Value>(x: number, y: V): V;
}

/** Makes a function of one tensor from its composite. */
export function unary(name: string, compose: Unary): UnaryFunction {
  const fn = new Fn<None>(name, (b, [x]) => [compose(b, x!)]);
  return (x) => call1(fn, [x], [], NONE);
}

const TENSORS: BinaryOptions = Object.freeze({});
const WHOLE_RIGHT: BinaryOptions = { weak: { operand: 1, kind: "integer" } };
const FRACTION_RIGHT: BinaryOptions = { weak: { operand: 1, kind: "float" } };
const WHOLE_LEFT: BinaryOptions = { weak: { operand: 0, kind: "integer" } };
const FRACTION_LEFT: BinaryOptions = { weak: { operand: 0, kind: "float" } };

/** Makes a function of two operands from its composite; numbers never cause a new program. */
export function binary(name: string, compose: Binary): BinaryFunction {
  const fn = new Fn<BinaryOptions>(name, (b, [x, y], options) =>
    options.weak?.operand === 0
      ? [compose(b, y!, x!, options)] // inputs are tensors first, then numbers
      : [compose(b, x!, y!, options)],
  );
  const run = <V extends Value>(x: V | number, y: V | number): V => {
    if (typeof y === "number") {
      const attrs = isWhole(name, x as V, y) ? WHOLE_RIGHT : FRACTION_RIGHT;
      return call1(fn, [x as V], [y], attrs);
    }
    if (typeof x === "number") {
      return call1(fn, [y], [x], isWhole(name, y, x) ? WHOLE_LEFT : FRACTION_LEFT);
    }
    return call1(fn, [x, y], [], TENSORS);
  };
  return withGraph(run, compose);
}

/** Options of `add` and `sub`. */
export interface AlphaOptions {
  /** What the second operand is multiplied by. Default: 1. */
  readonly alpha?: number;
}

/** A function of two operands, of which the second may be scaled. */
export interface ScaledFunction {
  /** x ∘ y within another's graph. */
  readonly graph: Binary;
  <V extends Value>(x: V, y: V | number, options?: AlphaOptions): V;
  <V extends Value>(x: number, y: V, options?: AlphaOptions): V;
}

/** Makes x ∘ alpha · y from the composite of x ∘ y; alpha never causes a new program. */
export function scaledBinary(name: string, compose: Binary): ScaledFunction {
  const plain = binary(name, compose);
  const fn = new Fn<BinaryOptions>(name, (b, [x, y, alpha], options) => [
    compose(b, x!, mul(b, y!, alpha!, options)),
  ]);
  const numberFn = new Fn<BinaryOptions>(name, (b, [x, y], kind) => [compose(b, x!, y!, kind)]);
  const run = <V extends Value>(x: V | number, y: V | number, options?: AlphaOptions): V => {
    const alpha = alphaOf(name, options);
    if (alpha === 1) return typeof x === "number" ? plain(x, y as V) : plain(x, y);
    if (typeof y === "number") {
      // 0.5 · 2 is a fraction's double
      const whole =
        Number.isInteger(y) && Number.isInteger(alpha) && isWhole(name, x as V, y * alpha);
      return call1(numberFn, [x as V], [y * alpha], whole ? WHOLE_RIGHT : FRACTION_RIGHT);
    }
    const weak = isWhole(name, y, alpha) ? WHOLE_RIGHT : FRACTION_RIGHT;
    if (typeof x === "number") return plain(x, call1(scaleFn, [y], [alpha], weak));
    return call1(fn, [x, y], [alpha], weak);
  };
  return withGraph(run, compose);
}

/** The option `alpha` of `add`, `sub` and `rsub`. */
export function alphaOf(name: string, options: AlphaOptions | undefined): number {
  if (options === undefined) return 1;
  const truth = (options?.alpha as unknown) === true; // PyTorch's alpha of bools: 1
  return truth ? 1 : readNamed(name, { alpha: 1 }, options).alpha;
}

const scaleFn = /* @__PURE__ */ new Fn<BinaryOptions>("mul", (b, [x, y], options) => [
  mul(b, x!, y!, options),
]);

/** Whether a number leaves an int32 or bool tensor whole; such must be an int32. */
export function isWhole(name: string, x: Value, value: number): boolean {
  if (isFloat(x.type.dtype) || !Number.isInteger(value)) return false;
  elementOf(name, "int32", value);
  return true;
}

/** Attributes of a conversion. */
export interface CastAttrs {
  readonly dtype: DType;
}

const kept = /* @__PURE__ */ new Map<string, unknown>();

/** Returns one object for equal attributes, so that calls find their program by identity. */
export function constantAttrs<A extends object>(attrs: A): A {
  const key = attrsKey(attrs); // Infinity, NaN and −0 stay apart
  const known = kept.get(key);
  if (known !== undefined) return known as A;
  const own = ownCopy(attrs) as A; // callers may write to their lists afterwards
  if (kept.size < 4096) kept.set(key, own);
  return own;
}

function ownCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ownCopy);
  if (!isOptions(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, ownCopy(part)]));
}

/** The arguments of a function after its tensor. */
export type ArgumentsOf<F> = F extends (x: never, ...rest: infer P) => unknown ? P : never;

/** A list of numbers, or the numbers one by one. */
export type Listed = [list: number | readonly number[]] | readonly number[];

/** Makes a function of one tensor and a list, given as an array or number by number. */
export function listing(
  name: string,
  graph: (b: NodeBuilder, x: Node, list: readonly number[]) => Node,
) {
  const fn = new Fn<{ readonly p: readonly number[] }>(name, (b, [x], { p }) => [graph(b, x!, p)]);
  const recent = new Recent<{ readonly p: readonly number[] }>();
  const run = <V extends Value>(x: V, ...list: Listed): V => {
    const attrs = recent.find(list) ?? recent.keep(list, constantAttrs({ p: list.flat() }));
    return call1(fn, [x], [], attrs);
  };
  return withGraph(run, graph);
}

/** Makes a function of a list of tensors, which may not be empty, and of an axis, 0 by default. */
export function joining(
  name: string,
  graph: (b: NodeBuilder, parts: readonly Node[], dim: number) => Node,
) {
  const fn = new Fn<{ readonly dim: number }>(name, (b, parts, { dim }) => [graph(b, parts, dim)]);
  const run = <V extends Value>(tensors: readonly V[], axis?: number | { dim?: number }): V => {
    if (tensors.length === 0) {
      throw argumentError(`${name}: the list is empty; need at least one tensor.`);
    }
    return call1(fn, tensors, [], constantAttrs(read(name, { dim: 0 }, [axis])));
  };
  return withGraph(run, graph);
}
