/**
 * Layers that hold the settings of a function: constructor, fields, checks, buffers and `forward`
 * follow from its definition.
 */
import type { Options } from "../core/options.ts";
import type { Node } from "../ir/node.ts";
import type { Called, Defined, Given, Start } from "../tensor/functions/define.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Module } from "./module.ts";
import { snake } from "./repr.ts";

type List = readonly unknown[];

/** The arguments of a function after its tensors, and which of those every call gives. */
type Unheld<P extends List, N extends List> = P extends readonly [infer A, ...infer R]
  ? N extends readonly [unknown, ...infer M]
    ? Node extends A
      ? Unheld<R, M>
      : [P, N]
    : [P, N]
  : [P, N];

/** What a layer is made of: the settings, by position or by name. */
type Made<U, D extends object> = U extends readonly [infer P extends List, infer N extends List]
  ? Given<P, Tensor> extends infer G extends List
    ? Called<G, N, Options<Given<D, Tensor>>>
    : never
  : never;

/** The tensors of a call after the first one. */
type Further<P extends List, U> = U extends readonly [infer S extends List, unknown]
  ? Given<Start<P, S>, Tensor>
  : never;

type Result<R> = R extends Node ? Tensor : { -readonly [K in keyof R]: Tensor };

/** A name as Python spells it. */
type Snake<S> = S extends `${infer C}${infer R}`
  ? `${C extends Lowercase<C> ? C : `_${Lowercase<C>}`}${Snake<R>}`
  : "";

/** The settings as fields, and those that are tensors as buffers under PyTorch's names. */
type Held<D extends object> = {
  readonly [K in keyof D as Node extends D[K] ? never : K]: D[K];
} & { [K in keyof D as Node extends D[K] ? Snake<K> : never]: Tensor | Exclude<D[K], Node> };

/** The settings that every call gives, as fields. */
type Needed<U> = U extends readonly [infer P extends List, infer N extends List]
  ? P extends readonly [infer A, ...infer R]
    ? N extends readonly [infer K extends string, ...infer M]
      ? { readonly [Key in K]: A } & Needed<[R, M]>
      : object
    : object
  : object;

/** What a call of the layer is given: the tensors. */
type Call<P extends List, N extends List> =
  Further<P, Unheld<P, N>> extends infer T extends List ? [x: Tensor, ...further: T] : never;

/** All settings as fields. */
type Fields<P extends List, N extends List, D extends object> = Held<D> & Needed<Unheld<P, N>>;

/** What a layer computes. */
export interface Forward<C extends List, R> {
  /** Calls the layer's function on these tensors with the layer's settings. */
  forward(...inputs: C): R;
}

/** The class of a function's layers. */
export interface LayerClass<A extends List, C extends List, R, D, B> {
  new (...args: A): B & D & Forward<C, R>;
}

/** The settings of a function's layers, by position or by name. */
export type LayerArguments<F> =
  F extends Defined<infer P, infer N, infer D, infer _R, infer _G> ? Made<Unheld<P, N>, D> : never;

/** Settings by name. */
export type OptionsOf<F> =
  F extends Defined<infer _P, infer _N, infer D, infer _R, infer _G>
    ? Options<Given<D, Tensor>>
    : never;

/** What goes into the parentheses after a layer's name. */
export type Show<D> = (settings: D) => string;

/** Shows no setting. */
export function none(): string {
  return "";
}

/**
 * Makes the class of the layers that hold the settings of a function; those that are tensors are
 * buffers. `show` prints them; `base` is what the class extends: its constructor gets the settings
 * first, to check or complete them.
 */
export function moduleOf<
  P extends List,
  N extends List,
  D extends object,
  R,
  G extends List,
  B extends Module = Module,
>(
  fn: Defined<P, N, D, R, G>,
  show: Show<Fields<P, N, D>> = none,
  base: abstract new (settings: never) => B = Module as never,
): LayerClass<Made<Unheld<P, N>, D>, Call<P, N>, Result<R>, Fields<P, N, D>, B> {
  const { placed, named, tensors } = fn.places;
  const run = fn as unknown as (...args: List) => unknown;
  const field = (key: string): string => (tensors.includes(key) ? snake(key) : key);
  class Layer extends (base as unknown as new (settings: object) => Module) {
    static readonly passesOn = true;

    constructor(...args: List) {
      const settings = fn.read(new.target.name, args) as Record<string, unknown>;
      super(settings);
      for (const key of [...placed, ...named]) {
        const value = settings[key];
        if (tensors.includes(key)) this.registerBuffer(field(key), value as Tensor | null);
        else Object.assign(this, { [key]: value });
      }
    }

    override forward(...inputs: List): unknown {
      const own = this as unknown as Record<string, unknown>;
      const args = [...inputs, ...placed.map((key) => own[field(key)])];
      if (named.length === 0) return run(...args);
      return run(...args, Object.fromEntries(named.map((key) => [key, own[field(key)]])));
    }

    override extraRepr(): string {
      const own = this as unknown as Record<string, unknown>;
      return show(Object.fromEntries(placed.map((key) => [key, own[field(key)]])) as never);
    }
  }
  return Layer as never;
}
