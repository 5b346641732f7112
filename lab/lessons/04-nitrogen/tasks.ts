/** Checks of the exercises: answers against the losses that were measured on this device. */
import { show } from "../../parts/number.ts";
import type { LogRow } from "./runs.svelte.ts";

/** What a check found. */
export interface Verdict {
  readonly right: boolean;
  readonly text: string;
}

const MISSING: Verdict = { right: false, text: "Train first: some of the losses are missing." };

/** The widths of the sweep. */
export const WIDTHS = [2, 5, 10, 20, 50, 100] as const;

/** The lines of the program and what each of them is. */
export const LINES = [
  ["const prediction = model.forward(x);", "forward"],
  ["const loss = lossFn.forward(prediction, y);", "loss"],
  ["loss.backward();", "backward"],
  ["optimizer.step();", "update"],
  ["optimizer.zeroGrad();", "zero"],
] as const;

/** Each line of the training loop by name. */
export function checkLines(answers: readonly string[]): Verdict {
  const wrong = LINES.flatMap(([, kind], i) => (answers[i] === kind ? [] : [i + 1]));
  if (wrong.length === 0) return { right: true, text: "All five are right." };
  if (answers.some((answer) => answer === "")) {
    return { right: false, text: "Give every line a name." };
  }
  const list = wrong.join(", ");
  return { right: false, text: `Look again at line${wrong.length > 1 ? "s" : ""} ${list}.` };
}

/** The width with the lowest loss. */
export function checkWidth(answer: number, rows: readonly (LogRow | undefined)[]): Verdict {
  if (rows.some((row) => row === undefined)) return MISSING;
  const losses = rows.map((row) => row!.loss);
  const best = losses.indexOf(Math.min(...losses));
  if (answer !== WIDTHS[best]) return { right: false, text: "Another width has a lower loss." };
  return {
    right: true,
    text:
      `H = ${answer} has the lowest, ${show(losses[best]!)}; H = 100 ends at ` +
      `${show(losses[5]!)}. More units help, then only chance decides.`,
  };
}

/** The activation with the largest loss. */
export function checkActivation(
  answer: string,
  rows: Readonly<Record<"tanh" | "relu" | "sigmoid", LogRow | undefined>>,
): Verdict {
  const list = Object.entries(rows);
  if (list.some(([, row]) => row === undefined)) return MISSING;
  const worst = list.reduce((a, b) => (b[1]!.loss > a[1]!.loss ? b : a))[0];
  const text = list.map(([name, row]) => `${name} ${show(row!.loss)}`).join(", ");
  return answer === worst
    ? { right: true, text: `Yes: ${text}. A ReLU has corners, and the data has none.` }
    : { right: false, text: "Compare the losses in the log again." };
}

/** How many times larger the loss of plain descent is than Adam's. */
export function checkFactor(answer: number, sgd?: LogRow, adam?: LogRow): Verdict {
  if (sgd === undefined || adam === undefined) return MISSING;
  const factor = sgd.loss / adam.loss;
  return Math.abs(answer - factor) <= 0.05 * factor
    ? {
        right: true,
        text: `Yes: ${show(sgd.loss)} / ${show(adam.loss)} = ${show(factor, { digits: 3 })}.`,
      }
    : { right: false, text: "Divide the loss of plain descent by the loss of Adam." };
}

/** Whether any rate rescues training without normalisation. */
export function checkRates(answer: string, rows: readonly (LogRow | undefined)[]): Verdict {
  if (rows.some((row) => row === undefined)) return MISSING;
  const rescued = rows.some((row) => row!.divergedAt === null && row!.loss < 0.9 * row!.variance);
  if ((answer === "yes") !== rescued) return { right: false, text: "Look at the log once more." };
  return {
    right: true,
    text:
      `None does: every run stays at or above ${show(rows[0]!.variance)}, the variance of the ` +
      `target, or diverges. Scaling T alone is enough; try it.`,
  };
}

/** Which of the two large networks overfits. */
export function checkOverfit(answer: string, clean?: LogRow, noisy?: LogRow): Verdict {
  if (clean === undefined || noisy === undefined) return MISSING;
  const rises = noisy.heldOut! > 1.2 * noisy.heldOutBest!;
  if (answer !== (rises ? "noisy" : "neither")) {
    return { right: false, text: "Compare held-out losses: the lowest on the way, and the last." };
  }
  return {
    right: true,
    text:
      `On 35 clean rows the loss only falls, to ${show(clean.loss)}. On 12 noisy rows the training ` +
      `loss falls to ${show(noisy.loss)}, while the held-out loss rises from ` +
      `${show(noisy.heldOutBest!)} to ${show(noisy.heldOut!)}.`,
  };
}
