/** Checks of the exercise, on the curve that the engine computed. */
import type { NeuronReading } from "./experiment.ts";
import type { NeuronSettings } from "./settings.ts";

/** What a check found. */
export interface Verdict {
  readonly right: boolean;
  readonly text: string;
}

function at({ curve }: NeuronReading, x: number): number {
  return curve.y[Math.round((x + 6) * 10)]!;
}

/** Silent up to 2, and 3 at x = 5. */
export function checkThreshold(reading: NeuronReading): Verdict {
  const early = reading.curve.x.find((x, i) => x <= 2 && reading.curve.y[i]! > 1e-9);
  if (early !== undefined) {
    const shown = String(Number(early.toFixed(1))).replace("-", "−");
    return { right: false, text: `It answers at x = ${shown} already.` };
  }
  return Math.abs(at(reading, 5) - 3) < 0.01
    ? { right: true, text: "Silent up to 2, and 3 at x = 5." }
    : { right: false, text: `At x = 5 it gives ${at(reading, 5).toFixed(2)}, not 3.` };
}

/** Four at 0, silent from 2 on: a negative weight. */
export function checkFalling(reading: NeuronReading): Verdict {
  if (Math.abs(at(reading, 0) - 4) > 0.01) {
    return { right: false, text: `At x = 0 it gives ${at(reading, 0).toFixed(2)}, not 4.` };
  }
  const late = reading.curve.x.find((x, i) => x >= 2 && reading.curve.y[i]! > 1e-9);
  return late === undefined
    ? { right: true, text: "A negative weight: the more input, the less output." }
    : { right: false, text: "It still answers at x = 2 or later." };
}

/** Service weighs twice as much as food, and 8 and 9 give 13 percent. */
export function checkTip({ tip }: NeuronReading, s: NeuronSettings): Verdict {
  if (s.food !== 8 || s.service !== 9)
    return { right: false, text: "Set food to 8, service to 9." };
  if (Math.abs(s.wService - 2 * s.wFood) > 1e-9) {
    return { right: false, text: "Service does not weigh twice as much as food yet." };
  }
  return Math.abs(tip.y - 13) < 0.005
    ? { right: true, text: "13 percent, and service counts double." }
    : { right: false, text: `The tip is ${tip.y.toFixed(2)} percent, not 13.` };
}
