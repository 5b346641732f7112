/** One neuron: ReLU(w·x + b) at a point and along the axis; and the tip from two marks. */
import { linspace, noGrad, tensor } from "nabla";
import type { Experiment } from "../../parts/engine/protocol.ts";
import type { NeuronSettings } from "./settings.ts";
import { DEFAULTS } from "./settings.ts";

/** What the page shows. */
export interface NeuronReading {
  readonly z: number;
  readonly y: number;
  /** ReLU(w·x + b) and w·x + b for x from −6 to 6. */
  readonly curve: {
    readonly x: readonly number[];
    readonly z: readonly number[];
    readonly y: readonly number[];
  };
  /** The tip in percent, before and after the ReLU. */
  readonly tip: { readonly z: number; readonly y: number };
}

function read(s: NeuronSettings): NeuronReading {
  return noGrad(() => {
    const dtype = "float64";
    const z = tensor(s.x, { dtype }).mul(s.w).add(s.b);
    const axis = linspace(-6, 6, 121, { dtype });
    const line = axis.mul(s.w).add(s.b);
    const marks = tensor([s.food, s.service], { dtype });
    const sum = marks
      .mul(tensor([s.wFood, s.wService], { dtype }))
      .sum()
      .add(s.base);
    return {
      z: z.itemSync(),
      y: z.relu().itemSync(),
      curve: {
        x: Array.from(axis.dataSync()),
        z: Array.from(line.dataSync()),
        y: Array.from(line.relu().dataSync()),
      },
      tip: { z: sum.itemSync(), y: sum.relu().itemSync() },
    };
  });
}

/** The experiment of the lesson on the neuron. */
export const experiment: Experiment<NeuronSettings, NeuronReading> = {
  defaults: DEFAULTS,
  start(settings) {
    let now = settings;
    return {
      step: () => undefined,
      read: () => read(now),
      set(changes) {
        now = { ...now, ...changes };
      },
      snapshot: () => now,
      restore(snapshot) {
        now = snapshot as NeuronSettings;
      },
    };
  },
};
