/** Rules about the loop around a network: gradients that are not reset, the mode it runs in. */
import type { TypedArray } from "../../core/dtype.ts";
import { Dropout } from "../../nn/dropout.ts";
import type { HookHandle } from "../../nn/hooks.ts";
import type { Module } from "../../nn/module.ts";
import { isGradEnabled } from "../../tensor/grad-mode.ts";
import type { Finding } from "./finding.ts";
import { found } from "./finding.ts";
import { lengthOf } from "./measure.ts";
import { namesOf } from "./observe.ts";

/** Gradients around an update: those held before and after, and those of one pass alone. */
export interface HeldGradients {
  readonly before: readonly (TypedArray | null)[];
  readonly after: readonly (TypedArray | null)[];
  /** The gradients of the passes in between that may have been added. */
  readonly fresh: readonly (readonly (TypedArray | null)[])[];
}

/** Gradients that outlive an update: what is held is what was held, and one more pass. */
export function noZeroGrad({ before, after, fresh }: HeldGradients, step: number): Finding[] {
  const [old, held] = [sizeOf(before), sizeOf(after)];
  if (!(old > 0 && held > 0)) return [];
  const kept = fresh.some((pass) => {
    const size = sizeOf(pass);
    const gap = sizeOf(after.map((g, k) => combine(g, before[k], pass[k])));
    return size > 0 && gap < 1e-3 * Math.min(old, size);
  });
  return kept ? [found("no-zero-grad", "error", { before: old, after: held }, { step })] : [];
}

function sizeOf(gradients: readonly (TypedArray | null)[]): number {
  return lengthOf(Float64Array.from(gradients, (g) => (g === null ? 0 : lengthOf(g))));
}

/** What is held beyond the sum of the other two. */
function combine(
  held: TypedArray | null,
  old: TypedArray | null | undefined,
  pass: TypedArray | null | undefined,
): TypedArray {
  const length = held?.length ?? old?.length ?? 0;
  return Float64Array.from(
    { length },
    (_, i) => Number(held?.[i] ?? 0) - Number(old?.[i] ?? 0) - Number(pass?.[i] ?? 0),
  );
}

/** Whether a module computes other things in training than in evaluation. */
function hasModes(module: Module): boolean {
  if (module instanceof Dropout) return module.p > 0;
  return module.namedBuffers({ recurse: false }).some(([name]) => name === "runningMean");
}

/** Modules in evaluation mode while the network trains, the first of each kind. */
export function wronglyEvaluating(model: Module, step: number): Finding[] {
  const named = model.namedModules().filter(([, m]) => hasModes(m) && !m.training);
  const [first] = named;
  if (first === undefined) return [];
  const [path, module] = first;
  const figures = { mode: "eval", module: module.constructor.name } as const;
  return [found("mode", "note", figures, { layer: namesOf(model).get(path)!, step })];
}

/**
 * Watches for modules that run in training mode while no gradient is recorded, which is what
 * evaluations look like; `report` hears of the first. Returns what ends the watch.
 */
export function watchModes(model: Module, report: (finding: Finding) => void): HookHandle {
  const layers = namesOf(model);
  let told = false;
  const handles = model
    .namedModules()
    .filter(([, module]) => hasModes(module))
    .map(([path, module]) =>
      module.registerForwardPreHook(() => {
        if (told || isGradEnabled() || !module.training) return;
        told = true;
        const figures = { mode: "train", module: module.constructor.name } as const;
        report(found("mode", "warning", figures, { layer: layers.get(path)! }));
      }),
    );
  return { remove: () => handles.forEach((handle) => handle.remove()) };
}
