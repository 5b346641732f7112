/**
 * What distinguishes one optimizer from another: the state it keeps, the numbers it reads at each
 * step, and its update as a graph. Everything else is in optimizer.ts, the same for all.
 */
import type { Builder } from "../ir/builder.ts";
import type { Node } from "../ir/node.ts";
import { castTo, expandTo, fillLike, op } from "../ir/words.ts";
import { Fn } from "../runtime/function.ts";

/** Makes the error about an option. */
export type Fail = (what: string) => Error;

/** The options every optimizer has. */
export interface BaseOptions {
  /** The learning rate. */
  lr: number;
}

/** Options of optimizers that pull parameters towards 0. */
export interface PenaltyOptions extends BaseOptions {
  /** L2 penalty: `weightDecay · p` is added to the gradient. */
  weightDecay: number;
}

/** Options of Adam and its kin. */
export interface MomentOptions extends PenaltyOptions {
  /** Decay rates of the running means of the gradient and of its square. */
  betas: readonly [number, number];
  /** Added to the denominator. */
  eps: number;
}

/** The numbers that Adam and its kin read: decay rates, their complements, and `eps`. */
export const MOMENTS = {
  beta1: (o: Readonly<MomentOptions>) => o.betas[0],
  rest1: (o: Readonly<MomentOptions>) => 1 - o.betas[0],
  beta2: (o: Readonly<MomentOptions>) => o.betas[1],
  rest2: (o: Readonly<MomentOptions>) => 1 - o.betas[1],
  eps: (o: Readonly<MomentOptions>) => o.eps,
};

/** One parameter as the update sees it. `S` names the state tensors, `N` the numbers. */
export interface UpdateInputs<S extends string, N extends string> {
  readonly param: Node;
  /** The gradient to follow: turned where it climbs, with the L2 penalty where there is one. */
  readonly grad: Node;
  /** The state tensors, shaped like the parameter; only those that `states` listed are there. */
  readonly state: Readonly<Record<S, Node>>;
  /** The numbers, cast to the parameter's dtype and stretched to its shape. */
  readonly n: Readonly<Record<N, Node>>;
  /** The numbers and the state of shape [], as they are. */
  readonly scalar: Readonly<Record<N | S, Node>>;
}

/** What an update gives back: the new parameter and all of its state. */
export interface UpdateOutputs<S extends string> {
  readonly param: Node;
  readonly state: Readonly<Partial<Record<S, Node>>>;
}

/** Which variant of an update it is, by name. */
export type Flags = Readonly<Record<string, boolean>>;

/** T, which is not to be inferred from here (TypeScript's `NoInfer`, which 5.4 brought). */
type Fixed<T> = [T][T extends unknown ? 0 : never];

/** An optimizer, written down. */
export interface RuleText<O extends BaseOptions, S extends string, N extends string> {
  readonly name: string;
  /** PyTorch's defaults. */
  readonly defaults: Readonly<O>;
  /** The options that must be numbers of at least 0, in the order in which they are checked. */
  readonly atLeast0: readonly (keyof O)[];
  /** Throws where another option is out of its range; `fail` makes the error. */
  readonly check?: (options: Readonly<O>, fail: Fail) => void;
  /** Whether `weightDecay` is no L2 penalty, but the update's own business. */
  readonly decoupled?: boolean;
  /** The state tensors that these options need, by PyTorch's names, each with its first value. */
  readonly states: (options: Readonly<O>) => Readonly<Partial<Record<S, number>>>;
  /** The state that is a single number for each parameter, of shape []. */
  readonly scalars?: readonly Fixed<S>[];
  /** What shapes the program, beside penalty and climbing: a change traces anew. */
  readonly flags?: (options: Readonly<O>) => Record<string, boolean>;
  /** What is read anew at each step, in float64; `step` counts from 1. A change never traces. */
  readonly numbers: Readonly<Record<N, (options: Readonly<Fixed<O>>, step: number) => number>>;
  /** The update of one parameter; it returns every state tensor that it was given. */
  readonly update: (
    w: Words,
    inputs: UpdateInputs<Fixed<S>, Fixed<N>>,
    flags: Flags,
  ) => UpdateOutputs<string>;
}

/** Parameters that are updated alike: same variant, same state, same numbers. */
export interface Bucket {
  readonly params: number;
  readonly states: readonly string[];
  readonly flags: Flags;
}

/** What one program updates. */
export interface Layout {
  readonly buckets: readonly Bucket[];
}

/** A rule with the function that updates any number of parameters by it, in one program. */
export interface Rule<O extends BaseOptions> {
  readonly name: string;
  readonly defaults: Readonly<O>;
  readonly check: (options: Readonly<O>, fail: Fail) => void;
  readonly states: (options: Readonly<O>) => Readonly<Record<string, number>>;
  readonly scalars: readonly string[];
  readonly flags: (options: Readonly<O>) => Flags;
  readonly numbers: Readonly<Record<string, (options: Readonly<O>, step: number) => number>>;
  /**
   * Tensors: for each parameter itself, its gradient, its state. Numbers: for each bucket those of
   * the rule, in order. Results: for each parameter itself and its state.
   */
  readonly fn: Fn<Layout>;
}

/** Makes the function of a rule, and what all rules share: checks, L2 penalty, climbing. */
export function makeRule<O extends BaseOptions, S extends string, N extends string>(
  text: RuleText<O, S, N>,
): Rule<O> {
  type Known = Readonly<O & Partial<MomentOptions> & { maximize?: boolean }>;
  const { name, defaults, atLeast0, decoupled = false, scalars = [] } = text;
  const penalized = !decoupled && "weightDecay" in defaults;
  const numbers: Rule<O>["numbers"] = penalized
    ? { ...text.numbers, decay: (o: Known) => o.weightDecay! }
    : text.numbers;
  return {
    name,
    defaults,
    scalars,
    numbers,
    states: text.states as Rule<O>["states"],
    check: (o: Known, fail) => {
      for (const key of atLeast0) checkRange(fail, String(key), o[key] as number, 0);
      if (o.betas !== undefined) checkBetas(fail, o.betas);
      text.check?.(o, fail);
    },
    flags: (o: Known) => {
      const flags = text.flags?.(o) ?? {};
      if (penalized) flags["decays"] = o.weightDecay !== 0;
      if (o.maximize !== undefined) flags["maximize"] = o.maximize;
      return flags;
    },
    fn: updateFn(name, Object.keys(numbers), text.update),
  };
}

function updateFn<S extends string, N extends string>(
  title: string,
  names: readonly string[],
  update: RuleText<BaseOptions, S, N>["update"],
): Fn<Layout> {
  return new Fn<Layout>(title, (b, inputs, { buckets }) => {
    const w = wordsOf(b);
    const outputs: Node[] = [];
    let tensor = 0;
    let number = inputs.length - names.length * buckets.length;
    for (const { params, states, flags } of buckets) {
      const numbers = inputs.slice(number, (number += names.length));
      for (let p = 0; p < params; p++) {
        const param = inputs[tensor++]!;
        const given = inputs[tensor++]!;
        const kept = record(states, (s) => inputs[tensor + s]!);
        tensor += states.length;
        const cast = record(names, (k) => castTo(b, numbers[k]!, param.type.dtype));
        const state = record(states, (s) => w.stretch(kept[states[s]!]!, param));
        const n = record(names, (k) => w.stretch(cast[names[k]!]!, param));
        const turned = flags["maximize"] ? w.neg(given) : given;
        const grad = flags["decays"] ? w.add(turned, w.mul(n["decay"]!, param)) : turned;
        const seen = { param, grad, state, n, scalar: { ...cast, ...kept } };
        const next = update(w, seen as UpdateInputs<S, N>, flags);
        outputs.push(next.param, ...states.map((name) => next.state[name]!));
      }
    }
    return outputs;
  });
}

function record(names: readonly string[], of: (k: number) => Node): Record<string, Node> {
  return Object.fromEntries(names.map((name, k) => [name, of(k)]));
}

/** The arithmetic that updates are written in, elementwise on nodes of one type. */
export interface Words {
  /** What makes nodes, for what is not elementwise. */
  readonly builder: Builder;
  readonly add: (x: Node, y: Node) => Node;
  readonly sub: (x: Node, y: Node) => Node;
  readonly mul: (x: Node, y: Node) => Node;
  readonly div: (x: Node, y: Node) => Node;
  readonly neg: (x: Node) => Node;
  readonly abs: (x: Node) => Node;
  readonly sqrt: (x: Node) => Node;
  readonly maximum: (x: Node, y: Node) => Node;
  readonly minimum: (x: Node, y: Node) => Node;
  readonly lt: (x: Node, y: Node) => Node;
  readonly where: (condition: Node, x: Node, y: Node) => Node;
  /** A running mean: `keep · before + take · value`. */
  readonly average: (before: Node, keep: Node, value: Node, take: Node) => Node;
  /** Stretches a scalar to the shape of `like`. */
  readonly stretch: (scalar: Node, like: Node) => Node;
  /** Makes a constant of the type of `like`. */
  readonly fill: (value: number, like: Node) => Node;
}

function wordsOf(b: Builder): Words {
  const add = (x: Node, y: Node): Node => op(b, "add", x, y);
  const mul = (x: Node, y: Node): Node => op(b, "mul", x, y);
  return {
    builder: b,
    add,
    sub: (x, y) => op(b, "sub", x, y),
    mul,
    div: (x, y) => op(b, "div", x, y),
    neg: (x) => op(b, "neg", x),
    abs: (x) => op(b, "abs", x),
    sqrt: (x) => op(b, "sqrt", x),
    maximum: (x, y) => op(b, "maximum", x, y),
    minimum: (x, y) => op(b, "minimum", x, y),
    lt: (x, y) => op(b, "lt", x, y),
    where: (condition, x, y) => op(b, "where", condition, x, y),
    average: (before, keep, value, take) => add(mul(before, keep), mul(value, take)),
    stretch: (scalar, like) => expandTo(b, scalar, like.type.shape),
    fill: (value, like) => fillLike(b, like, value),
  };
}

/** Checks that an option is a number of at least `low` (and below `high`). */
export function checkRange(
  fail: Fail,
  name: string,
  value: number,
  low: number,
  high = Infinity,
): void {
  if (typeof value === "number" && value >= low && (value < high || high === Infinity)) return;
  const range = high === Infinity ? `of at least ${low}` : `from ${low} to below ${high}`;
  throw fail(`${name} is ${value}; need a number ${range}`);
}

/** Checks Adam's pair of decay rates. */
export function checkBetas(fail: Fail, betas: readonly [number, number]): void {
  if (!Array.isArray(betas) || betas.length !== 2) throw fail("betas must be a pair of numbers");
  checkRange(fail, "betas[0]", betas[0], 0, 1);
  checkRange(fail, "betas[1]", betas[1], 0, 1);
}
