/**
 * The loop of every training, for any model: batches, updates, validation, callbacks, resume. What
 * a step computes is in training-step.ts; the callbacks of this folder listen to it.
 */
import { clock } from "../core/clock.ts";
import { host } from "#host";
import { argumentError, NablaError } from "../core/errors.ts";
import { isThenable } from "../core/thenable.ts";
import type { Module } from "../nn/module.ts";
import { ReduceLROnPlateau } from "../optim/schedules/plateau.ts";
import type { LRScheduler } from "../optim/schedules/scheduler.ts";
import { manualSeed, randomState, setRandomState } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Batches, Walk } from "./batches.ts";
import { firstOf } from "./batches.ts";
import type { Callback, Training } from "./callback.ts";
import { HOOKS } from "./callback.ts";
import { Channel } from "./channel.ts";
import { DivergedError, explainDivergence, LastGood } from "./divergence.ts";
import { EpochPlace, knowsItsPlace } from "./epoch-place.ts";
import type { EpochRecord, Inspection, StopReason, TrainEvent } from "./events.ts";
import { History } from "./history.ts";
import type { Measured } from "./measure.ts";
import { measure } from "./measure.ts";
import { ModelCheckpoint } from "./model-checkpoint.ts";
import { measuredIn } from "./monitor.ts";
import type { Settings, Stepped, TrainerOptions } from "./options.ts";
import { readSchedule, readTrainerOptions } from "./options.ts";
import { loadState } from "./saved-state.ts";
import type { TrainerState } from "./trainer-state.ts";
import type { Updater } from "./training-step.ts";
import { computedBy, computedByStep, rowsIn, TrainingStep } from "./training-step.ts";

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

/** How long the host may have to wait for its turn. */
const SLICE_MS = 40;

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
  /** The epoch under way, counted from 0; at the end, how many were finished. */
  epoch = 0;
  /** How many updates were made. */
  step = 0;
  readonly #callbacks: readonly Callback[];
  readonly #settings: Settings;
  readonly #schedule: Stepped | undefined;
  readonly #program: TrainingStep<B>;
  readonly #history = new History();
  readonly #lastGood: LastGood<B>;
  /** Where the epoch under way stands. */
  #place = new EpochPlace();
  #batches: Batches<B> = [];
  #validation: Batches<B> | undefined;
  /** A state that was loaded, from which the next training goes on. */
  #resumed: TrainerState | undefined;
  readonly #inspectors: readonly Callback[];
  /** The events that callbacks listen to, and whether anybody listens to steps. */
  readonly #heard: ReadonlySet<TrainEvent["type"]>;
  #loud = false;
  #channel: Channel<TrainEvent> | undefined;
  #reason: StopReason | undefined;
  #running = false;
  #mayResume = true;
  #deadline = Infinity;
  #breathed = 0;

  constructor(model: Module, options: TrainerOptions<B>) {
    const settings = readTrainerOptions(model, options);
    const { loss, step, compile, clipGradNorm } = settings;
    this.model = model;
    this.optimizer = settings.optimizer!;
    this.#settings = settings;
    this.#callbacks = withCheckpoint(settings);
    const callbacks = this.#callbacks;
    this.#inspectors = callbacks.filter((one) => one.inspects !== undefined);
    const types = Object.keys(HOOKS) as TrainEvent["type"][];
    const hears = (type: TrainEvent["type"]) => (one: Callback) => one[HOOKS[type]] !== undefined;
    this.#heard = new Set(types.filter((type) => callbacks.some(hears(type))));
    this.#schedule = readSchedule(settings.scheduler);
    const replays = compile && this.#schedule === undefined;
    this.#lastGood = new LastGood({ model, optimizer: this.optimizer, replays });
    if (step instanceof TrainingStep) this.#program = step as TrainingStep<B>;
    else {
      const computed = loss ? computedBy<B>(model, loss) : computedByStep<B>(step as never);
      const lossName = (typeof loss === "object" ? loss.constructor.name : loss?.name) || "loss";
      const { optimizer } = this;
      const parts = { model, optimizer, computed, lossName, compile, clipGradNorm };
      this.#program = new TrainingStep(parts);
    }
  }

  /** The learning rate of the first group of parameters. */
  get lr(): number {
    return this.optimizer.paramGroups[0]?.lr ?? 0;
  }

  /** What was noted of each epoch so far. */
  get history(): readonly EpochRecord[] {
    return this.#history.records;
  }

  /** Trains to the end. Throws a {@link DivergedError} at the first loss that is not finite. */
  async fit(batches: Batches<B>, validation?: Batches<B>): Promise<TrainResult> {
    if (this.#running) throw argumentError("Trainer: it is training already.");
    this.#running = true;
    try {
      await this.#resumeOnce();
      return await this.#train(batches, validation);
    } catch (error) {
      for (const callback of this.#callbacks) await callback.onError?.(error, this);
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
    this.#channel = channel;
    const training = this.fit(batches, validation).finally(() => channel.close());
    training.catch(() => undefined); // it is told below
    try {
      yield* channel;
    } finally {
      this.#channel = undefined;
      this.stop("left");
      channel.close();
      await training;
    }
    return training;
  }

  /** Ends the training after the update under way, for a reason that its result gives. */
  stop(reason: StopReason): void {
    this.#reason ??= reason;
  }

  /** Tells callbacks, and whoever walks through `run`, what a person should know. */
  async warn(message: string): Promise<void> {
    await this.tell({ type: "warning", epoch: this.epoch, step: this.step, message });
  }

  /** Everything that is needed to go on later, to the same bits; tensors are values. */
  state(): TrainerState {
    const { scheduler } = this.#schedule ?? {};
    const batches = this.#batches;
    const kept = this.#callbacks.filter((callback) => callback.stateDict !== undefined);
    return {
      epoch: this.epoch,
      step: this.step,
      place: this.#place.state(),
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
    const { scheduler } = this.#schedule ?? {};
    take("model", () => this.model.loadStateDict(state.model));
    take("optimizer", () => this.optimizer.loadStateDict(state.optimizer));
    if ((scheduler === undefined) !== (state.schedule === undefined)) {
      const has = scheduler === undefined ? "has none" : "has one";
      faults.push(`schedule: the trainer ${has}, the state ${scheduler ? "none" : "one"}`);
    } else if (scheduler !== undefined) {
      take("schedule", () => scheduler.loadStateDict(state.schedule as never));
    }
    for (const callback of this.#callbacks) {
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
    const { resume } = this.#settings;
    if (resume === false || this.#mayResume === false) return;
    this.#mayResume = false;
    if (typeof resume === "string") return this.resume(resume);
    const { checkpoint } = this.#settings;
    if (checkpoint === undefined) throw argumentError("Trainer: resume: true needs a checkpoint.");
    const path = typeof checkpoint === "string" ? checkpoint : checkpoint.path;
    if (await host.exists(path)) await this.resume(path);
  }

  async #train(given: Batches<B>, validation: Batches<B> | undefined): Promise<TrainResult> {
    await this.#begin(given, validation);
    await this.tell({ type: "start", epoch: this.epoch, step: this.step });
    while (this.#goesOn()) {
      const trained = this.#trainEpoch();
      if (trained !== undefined) await trained;
    }
    const { epoch, step } = this;
    const reason = this.#reason ?? "done";
    await this.tell({ type: "end", epoch, step, reason });
    for (const callback of this.#callbacks) await callback.onFinished?.(this);
    return { epochs: epoch, steps: step, reason, history: this.history };
  }

  /** Begins anew, or where a state stands that was loaded. */
  async #begin(given: Batches<B>, validation: Batches<B> | undefined): Promise<void> {
    const { seed, overfitBatches, fastDevRun, maxTime } = this.#settings;
    const few = fastDevRun || overfitBatches;
    const batches: Batches<B> = few ? await firstOf(given, few) : given;
    [this.#batches, this.#validation] = [batches, validation];
    const state = this.#resumed;
    this.#resumed = undefined;
    this.#reason = undefined;
    this.#place = new EpochPlace(state?.place);
    this.#history.load(state?.history ?? []);
    [this.epoch, this.step] = [state?.epoch ?? 0, state?.step ?? 0];
    if (state !== undefined) {
      setRandomState(state.random);
      if (state.batches !== undefined) batches.loadStateDict?.(state.batches as never);
    } else if (seed !== undefined) manualSeed(seed);
    this.model.train();
    this.#lastGood.forget();
    this.#loud = this.#hears("step");
    this.#breathed = clock();
    this.#deadline = this.#breathed + 1000 * maxTime;
  }

  #goesOn(): boolean {
    const { epochs, steps, signal } = this.#settings;
    if (signal?.aborted === true) this.stop("aborted");
    return this.#reason === undefined && this.epoch < epochs && this.step < steps;
  }

  /** One pass through the batches; a promise only where there is something to wait for. */
  #trainEpoch(): Promise<void> | undefined {
    const place = this.#place;
    if (this.#hears("epochEnd")) place.began = clock();
    if (place.batch > 0 || place.whole || this.#hears("epochStart")) return this.#startEpoch();
    const steps = place.walk(this.#batches);
    if (isThenable(steps)) return this.#restOfEpoch(steps);
    const waits = this.#advance(steps);
    const last = place.whole && place.gathered === 0 && place.batch > 0;
    if (waits !== undefined || !last || this.#validation) return this.#restOfEpoch(steps, waits);
    return this.#endEpoch(undefined);
  }

  async #startEpoch(): Promise<void> {
    const { epoch, step } = this;
    const place = this.#place;
    if (place.batch === 0 && this.#hears("epochStart")) {
      const told = this.#tell({ type: "epochStart", epoch, step }, 0);
      if (told !== undefined) await told;
      if (!this.#goesOn()) return;
    }
    return this.#restOfEpoch(place.whole ? undefined : place.walk(this.#batches));
  }

  /** Goes through the batches that are left, and ends the epoch. */
  async #restOfEpoch(walked?: Walk<B> | Promise<Walk<B>>, waits?: Promise<void>): Promise<void> {
    const place = this.#place;
    if (waits !== undefined) await waits;
    if (walked !== undefined) {
      const steps = isThenable(walked) ? await walked : walked;
      for (let more; (more = this.#advance(steps)) !== undefined;) await more;
      if (!place.whole) return void (await steps.return?.());
    }
    if (place.batch === 0) throw argumentError("Trainer: the batches are none; need one or more.");
    if (place.gathered > 0) {
      this.#program.updateBy(place.gathered);
      await this.#updated(place.last);
    }
    const judged = this.#validation && (await this.#validate(this.#validation));
    const told = this.#endEpoch(judged);
    if (told !== undefined) await told;
  }

  /** Goes through batches until there is something to wait for, or the training or they end. */
  #advance(steps: Walk<B>): Promise<void> | undefined {
    const place = this.#place;
    while (!place.whole) {
      const between = place.gathered > 0 || place.batch === this.#batches.length;
      if (!between && !this.#goesOn()) return undefined;
      const next = steps.next();
      const waits = isThenable(next) ? next.then((later) => this.#use(later)) : this.#use(next);
      if (waits !== undefined) return waits;
    }
    return undefined;
  }

  /** Goes through one batch, or notes that there is none. */
  #use({ done, value: batch }: IteratorResult<B, unknown>): Promise<void> | undefined {
    if (done === true) {
      this.#place.whole = true;
      return undefined;
    }
    if (this.#inspects()) return this.#inspect(batch).then((loss) => this.#useLater(loss, batch));
    if (this.#settings.accumulate === 1) this.#lastGood.begin(batch);
    const loss =
      this.#settings.accumulate > 1 ? this.#program.gather(batch) : this.#program.whole(batch);
    return isLate(loss) ? this.#useLater(loss, batch) : this.#used(loss.itemSync(), batch);
  }

  async #useLater(loss: Tensor, batch: B): Promise<void> {
    await this.#used(await loss.item(), batch);
  }

  /** Notes the loss of a batch, after which it may be time for an update. */
  #used(loss: number, batch: B): Promise<void> | undefined {
    const place = this.#place;
    const { accumulate } = this.#settings;
    if (!Number.isFinite(loss)) return this.#diverged(loss, batch);
    place.add(loss, rowsIn(batch));
    if (place.gathered < accumulate) return undefined;
    if (accumulate > 1) this.#program.updateBy(accumulate);
    return this.#updated(loss);
  }

  #inspects(): boolean {
    return this.#inspectors.length > 0 && this.#inspectors.some((one) => one.inspects!(this.step));
  }

  /** The same, not compiled, with a look before the forward pass and before the update. */
  async #inspect(batch: B): Promise<Tensor> {
    const { epoch, step } = this;
    const at: Inspection = { epoch, step, batch };
    if (this.#settings.accumulate === 1) this.#lastGood.begin(batch);
    for (const one of this.#inspectors) await one.onInspect?.(at, this);
    const { loss, output } = this.#program.computed(batch);
    loss.backward();
    const seen = { ...at, loss, ...(output === undefined ? {} : { output }) };
    for (const one of this.#inspectors) await one.onGradients?.(seen, this);
    if (this.#settings.accumulate > 1) return loss;
    this.#program.finish();
    return loss;
  }

  /** Counts an update, and tells of it; a promise only where there is something to wait for. */
  #updated(loss: number): Promise<void> | undefined {
    this.step++;
    this.#place.gathered = 0;
    if (this.#schedule?.every === "step") (this.#schedule.scheduler as LRScheduler).step();
    const told = this.#loud ? this.#tellStep(loss) : undefined;
    const now = clock();
    this.#lastGood.end(loss, now);
    if (now > this.#deadline) this.stop("time");
    if (now - this.#breathed <= SLICE_MS) return told;
    this.#breathed = now;
    return told === undefined ? breathe() : told.then(breathe);
  }

  #tellStep(loss: number): Promise<void> | undefined {
    const { epoch, step, lr } = this;
    return this.#tell({ type: "step", epoch, step, loss, lr }, 0);
  }

  /** Judges the model where it is time to. */
  async #validate(validation: Batches<B>): Promise<Measured | undefined> {
    const { epoch, step } = this;
    const { validateEvery, metrics, fastDevRun } = this.#settings;
    if ((epoch + 1) % validateEvery !== 0) return undefined;
    const { computed } = this.#program;
    const most = fastDevRun || Infinity;
    const judged = await measure(this.model, computed, validation, metrics, most);
    await this.tell({ type: "validation", epoch, step, ...judged });
    return judged;
  }

  /** Notes the epoch, and moves on to the next. */
  #endEpoch(judged: Measured | undefined): Promise<void> | undefined {
    const { epoch, step, lr } = this;
    const found = judged === undefined ? {} : { valLoss: judged.loss, metrics: judged.metrics };
    const record: EpochRecord = { epoch, step, loss: this.#place.loss, lr, ...found };
    this.#history.add(record);
    const { began } = this.#place;
    this.#place = new EpochPlace();
    this.epoch++;
    if (this.#schedule?.every === "epoch") stepSchedule(this.#schedule, record);
    if (!this.#hears("epochEnd")) return undefined;
    const seconds = (clock() - began) / 1000;
    return this.#tell({ type: "epochEnd", ...record, seconds }, 0);
  }

  async #diverged(loss: number, batch: B): Promise<never> {
    const forward = (): unknown => this.#program.computed(batch);
    const returns = this.#settings.accumulate === 1;
    const returned = returns && (await this.#lastGood.goBack(this.#program.whole));
    const overflow = await explainDivergence(this.model, this.#program.lossName, forward);
    if (returns && !returned) this.#lastGood.restore();
    throw new DivergedError(this, loss, overflow);
  }

  /** Whether anybody wants to know of such an event. */
  #hears(type: TrainEvent["type"]): boolean {
    return this.#channel !== undefined || this.#heard.has(type);
  }

  /** Tells the callbacks, one after the other, then whoever walks through `run`. */
  async tell(event: TrainEvent): Promise<void> {
    await this.#tell(event, 0);
  }

  /** The same from one callback on; a promise only where there is something to wait for. */
  #tell(event: TrainEvent, from: number): Promise<void> | undefined {
    const hook = HOOKS[event.type];
    for (let k = from; k < this.#callbacks.length; k++) {
      const done = this.#callbacks[k]![hook]?.(event as never, this);
      if (isThenable(done)) return done.then(() => this.#tell(event, k + 1));
    }
    return this.#channel?.put(event);
  }
}

/** The callbacks, with the one that saves last: it keeps what the others have noted. */
function withCheckpoint({ callbacks, checkpoint, fastDevRun }: Settings): readonly Callback[] {
  if (checkpoint === undefined || fastDevRun > 0) return callbacks;
  return [...callbacks, new ModelCheckpoint(checkpoint)];
}

function nameOf(callback: Callback): string {
  return callback.name ?? callback.constructor.name;
}

/** Whether the host has to wait for a tensor's values. */
function isLate(tensor: Tensor): boolean {
  return !!tensor.home.memory?.late;
}

function stepSchedule({ scheduler, monitor }: Stepped, record: EpochRecord): void {
  if (scheduler instanceof ReduceLROnPlateau) scheduler.step(measuredIn(record, monitor));
  else scheduler.step();
}

/** Lets the host deliver what waits: signals, a page's events. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
