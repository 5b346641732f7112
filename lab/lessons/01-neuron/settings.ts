/** What can be set in the lesson on the neuron. */
import type { Fields } from "../../parts/fields.ts";

/** A neuron with one input, and one with two marks that gives a tip in percent. */
export type NeuronSettings = {
  readonly x: number;
  readonly w: number;
  readonly b: number;
  readonly food: number;
  readonly service: number;
  readonly wFood: number;
  readonly wService: number;
  readonly base: number;
};

/** The numbers to begin with. */
export const DEFAULTS: NeuronSettings = {
  ...{ x: 2, w: 1.5, b: -1 },
  ...{ food: 8, service: 9, wFood: 0.5, wService: 0.4, base: 0 },
};

/** Their limits and labels. */
export const FIELDS = {
  x: { kind: "number", label: "input x", min: -6, max: 6, step: 0.1 },
  w: { kind: "number", label: "weight w", min: -4, max: 4, step: 0.1 },
  b: { kind: "number", label: "bias b", min: -6, max: 6, step: 0.1 },
  food: { kind: "number", label: "food", min: 0, max: 10, step: 1 },
  service: { kind: "number", label: "service", min: 0, max: 10, step: 1 },
  wFood: { kind: "number", label: "weight of food", min: -2, max: 2, step: 0.1 },
  wService: { kind: "number", label: "weight of service", min: -2, max: 2, step: 0.1 },
  base: { kind: "number", label: "bias", min: -5, max: 5, step: 0.1 },
} satisfies Fields;
