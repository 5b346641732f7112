/** A few points of every data set, for its small picture. */
import type { Experiment } from "../parts/engine/protocol.ts";
import { makeRows } from "./rows.ts";
import type { Points } from "./rows.ts";
import { DATA, DEFAULTS } from "./settings.ts";

/** So many points make a picture. */
const ENOUGH = 90;

type None = Record<string, never>;

/** Points by data set. */
export type Thumbs = Readonly<Record<string, Points>>;

function read(): Thumbs {
  const names = Object.keys(DATA).filter((data) => data !== "own");
  const pairs = names.map((data) => {
    const { training } = makeRows({ ...DEFAULTS, data, share: 90 });
    return [data, training.slice(0, 3 * ENOUGH).map((v) => Number(v.toFixed(2)))] as const;
  });
  return Object.fromEntries(pairs);
}

/** The pictures' points; there is nothing to train. */
export const experiment: Experiment<None, Thumbs> = {
  defaults: {},
  start: () => ({
    read,
    step: () => undefined,
    set: () => undefined,
    snapshot: () => null,
    restore: () => undefined,
  }),
};
