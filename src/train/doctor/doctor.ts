/** Watches a training: at a few steps it looks closely, else it costs nothing. */
import type { TypedArray } from "../../core/dtype.ts";
import { argumentError } from "../../core/errors.ts";
import type { HookHandle } from "../../nn/hooks.ts";
import type { Parameter } from "../../nn/parameter.ts";
import type { Module } from "../../nn/module.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { criteriaOf, ignoranceOf } from "./criterion.ts";
import type { LossLike, Predictor } from "./examine.ts";
import { batchLoss, judgePass } from "./examine.ts";
import type { Finding } from "./finding.ts";
import { showFinding, worstFirst } from "./finding.ts";
import type { Update } from "./gradient-rules.ts";
import { updateRatio } from "./gradient-rules.ts";
import { learnsNothing, memorisation } from "./history-rules.ts";
import { noZeroGrad, watchModes, wronglyEvaluating } from "./loop-rules.ts";
import { distance } from "./measure.ts";
import type { Observation, Weight } from "./observe.ts";
import { observe } from "./observe.ts";
import { oneAnswer } from "./unit-rules.ts";
import type { RuleName } from "./words.ts";

/** What a doctor is told of a training. */
export interface DoctorOptions {
  /** The loss of outputs and targets; or give `lossOf`. */
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

/** Before so many updates nothing can be said to have learned nothing. */
const ENOUGH_STEPS = 100;

/**
 * Watches a training loop. Call `look` once for each update, with the batch of that update, always
 * at the same place; at steps 0, 1, 10, 100, 1000, … it runs the batch forward and back on its own
 * and judges what it sees. `finish` judges the end.
 *
 *     const doctor = new Doctor(model, { loss });
 *     for (const [x, y] of loader) {
 *       await doctor.look(x, y);
 *       update(x, y);
 *     }
 *     for (const finding of await doctor.finish()) console.log(finding.message);
 */
export class Doctor {
  /** What was found so far: of one rule and place the worst. */
  readonly #found = new Map<string, Finding>();
  readonly #model: Module;
  readonly #lossOf: (...batch: Tensor[]) => Tensor;
  readonly #onFinding: ((finding: Finding) => void) | undefined;
  readonly #watch: HookHandle;
  readonly #epochs: number[] = [];
  readonly #losses: number[] = [];
  readonly #held: number[] = [];
  #step = 0;
  #before: Before | undefined;
  #batch: readonly Tensor[] | undefined;
  /** The first loss. */
  #unit = 0;

  constructor(model: Module, options: DoctorOptions) {
    const { loss, lossOf, onFinding } = options;
    if ((loss === undefined) === (lossOf === undefined)) {
      throw argumentError("Doctor: give either loss or lossOf.");
    }
    this.#model = model;
    this.#lossOf =
      lossOf ?? (batchLoss(model as Predictor, loss!) as (...batch: Tensor[]) => Tensor);
    this.#onFinding = onFinding;
    this.#watch = watchModes(model, (finding) => this.#keep([finding]));
  }

  /** What was found so far, the worst first. */
  get findings(): Finding[] {
    return worstFirst([...this.#found.values()]);
  }

  /** Looks at the update that is about to be made, or at the gradients that it is made of. */
  async look(...batch: Tensor[]): Promise<void> {
    const step = this.#step++;
    this.#batch = batch;
    if (!isInspected(step) && this.#before === undefined) return;
    const held = this.#model.parameters().map(gradientOf);
    const seen = isInspected(step) ? await this.#observe(step) : undefined;
    if (this.#before !== undefined) await this.#compare(this.#before, held, seen, step);
    this.#before = undefined;
    if (seen === undefined) return;
    if (step === 0) this.#unit = Math.abs(seen.lossValue);
    this.#keep(await judgePass(seen, this.#unit));
    this.#keep(wronglyEvaluating(this.#model, step));
    if (Number.isFinite(seen.lossValue)) {
      this.#before = { seen, held, much: await leavesMuch(seen) };
    }
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
    if (this.#batch === undefined || this.#step < ENOUGH_STEPS) return this.findings;
    const seen = await this.#observe(this.#step);
    this.#keep(await judgePass(seen, this.#unit));
    if (Number.isFinite(seen.lossValue)) this.#keep(await judgeEnd(seen));
    return this.findings;
  }

  /** Ends the watch over the mode of modules. */
  close(): void {
    this.#watch.remove();
  }

  /** Lists the findings, a line each. */
  toString(): string {
    return this.findings.map(showFinding).join("\n");
  }

  #observe(step: number): Promise<Observation> {
    return observe(this.#model, () => this.#lossOf(...this.#batch!), { step });
  }

  /** Judges what an update did. */
  async #compare(
    { seen, held, much }: Before,
    now: readonly (Tensor | null)[],
    next: Observation | undefined,
    step: number,
  ): Promise<void> {
    const updates = await updatesOf(seen.weights, this.#model);
    const moved = updates.some(({ before, after }) => distance(before, after) > 0);
    if (!moved) return;
    this.#keep(
      updateRatio(
        updates.filter(({ matrix }) => matrix),
        step - 1,
        much,
      ),
    );
    const fresh = [seen, ...(next ? [next] : [])].map(({ weights }) => {
      return read(this.#spread(weights));
    });
    const [before, after] = [await read(held), await read(now)];
    this.#keep(noZeroGrad({ before, after, fresh: await Promise.all(fresh) }, step));
  }

  /** The gradients of what is trained, at the places of all parameters. */
  #spread(weights: readonly Weight[]): (Tensor | null)[] {
    const own = new Map(weights.map(({ name, gradient }) => [name, gradient]));
    return this.#model.namedParameters().map(([name]) => own.get(name) ?? null);
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
}

/** Judges a training that has ended. */
export async function judgeEnd(seen: Observation): Promise<Finding[]> {
  const criteria = await criteriaOf(seen);
  const alike = oneAnswer(criteria, seen);
  if (alike.length > 0) return alike; // what answers alike has learned nothing
  return criteria.flatMap((criterion) => {
    const ignorance = ignoranceOf(criterion);
    if (ignorance === undefined || criterion.value === undefined) return [];
    const { constant: loss, constantName: name } = ignorance;
    return loss > 0 ? learnsNothing(criterion.value, { loss, name }) : [];
  });
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
