/** Watches a training: at a few steps it looks closely, at the others it does nothing. */
import type { TypedArray } from "../../core/dtype.ts";
import { argumentError } from "../../core/errors.ts";
import type { HookHandle } from "../../nn/hooks.ts";
import type { Parameter } from "../../nn/parameter.ts";
import type { Module } from "../../nn/module.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Callback, Training } from "../callback.ts";
import type { EndEvent, EpochEndEvent, Inspection } from "../events.ts";
import { criteriaOf, ignoranceOf } from "./criterion.ts";
import type { LossLike, Predictor } from "./examine.ts";
import { batchLoss, ENOUGH_STEPS, judgeEnd, judgePass } from "./examine.ts";
import type { Finding } from "./finding.ts";
import { showFinding, worstFirst } from "./finding.ts";
import type { Update } from "./gradient-rules.ts";
import { updateRatio } from "./gradient-rules.ts";
import { memorisation } from "./history-rules.ts";
import { noZeroGrad, watchModes, wronglyEvaluating } from "./loop-rules.ts";
import { distance } from "./measure.ts";
import type { LayerWatch, Observation, Weight } from "./observe.ts";
import { observe, see, watchLayers } from "./observe.ts";
import type { RuleName } from "./words.ts";

/** What a doctor is told. */
export interface DoctorOptions {
  /** The loss of outputs and targets, for a loop of one's own. */
  readonly loss?: LossLike;
  /** The loss of a batch, where it is more than that: what `look` gets, it gets. */
  readonly lossOf?: (...batch: Tensor[]) => Tensor;
  /** Is told each finding when it is made. */
  readonly onFinding?: (finding: Finding) => void;
}

/** What was seen at an inspection, until the next look. */
interface Before {
  readonly seen: Observation;
  readonly held: readonly (Tensor | null)[];
  /** Whether there was much left to learn. */
  readonly much: boolean;
}

/** Rules that name the worst layer alone: another one at a later step says nothing new. */
const WORST_LAYER: ReadonlySet<RuleName> = new Set([
  ...(["vanishing-gradient", "exploding-gradient", "update-ratio"] as const),
]);

/**
 * Watches a training; at steps 0, 1, 10, 100, 1000, … it looks closely. A `Trainer` takes it as it
 * is:
 *
 *     const doctor = new Doctor();
 *     await new Trainer({ …, callbacks: [doctor] }).run();
 *     for (const finding of doctor.findings) console.log(finding.message);
 *
 * In a loop of one's own call `look` once for each update, with the batch of that update, always at
 * the same place, and `finish` at the end; it then runs the batch forward and back by itself:
 *
 *     const doctor = new Doctor(model, { loss });
 *     for (const [x, y] of loader) {
 *       await doctor.look(x, y);
 *       update(x, y);
 *     }
 *     for (const finding of await doctor.finish()) console.log(finding.message);
 */
export class Doctor implements Callback {
  readonly name = "Doctor";
  /** What was found so far: of one rule and place the worst. */
  readonly #found = new Map<string, Finding>();
  readonly #onFinding: ((finding: Finding) => void) | undefined;
  readonly #lossOf: ((...batch: Tensor[]) => Tensor) | undefined;
  readonly #epochs: number[] = [];
  readonly #losses: number[] = [];
  readonly #held: number[] = [];
  #model: Module | undefined;
  #modes: HookHandle | undefined;
  #layers: LayerWatch | undefined;
  #step = 0;
  #before: Before | undefined;
  #batch: readonly Tensor[] | undefined;
  /** What was seen last, and the first loss. */
  #last: Observation | undefined;
  #first = 0;

  constructor(model?: Module, options: DoctorOptions = {}) {
    const { loss, lossOf, onFinding } = options;
    this.#onFinding = onFinding;
    if (model === undefined) return;
    if ((loss === undefined) === (lossOf === undefined)) {
      throw argumentError(
        "Doctor: with a model give either loss or lossOf; for a Trainer neither.",
      );
    }
    const byLoss = loss && batchLoss(model as Predictor, loss);
    this.#lossOf = lossOf ?? (byLoss as (...batch: Tensor[]) => Tensor);
    this.#attach(model);
  }

  /** What was found so far, the worst first. */
  get findings(): Finding[] {
    return worstFirst([...this.#found.values()]);
  }

  /** Looks at the update that is about to be made, or at the gradients that it is made of. */
  async look(...batch: Tensor[]): Promise<void> {
    const step = this.#step++;
    this.#batch = batch;
    if (!this.inspects(step)) return;
    const held = this.#parameters().map(gradientOf);
    const seen = isInspected(step) ? await this.#observe(step) : undefined;
    if (this.#before !== undefined) await this.#compare(this.#before, held, seen, step);
    this.#before = undefined;
    if (seen !== undefined) await this.#judge(seen, held);
  }

  /** Notes the losses of an epoch, in training and of rows held out. */
  note(epoch: number, losses: { readonly loss: number; readonly heldOut?: number }): void {
    this.#epochs.push(epoch);
    this.#losses.push(losses.loss);
    if (losses.heldOut !== undefined) this.#held.push(losses.heldOut);
  }

  /** Judges the end, ends the watch, and returns all findings, the worst first. */
  async finish(): Promise<Finding[]> {
    this.close();
    this.#keep(memorisation({ epochs: this.#epochs, losses: this.#losses, held: this.#held }));
    if (this.#lossOf === undefined || this.#batch === undefined) return this.findings;
    if (this.#step < ENOUGH_STEPS) return this.findings;
    const seen = await this.#observe(this.#step);
    this.#keep(await judgePass(seen, this.#first));
    if (Number.isFinite(seen.lossValue)) this.#keep(await judgeEnd(seen));
    return this.findings;
  }

  /** Ends the watch over layers and modes. */
  close(): void {
    this.#modes?.remove();
    this.#layers?.remove();
    this.#layers = undefined;
  }

  /** Lists the findings, a line each. */
  toString(): string {
    return this.findings.map(showFinding).join("\n");
  }

  onStart(_: unknown, { model }: Training): void {
    this.#attach(model);
  }

  inspects(step: number): boolean {
    return isInspected(step) || this.#before !== undefined;
  }

  onInspect({ step }: Inspection): void {
    if (isInspected(step)) this.#layers = watchLayers(this.#model!);
  }

  async onGradients({ step, loss }: Inspection, trainer: Training): Promise<void> {
    const known = this.#found.size;
    const held = this.#parameters().map(gradientOf);
    if (this.#before !== undefined) await this.#compare(this.#before, held, undefined, step);
    this.#before = undefined;
    const layers = this.#layers;
    if (layers !== undefined && loss !== undefined) {
      this.#layers = undefined;
      layers.remove();
      const own = held.filter((_, k) => this.#parameters()[k]!.requiresGrad);
      await this.#judge(await see(this.#model!, loss, layers, own, { step }), held);
    }
    if (this.#found.size > known) await this.#warn(trainer, known);
  }

  onEpochEnd({ epoch, loss, valLoss }: EpochEndEvent): void {
    this.note(epoch, { loss, ...(valLoss === undefined ? {} : { heldOut: valLoss }) });
  }

  async onEnd({ step }: EndEvent, trainer: Training): Promise<void> {
    const known = this.#found.size;
    const seen = this.#last;
    await this.finish();
    if (seen !== undefined && step >= ENOUGH_STEPS && Number.isFinite(this.#losses.at(-1))) {
      this.#keep(await judgeEnd(seen, this.#losses.at(-1)));
    }
    await this.#warn(trainer, known);
  }

  onError(): void {
    this.close();
  }

  #attach(model: Module): void {
    this.#modes?.remove();
    this.#model = model;
    this.#modes = watchModes(model, (finding) => this.#keep([finding]));
  }

  #parameters(): Parameter[] {
    return this.#model!.parameters();
  }

  #observe(step: number): Promise<Observation> {
    return observe(this.#model!, () => this.#lossOf!(...this.#batch!), { step });
  }

  /** Judges what was seen before an update. */
  async #judge(seen: Observation, held: readonly (Tensor | null)[]): Promise<void> {
    if (seen.step === 0) this.#first = Math.abs(seen.lossValue);
    this.#last = seen;
    this.#keep(await judgePass(seen, this.#first));
    this.#keep(wronglyEvaluating(this.#model!, seen.step));
    if (!Number.isFinite(seen.lossValue)) return;
    this.#before = { seen, held, much: await leavesMuch(seen) };
  }

  /** Judges what an update did. */
  async #compare(
    { seen, held, much }: Before,
    now: readonly (Tensor | null)[],
    next: Observation | undefined,
    step: number,
  ): Promise<void> {
    const updates = await updatesOf(seen.weights, this.#model!);
    const moved = updates.some(({ before, after }) => distance(before, after) > 0);
    if (!moved) return;
    const matrices = updates.filter(({ matrix }) => matrix);
    this.#keep(updateRatio(matrices, step - 1, much));
    if (this.#lossOf === undefined) return; // a trainer resets gradients itself
    const fresh = [seen, ...(next ? [next] : [])].map(({ weights }) => {
      return read(this.#spread(weights));
    });
    const [before, after] = [await read(held), await read(now)];
    this.#keep(noZeroGrad({ before, after, fresh: await Promise.all(fresh) }, step));
  }

  /** The gradients of what is trained, at the places of all parameters. */
  #spread(weights: readonly Weight[]): (Tensor | null)[] {
    const own = new Map(weights.map(({ name, gradient }) => [name, gradient]));
    return this.#model!.namedParameters().map(([name]) => own.get(name) ?? null);
  }

  #keep(findings: readonly Finding[]): void {
    for (const finding of findings) {
      const { rule, layer = "" } = finding;
      const key = WORST_LAYER.has(rule) ? rule : `${rule} ${layer}`;
      const known = this.#found.get(key);
      if (known !== undefined && worstFirst([known, finding])[0] === known) continue;
      this.#found.set(key, finding);
      this.#onFinding?.(finding);
    }
  }

  /** Tells a training of what was found beyond the first so many. */
  async #warn(trainer: Training, known: number): Promise<void> {
    for (const finding of [...this.#found.values()].slice(known)) {
      if (finding.severity !== "note") await trainer.warn(showFinding(finding));
    }
  }
}

/** Steps 0, 1, 10, 100, … */
function isInspected(step: number): boolean {
  return step === 0 || /^10*$/.test(String(step));
}

function gradientOf(parameter: Parameter): Tensor | null {
  return parameter.grad?.detach() ?? null;
}

/** Whether the loss is still near that of an answer that does not look at the inputs. */
async function leavesMuch(seen: Observation): Promise<boolean> {
  const criteria = await criteriaOf(seen);
  return criteria.some((criterion) => {
    const constant = ignoranceOf(criterion)?.constant ?? Infinity;
    return criterion.value !== undefined && criterion.value > constant / 2;
  });
}

/** What became of weights since they were seen. */
async function updatesOf(
  weights: readonly Weight[],
  model: Module,
): Promise<(Update & { readonly matrix: boolean })[]> {
  const now = new Map(model.namedParameters());
  const pairs = weights.filter(({ name }) => now.has(name));
  return Promise.all(
    pairs.map(async ({ name, layer, tensor }) => ({
      layer,
      matrix: tensor.shape.length > 1,
      before: await tensor.data(),
      after: await now.get(name)!.detach().data(),
    })),
  );
}

function read(gradients: readonly (Tensor | null)[]): Promise<(TypedArray | null)[]> {
  return Promise.all(gradients.map((g) => g && g.data()));
}
