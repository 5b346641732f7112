/**
 * Trains any model: what users see of a training, and its state. The loop is in course.ts; the
 * callbacks of this folder listen to it.
 */
import { host } from "#host";
import { argumentError, NablaError } from "../core/errors.ts";
import type { Module } from "../nn/module.ts";
import { manualSeed, randomState, setRandomState } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Batches } from "./batches.ts";
import { firstOf } from "./batches.ts";
import type { Callback, Training } from "./callback.ts";
import { Channel } from "./channel.ts";
import type { CourseParts } from "./course.ts";
import { Course } from "./course.ts";
import { LastGood } from "./divergence.ts";
import { knowsItsPlace } from "./epoch-place.ts";
import type { EpochRecord, StopReason, TrainEvent } from "./events.ts";
import { History } from "./history.ts";
import { ModelCheckpoint } from "./model-checkpoint.ts";
import type { Settings, TrainerOptions } from "./options.ts";
import { readSchedule, readTrainerOptions } from "./options.ts";
import { loadState } from "./saved-state.ts";
import { Teller } from "./teller.ts";
import type { TrainerState } from "./trainer-state.ts";
import type { Updater } from "./training-step.ts";
import { computedBy, computedByStep, TrainingStep } from "./training-step.ts";

/** What a training has come to. */
export interface TrainResult {
  /** How many epochs were finished. */
  readonly epochs: number;
  /** How many updates were made. */
  readonly steps: number;
  readonly reason: StopReason;
  /** One record an epoch; of more than 20,000 epochs every other one, and so on. */
  readonly history: readonly EpochRecord[];
}

/**
 * Trains a model:
 *
 *     const trainer = new Trainer(model, { loss: new nn.MSELoss(), optimizer, epochs: 20 });
 *     const { history } = await trainer.fit(loader, validationLoader);
 *
 * or, event by event, `for await (const event of trainer.run(loader)) …`. Another `fit` trains as
 * long again.
 */
export class Trainer<B = readonly Tensor[]> implements Training {
  readonly model: Module;
  readonly optimizer: Updater;
  readonly #parts: CourseParts<B>;
  #course: Course<B>;
  /** A state that was loaded, from which the next training goes on. */
  #resumed: TrainerState | undefined;
  #running = false;
  #mayResume = true;

  constructor(model: Module, options: TrainerOptions<B>) {
    const settings = readTrainerOptions(model, options);
    const optimizer = settings.optimizer!;
    [this.model, this.optimizer] = [model, optimizer];
    const schedule = readSchedule(settings.scheduler);
    const replays = settings.compile && schedule?.every !== "step";
    this.#parts = {
      ...{ training: this, settings, schedule },
      program: programOf<B>(model, settings),
      lastGood: new LastGood({ model, optimizer, replays }),
      history: new History(),
      teller: new Teller(withCheckpoint(settings)),
    };
    this.#course = new Course(this.#parts, []);
  }

  /** The epoch under way, counted from 0; at the end, how many were finished. */
  get epoch(): number {
    return this.#course.epoch;
  }

  /** How many updates were made. */
  get step(): number {
    return this.#course.step;
  }

  /** The learning rate of the first group of parameters. */
  get lr(): number {
    return this.optimizer.paramGroups[0]?.lr ?? 0;
  }

  /** What was noted of each epoch so far. */
  get history(): readonly EpochRecord[] {
    return this.#parts.history.records;
  }

  /** Trains to the end. Throws a {@link DivergedError} at the first loss that is not finite. */
  async fit(batches: Batches<B>, validation?: Batches<B>): Promise<TrainResult> {
    if (this.#running) throw argumentError("Trainer: it is training already.");
    this.#running = true;
    try {
      await this.#resumeOnce();
      const course = await this.#begin(batches, validation);
      const reason = await course.run();
      const { epoch: epochs, step: steps } = course;
      return { epochs, steps, reason, history: this.history };
    } catch (error) {
      for (const callback of this.#parts.teller.callbacks) await callback.onError?.(error, this);
      throw error;
    } finally {
      this.#running = false;
    }
  }

  /**
   * Trains, and gives each event as it happens; training waits until the next one is asked for. A
   * loop that is left ends the training after the update under way.
   */
  async *run(
    batches: Batches<B>,
    validation?: Batches<B>,
  ): AsyncGenerator<TrainEvent, TrainResult, undefined> {
    const channel = new Channel<TrainEvent>();
    const { teller } = this.#parts;
    teller.channel = channel;
    const training = this.fit(batches, validation).finally(() => channel.close());
    training.catch(() => undefined); // it is told below
    try {
      yield* channel;
    } finally {
      teller.channel = undefined;
      this.stop("left");
      channel.close();
      await training;
    }
    return training;
  }

  /** Ends the training after the update under way, for a reason that its result gives. */
  stop(reason: StopReason): void {
    this.#course.stop(reason);
  }

  /** Tells callbacks, and whoever walks through `run`, what a person should know. */
  async warn(message: string): Promise<void> {
    await this.tell({ type: "warning", epoch: this.epoch, step: this.step, message });
  }

  /** Everything that is needed to go on later, to the same bits; tensors are values. */
  state(): TrainerState {
    const { schedule, teller } = this.#parts;
    const { scheduler } = schedule ?? {};
    const { epoch, step, batches, place } = this.#course;
    const kept = teller.callbacks.filter((callback) => callback.stateDict !== undefined);
    return {
      ...{ epoch, step, place: place.state() },
      random: randomState(),
      model: this.model.stateDict(),
      optimizer: this.optimizer.stateDict(),
      ...(scheduler === undefined ? {} : { schedule: scheduler.stateDict() }),
      ...(knowsItsPlace(batches) ? { batches: batches.stateDict!() } : {}),
      callbacks: Object.fromEntries(kept.map((one) => [nameOf(one), one.stateDict!()])),
      history: this.history,
    };
  }

  /**
   * Takes over a state: the next `fit` or `run` goes on from there. Throws one error that says all
   * that does not fit, and then nothing was taken over.
   */
  load(state: TrainerState): void {
    const before = this.state();
    const faults = this.#take(state);
    if (faults.length > 0) {
      this.#take(before);
      throw new NablaError(
        "state",
        `Trainer: the state does not fit, nothing was loaded:\n  ${faults.join("\n  ")}`,
      );
    }
    this.#resumed = state;
  }

  #take(state: TrainerState): string[] {
    const faults: string[] = [];
    const take = (part: string, load: () => void): void => {
      try {
        load();
      } catch (error) {
        if (!(error instanceof NablaError)) throw error;
        faults.push(`${part}: ${error.message}`);
      }
    };
    const { schedule, teller } = this.#parts;
    const { scheduler } = schedule ?? {};
    take("model", () => this.model.loadStateDict(state.model));
    take("optimizer", () => this.optimizer.loadStateDict(state.optimizer));
    if ((scheduler === undefined) !== (state.schedule === undefined)) {
      const has = scheduler === undefined ? "has none" : "has one";
      faults.push(`schedule: the trainer ${has}, the state ${scheduler ? "none" : "one"}`);
    } else if (scheduler !== undefined) {
      take("schedule", () => scheduler.loadStateDict(state.schedule as never));
    }
    for (const callback of teller.callbacks) {
      const name = nameOf(callback);
      if (callback.loadStateDict === undefined || !Object.hasOwn(state.callbacks, name)) continue;
      take(name, () => callback.loadStateDict!(state.callbacks[name] as never));
    }
    return faults;
  }

  /**
   * Goes on where a checkpoint stands: the next `fit` or `run` gives the bits of a training that
   * was never interrupted, with the same model, options, batches and epochs.
   */
  async resume(path: string): Promise<void> {
    this.load(await loadState(path));
  }

  /** What the option `resume` asks for, at the first training. */
  async #resumeOnce(): Promise<void> {
    const { resume, checkpoint } = this.#parts.settings;
    if (resume === false || this.#mayResume === false) return;
    this.#mayResume = false;
    if (typeof resume === "string") return this.resume(resume);
    if (checkpoint === undefined) throw argumentError("Trainer: resume: true needs a checkpoint.");
    const path = typeof checkpoint === "string" ? checkpoint : checkpoint.path;
    if (await host.exists(path)) await this.resume(path);
  }

  /** Begins anew, or where a state stands that was loaded. */
  async #begin(given: Batches<B>, validation: Batches<B> | undefined): Promise<Course<B>> {
    const { settings, history, lastGood } = this.#parts;
    const few = settings.fastDevRun || settings.overfitBatches;
    const batches: Batches<B> = few ? await firstOf(given, few) : given;
    const state = this.#resumed;
    this.#resumed = undefined;
    history.load(state?.history ?? []);
    if (state !== undefined) {
      setRandomState(state.random);
      if (state.batches !== undefined) batches.loadStateDict?.(state.batches as never);
    } else if (settings.seed !== undefined) manualSeed(settings.seed);
    this.model.train();
    lastGood.forget();
    this.#course = new Course(this.#parts, batches, validation, state);
    return this.#course;
  }

  /** Tells callbacks, and whoever walks through `run`, of any event. */
  async tell(event: TrainEvent): Promise<void> {
    await this.#parts.teller.tell(event, this);
  }
}

/** The step of a training, or that of another one. */
function programOf<B>(model: Module, settings: Settings): TrainingStep<B> {
  const { loss, step, compile, clipGradNorm } = settings;
  if (step instanceof TrainingStep) return step as TrainingStep<B>;
  const computed = loss ? computedBy<B>(model, loss) : computedByStep<B>(step as never);
  const lossName = (typeof loss === "object" ? loss.constructor.name : loss?.name) || "loss";
  const optimizer = settings.optimizer!;
  return new TrainingStep({ model, optimizer, computed, lossName, compile, clipGradNorm });
}

/** The callbacks, with the one that saves last: it keeps what the others have noted. */
function withCheckpoint({ callbacks, checkpoint, fastDevRun }: Settings): readonly Callback[] {
  if (checkpoint === undefined || fastDevRun > 0) return callbacks;
  return [...callbacks, new ModelCheckpoint(checkpoint)];
}

function nameOf(callback: Callback): string {
  return callback.name ?? callback.constructor.name;
}
