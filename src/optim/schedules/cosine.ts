/** Schedules along half a cosine, once or with warm restarts. */
import { cos } from "../../core/math.ts";
import type { Settings } from "../../core/options.ts";
import { read } from "../../core/options.ts";
import { positionInCycle } from "./cycles.ts";
import type { ScheduleOptions, Target } from "./scheduler.ts";
import { LRScheduler, positiveInteger, whenRun } from "./scheduler.ts";

/** Options of `CosineAnnealingLR`. */
export interface EtaOptions extends ScheduleOptions {
  /** The least rate. Default: 0. */
  readonly etaMin?: number;
}

/** Options of `CosineAnnealingWarmRestarts`. */
export interface RestartOptions extends EtaOptions {
  /** What each period is longer by. Default: 1. */
  readonly tMult?: number;
}

/**
 * Lowers the rate along half a cosine from its start to `etaMin` (0) in `tMax` epochs, and back.
 * PyTorch: `CosineAnnealingLR`.
 */
export class CosineAnnealingLR extends LRScheduler {
  readonly tMax: number;
  readonly etaMin: number;

  constructor(
    optimizer: Target,
    tMax: number,
    ...args: Settings<[etaMin: number, lastEpoch: number], EtaOptions>
  ) {
    const { etaMin, ...options } = read("CosineAnnealingLR", { etaMin: 0, lastEpoch: -1 }, args);
    super(optimizer, options);
    this.tMax = positiveInteger("CosineAnnealingLR", "tMax", tMax);
    this.etaMin = etaMin;
    this.advance();
  }

  protected next(lr: number, index: number): number {
    const { lastEpoch: epoch, tMax, etaMin } = this;
    if (epoch === 0) return lr;
    if ((epoch - 1 - tMax) % (2 * tMax) === 0) {
      return lr + ((this.baseLrs[index]! - etaMin) * (1 - cos(Math.PI / tMax))) / 2;
    }
    const now = 1 + cos((Math.PI * epoch) / tMax);
    const before = 1 + cos((Math.PI * (epoch - 1)) / tMax);
    return (now / before) * (lr - etaMin) + etaMin;
  }
}

const RESTARTS = { tMult: 1, etaMin: 0, lastEpoch: -1 };

/**
 * Lowers the rate along half a cosine to `etaMin` (0) in `t0` epochs and starts again, each time
 * over `tMult` (1) times as many. Between epochs, `step(epoch + batch / batches)` goes to that
 * place. PyTorch: `CosineAnnealingWarmRestarts`.
 */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  readonly t0: number;
  readonly tMult: number;
  readonly etaMin: number;

  constructor(
    optimizer: Target,
    t0: number,
    ...args: Settings<[tMult: number, etaMin: number, lastEpoch: number], RestartOptions>
  ) {
    const { tMult, etaMin, ...options } = read("CosineAnnealingWarmRestarts", RESTARTS, args);
    super(optimizer, options);
    this.t0 = positiveInteger("CosineAnnealingWarmRestarts", "t0", t0);
    this.tMult = positiveInteger("CosineAnnealingWarmRestarts", "tMult", tMult);
    this.etaMin = etaMin;
    this.advance();
  }

  override step(epoch?: number | (() => number)): void {
    if (epoch === undefined) return super.step();
    whenRun(this.optimizer, "CosineAnnealingWarmRestarts", epoch, (place) => {
      this.lastEpoch = place - 1;
      this.advance();
    });
  }

  protected next(_: number, index: number): number {
    const { at, length } = positionInCycle(this.lastEpoch, this.t0, this.tMult);
    const height = this.baseLrs[index]! - this.etaMin;
    return this.etaMin + (height * (1 + cos((Math.PI * at) / length))) / 2;
  }
}
