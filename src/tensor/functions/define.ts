/**
 * How functions are written: each has a graph builder (an `Fn`) and one generic wrapper that
 * tensors' methods and the functions of the doors share.
 */
import type { DType } from "../../core/dtype.ts";
import { elementOf, isFloat } from "../../core/dtype.ts";
import { argumentError } from "../../core/errors.ts";
import { checkOption, isOptions, optionsOf, plainName, refuseOption } from "../../core/options.ts";
import type { Binary, BinaryOptions, Unary } from "../../ir/compose/arithmetic.ts";
import { mul } from "../../ir/compose/arithmetic.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import { attrsKey } from "../../ir/node.ts";
import type { None } from "../../runtime/function.ts";
import { Fn, NONE } from "../../runtime/function.ts";
import { call1, deviceOf, isWholeNumber } from "../call.ts";
import type { Value } from "../value.ts";

/** A function of one tensor. */
export type UnaryFunction = <V extends Value>(x: V) => V;

/** A function of two operands, of which one may be a number. */
export interface BinaryFunction {
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
  return <V extends Value>(x: V | number, y: V | number): V => {
    if (typeof y === "number") {
      const attrs = isWhole(name, x as V, y) ? WHOLE_RIGHT : FRACTION_RIGHT;
      return call1(fn, [x as V], [y], attrs);
    }
    if (typeof x === "number") {
      return call1(fn, [y], [x], isWhole(name, y, x) ? WHOLE_LEFT : FRACTION_LEFT);
    }
    if (x?.number !== null || y?.number !== null) {
      deviceOf(name, [x as V, y]); // which refuses what is no tensor
      const { inputs, attrs } = withNumber(x as V, y);
      return call1(fn, inputs, [], attrs);
    }
    return call1(fn, [x, y], [], TENSORS);
  };
}

/**
 * Two operands of which one is a compiled function's argument that was a number: it comes last and
 * takes part in promotion as a number does.
 */
export function withNumber<V extends Value>(
  x: V,
  y: V,
): { readonly inputs: readonly V[]; readonly attrs: BinaryOptions } {
  const right = y.number !== null;
  const inputs = right ? [x, y] : [y, x];
  const [x0, number] = inputs as [V, V];
  if (!isFloat(x0.type.dtype)) isWholeNumber(number); // which a replay asks again
  const whole = isWhole("compile", x0, number.number!);
  if (right) return { inputs, attrs: whole ? WHOLE_RIGHT : FRACTION_RIGHT };
  return { inputs, attrs: whole ? WHOLE_LEFT : FRACTION_LEFT };
}

/** Options of `add` and `sub`. */
export interface AlphaOptions {
  /** What the second operand is multiplied by. Default: 1. */
  readonly alpha?: number;
}

/** A function of two operands, of which the second may be scaled. */
export interface ScaledFunction {
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
  return <V extends Value>(x: V | number, y: V | number, options?: AlphaOptions): V => {
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
    if (y.number !== null) {
      const scaled = call1(scaleFn, [y], [alpha], weak);
      scaled.number = isFloat(x.type.dtype) || !isWholeNumber(y) ? NaN : y.number * alpha;
      return plain(x, scaled);
    }
    return call1(fn, [x, y], [alpha], weak);
  };
}

/** The option `alpha` of `add`, `sub` and `rsub`. */
export function alphaOf(name: string, options: AlphaOptions | undefined): number {
  if (options === undefined) return 1;
  const truth = (options?.alpha as unknown) === true; // PyTorch's alpha of bools: 1
  return truth ? 1 : (optionsOf(name, ["alpha"], options).alpha ?? 1);
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

/**
 * Puts arguments in PyTorch's order. The optional ones may come by position or by name, in one
 * trailing options object; a name that the function does not have is an error.
 */
export function inOrder(
  fn: string,
  names: readonly string[],
  args: readonly unknown[],
): readonly unknown[] {
  const last = args[args.length - 1];
  if (!isOptions(last)) return args;
  const ordered = args.slice(0, -1);
  const open = names.slice(ordered.length);
  for (const [name, value] of Object.entries(last)) {
    if (!open.includes(name)) refuseOption(fn, open, name);
    ordered[names.indexOf(name)] = value;
  }
  return Array.from(ordered);
}

/** A list of numbers, or the numbers one by one. */
export type Listed = [list: number | readonly number[]] | readonly number[];

/** Makes a function of one tensor and a list, given as an array or number by number. */
export function listing(
  name: string,
  compose: (b: NodeBuilder, x: Node, list: readonly number[]) => Node,
): <V extends Value>(x: V, ...list: Listed) => V {
  const fn = new Fn<{ readonly p: readonly number[] }>(name, (b, [x], { p }) => [
    compose(b, x!, p),
  ]);
  return (x, ...list) => call1(fn, [x], [], constantAttrs({ p: list.flat() }));
}

/** The optional arguments of a function: by position, or by name in one object. */
export type Optional<P extends readonly unknown[], O> = P | [options: O];

/** The options of a call whose optional arguments came by position or by name; null is none. */
export function byName<O extends object>(
  fn: string,
  names: readonly string[],
  args: readonly unknown[],
): O {
  const [first] = args;
  const given = args.length === 1 && isOptions(first) ? first : null;
  const foreign = given && Object.keys(given).find((key) => !names.includes(key));
  if (foreign) refuseOption(fn, names, foreign);
  if (given !== null && !Object.values(given).includes(null)) return given as O;
  const ordered = given === null ? inOrder(fn, names, args) : [];
  const entries = given !== null ? Object.entries(given) : names.map((n, i) => [n, ordered[i]]);
  const some = entries.filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(some) as O;
}

type Prefixes<P extends readonly unknown[]> = P extends readonly [infer A, ...infer R]
  ? [] | [A, ...Prefixes<R>]
  : [];

/** The first of some optional arguments by position, the others by name in one object. */
export type Settings<P extends readonly unknown[], O> = [...Prefixes<P>, options?: O];

/**
 * The options of a constructor whose optional arguments came by position, in the order of `names`,
 * or by name, where those of `more` may be, too. Throws for whatever is neither.
 */
export function settingsOf<O extends object>(
  owner: string,
  names: readonly string[],
  args: readonly unknown[],
  more: readonly string[] = [],
): O {
  const last = args.at(-1);
  const named = isOptions(last) ? last : undefined;
  const placed = named === undefined ? args : args.slice(0, -1);
  const all = [...names, ...more];
  const options: Record<string, unknown> = {};
  placed.forEach((value, i) => {
    if (value === undefined) return;
    const key = names[i];
    if (key === undefined) optionsOf(owner, all, value as object);
    else checkOption(owner, all, plainName(key), (options[plainName(key)] = value));
  });
  return { ...options, ...optionsOf(owner, all.slice(placed.length), named) } as O;
}

/** The one setting of a constructor, a number by position or by name. */
export function numberOf(owner: string, name: string, given: unknown, initial: number): number {
  const value = settingsOf<Record<string, unknown>>(owner, [name], [given])[name] ?? initial;
  if (typeof value === "number") return value;
  throw argumentError(`${owner}: ${name} is no number.`);
}

/** Makes a function of one tensor and parameters, the optional ones by position or by name. */
export function parametric<R extends readonly unknown[], P extends readonly unknown[], O>(
  name: string,
  names: readonly string[],
  compose: (b: NodeBuilder, x: Node, ...parameters: P) => Node,
): <V extends Value>(x: V, ...args: P | [...R, O]) => V {
  const fn = new Fn<{ readonly p: P }>(name, (b, [x], { p }) => [
    compose(b, x!, ...(p.map((value) => value ?? undefined) as unknown as P)),
  ]);
  return (x, ...args) => {
    const p = inOrder(name, names, args) as unknown as P;
    return call1(fn, [x], [], constantAttrs({ p }));
  };
}
