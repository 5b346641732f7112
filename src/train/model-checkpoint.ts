/** Keeps the state of a training on disk, so that a killed one can go on. */
import { host } from "#host";
import { argumentError } from "../core/errors.ts";
import { asGiven, readNamed, show } from "../core/options.ts";
import type { Callback, Training } from "./callback.ts";
import type { EpochEndEvent, StartEvent, StepEvent } from "./events.ts";
import type { MonitorOptions } from "./monitor.ts";
import { Monitor } from "./monitor.ts";
import { SavePace } from "./save-pace.ts";
import { saveState } from "./saved-state.ts";
import type { TrainerState } from "./trainer-state.ts";

/** Where a state is kept, and when it is saved. */
export interface CheckpointOptions extends MonitorOptions {
  /** The file of the latest state. */
  readonly path: string;
  /** A second file, of the state after the best epoch. */
  readonly best?: string;
  /** Seconds from one save to the next; default: 30. */
  readonly everySeconds?: number;
  /** Saves after so many updates, too. */
  readonly everySteps?: number;
}

const DEFAULTS = {
  path: "",
  best: asGiven(undefined as string | undefined),
  everySeconds: 30,
  everySteps: Infinity,
  monitor: asGiven(undefined as string | undefined),
  mode: "min" as "min" | "max",
  minDelta: 0,
};

/**
 * Saves the state of a training every 30 seconds, after an epoch that is the best so far, and at
 * the end. A file is replaced as a whole or not at all, and belongs to one training at a time.
 */
export class ModelCheckpoint implements Callback {
  readonly name: string = "ModelCheckpoint";
  readonly #settings: typeof DEFAULTS;
  #monitor: Monitor;
  #pace = new SavePace(0);
  /** The state of the best epoch, where it is not on disk yet. */
  #best: TrainerState | undefined;
  #release: (() => Promise<void>) | undefined;
  #goesOn = false;

  constructor(options: string | CheckpointOptions) {
    const given = typeof options === "string" ? { path: options } : options;
    this.#settings = readNamed("ModelCheckpoint", DEFAULTS, given);
    const { path, everySeconds, everySteps } = this.#settings;
    if (typeof path !== "string" || path === "") {
      throw argumentError(`ModelCheckpoint: path is ${show(path)}; need the path of a file.`);
    }
    if (!(everySeconds >= 0) || !(everySteps >= 1)) {
      throw argumentError(
        `ModelCheckpoint: it saves every ${show(everySeconds)} seconds and ${show(everySteps)} ` +
          "steps; need numbers from 0 and from 1 on.",
      );
    }
    this.#monitor = new Monitor("ModelCheckpoint", this.#settings as MonitorOptions);
  }

  /** The file of the latest state. */
  get path(): string {
    return this.#settings.path;
  }

  async onStart(_: StartEvent): Promise<void> {
    if (!this.#goesOn)
      this.#monitor = new Monitor("ModelCheckpoint", this.#settings as MonitorOptions);
    this.#goesOn = false;
    this.#pace = new SavePace(this.#settings.everySeconds);
    const folder = this.path.replace(/[^\\/]*$/, "");
    if (folder !== "") await host.makeFolder(folder);
    this.#release = await host.lock(`${this.path}.lock`);
  }

  onStep({ step }: StepEvent, trainer: Training): Promise<void> | undefined {
    const due = step % this.#settings.everySteps === 0 || this.#pace.isDue(false);
    return due ? this.#save(trainer) : undefined;
  }

  async onEpochEnd(event: EpochEndEvent, trainer: Training): Promise<void> {
    if (this.#monitor.improves(event)) this.#best = trainer.state();
    if (this.#pace.isDue(this.#best !== undefined)) await this.#save(trainer);
  }

  async onEnd(_: unknown, trainer: Training): Promise<void> {
    await this.#save(trainer);
    await this.#close();
  }

  /** What went wrong is no state to go on with: the last one stays. */
  async onError(): Promise<void> {
    await this.#close();
  }

  stateDict(): { readonly best: number | null } {
    return { best: this.#monitor.best ?? null };
  }

  loadStateDict({ best }: { readonly best: number | null }): void {
    this.#monitor.best = best ?? undefined;
    this.#goesOn = true;
  }

  async #save(trainer: Training): Promise<void> {
    const { epoch, step } = trainer;
    const { path, best } = this.#settings;
    await this.#pace.save(async () => {
      if (best !== undefined && this.#best !== undefined) await saveState(best, this.#best);
      this.#best = undefined;
      await saveState(path, trainer.state());
    });
    await trainer.tell({ type: "checkpoint", epoch, step, path });
  }

  async #close(): Promise<void> {
    await this.#release?.();
    this.#release = undefined;
  }
}
