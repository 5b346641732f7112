/** Checks of the exercises: answers against the losses that were measured on this device. */
import { show } from "../../parts/number.ts";
import type { LogRow } from "./runs.svelte.ts";

/** What a check found. */
export interface Verdict {
  readonly right: boolean;
  readonly text: string;
}

const MISSING: Verdict = {
  right: false,
  text: "Train first, with the button here: some of the losses are missing.",
};
const UNANSWERED: Verdict = { right: false, text: "Choose an answer." };
const NO_NUMBER: Verdict = { right: false, text: "Enter a number." };

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
  if (!WIDTHS.includes(answer as 2)) {
    return { right: false, text: `Enter one of the widths: ${WIDTHS.join(", ")}.` };
  }
  const losses = rows.map((row) => row!.loss);
  const best = losses.indexOf(Math.min(...losses));
  if (answer !== WIDTHS[best]) {
    const loss = show(losses[WIDTHS.indexOf(answer as 2)]!);
    return { right: false, text: `H = ${answer} ends at ${loss}; another width has a lower loss.` };
  }
  return {
    right: true,
    text:
      `H = ${answer} has the lowest, ${show(losses[best]!)}; H = 100 ends at ` +
      `${show(losses[5]!)}. More units help, then only chance decides.`,
  };
}

const WHY: Record<string, string> = { relu: " A ReLU has corners, and the data has none." };

/** The activation with the largest loss. */
export function checkActivation(
  answer: string,
  rows: Readonly<Record<"tanh" | "relu" | "sigmoid", LogRow | undefined>>,
): Verdict {
  const list = Object.entries(rows);
  if (list.some(([, row]) => row === undefined)) return MISSING;
  if (answer === "") return UNANSWERED;
  const worst = list.reduce((a, b) => (b[1]!.loss > a[1]!.loss ? b : a))[0];
  const text = list.map(([name, row]) => `${name} ${show(row!.loss)}`).join(", ");
  return answer === worst
    ? { right: true, text: `Yes: ${text}.${WHY[worst] ?? ""}` }
    : { right: false, text: "Another one has a larger loss: compare the three in the log." };
}

/** How many times larger the loss of plain descent is than Adam's. */
export function checkFactor(answer: number, sgd?: LogRow, adam?: LogRow): Verdict {
  if (sgd === undefined || adam === undefined) return MISSING;
  if (Number.isNaN(answer)) return NO_NUMBER;
  const factor = sgd.loss / adam.loss;
  return Math.abs(answer - factor) <= 0.05 * factor
    ? {
        right: true,
        text: `Yes: ${show(sgd.loss)} / ${show(adam.loss)} = ${show(factor, { digits: 3 })}.`,
      }
    : {
        right: false,
        text: `Divide the loss of plain descent, ${show(sgd.loss)}, by Adam's, ${show(adam.loss)}.`,
      };
}

/** Whether any rate rescues training without normalisation. */
export function checkRates(answer: string, rows: readonly (LogRow | undefined)[]): Verdict {
  if (rows.some((row) => row === undefined)) return MISSING;
  if (answer === "") return UNANSWERED;
  const rescued = rows.some((row) => row!.divergedAt === null && row!.loss < 0.9 * row!.variance);
  if ((answer === "yes") !== rescued) {
    const { variance } = rows[0]!;
    return {
      right: false,
      text: `Compare the losses in the log with the variance of the targets, ${show(variance)}.`,
    };
  }
  return {
    right: true,
    text:
      `None does: every run stays at about ${show(rows[0]!.variance)}, the variance of the ` +
      `targets, or above it, or diverges. Scaling T alone is enough; try it.`,
  };
}

/** The heat capacity at 275 K and 1 bar by the equation of state, in kJ/(kg·K). */
const TRUE_275 = 1.0414;

/** Which of the two large networks overfits. */
export function checkOverfit(answer: string, clean?: LogRow, noisy?: LogRow): Verdict {
  if (clean === undefined || noisy === undefined) return MISSING;
  if (answer === "") return UNANSWERED;
  const rises = noisy.heldOut! > 1.2 * noisy.heldOutBest!;
  if (answer !== (rises ? "noisy" : "neither")) {
    return {
      right: false,
      text:
        `Compare held-out losses: the lowest on the way, ${show(noisy.heldOutBest!)}, and the last, ` +
        `${show(noisy.heldOut!)}. The clean run has no noise that it could learn.`,
    };
  }
  const off = (100 * Math.abs(clean.at275 - TRUE_275)) / TRUE_275;
  return {
    right: true,
    text:
      `On 35 clean rows the loss falls to ${show(clean.loss)}, and even at 275 K the network is ` +
      `only ${show(off, { digits: 1, unit: "%" })} off. On 12 noisy rows the training loss falls to ` +
      `${show(noisy.loss)}, while the held-out loss rises from ` +
      `${show(noisy.heldOutBest!)} to ${show(noisy.heldOut!)}.`,
  };
}
