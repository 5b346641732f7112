/**
 * What the rules look at: one pass forward and one back, run as usual, and what the tape says about
 * it: each recorded call with its layer, what losses compare, and the gradient of each parameter.
 * The model, its gradients, its buffers and the random numbers stay as they were.
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { Module } from "../../nn/module.ts";
import { grad } from "../../tensor/autograd.ts";
import { nextSequence } from "../../tensor/call.ts";
import { enableGrad, noGrad } from "../../tensor/grad-mode.ts";
import { randomState, setRandomState } from "../../tensor/random.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { TapeRecord, Value } from "../../tensor/value.ts";

/** One recorded call of the forward pass. */
export interface Call {
  /** What was called: `linear`, `relu`, `crossEntropy`. */
  readonly operation: string;
  /** The layer that called it, as `0 (Linear)`; the model's class where it is the model itself. */
  readonly layer: string;
  /** Whether the model called it, and not who computes the loss. */
  readonly inside: boolean;
  /** Whether that layer has no layers below it. */
  readonly leaf: boolean;
  readonly inputs: readonly Tensor[];
  /** The calls that made the inputs; undefined for what was given. */
  readonly from: readonly (Call | undefined)[];
  /** Settings of the function by name. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Its result, where another call or the loss reads it. */
  output?: Tensor;
}

/** A parameter as it was seen. */
export interface Weight {
  readonly name: string;
  readonly layer: string;
  readonly tensor: Tensor;
  readonly gradient: Tensor | null;
}

/** What was seen of one pass. */
export interface Observation {
  readonly step: number;
  /** Whether the batch holds all rows that there are, so that what is so for it is always so. */
  readonly complete: boolean;
  readonly loss: Tensor;
  readonly lossValue: number;
  /** What the model returned, where it is a tensor. */
  readonly output: Tensor | null;
  /** The calls that the loss depends on, in the order in which they were made. */
  readonly calls: readonly Call[];
  /** The parameters that require a gradient. */
  readonly weights: readonly Weight[];
}

/** The stretch of numbered calls that one run of a module made. */
interface Stretch {
  readonly layer: string;
  readonly leaf: boolean;
  readonly start: number;
  end: number;
}

/** What an observation is told beside what was run. */
export type Circumstances = Partial<Pick<Observation, "step" | "complete">>;

/** Runs the loss of a model once and returns what was seen. */
export async function observe(
  model: Module,
  lossOf: () => Tensor,
  circumstances: Circumstances = {},
): Promise<Observation> {
  const watch = watchLayers(model);
  let loss: Tensor;
  try {
    loss = keeping(model, () => enableGrad(lossOf));
  } finally {
    watch.remove();
  }
  const tensors = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const gradients = loss.requiresGrad
    ? grad(loss, tensors, { allowUnused: true, retainGraph: true })
    : tensors.map(() => null);
  return see(model, loss, watch, gradients, circumstances);
}

/**
 * Makes an observation of a pass that was run while the layers were watched; `gradients` are those
 * of the parameters that require one.
 */
export async function see(
  model: Module,
  loss: Tensor,
  { stretches, output }: LayerWatch,
  gradients: readonly (Tensor | null)[],
  { step = 0, complete = false }: Circumstances = {},
): Promise<Observation> {
  const layers = namesOf(model);
  const trained = model.namedParameters().filter(([, parameter]) => parameter.requiresGrad);
  const weights = trained.map(([name, tensor], k) => ({
    name,
    layer: layers.get(name.slice(0, Math.max(0, name.lastIndexOf("."))))!,
    tensor: tensor.detach(),
    gradient: gradients[k]!,
  }));
  const calls = callsOf(loss, stretches);
  const lossValue = Number((await loss.data())[0]);
  return { step, complete, loss, lossValue, output, calls, weights };
}

/** Spells the layers of a model by their paths: `0 (Linear)`; the model itself is its class. */
export function namesOf(model: Module): Map<string, string> {
  return new Map(
    model.namedModules().map(([path, module]) => {
      const type = module.constructor.name;
      return [path, path === "" ? type : `${path} (${type})`];
    }),
  );
}

/** Reads numbers, wherever they are. */
export function numbersIn(tensor: Tensor): Promise<TypedArray> {
  return tensor.data();
}

/** Runs something and puts buffers and random numbers back as they were. */
export function keeping<T>(model: Module, run: () => T): T {
  const random = randomState();
  const buffers = model.buffers().map((buffer) => [buffer, buffer.detach()] as const);
  try {
    return run();
  } finally {
    noGrad(() => buffers.forEach(([buffer, before]) => buffer.set(before)));
    setRandomState(random);
  }
}

/** Notes which layers run, until it is removed. */
export interface LayerWatch {
  readonly stretches: readonly Stretch[];
  /** What the model returned last, where it is a tensor. */
  readonly output: Tensor | null;
  remove(): void;
}

/** Begins to note which layers of a model run. */
export function watchLayers(model: Module): LayerWatch {
  const stretches: Stretch[] = [];
  const handles: { remove(): void }[] = [];
  const layers = namesOf(model);
  let output: Tensor | null = null;
  for (const [path, module] of model.namedModules()) {
    const open: Stretch[] = [];
    const leaf = module.children().length === 0;
    const layer = layers.get(path)!;
    handles.push(
      module.registerForwardPreHook(() => {
        const stretch = { layer, leaf, start: nextSequence(), end: Infinity };
        open.push(stretch);
        stretches.push(stretch);
      }),
      module.registerForwardHook((_, __, result) => {
        open.pop()!.end = nextSequence();
        if (path === "" && result instanceof Tensor) output = result;
      }),
    );
  }
  return {
    stretches,
    get output(): Tensor | null {
      return output;
    },
    remove: () => handles.forEach((handle) => handle.remove()),
  };
}

/** Lists the calls that a loss depends on, with the layer that made each. */
function callsOf(loss: Tensor, stretches: readonly Stretch[]): Call[] {
  const made = new Map<TapeRecord, Call>();
  for (const record of recordsOf(loss)) {
    const { sequence, spec } = record;
    // the shortest stretch around a call is that of the innermost module
    const within = stretches.filter(({ start, end }) => start < sequence && sequence < end).at(-1);
    const attrs = (spec.attrs ?? {}) as { readonly settings?: Call["settings"] };
    const sources = record.inputs.map(({ record: from }) => from && made.get(from));
    sources.forEach((source, i) => {
      if (source) source.output ??= record.inputs[i] as Tensor;
    });
    made.set(record, {
      operation: spec.name,
      layer: within?.layer ?? "the loss",
      inside: within !== undefined,
      leaf: within?.leaf ?? false,
      inputs: record.inputs as Tensor[],
      from: sources.map((source) => source ?? undefined),
      settings: attrs.settings ?? {},
    });
  }
  const last = loss.record && made.get(loss.record);
  if (last) last.output = loss;
  return [...made.values()];
}

/** The records that a value depends on, in the order in which they were made. */
function recordsOf(root: Value): TapeRecord[] {
  const seen = new Set<TapeRecord>();
  const stack: (TapeRecord | null)[] = [root.record];
  while (stack.length > 0) {
    const record = stack.pop()!;
    if (record === null || seen.has(record)) continue;
    seen.add(record);
    for (const input of record.inputs) stack.push(input.record);
  }
  return [...seen].sort((a, b) => a.sequence - b.sequence);
}
