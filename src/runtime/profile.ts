/**
 * Where the time goes: how often each program ran and how long it took, while a profile is open.
 */
import { clock } from "../core/clock.ts";
import { isThenable } from "../core/thenable.ts";

/** One line of a profile: times in milliseconds. */
export interface ProfileRow {
  readonly name: string;
  readonly calls: number;
  readonly milliseconds: number;
}

type Rows = Map<string, { calls: number; milliseconds: number }>;

/**
 * What programs ask; closed most of the time, at the cost of one test per program. A page that
 * profiles nothing carries no more than this.
 */
export const profiler = { active: false, measure: <T>(_: string, run: () => T): T => run() };

/** The profiles that are open: those around others count what runs in these too. */
const open = /* @__PURE__ */ new Set<Rows>();

/** Runs and times one program. */
function measure<T>(name: string, run: () => T): T {
  const start = clock();
  try {
    return run();
  } finally {
    const milliseconds = clock() - start;
    for (const rows of open) {
      const row = rows.get(name) ?? { calls: 0, milliseconds: 0 };
      rows.set(name, { calls: row.calls + 1, milliseconds: row.milliseconds + milliseconds });
    }
  }
}

/**
 * Runs `run` and returns one row per program that ran in it, longest first; for an asynchronous
 * `run` a promise of them. What runs beside it in the meantime is counted too.
 */
export function profile(run: () => PromiseLike<unknown>): Promise<ProfileRow[]>;
/** The same for a synchronous `run`. */
export function profile(run: () => unknown): ProfileRow[];
/** The rows of either. */
export function profile(run: () => unknown): ProfileRow[] | Promise<ProfileRow[]> {
  const rows: Rows = new Map();
  open.add(rows);
  Object.assign(profiler, { active: true, measure });
  const close = (): void => {
    open.delete(rows);
    profiler.active = open.size > 0;
  };
  const table = (): ProfileRow[] =>
    [...rows]
      .map(([name, row]) => ({ name, ...row }))
      .sort((a, b) => b.milliseconds - a.milliseconds);
  let isLater = false;
  try {
    const result = run();
    isLater = isThenable(result);
    if (isThenable(result)) return Promise.resolve(result).then(table).finally(close);
  } finally {
    if (!isLater) close();
  }
  return table();
}
