/** Random numbers of another time than now. */
import { randomState, setRandomState } from "../tensor/random.ts";

/** Draws from random numbers in a state of their own; those that all share stay as they are. */
export function drawnFrom<T>(
  state: { readonly seed: number; readonly draws: number },
  draw: () => T,
): T {
  const now = randomState();
  setRandomState(state);
  try {
    return draw();
  } finally {
    setRandomState(now);
  }
}
