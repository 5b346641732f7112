/** Says on the terminal how a training goes. */
import { host } from "#host";
import { formatNumber } from "../core/format.ts";
import type { Callback } from "./callback.ts";
import type { EndEvent, EpochEndEvent, StepEvent, WarningEvent } from "./events.ts";
import { Seconds } from "./scalars.ts";

/** How it is said. */
export interface ProgressOptions {
  /** Prints the line of every so many epochs; default: 1. */
  readonly every?: number;
}

/**
 * Prints a line for each epoch, and between them, where a person watches, how far it is:
 * `callbacks: [new ProgressLine()]`.
 */
export class ProgressLine implements Callback {
  readonly name: string = "ProgressLine";
  readonly #every: number;
  readonly #redraw = new Seconds(0.1);
  #shown = false;

  constructor({ every = 1 }: ProgressOptions = {}) {
    this.#every = every;
  }

  onStep({ epoch, step, loss }: StepEvent): void {
    if (!host.isTerminal("stderr") || !this.#redraw.isDue()) return;
    this.#shown = true;
    const text = `epoch ${epoch}, step ${step}, loss ${formatNumber(loss)}`;
    host.write("stderr", `\r\u001b[K${text.slice(0, host.columns() - 1)}`);
  }

  onEpochEnd({ epoch, loss, valLoss, metrics = {}, seconds }: EpochEndEvent): void {
    if (epoch % this.#every !== 0) return;
    const measured = { loss, ...(valLoss === undefined ? {} : { valLoss }), ...metrics };
    const shown = Object.entries(measured).map(([name, value]) => `${name} ${formatNumber(value)}`);
    this.#print(`epoch ${epoch}: ${shown.join(", ")} (${seconds.toFixed(1)} s)`);
  }

  onWarning({ message }: WarningEvent): void {
    this.#print(message);
  }

  onEnd({ epoch, step, reason }: EndEvent): void {
    this.#print(`${reason} after ${epoch} epochs, ${step} steps`);
  }

  #print(line: string): void {
    if (this.#shown) host.write("stderr", "\r\u001b[K");
    this.#shown = false;
    host.write("stdout", `${line}\n`);
  }
}
