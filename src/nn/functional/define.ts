/** A check that several functions of this folder share. */
import { argumentError } from "../../core/errors.ts";

/** Throws unless a probability lies in 0 … 1. */
export function needProbability(name: string, what: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw argumentError(`${name}: ${what} is ${value}; need a number from 0 to 1.`);
}
