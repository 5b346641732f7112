/** What `nabla fit` is told by its options. */
import type { FIT_CHOICES } from "./choices.ts";

/** The options of `nabla fit` as commander hands them over. */
export interface FitFlags {
  readonly x?: string;
  readonly y?: string;
  readonly hidden: readonly number[];
  readonly activation: (typeof FIT_CHOICES.activation)[number];
  readonly optimizer: (typeof FIT_CHOICES.optimizer)[number];
  readonly lr: number;
  readonly epochs: number;
  readonly scale: (typeof FIT_CHOICES.scale)[number];
  readonly seed: number;
  readonly out?: string;
}
