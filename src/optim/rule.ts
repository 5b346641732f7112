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

/** One parameter as the update sees it. `S` names the state tensors, `N` the numbers. */
export interface UpdateInputs<S extends string, N extends string> {
  readonly param: Node;
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

/** An optimizer, written down. */
export interface RuleText<O extends BaseOptions, S extends string, N extends string> {
  readonly name: string;
  /** PyTorch's defaults. */
  readonly defaults: Readonly<O>;
  /** Throws where an option is out of its range; `fail` makes the error. */
  readonly check: (options: Readonly<O>, fail: Fail) => void;
  /** The state tensors that these options need, by PyTorch's names, each with its first value. */
  readonly states: (options: Readonly<O>) => Readonly<Partial<Record<S, number>>>;
  /** The state that is a single number for each parameter, of shape []. */
  readonly scalars?: readonly S[];
  /** What shapes the program: a change traces anew. */
  readonly flags: (options: Readonly<O>) => Flags;
  /** What is read anew at each step, in float64; `step` counts from 1. A change never traces. */
  readonly numbers: Readonly<Record<N, (options: Readonly<O>, step: number) => number>>;
  /** The update of one parameter; it returns every state tensor that it was given. */
  readonly update: (w: Words, inputs: UpdateInputs<S, N>, flags: Flags) => UpdateOutputs<S>;
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
export interface Rule<O extends BaseOptions> extends Omit<
  RuleText<O, string, string>,
  "update" | "states"
> {
  readonly states: (options: Readonly<O>) => Readonly<Record<string, number>>;
  /**
   * Tensors: for each parameter itself, its gradient, its state. Numbers: for each bucket those of
   * the rule, in order. Results: for each parameter itself and its state.
   */
  readonly fn: Fn<Layout>;
}

/** Makes the function of a rule. */
export function makeRule<O extends BaseOptions, S extends string, N extends string>(
  text: RuleText<O, S, N>,
): Rule<O> {
  const names = Object.keys(text.numbers) as N[];
  const fn = new Fn<Layout>(text.name, (b, inputs, { buckets }) => {
    const w = wordsOf(b);
    const outputs: Node[] = [];
    let tensor = 0;
    let number = inputs.length - names.length * buckets.length;
    for (const { params, states, flags } of buckets) {
      const numbers = inputs.slice(number, (number += names.length));
      for (let p = 0; p < params; p++) {
        const param = inputs[tensor++]!;
        const grad = inputs[tensor++]!;
        const kept = record(states, (s) => inputs[tensor + s]!);
        tensor += states.length;
        const cast = record(names, (k) => castTo(b, numbers[k]!, param.type.dtype));
        const state = record(states, (s) => w.stretch(kept[states[s]!]!, param));
        const n = record(names, (k) => w.stretch(cast[names[k]!]!, param));
        const seen = { param, grad, state, n, scalar: { ...cast, ...kept } };
        const next = text.update(w, seen as UpdateInputs<S, N>, flags);
        outputs.push(next.param, ...states.map((name) => next.state[name as S]!));
      }
    }
    return outputs;
  });
  return { ...text, states: text.states as Rule<O>["states"], fn };
}

function record(names: readonly string[], of: (k: number) => Node): Record<string, Node> {
  return Object.fromEntries(names.map((name, k) => [name, of(k)]));
}

/** The arithmetic that updates are written in, elementwise on nodes of one type. */
export interface Words {
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
  /** Stretches a scalar to the shape of `like`. */
  readonly stretch: (scalar: Node, like: Node) => Node;
  /** Makes a constant of the type of `like`. */
  readonly fill: (value: number, like: Node) => Node;
}

function wordsOf(b: Builder): Words {
  return {
    add: (x, y) => op(b, "add", x, y),
    sub: (x, y) => op(b, "sub", x, y),
    mul: (x, y) => op(b, "mul", x, y),
    div: (x, y) => op(b, "div", x, y),
    neg: (x) => op(b, "neg", x),
    abs: (x) => op(b, "abs", x),
    sqrt: (x) => op(b, "sqrt", x),
    maximum: (x, y) => op(b, "maximum", x, y),
    minimum: (x, y) => op(b, "minimum", x, y),
    lt: (x, y) => op(b, "lt", x, y),
    where: (condition, x, y) => op(b, "where", condition, x, y),
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
