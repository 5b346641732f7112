/**
 * The loop of a training, from its start to its end: epochs, batches, updates, validation. What a
 * step computes is in training-step.ts.
 */
import { clock } from "../core/clock.ts";
import { argumentError } from "../core/errors.ts";
import { isThenable } from "../core/thenable.ts";
import type { LRScheduler } from "../optim/schedules/scheduler.ts";
import { ReduceLROnPlateau } from "../optim/schedules/plateau.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Batches, Walk } from "./batches.ts";
import type { Training } from "./callback.ts";
import type { LastGood } from "./divergence.ts";
import { DivergedError, explainDivergence } from "./divergence.ts";
import { EpochPlace } from "./epoch-place.ts";
import type { EpochRecord, Inspection, StopReason } from "./events.ts";
import type { History } from "./history.ts";
import type { Measured } from "./measure.ts";
import { measure } from "./measure.ts";
import { measuredIn } from "./monitor.ts";
import type { Settings, Stepped } from "./options.ts";
import { Pace } from "./pace.ts";
import type { Teller } from "./teller.ts";
import type { TrainerState } from "./trainer-state.ts";
import type { TrainingStep } from "./training-step.ts";
import { rowsIn } from "./training-step.ts";

/** What the trainings of one trainer share. */
export interface CourseParts<B> {
  /** The trainer, as callbacks see it. */
  readonly training: Training;
  readonly settings: Settings;
  readonly schedule: Stepped | undefined;
  readonly program: TrainingStep<B>;
  readonly lastGood: LastGood<B>;
  readonly history: History;
  readonly teller: Teller;
}

/** One training, under way or over. A step on which nobody listens makes no promise. */
export class Course<B> {
  readonly batches: Batches<B>;
  /** The epoch under way, counted from 0; at the end, how many were finished. */
  epoch: number;
  /** How many updates were made. */
  step: number;
  /** Where the epoch under way stands. */
  place: EpochPlace;
  /** Why it ends, once that is known. */
  reason: StopReason | undefined;
  readonly #parts: CourseParts<B>;
  readonly #validation: Batches<B> | undefined;
  readonly #pace: Pace;
  readonly #accumulate: number;
  /** Whether anybody listens to steps. */
  readonly #loud: boolean;

  constructor(
    parts: CourseParts<B>,
    batches: Batches<B>,
    validation?: Batches<B>,
    from?: TrainerState,
  ) {
    this.#parts = parts;
    [this.batches, this.#validation] = [batches, validation];
    [this.epoch, this.step] = [from?.epoch ?? 0, from?.step ?? 0];
    this.place = new EpochPlace(from?.place);
    this.#pace = new Pace(parts.settings.maxTime);
    this.#accumulate = parts.settings.accumulate;
    this.#loud = parts.teller.hears("step");
  }

  /** Trains to the end; returns why it ended. */
  async run(): Promise<StopReason> {
    const { teller, training } = this.#parts;
    await teller.tell({ type: "start", epoch: this.epoch, step: this.step }, training);
    while (this.#goesOn()) {
      const trained = this.#trainEpoch();
      if (trained !== undefined) await trained;
    }
    const { epoch, step } = this;
    const reason = this.reason ?? "done";
    await teller.tell({ type: "end", epoch, step, reason }, training);
    for (const callback of teller.callbacks) await callback.onFinished?.(training);
    return reason;
  }

  /** Ends it after the update under way. */
  stop(reason: StopReason): void {
    this.reason ??= reason;
  }

  #goesOn(): boolean {
    const { epochs, steps, signal } = this.#parts.settings;
    if (signal?.aborted === true) this.stop("aborted");
    return this.reason === undefined && this.epoch < epochs && this.step < steps;
  }

  /** One pass through the batches; a promise only where there is something to wait for. */
  #trainEpoch(): Promise<void> | undefined {
    const { place } = this;
    const { teller } = this.#parts;
    if (teller.hears("epochEnd")) place.began = clock();
    if (place.batch > 0 || place.whole || teller.hears("epochStart")) return this.#startEpoch();
    const steps = place.walk(this.batches);
    if (isThenable(steps)) return this.#restOfEpoch(steps);
    const waits = this.#advance(steps);
    const last = place.whole && place.gathered === 0 && place.batch > 0;
    if (waits !== undefined || !last || this.#validation) return this.#restOfEpoch(steps, waits);
    return this.#endEpoch(undefined);
  }

  async #startEpoch(): Promise<void> {
    const { epoch, step, place } = this;
    const { teller, training } = this.#parts;
    if (place.batch === 0 && teller.hears("epochStart")) {
      await teller.tell({ type: "epochStart", epoch, step }, training);
      if (!this.#goesOn()) return;
    }
    return this.#restOfEpoch(place.whole ? undefined : place.walk(this.batches));
  }

  /** Goes through the batches that are left, and ends the epoch. */
  async #restOfEpoch(walked?: Walk<B> | Promise<Walk<B>>, waits?: Promise<void>): Promise<void> {
    const { place } = this;
    if (waits !== undefined) await waits;
    if (walked !== undefined) {
      const steps = isThenable(walked) ? await walked : walked;
      for (let more; (more = this.#advance(steps)) !== undefined;) await more;
      if (!place.whole) return void (await steps.return?.());
    }
    if (place.batch === 0) throw argumentError("Trainer: the batches are none; need one or more.");
    if (place.gathered > 0) {
      this.#parts.program.updateBy(place.gathered);
      await this.#updated(place.last);
    }
    const judged = this.#validation && (await this.#validate(this.#validation));
    const told = this.#endEpoch(judged);
    if (told !== undefined) await told;
  }

  /** Goes through batches until there is something to wait for, or the training or they end. */
  #advance(steps: Walk<B>): Promise<void> | undefined {
    const { place } = this;
    while (!place.whole) {
      const between = place.gathered > 0 || place.batch === this.batches.length;
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
      this.place.whole = true;
      return undefined;
    }
    const { program, lastGood, teller } = this.#parts;
    if (teller.inspects(this.step)) return this.#inspect(batch);
    if (this.#accumulate > 1) return this.#took(program.gather(batch), batch);
    lastGood.begin(batch);
    return this.#took(program.whole(batch), batch);
  }

  #took(loss: Tensor, batch: B): Promise<void> | undefined {
    return isLate(loss) ? this.#useLater(loss, batch) : this.#used(loss.itemSync(), batch);
  }

  async #useLater(loss: Tensor, batch: B): Promise<void> {
    await this.#used(await loss.item(), batch);
  }

  /** Notes the loss of a batch, after which it may be time for an update. */
  #used(loss: number, batch: B): Promise<void> | undefined {
    const { place } = this;
    if (!Number.isFinite(loss)) return this.#diverged(loss, batch);
    place.add(loss, rowsIn(batch));
    if (place.gathered < this.#accumulate) return undefined;
    if (this.#accumulate > 1) this.#parts.program.updateBy(this.#accumulate);
    return this.#updated(loss);
  }

  /** The same, not compiled, with a look before the forward pass and before the update. */
  async #inspect(batch: B): Promise<void> {
    const { program, lastGood, teller, training } = this.#parts;
    const at: Inspection = { epoch: this.epoch, step: this.step, batch };
    if (this.#accumulate === 1) lastGood.begin(batch);
    for (const one of teller.inspectors) await one.onInspect?.(at, training);
    const { loss, output } = program.computed(batch);
    loss.backward();
    const seen = { ...at, loss, ...(output === undefined ? {} : { output }) };
    for (const one of teller.inspectors) await one.onGradients?.(seen, training);
    if (this.#accumulate === 1) program.finish();
    await this.#useLater(loss, batch);
  }

  /** Counts an update, and tells of it; a promise only where there is something to wait for. */
  #updated(loss: number): Promise<void> | undefined {
    const { schedule, lastGood } = this.#parts;
    this.step++;
    this.place.gathered = 0;
    if (schedule?.every === "step") (schedule.scheduler as LRScheduler).step();
    const told = this.#loud ? this.#tellStep(loss) : undefined;
    lastGood.end(loss);
    return this.#pace.tick() ? this.#pause(told) : told;
  }

  /** Looks at the time; whoever waits has a turn. */
  #pause(told: Promise<void> | undefined): Promise<void> | undefined {
    this.#parts.lastGood.age(this.#pace.now);
    if (this.#pace.isOver) this.stop("time");
    const rest = this.#pace.breathe();
    return told === undefined || rest === undefined ? (told ?? rest) : told.then(() => rest);
  }

  #tellStep(loss: number): Promise<void> | undefined {
    const { epoch, step } = this;
    const { teller, training } = this.#parts;
    return teller.tell({ type: "step", epoch, step, loss, lr: training.lr }, training);
  }

  /** Judges the model where it is time to. */
  async #validate(validation: Batches<B>): Promise<Measured | undefined> {
    const { epoch, step } = this;
    const { settings, program, teller, training } = this.#parts;
    const { validateEvery, metrics, fastDevRun } = settings;
    if ((epoch + 1) % validateEvery !== 0) return undefined;
    const most = fastDevRun || Infinity;
    const judged = await measure(training.model, program.computed, validation, metrics, most);
    await teller.tell({ type: "validation", epoch, step, ...judged }, training);
    return judged;
  }

  /** Notes the epoch, and moves on to the next. */
  #endEpoch(judged: Measured | undefined): Promise<void> | undefined {
    const { epoch, step, place } = this;
    const { history, lastGood, schedule, teller, training } = this.#parts;
    const trained = { epoch, step, loss: place.loss, lr: training.lr };
    const record: EpochRecord =
      judged === undefined
        ? trained
        : { ...trained, valLoss: judged.loss, metrics: judged.metrics };
    history.add(record);
    this.place = new EpochPlace();
    this.epoch++;
    if (schedule?.every === "epoch") {
      stepSchedule(schedule, record);
      lastGood.forget(); // the steps of before had another rate
    }
    if (!teller.hears("epochEnd")) return undefined;
    const seconds = (clock() - place.began) / 1000;
    return teller.tell({ type: "epochEnd", ...record, seconds }, training);
  }

  async #diverged(loss: number, batch: B): Promise<never> {
    const { program, lastGood, training } = this.#parts;
    const forward = (): unknown => program.computed(batch);
    const returns = this.#accumulate === 1;
    const returned = returns && (await lastGood.goBack(program.whole));
    const overflow = await explainDivergence(training.model, program.lossName, forward);
    if (returns && !returned) lastGood.restore();
    throw new DivergedError(training, loss, overflow);
  }
}

/** Whether the host has to wait for a tensor's values. */
function isLate(tensor: Tensor): boolean {
  return !!tensor.home.memory?.late;
}

function stepSchedule({ scheduler, monitor }: Stepped, record: EpochRecord): void {
  if (scheduler instanceof ReduceLROnPlateau) scheduler.step(measuredIn(record, monitor));
  else scheduler.step();
}
