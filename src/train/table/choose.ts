/**
 * Decides what a fit leaves open. A smooth curve of one input keeps the plain run; any other table
 * has its epochs and its weight decay chosen by rows that are not trained on.
 */
import { curveOf, isCurve } from "./curve.ts";
import type { Encoded } from "./dataset.ts";
import type { FitOptions, FitWatch, OpenOption } from "./options.ts";
import { FIT_DEFAULTS } from "./options.ts";
import { outputsOf } from "./scaled-rows.ts";
import type { TrialPlan } from "./trial.ts";
import { tryOut } from "./trial.ts";

/** What was decided, and why. */
export interface Choice {
  /** "held-out": by rows not trained on; "smooth" and "few": nothing was tried. */
  readonly by: "held-out" | "smooth" | "few";
  readonly epochs: number;
  readonly weightDecay: number;
  /** How often the curve of one input turns, where that made the network larger. */
  readonly turns?: number;
  /** How many parts of the rows were held out, each once for every weight decay. */
  readonly parts?: number;
  readonly weightDecays?: readonly number[];
  /** The mean loss of the rows held out. */
  readonly heldOutLoss?: number;
}

/** Options that leave nothing open, and what was chosen. */
export interface Settled {
  readonly options: FitOptions;
  readonly choice?: Choice;
}

/** Fewer rows leave too little to judge by. */
const FEWEST = 10;
/** Below this share of the variance the noise of a curve is none. */
const SMOOTH = 1e-3;
/** A curve that turns so often has more neurons. */
const TURNS = 3;

/** Classes are told apart early; what comes later is learned by heart. */
export function plainEpochs({ classes }: Encoded): number {
  return classes === undefined ? FIT_DEFAULTS.epochs : 500;
}

/** Decides what the options leave open by looking at the rows of `data`, all to be trained on. */
export async function settle(
  data: Encoded,
  asked: FitOptions,
  watch: FitWatch = {},
): Promise<Settled> {
  const { open = [], ...given } = asked;
  if (!open.includes("epochs")) return { options: given };
  const curve = curveOf(data);
  const grown = curve !== undefined && curve.turns >= TURNS && open.includes("hidden");
  const turns = grown ? { turns: curve.turns } : {};
  const with_ = (more: Partial<FitOptions>): FitOptions => fill(given, open, more);
  const plain = { ...FIT_DEFAULTS, epochs: plainEpochs(data), ...(grown ? GROWN : {}) };
  const smooth = curve !== undefined && curve.noise < SMOOTH;
  if (smooth || data.rows < FEWEST) {
    const options = with_(plain);
    const { epochs, weightDecay } = options;
    const by = smooth ? "smooth" : "few";
    return { options, choice: { by, epochs, weightDecay, ...turns } };
  }
  const start = with_(curve === undefined ? recipeOf(data) : plain);
  const plan = planOf(data, start, open);
  const { epochs, weightDecay, loss } = await tryOut(data, start, plan, watch);
  if (loss === Infinity) return { options: with_(plain) }; // the fit says where it diverges
  const options = { ...start, epochs: Math.max(1, epochs), weightDecay };
  const choice = {
    ...{ by: "held-out" as const, epochs: options.epochs, weightDecay, ...turns },
    ...{ parts: plan.used * plan.repeats, weightDecays: plan.decays, heldOutLoss: loss },
  };
  return { options, choice };
}

const GROWN = { hidden: [32, 32] };

/** Fills in what is open; what is given stays. */
function fill(
  given: FitOptions,
  open: readonly OpenOption[],
  more: Partial<FitOptions>,
): FitOptions {
  const chosen = open.filter((key) => more[key] !== undefined).map((key) => [key, more[key]]);
  return { ...given, ...(Object.fromEntries(chosen) as Partial<FitOptions>) };
}

/** Up to so many rows are trained on all at once; larger tables go through in batches. */
const MOST_AT_ONCE = 256;

/** How tables of several inputs are trained. */
function recipeOf({ rows }: Encoded): Partial<FitOptions> {
  return {
    ...{ hidden: [32], activation: "gelu", lr: 0.003, scale: "standard" },
    batch: rows <= MOST_AT_ONCE ? "all" : batchFor(rows),
  };
}

function batchFor(rows: number): number {
  if (rows <= 5000) return 64;
  return rows <= 50_000 ? 256 : 1024;
}

/** The weight decays that are tried. */
const DECAYS = [0, 1e-3, 1e-2, 5e-2];
/** Up to so many rows are all held out in turn, and tables of so few in three ways. */
const MOST_IN_TURN = 1000;
const FEW_ROWS = 150;
/** So many updates are tried at most, and so many multiplications, about ten seconds. */
const MOST_UPDATES = { numbers: 6000, classes: 2000 };
const MOST_WORK = 3e10;
/** A trial ends so many updates after its best; curves lie on plateaus for longer. */
const PATIENCE = 300;
const CURVE_PATIENCE = 2000;
const CURVE_DECAYS = [0, 1e-4, 1e-3];

function planOf(data: Encoded, options: FitOptions, open: readonly OpenOption[]): TrialPlan {
  const { rows, width } = data;
  const curve = isCurve(data);
  // Several layers take their time: one part of the rows has to do.
  const inTurn = rows <= MOST_IN_TURN && options.hidden.length === 1;
  const folds = 5;
  const repeats = rows <= FEW_ROWS && inTurn ? 3 : 1;
  const used = inTurn ? folds : 1;
  const tried = curve ? CURVE_DECAYS : DECAYS;
  const decays = open.includes("weightDecay")
    ? curve && !inTurn
      ? [0]
      : tried
    : [options.weightDecay];
  const batch = options.batch === "all" ? rows : Math.min(options.batch, rows);
  const widths = [width, ...options.hidden, outputsOf(data)];
  const weights = widths.slice(1).reduce((sum, n, i) => sum + n * (widths[i]! + 8), 0);
  const work = used * repeats * decays.length * batch * weights;
  const most = MOST_UPDATES[data.classes === undefined ? "numbers" : "classes"];
  const updates = Math.min(most, Math.max(300, MOST_WORK / work));
  const mostEpochs = Math.ceil(updates / Math.floor(rows / batch));
  const patience = curve ? CURVE_PATIENCE : PATIENCE;
  return { decays, folds, repeats, used, patience, mostEpochs: Math.min(5000, mostEpochs) };
}
