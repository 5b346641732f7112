/** The lesson's network in training, and a log of what each setting has reached. */
import { LessonPage } from "../../parts/page.svelte.ts";
import type { NitrogenReading } from "./reading.ts";
import type { NitrogenSettings } from "./settings.ts";
import { DEFAULTS, FIELDS } from "./settings.ts";

/** What one setting has reached. */
export interface LogRow {
  readonly settings: NitrogenSettings;
  /** The rate was another one for a part of the run. */
  readonly mixed: boolean;
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

/** The epochs that the exercises ask for: these rows stay when a run goes on. */
const ASKED = [5000, 20_000];

/** What no two rows of the log share. */
export function keyOf({ settings, mixed, epoch }: LogRow): string {
  return JSON.stringify([settings, mixed, epoch]);
}

/** The run that all parts of the page share. */
export class Nitrogen extends LessonPage<NitrogenSettings, NitrogenReading> {
  log: readonly LogRow[] = $state.raw([]);
  /** Several trainings one after the other are under way. */
  busy = $state(false);
  private mixed = false;

  constructor(initial: NitrogenReading) {
    super({ name: "lessons/04-nitrogen", defaults: DEFAULTS, fields: FIELDS }, initial);
  }

  /** Begins anew with changed settings; a new rate alone goes on in mid-run. */
  async change(changes: Partial<NitrogenSettings>): Promise<void> {
    this.settings = { ...this.settings, ...changes };
    if (Object.keys(changes).every((name) => name === "rate") && this.run.status === "ready") {
      this.mixed ||= this.run.reading.epoch > 0;
      await this.run.set(changes);
    } else await this.begin();
  }

  override begin(): Promise<void> {
    this.mixed = false;
    return super.begin();
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
        await this.begin();
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
      ...{ settings, mixed: this.mixed, epoch, loss, variance, divergedAt, at275 },
      ...{ heldOut: heldOutLoss, heldOutBest },
    };
    const run = keyOf({ ...row, epoch: 0 });
    const others = this.log.filter(
      (one) =>
        keyOf({ ...one, epoch: 0 }) !== run ||
        one.epoch > epoch ||
        (one.epoch < epoch && ASKED.includes(one.epoch)),
    );
    this.log = [row, ...others].slice(0, MOST);
  }

  /** Finds what a setting (given by what differs from the defaults) reached at `epoch`. */
  find(changes: Partial<NitrogenSettings>, epoch: number): LogRow | undefined {
    const wanted = { ...DEFAULTS, ...changes };
    return this.log.find(
      ({ settings, mixed, epoch: at, divergedAt }) =>
        !mixed &&
        (at === epoch || divergedAt !== null) &&
        Object.entries(wanted).every(([name, value]) => settings[name as "rate"] === value),
    );
  }
}
