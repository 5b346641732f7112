/** A number that a run shows. */

/** One number with its name. */
export interface Reading {
  readonly name: string;
  readonly value: string;
  /** By which tests and styles find it. */
  readonly id: string;
  /** Its colour: forward, backward, held out; ink without. */
  readonly kind?: "fwd" | "bwd" | "held-out";
  /** The symbol of the equation that it belongs to. */
  readonly symbol?: string;
}
