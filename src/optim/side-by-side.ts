/** Two optimizers as one, such as Muon for matrices and AdamW for all else. */
import type { Optimizer, OptimizerState } from "./optimizer.ts";

/** What of an optimizer a training needs. */
type Half = Pick<Optimizer, "loadStateDict" | "paramGroups" | "stateDict" | "step" | "zeroGrad">;

/** Steps both; groups and state are those of the first, then those of the second. */
export class SideBySide implements Half {
  readonly first: Half;
  readonly second: Half;

  constructor(first: Half, second: Half) {
    this.first = first;
    this.second = second;
  }

  get paramGroups(): Half["paramGroups"] {
    return [...this.first.paramGroups, ...this.second.paramGroups];
  }

  step(): undefined {
    this.first.step();
    this.second.step();
  }

  zeroGrad(options: { setToNone?: boolean } = {}): void {
    this.first.zeroGrad(options);
    this.second.zeroGrad(options);
  }

  stateDict(): OptimizerState {
    const [a, b] = [this.first.stateDict(), this.second.stateDict()];
    const size = sizeOf(a);
    const moved = Object.entries(b.state).map(([k, state]) => [Number(k) + size, state]);
    return {
      state: { ...a.state, ...(Object.fromEntries(moved) as OptimizerState["state"]) },
      paramGroups: [
        ...a.paramGroups,
        ...b.paramGroups.map((group) => ({ ...group, params: group.params.map((k) => k + size) })),
      ],
    };
  }

  loadStateDict({ state, paramGroups }: OptimizerState): void {
    const groups = this.first.paramGroups.length;
    const own = paramGroups.slice(0, groups);
    const size = sizeOf({ state, paramGroups: own });
    const entries = Object.entries(state).map(([k, one]) => [Number(k), one] as const);
    const others = paramGroups.slice(groups).map((group) => {
      return { ...group, params: group.params.map((k) => k - size) };
    });
    const moved = entries.filter(([k]) => k >= size).map(([k, one]) => [k - size, one]);
    this.first.loadStateDict({
      state: Object.fromEntries(entries.filter(([k]) => k < size)),
      paramGroups: own,
    });
    this.second.loadStateDict({
      state: Object.fromEntries(moved) as OptimizerState["state"],
      paramGroups: others,
    });
  }
}

function sizeOf({ paramGroups }: OptimizerState): number {
  return paramGroups.reduce((sum, { params }) => sum + params.length, 0);
}
