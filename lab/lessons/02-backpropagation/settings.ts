/** What can be set in the lesson on backpropagation. */
import type { Fields } from "../../parts/fields.ts";

/** The numbers of the graph; `update` says which weights a step of descent changes. */
export type BackpropagationSettings = {
  readonly x: number;
  readonly w1: number;
  readonly w2: number;
  readonly target: number;
  readonly rate: number;
};

/** The example of the lecture. */
export const DEFAULTS: BackpropagationSettings = { x: 2, w1: 0.5, w2: 1, target: 3, rate: 0.1 };

/** Their limits and labels. */
export const FIELDS = {
  x: { kind: "number", label: "x", min: -10, max: 10, step: 0.1 },
  w1: { kind: "number", label: "w₁", min: -10, max: 10, step: 0.1 },
  w2: { kind: "number", label: "w₂", min: -10, max: 10, step: 0.1 },
  target: { kind: "number", label: "target t", min: -10, max: 10, step: 0.1 },
  rate: { kind: "number", label: "rate η", min: 0, max: 1, step: 0.01 },
} satisfies Fields;
