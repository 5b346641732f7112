/**
 * Snapshots of a run by step, bounded in number: every step at first, then ever fewer, so that any
 * step is reached from a snapshot not far before it.
 */

/** The most snapshots that are kept beside the pinned ones. */
const MOST = 48;

interface Kept {
  readonly step: number;
  readonly snapshot: unknown;
  /** Stays when others are thinned: settings changed here. */
  readonly pinned: boolean;
}

/** The snapshots of one run. */
export class Ring {
  private kept: Kept[] = [];
  private stride = 1;

  /** Whether a snapshot of this step belongs here. */
  wants(step: number): boolean {
    return step % this.stride === 0 && !this.kept.some((one) => one.step === step);
  }

  /** Keeps a snapshot; a pinned one replaces what was kept of its step. */
  keep(step: number, snapshot: unknown, pinned = false): void {
    this.kept = this.kept.filter((one) => one.step !== step);
    this.kept.push({ step, snapshot, pinned });
    this.kept.sort((a, b) => a.step - b.step);
    while (this.kept.length > MOST + this.kept.filter((one) => one.pinned).length) {
      this.stride *= 2;
      this.kept = this.kept.filter((one) => one.pinned || one.step % this.stride === 0);
    }
  }

  /** The latest snapshot up to a step. */
  before(step: number): { readonly step: number; readonly snapshot: unknown } | undefined {
    return this.kept.findLast((one) => one.step <= step);
  }

  /** Drops what comes after a step: the run goes another way from there. */
  forgetAfter(step: number): void {
    this.kept = this.kept.filter((one) => one.step <= step);
  }
}
