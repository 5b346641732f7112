/** Python arguments bound to the names of a PyTorch signature, for the tables of calls. */
import type { Tensor } from "../../src/tensor/tensor.ts";

/** How one PyTorch operation is spelled with Nabla's public functions. */
export interface Call {
  /** The names of PyTorch's parameters, in order; `*name` takes all that remain. */
  readonly signature: readonly string[];
  readonly run: (a: Args) => unknown;
}

/** Makes an entry: `call("input dim keepdim", (a) => …)`. */
export function call(signature: string, run: (a: Args) => unknown): Call {
  return { signature: signature.split(" "), run };
}

/** Turns snake_case into camelCase. */
export function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The arguments of one case, by name. */
export class Args {
  private readonly values: ReadonlyMap<string, unknown>;

  constructor(
    signature: readonly string[],
    positional: readonly unknown[],
    keywords: Readonly<Record<string, unknown>>,
  ) {
    const values = new Map<string, unknown>();
    let at = 0;
    for (const name of signature) {
      if (name.startsWith("*")) {
        values.set(name.slice(1), positional.slice(at));
        at = positional.length;
      } else if (at < positional.length) {
        values.set(name, positional[at++]);
      }
    }
    if (at < positional.length) throw new Error(`too many arguments for (${signature.join(", ")})`);
    for (const [name, value] of Object.entries(keywords)) values.set(name, value);
    this.values = values;
  }

  /** The tensor the operation works on. */
  get x(): Tensor {
    return this.get<Tensor>("input");
  }

  /** An argument that must be there. */
  get<T = Tensor>(name: string): T {
    if (!this.values.has(name)) throw new Error(`the case has no argument ${name}`);
    return this.values.get(name) as T;
  }

  /** An argument, or undefined where it is missing or None. */
  maybe<T>(name: string): T | undefined {
    return (this.values.get(name) ?? undefined) as T | undefined;
  }

  /** Whether an argument was given and is not None. */
  has(name: string): boolean {
    return this.maybe(name) !== undefined;
  }

  /**
   * An options object of those named arguments that were given, under their camelCased names. (Its
   * type fits every options object: the names are checked at run time.)
   */
  options(...names: readonly string[]): Record<string, never> {
    const given = names.filter((name) => this.has(name));
    return Object.fromEntries(
      given.map((name) => [camelCase(name), this.values.get(name) as never]),
    );
  }
}
