/** What LBFGS remembers between iterations, and how it is saved: PyTorch's layout. */
import { NablaError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import { fromArray } from "../tensor/create.ts";
import { Tensor } from "../tensor/tensor.ts";

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

function refuse(name: string, what: string): never {
  throw new NablaError(
    "state",
    `optim.LBFGS: the state does not fit, nothing was loaded:\n  state[0].${name}: ${what}`,
  );
}

function vector(name: string, value: unknown, size: number): Float64Array {
  const elements = value instanceof Tensor ? value.numel() : "no";
  if (elements !== size) refuse(name, `has ${elements} elements, need ${size}`);
  return Float64Array.from((value as Tensor).dataSync());
}

function numberOf(name: string, value: unknown): number {
  if (typeof value === "number" && !Number.isNaN(value)) return value;
  return refuse(name, `is ${show(value)}, need a number`);
}

function countOf(name: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  return refuse(name, `is ${show(value)}, need a whole number`);
}

/**
 * Makes a memory of what was saved; throws where a vector has not `size` elements, or a number is
 * none.
 */
export function loadMemory(entry: LBFGSEntry, size: number): Memory {
  const lists = { old_dirs: entry.old_dirs, old_stps: entry.old_stps, ro: entry.ro };
  for (const [name, list] of Object.entries(lists) as [string, unknown][]) {
    if (!Array.isArray(list)) refuse(name, `is ${show(list)}, need a list`);
    const [has, wants] = [(list as unknown[]).length, lists.old_dirs.length];
    if (has !== wants) refuse(name, `has ${has} entries, old_dirs ${wants}`);
  }
  return {
    evaluations: countOf("func_evals", entry.func_evals),
    iterations: countOf("n_iter", entry.n_iter),
    direction: vector("d", entry.d, size),
    t: numberOf("t", entry.t),
    pairs: lists.old_dirs.map((dir, k) => ({
      y: vector(`old_dirs[${k}]`, dir, size),
      s: vector(`old_stps[${k}]`, lists.old_stps[k], size),
      ro: numberOf(`ro[${k}]`, lists.ro[k]),
    })),
    scale: numberOf("H_diag", entry.H_diag),
    previousGrad: vector("prev_flat_grad", entry.prev_flat_grad, size),
    previousLoss: numberOf("prev_loss", entry.prev_loss),
  };
}
