/**
 * The smallest network that decides something: one neuron gives a tip in percent from marks for
 * food and service (0 to 10). No engine, nothing learned: the weights say how much each mark
 * counts.
 */

const WEIGHTS = { food: 0.5, service: 0.4 };
const BIAS = 0;

/** Computes the tip in percent: a weighted sum. */
export function tip(food: number, service: number): number {
  return WEIGHTS.food * food + WEIGHTS.service * service + BIAS;
}

/** Runs the program. */
export function run(print: (line: string) => void = console.log): { percent: number } {
  const percent = tip(8, 9);
  print(`food 8, service 9: 0.5·8 + 0.4·9 = ${percent.toFixed(1)} %`);
  print(`one mark more for the service adds ${(tip(8, 10) - percent).toFixed(1)} %: its weight`);
  return { percent };
}
