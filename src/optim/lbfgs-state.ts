/** What LBFGS remembers between iterations, and how it is saved: PyTorch's layout. */
import { NablaError } from "../core/errors.ts";
import { fromArray } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** One past update: the change of the gradient, the change of the parameters, 1 / their product. */
export interface Pair {
  readonly y: Float64Array;
  readonly s: Float64Array;
  readonly ro: number;
}

/** The state of one LBFGS. */
export interface Memory {
  evaluations: number;
  iterations: number;
  direction: Float64Array;
  t: number;
  pairs: Pair[];
  scale: number;
  previousGrad: Float64Array;
  previousLoss: number;
}

/** The state as it is saved, by PyTorch's names; all tensors are float64 vectors. */
export interface LBFGSEntry {
  readonly func_evals: number;
  readonly n_iter: number;
  readonly d: Tensor;
  readonly t: number;
  readonly old_dirs: readonly Tensor[];
  readonly old_stps: readonly Tensor[];
  readonly ro: readonly number[];
  readonly H_diag: number;
  readonly prev_flat_grad: Tensor;
  readonly prev_loss: number;
}

/** What `stateDict` of LBFGS gives. */
export interface LBFGSSaved {
  readonly state: Readonly<Record<number, LBFGSEntry>>;
  readonly paramGroups: readonly (Readonly<Record<string, unknown>> & {
    readonly params: readonly number[];
  })[];
}

/** Returns the memory of an optimizer that has done nothing. */
export function newMemory(): Memory {
  const none = new Float64Array(0);
  return {
    evaluations: 0,
    iterations: 0,
    direction: none,
    t: 0,
    pairs: [],
    scale: 1,
    previousGrad: none,
    previousLoss: 0,
  };
}

/** Copies a memory for saving; null where there is nothing yet. */
export function saveMemory(memory: Memory): LBFGSEntry | null {
  if (memory.iterations === 0) return null;
  return {
    func_evals: memory.evaluations,
    n_iter: memory.iterations,
    d: fromArray(memory.direction.slice()),
    t: memory.t,
    old_dirs: memory.pairs.map(({ y }) => fromArray(y.slice())),
    old_stps: memory.pairs.map(({ s }) => fromArray(s.slice())),
    ro: memory.pairs.map(({ ro }) => ro),
    H_diag: memory.scale,
    prev_flat_grad: fromArray(memory.previousGrad.slice()),
    prev_loss: memory.previousLoss,
  };
}

/** Makes a memory of what was saved; throws where a vector has not `size` elements. */
export function loadMemory(entry: LBFGSEntry, size: number): Memory {
  const read = (name: string, tensor: Tensor | undefined): Float64Array => {
    if (tensor?.numel() === size) return Float64Array.from(tensor.dataSync());
    throw new NablaError(
      "state",
      `optim.LBFGS: the state does not fit, nothing was loaded:\n  state[0].${name}: ` +
        `has ${tensor?.numel() ?? "no"} elements, need ${size}`,
    );
  };
  const { old_dirs, old_stps, ro } = entry;
  const pairs = old_dirs.map((dir, k) => ({
    y: read(`old_dirs[${k}]`, dir),
    s: read(`old_stps[${k}]`, old_stps[k]),
    ro: ro[k]!,
  }));
  return {
    evaluations: entry.func_evals,
    iterations: entry.n_iter,
    direction: read("d", entry.d),
    t: entry.t,
    pairs,
    scale: entry.H_diag,
    previousGrad: read("prev_flat_grad", entry.prev_flat_grad),
    previousLoss: entry.prev_loss,
  };
}
