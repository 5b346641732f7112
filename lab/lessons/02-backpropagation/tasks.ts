/** Checks of the exercise: what a reading must show for a task to be done. */
import type { BackpropagationReading } from "./experiment.ts";

/** What a check found. */
export interface Verdict {
  readonly right: boolean;
  readonly text: string;
}

/** A dead ReLU with a loss that is not 0. */
export function checkDead({ values, byEngine }: BackpropagationReading): Verdict {
  if (values.z > 0) {
    const zero = byEngine.w1 === 0 ? "∂L/∂w₁ is 0 for another reason, and " : "";
    return { right: false, text: `Not yet: ${zero}z is above 0, so the ReLU passes it on.` };
  }
  if (values.L === 0) return { right: false, text: "The loss is 0: there is nothing to learn." };
  return {
    right: true,
    text: `Dead: the loss is not 0, and yet the engine gives ∂L/∂w₁ = ${byEngine.w1 + 0}.`,
  };
}

/** A hand-computed gradient, compared with the engine's. */
export function checkGradient(answer: number, { byEngine }: BackpropagationReading): Verdict {
  if (Number.isNaN(answer)) return { right: false, text: "Enter a number." };
  const right = Math.abs(answer - byEngine.w2) <= 0.005 * Math.max(1, Math.abs(byEngine.w2));
  return {
    right,
    text: right
      ? "The engine agrees."
      : "The engine has another number. Compute p first, then 2(p − t), then multiply by h.",
  };
}

/** A rate at which the step on both weights makes things worse. */
export function checkOvershoot({ values, after }: BackpropagationReading, rate: number): Verdict {
  if (values.L === 0) return { right: false, text: "The loss is 0 already; set other numbers." };
  if (after.both === values.L && values.z <= 0) {
    return { right: false, text: "The ReLU is off: without a gradient no rate changes anything." };
  }
  return after.both > values.L
    ? { right: true, text: `At rate ${rate} the step overshoots: the loss grows.` }
    : { right: false, text: `At rate ${rate} the loss does not grow. Go higher.` };
}
