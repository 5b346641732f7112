/**
 * What a run says while it runs: lines on standard output, a progress bar where a person watches.
 */
import { host } from "#host";
import { exitCodeOf } from "../host/host.ts";
import type { StopSignal } from "../host/host.ts";
import { formatNumber } from "../core/format.ts";
import { EXIT } from "./exit.ts";
import { wrapLine } from "./wrap.ts";

const BAR_MS = 80;
const BAR_WIDTH = 28;

/** Prints lines, draws the bar below them, and knows whether somebody asked to stop. */
export class Terminal {
  #barShown = false;
  #barAt = 0;
  #started = performance.now();
  #stop: StopSignal | "closed" | undefined;
  readonly #release: () => void;
  readonly #silent: boolean;

  /** A silent terminal prints nothing, but still listens to signals. */
  constructor(options: { readonly silent?: boolean } = {}) {
    this.#silent = options.silent ?? false;
    this.#release = host.onSignal((signal) => (this.#stop ??= signal));
  }

  /** What asked the run to stop, if anything did. */
  get stop(): StopSignal | "closed" | undefined {
    return this.#stop;
  }

  /** Prints a line. */
  line(text = ""): void {
    if (this.#silent) return;
    this.print(text);
  }

  /** Prints a line even where the terminal is silent. */
  print(text: string): void {
    this.clearBar();
    const lines = host.isTerminal("stdout") ? wrapLine(text, host.columns()) : [text];
    if (!host.write("stdout", `${lines.join("\n")}\n`)) this.#stop ??= "closed";
  }

  /** Starts the clock of the progress bar. */
  start(): void {
    this.#started = performance.now();
  }

  /** Redraws the progress bar, at most every 80 ms and only on a terminal. */
  progress(done: number, all: number, loss: number): void {
    this.bar(done, all, `loss ${formatNumber(loss)}`);
  }

  /** The same with other words; `from`: how much was done before the clock started. */
  bar(done: number, all: number, words: string, from = 0): void {
    const now = performance.now();
    if (this.#silent || now - this.#barAt < BAR_MS || !host.isTerminal("stderr")) return;
    this.#barAt = now;
    this.#barShown = true;
    const share = Math.min(1, done / all);
    const full = Math.round(BAR_WIDTH * share);
    const bar = "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
    const left = ((now - this.#started) / Math.max(done - from, 1)) * (all - done);
    const seconds = (Math.max(left, 0) / 1000).toFixed(1);
    const text = `${bar} ${Math.floor(100 * share)} %  ${words}  ${seconds} s left`;
    host.write("stderr", `\r\u001b[K${text.slice(0, host.columns() - 1)}`);
  }

  /** Removes the progress bar. */
  clearBar(): void {
    if (this.#barShown) host.write("stderr", "\r\u001b[K");
    this.#barShown = false;
  }

  /** Gives the signals back to the system. */
  close(): void {
    this.clearBar();
    this.#release();
  }
}

/** The exit code for what stopped a run. */
export function exitCodeFor(stop: StopSignal | "closed"): number {
  return stop === "closed" ? EXIT.closedOutput : exitCodeOf(stop);
}
