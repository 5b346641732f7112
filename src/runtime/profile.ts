/**
 * Where the time goes: how often each program ran and how long it took, while a profile is open.
 */

/** One line of a profile: times in milliseconds. */
export interface ProfileRow {
  readonly name: string;
  readonly calls: number;
  readonly milliseconds: number;
}

class Profiler {
  active = false;
  private rows = new Map<string, { calls: number; milliseconds: number }>();

  /** Runs and times one program. */
  measure<T>(name: string, run: () => T): T {
    const start = performance.now();
    try {
      return run();
    } finally {
      const row = this.rows.get(name) ?? { calls: 0, milliseconds: 0 };
      row.calls++;
      row.milliseconds += performance.now() - start;
      this.rows.set(name, row);
    }
  }

  /** Opens a profile, runs, and returns the rows, longest first. */
  collect(run: () => unknown): ProfileRow[] {
    this.rows = new Map();
    this.active = true;
    try {
      run();
    } finally {
      this.active = false;
    }
    return [...this.rows]
      .map(([name, row]) => ({ name, ...row }))
      .sort((a, b) => b.milliseconds - a.milliseconds);
  }
}

/** The one profiler; closed most of the time, at the cost of one test per program. */
export const profiler = new Profiler();

/** Runs `run` and returns one row per program that ran in it, longest first. */
export function profile(run: () => unknown): ProfileRow[] {
  return profiler.collect(run);
}
