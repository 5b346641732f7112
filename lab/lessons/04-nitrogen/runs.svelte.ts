/** The lesson's network in training, and a log of what each setting has reached. */
import { EngineRun } from "../../parts/engine/client.svelte.ts";
import type { NitrogenReading } from "./reading.ts";
import type { NitrogenSettings } from "./settings.ts";
import { DEFAULTS } from "./settings.ts";

/** What one setting has reached. */
export interface LogRow {
  readonly settings: NitrogenSettings;
  readonly epoch: number;
  readonly loss: number;
  readonly variance: number;
  readonly divergedAt: number | null;
  readonly heldOut: number | null;
  /** The lowest held-out loss on the way. */
  readonly heldOutBest: number | null;
  /** The prediction at 275 K, outside the rows. */
  readonly at275: number;
}

/** How many rows the log keeps. */
const MOST = 60;

/** The run that all parts of the page share. */
export class Nitrogen {
  readonly run: EngineRun<NitrogenSettings, NitrogenReading>;
  settings: NitrogenSettings = $state({ ...DEFAULTS });
  log: readonly LogRow[] = $state.raw([]);
  /** Several trainings one after the other are under way. */
  busy = $state(false);

  constructor(initial: NitrogenReading) {
    this.run = new EngineRun("nitrogen", DEFAULTS, initial);
  }

  /** Begins anew with changed settings; a new rate alone goes on in mid-run. */
  async change(changes: Partial<NitrogenSettings>): Promise<void> {
    this.settings = { ...this.settings, ...changes };
    if (Object.keys(changes).every((name) => name === "rate") && this.run.status === "ready") {
      await this.run.set(changes);
    } else await this.run.start(this.settings);
  }

  /** Trains up to an epoch, as fast as it goes, and logs the result. */
  async trainTo(epoch: number): Promise<void> {
    await this.run.runTo(epoch).catch(() => undefined);
    this.note();
  }

  /** Trains each setting in turn; resolves when all are done. */
  async trainAll(list: readonly Partial<NitrogenSettings>[], epochs: number): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      for (const changes of list) {
        this.settings = { ...DEFAULTS, ...changes };
        await this.run.start(this.settings);
        await this.trainTo(epochs);
        if (this.run.error !== "") return;
      }
    } finally {
      this.busy = false;
    }
  }

  /** Notes where the present run stands. */
  note(): void {
    const { epoch, loss, variance, divergedAt, heldOutLoss, history, at275 } = this.run.reading;
    if (epoch === 0) return;
    const heldOutBest = history.heldOut.length > 0 ? Math.min(...history.heldOut) : null;
    const settings = { ...this.settings };
    const row = {
      ...{ settings, epoch, loss, variance, divergedAt, at275 },
      ...{ heldOut: heldOutLoss, heldOutBest },
    };
    const key = JSON.stringify(settings);
    const others = this.log.filter(
      (one) => JSON.stringify(one.settings) !== key || one.epoch > epoch,
    );
    this.log = [row, ...others].slice(0, MOST);
  }

  /** Finds what a setting (given by what differs from the defaults) reached at `epoch`. */
  find(changes: Partial<NitrogenSettings>, epoch: number): LogRow | undefined {
    const wanted = { ...DEFAULTS, ...changes };
    return this.log.find(
      ({ settings, epoch: at, divergedAt }) =>
        (at === epoch || divergedAt !== null) &&
        Object.entries(wanted).every(([name, value]) => settings[name as "rate"] === value),
    );
  }
}
