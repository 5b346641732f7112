/**
 * What all optimizers share: parameter groups, state, counting steps, saving and loading. A step is
 * one program over all parameters: new values and state are computed before the first of them is
 * set.
 */
import { argumentError, NablaError } from "../core/errors.ts";
import { readNamed, show } from "../core/options.ts";
import { sizeOf } from "../core/shape.ts";
import { fillLike } from "../ir/words.ts";
import type { None } from "../runtime/function.ts";
import { Fn, NONE } from "../runtime/function.ts";
import { afterRun, call1, gradientOf, guard, replayIndex, updateCells } from "../tensor/call.ts";
import { tensor } from "../tensor/create.ts";
import { constantAttrs } from "../tensor/functions/define.ts";
import { enableGrad, noGrad } from "../tensor/grad-mode.ts";
import { loadFault } from "../tensor/load.ts";
import { cell, Tensor } from "../tensor/tensor.ts";
import { hostChanged } from "../tensor/observe.ts";
import { claimed, context } from "../tensor/value.ts";
import type { GroupOptions, ParamGroup, Params, Settings } from "./groups.ts";
import {
  groupsOf,
  optimizerTakesPart,
  settingsOf,
  showGroups,
  spellGroup,
  spellOptions,
  unknownOptions,
} from "./groups.ts";
import type { BaseOptions, Layout, Rule } from "./rule.ts";

const zerosFn = /* @__PURE__ */ new Fn<None>("zeroGrad", (b, [x]) => [fillLike(b, x!, 0)]);

/** The state of one parameter as it is saved: `step`, and tensors by PyTorch's names. */
export interface ParamState {
  readonly step: number;
  readonly [name: string]: Tensor | number;
}

/** What `stateDict` gives: state by the parameter's number, and the groups' options. */
export interface OptimizerState {
  readonly state: Readonly<Record<number, ParamState>>;
  readonly paramGroups: readonly (Readonly<Record<string, unknown>> & {
    readonly params: readonly number[];
  })[];
}

/** Counts the steps of the parameters that have always been stepped together. */
interface Clock {
  step: number;
}

/** One parameter with its state. */
interface Slot<O extends BaseOptions> {
  readonly param: Tensor;
  readonly group: ParamGroup<O>;
  readonly state: Map<string, Tensor>;
  clock: Clock;
}

/** How the present step is laid out; kept while the same parameters have gradients. */
interface Plan<O extends BaseOptions> {
  readonly active: readonly Slot<O>[];
  readonly signature: string;
  readonly layout: Layout;
  /** One parameter of each bucket: its group and clock are the bucket's. */
  readonly heads: readonly Slot<O>[];
  /** The state tensors of each active parameter. */
  readonly states: readonly (readonly Tensor[])[];
  readonly targets: readonly Tensor[];
  /** The numbers of the first step of a program; later steps of one compiled function count on. */
  readonly numbers: readonly (() => number)[];
}

/** The base of all optimizers; a sibling gives it a rule. PyTorch: `torch.optim.Optimizer`. */
export class Optimizer<O extends BaseOptions = BaseOptions> {
  /** The groups, in order; change `optimizer.paramGroups[0].lr` at any time. */
  readonly paramGroups: ParamGroup<O>[] = [];
  /** The options of parameters that do not give their own. */
  readonly defaults: Readonly<O>;
  readonly #rule: Rule<BaseOptions>; // not Rule<O>: an Adam must be usable as an Optimizer
  readonly #slots: Slot<O>[] = [];
  readonly #schedule = {};
  /** Which parameters share a clock, spelled out. */
  #partition = "";
  /** What decides the program, spelled out; null where an option has changed since. */
  #signature: string | null = null;
  #plan: Plan<O> | null = null;

  constructor(rule: Rule<O>, params: Params<O>, settings: Settings<O>) {
    this.#rule = rule as unknown as Rule<BaseOptions>;
    this.defaults = spellOptions(rule, rule.defaults, settingsOf(rule.name, settings));
    for (const group of groupsOf(rule.name, params)) this.addParamGroup(group);
    hostChanged(); // it may take the place of another
  }

  /**
   * Adds parameters with options of their own (`{ params, lr: 0.1 }`); the others are the defaults.
   * Throws on a parameter that is already there and on options out of their range.
   */
  addParamGroup(group: GroupOptions<O>): void {
    const known = new Set(this.#slots.map((slot) => slot.param));
    const rule = this.#rule as unknown as Rule<O>;
    const added = spellGroup(rule, this.defaults, group, known, () => (this.#signature = null));
    const clock: Clock = { step: 0 };
    const slots = added.params.map((param) => ({ param, group: added, state: new Map(), clock }));
    for (const slot of slots) this.#statesOf(slot);
    for (const param of added.params) claimed.add(param);
    this.paramGroups.push(added);
    this.#slots.push(...slots);
    this.#changed();
  }

  /** Forgets the gradients, or with `setToNone: false` sets them to zeros. */
  zeroGrad(options: { setToNone?: boolean } = {}): void {
    const { setToNone } = readNamed("zeroGrad", { setToNone: true }, options);
    optimizerTakesPart(this);
    for (const { param } of this.#slots) {
      if (setToNone) param.grad = null;
      else if (param.grad !== null) param.grad = noGrad(() => call1(zerosFn, [param], [], NONE));
    }
  }

  /**
   * Updates every parameter that has a gradient, all or none. With a `closure` it computes the loss
   * (and the gradients) first, and returns it.
   */
  step(closure?: () => Tensor): Tensor | undefined {
    const loss = closure === undefined ? undefined : enableGrad(closure);
    const ahead = this.#ahead();
    optimizerTakesPart(this);
    const grads: Tensor[] = [];
    const active: Slot<O>[] = [];
    for (const slot of this.#slots) {
      const grad = gradientOf(slot.param);
      if (grad === null) continue;
      grads.push(grad);
      active.push(slot);
    }
    if (active.length === 0) return loss;
    this.#split(active);
    const plan = this.#planOf(active);
    const inputs: Tensor[] = [];
    active.forEach((slot, k) => inputs.push(slot.param, grads[k]!, ...plan.states[k]!));
    const numbers = ahead === 0 ? plan.numbers : this.#numbersOf(plan.heads, ahead);
    updateCells(this.#rule.fn, plan.targets, inputs, numbers, plan.layout);
    afterRun(() => {
      const clocks = new Set(plan.heads.map((head) => head.clock));
      for (const clock of clocks) clock.step++;
      return () => clocks.forEach((clock) => clock.step--);
    });
    return loss;
  }

  /**
   * Returns a copy of the state and options in PyTorch's layout: `{ state: { 0: { step, exp_avg, …
   * } }, paramGroups: [{ lr, …, params: [0, 1] }] }`. Tensors are values: later steps do not change
   * them.
   */
  stateDict(): OptimizerState {
    const numberOf = new Map(this.#slots.map((slot, k) => [slot.param, k]));
    const state: Record<number, ParamState> = {};
    this.#slots.forEach((slot, k) => {
      if (slot.clock.step === 0) return;
      const tensors = this.#statesOf(slot).map(([name, tensor]) => [name, tensor.detach()]);
      state[k] = { step: slot.clock.step, ...(Object.fromEntries(tensors) as object) };
    });
    const paramGroups = this.paramGroups.map(({ params, ...options }) => ({
      ...(structuredClone(options) as Record<string, unknown>),
      params: params.map((param) => numberOf.get(param)!),
    }));
    return { state, paramGroups };
  }

  /**
   * Takes over saved state and options. Throws one error that lists every mismatch (groups,
   * options, missing and foreign state, shapes, dtypes) before anything is changed.
   */
  loadStateDict(saved: OptimizerState): void {
    const { name } = this.#rule;
    const faults = this.#faultsOf(saved);
    if (faults.length > 0) {
      throw new NablaError(
        "state",
        `optim.${name}: the state does not fit, nothing was loaded:\n  ${faults.join("\n  ")}`,
      );
    }
    this.paramGroups.forEach((group, g) => {
      const { params: _, ...options } = saved.paramGroups[g]!;
      Object.assign(group, structuredClone(options));
    });
    const order = saved.paramGroups.flatMap((group) => group.params);
    const clocks = new Map<string, Clock>();
    this.#slots.forEach((slot, k) => {
      const entry = saved.state[order[k]!];
      noGrad(() => this.#restore(slot, entry));
      const step = stepsOf(entry);
      const key = `${this.paramGroups.indexOf(slot.group)}:${step}`;
      slot.clock = clocks.get(key) ?? { step };
      clocks.set(key, slot.clock);
    });
    this.#changed();
  }

  #restore(slot: Slot<O>, entry: ParamState | undefined): void {
    const firsts = this.#rule.states(slot.group);
    for (const [name, target] of this.#statesOf(slot)) {
      const value = entry?.[name];
      const fresh = filled(target, firsts[name]!);
      target.set(value instanceof Tensor ? value.detach().to(target.dtype) : fresh);
    }
  }

  /** Shows the class and the options of each group, as PyTorch does. */
  toString(): string {
    return showGroups(this.#rule.name, this.paramGroups);
  }

  /** Shows the same in Node's `console.log`. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** Called by a schedule inside a trace, where rates are read before the schedule moves on. */
  scheduled(): void {
    replayIndex(this.#schedule);
  }

  /** How many steps of this optimizer precede this one in the same traced program. */
  #ahead(): number {
    const ahead = replayIndex(this);
    if (replayIndex(this.#schedule) !== ahead) {
      context.tracer!.fail(
        "a schedule steps before the optimizer does",
        "its new rate would come late. Step the schedule last, once per call",
      );
    }
    return ahead;
  }

  /**
   * Gives a clock of their own to parameters that are stepped while others of their clock are not.
   */
  #split(active: readonly Slot<O>[]): void {
    if (active.length === this.#slots.length) return;
    const stepped = new Set(active);
    const fresh = new Map<Clock, Clock>();
    const left = new Set<Clock>();
    for (const slot of this.#slots) if (!stepped.has(slot)) left.add(slot.clock);
    for (const slot of active) {
      if (!left.has(slot.clock)) continue;
      const clock = fresh.get(slot.clock) ?? { step: slot.clock.step };
      fresh.set(slot.clock, clock);
      slot.clock = clock;
    }
    if (fresh.size > 0) this.#changed();
  }

  /** Returns the layout of a step, the known one where nothing that decides it has changed. */
  #planOf(active: readonly Slot<O>[]): Plan<O> {
    const signature = guard(() => (this.#signature ??= this.#spell()));
    const plan = this.#plan;
    if (plan !== null && plan.signature === signature && sameItems(plan.active, active))
      return plan;
    const states = active.map((slot) => this.#statesOf(slot).map(([, tensor]) => tensor));
    const heads = active.filter((slot, k) => k === 0 || !alike(slot, active[k - 1]!));
    const starts = heads.map((head) => active.indexOf(head));
    const buckets = heads.map((head, k) => ({
      params: (starts[k + 1] ?? active.length) - starts[k]!,
      states: this.#statesOf(head).map(([name]) => name),
      flags: this.#rule.flags(head.group),
    }));
    const targets = active.flatMap((slot, k) => [slot.param, ...states[k]!]);
    const numbers = this.#numbersOf(heads, 0);
    const layout = constantAttrs({ buckets });
    this.#plan = { active, signature, layout, heads, states, targets, numbers };
    return this.#plan;
  }

  /** The numbers of each bucket's rule, read anew whenever the program runs. */
  #numbersOf(heads: readonly Slot<O>[], ahead: number): (() => number)[] {
    const reads = Object.values(this.#rule.numbers);
    return heads.flatMap((head) =>
      reads.map((read) => () => read(head.group, head.clock.step + ahead + 1)),
    );
  }

  /**
   * Spells what decides the program besides the parameters: each group's variant, and the clocks.
   */
  #spell(): string {
    let text = this.#partition;
    for (const group of this.paramGroups) {
      text += "|";
      for (const flag of Object.values(this.#rule.flags(group))) text += flag ? "1" : "0";
    }
    return text;
  }

  /**
   * Notes which parameters share a clock; equal partitions spell the same, so loading keeps
   * programs.
   */
  #changed(): void {
    const numbers = new Map<Clock, number>();
    for (const { clock } of this.#slots) {
      if (!numbers.has(clock)) numbers.set(clock, numbers.size);
    }
    this.#partition = this.#slots.map((slot) => numbers.get(slot.clock)).join();
    this.#signature = null;
  }

  /**
   * The state tensors that the options ask for, made where they are missing; none is ever dropped.
   */
  #statesOf(slot: Slot<O>): [string, Tensor][] {
    return Object.entries(this.#rule.states(slot.group)).map(([name, value]) => {
      const state = slot.state.get(name) ?? cell(filled(this.#shaped(name, slot.param), value));
      slot.state.set(name, state);
      return [name, state];
    });
  }

  /** Returns a tensor of the type that the state `name` of a parameter has. */
  #shaped(name: string, param: Tensor): Tensor {
    const single = this.#rule.scalars.includes(name);
    if (!single) return param;
    return tensor(Float64Array.of(0), { shape: [], dtype: param.dtype, device: param.device });
  }

  #faultsOf(saved: OptimizerState): string[] {
    const { paramGroups, state } = saved;
    if (!Array.isArray(paramGroups) || typeof state !== "object" || state === null) {
      return ["it is no state of an optimizer: { state, paramGroups }"];
    }
    if (paramGroups.length !== this.paramGroups.length) {
      return [`it has ${paramGroups.length} groups, the optimizer ${this.paramGroups.length}`];
    }
    const faults: string[] = [];
    this.paramGroups.forEach((group, g) => {
      const { params, ...options } = paramGroups[g]!;
      const [has, wants] = [params.length, group.params.length];
      if (has !== wants) faults.push(`group ${g} has ${has} parameters, the optimizer's ${wants}`);
      for (const key of unknownOptions(this.#rule, options)) {
        faults.push(`group ${g}: ${key} is no option of ${this.#rule.name}`);
      }
      try {
        this.#rule.check({ ...group, ...options }, (what) => argumentError(what));
      } catch (error) {
        faults.push(`group ${g}: ${(error as Error).message}`);
      }
    });
    const listed = new Set(paramGroups.flatMap(({ params }) => params.map(String)));
    for (const number of Object.keys(state)) {
      if (!listed.has(number)) faults.push(`state[${number}]: belongs to no parameter`);
    }
    if (faults.length > 0) return faults;
    let at = 0;
    this.paramGroups.forEach((group, g) => {
      const { params, ...options } = paramGroups[g]!;
      const wanted = Object.keys(this.#rule.states({ ...group, ...options }));
      for (const number of params) {
        const { param } = this.#slots[at++]!;
        const shaped = (name: string): Tensor => this.#shaped(name, param);
        faults.push(...faultsOfState(number, saved.state[number], wanted, shaped));
      }
    });
    return faults;
  }
}

/** The class of a rule's optimizers. */
type OptimizerClass<O extends BaseOptions> = new (
  params: Params<O>,
  ...settings: Settings<O>
) => Optimizer<O>;

/** Makes the class that a sibling extends: an optimizer of its rule. */
export function optimizerOf<O extends BaseOptions>(rule: Rule<O>): OptimizerClass<O> {
  return class extends Optimizer<O> {
    constructor(params: Params<O>, ...settings: Settings<O>) {
      super(rule, params, settings);
    }
  };
}

/** What of one parameter's saved state does not fit. */
function faultsOfState(
  number: number,
  entry: ParamState | undefined,
  wanted: readonly string[],
  shaped: (name: string) => Tensor,
): string[] {
  if (entry === undefined) return [];
  const faults = wanted
    .filter((name) => !(entry[name] instanceof Tensor))
    .map((name) => `state[${number}].${name}: is missing`);
  const step = stepsOf(entry);
  if (!Number.isSafeInteger(step) || step < 0) {
    faults.push(`state[${number}].step: is ${show(entry.step)}, need a whole number`);
  }
  for (const [name, value] of Object.entries(entry)) {
    if (name === "step" || !(value instanceof Tensor)) continue;
    const key = `state[${number}].${name}`;
    const kept = wanted.includes(name);
    const fault = kept ? loadFault(key, shaped(name), value) : `${key}: is not kept here`;
    if (fault !== null) faults.push(fault);
  }
  return faults;
}

/**
 * The steps a saved parameter has taken; PyTorch's SGD saves none, but was stepped if it has state.
 */
function stepsOf(entry: ParamState | undefined): number {
  if (entry === undefined) return 0;
  const { step = 1 } = entry as { step?: number | Tensor };
  if (!(step instanceof Tensor)) return step;
  return step.numel() === 1 ? step.itemSync() : NaN;
}

function alike<O extends BaseOptions>(a: Slot<O>, b: Slot<O>): boolean {
  return a.group === b.group && a.clock === b.clock;
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}

/** A tensor of one value; never part of a trace, where a changed option may ask for new state. */
function filled({ shape, dtype, device }: Tensor, value: number): Tensor {
  return tensor(new Float64Array(sizeOf(shape)).fill(value), { shape, dtype, device });
}
