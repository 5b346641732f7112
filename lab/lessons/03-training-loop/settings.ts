/** What can be set in the lesson on the training loop. */
import type { Fields } from "../../parts/fields.ts";

/** The five lines of the loop, in order. */
export const LINES = ["forward", "loss", "backward", "update", "zero"] as const;

/** The rate, and the line that is left out. */
export type LoopSettings = {
  readonly rate: number;
  readonly leave: "none" | (typeof LINES)[number];
};

/** Everything in place, at a rate that works. */
export const DEFAULTS: LoopSettings = { rate: 0.01, leave: "none" };

/** Their limits and labels. */
export const FIELDS = {
  rate: { kind: "number", label: "learning rate", min: 0.001, max: 0.2, step: 0.001 },
  leave: {
    kind: "choice",
    label: "leave out",
    choices: {
      ...{ none: "nothing", forward: "1 forward", loss: "2 loss" },
      ...{ backward: "3 backward", update: "4 update", zero: "5 zero" },
    },
  },
} satisfies Fields;
