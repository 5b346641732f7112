/** Levenberg and Marquardt's method for small least-squares fits, in float64. */
import { argumentError, NablaError } from "../core/errors.ts";
import { read } from "../core/options.ts";
import { showShape } from "../core/shape.ts";
import { grad } from "../tensor/autograd.ts";
import { zeros } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { context } from "../tensor/value.ts";
import { axpy, dot, readValues, writeValues } from "./flat.ts";
import { assertParameter } from "./groups.ts";
import type { Columns } from "./qr.ts";
import { inverseDiagonal, solveDamped } from "./qr.ts";

/** The options of {@link leastSquares}. */
export interface LeastSquaresOptions {
  /** The most accepted and refused steps together; default 10,000. */
  readonly maxIter?: number;
  /** Stops where no residual column has a larger cosine with the residuals; default 1e-14. */
  readonly toleranceGrad?: number;
  /** Stops where a step is smaller, relative to the parameters, both scaled; default 1e-12. */
  readonly toleranceChange?: number;
  /** The first damping, relative to the columns of the Jacobian; default 1e-3. */
  readonly damping?: number;
}

const DEFAULTS = { maxIter: 10_000, toleranceGrad: 1e-14, toleranceChange: 1e-12, damping: 1e-3 };

/** What a fit found; the parameters themselves are set. */
export interface LeastSquaresResult {
  /** Half the sum of the squared residuals. */
  readonly cost: number;
  /** √(sum of squares / (residuals − parameters)); NaN without degrees of freedom. */
  readonly residualStd: number;
  /** One for each element of the parameters, in their order. */
  readonly standardErrors: Float64Array;
  readonly iterations: number;
  readonly evaluations: number;
  readonly converged: boolean;
  /** Which test ended the fit; on a plateau some parameter has no effect any more. */
  readonly reason: "change" | "gradient" | "exact" | "stalled" | "maxIter" | "plateau";
}

/** Residuals at some place, and half their sum of squares. */
interface Place {
  readonly x: Float64Array;
  readonly residuals: Float64Array;
  readonly cost: number;
}

/** Where a descent ended, and why. */
interface End {
  readonly place: Place;
  readonly columns: Columns;
  readonly reason: LeastSquaresResult["reason"];
}

/**
 * Below this part of its largest size a column of the Jacobian counts as gone, if its parameter
 * moves the residuals by no larger a part.
 */
const GONE = 1e-8;
/** From a plateau a descent begins anew, with so much more damping, up to a most. */
const MORE_DAMPING = 1e3;
const MOST_DAMPING = 1e12;
/** Below this part of the cost its rounding hides whether a step improves it. */
const ROUNDING = 1e-10;

/**
 * Moves `parameters` (float64 leaves) to the least sum of squares of what `residuals()` returns, a
 * float64 tensor of any shape that depends on them smoothly:
 *
 *     const b = tensor([100, 1, 0.1], { dtype: "float64", requiresGrad: true });
 *     const fit = await optim.leastSquares(() => model(b, x).sub(y), [b]);
 *
 * The Jacobian comes from autograd, column by column, so it is for few parameters. Damping as
 * Nielsen (1999), scaling by the columns as Moré (1978), each step by QR. Where it ends on a
 * plateau, where a parameter has no effect any more, it begins anew with smaller steps; what is a
 * plateau still has not converged. Throws on float32, on parameters that the residuals do not
 * depend on, and where the first residuals are not finite.
 */
export async function leastSquares(
  residuals: () => Tensor,
  parameters: Iterable<Tensor>,
  options: LeastSquaresOptions = {},
): Promise<LeastSquaresResult> {
  if (context.tracer !== null) {
    throw new NablaError("trace", "leastSquares: it reads values, so it cannot be compiled.");
  }
  const settings = read("leastSquares", {}, [options], DEFAULTS);
  const params = [...parameters];
  checkParameters(params);
  const problem = new Problem(residuals, params);
  const fit = new Fit(problem, settings);
  try {
    return await fit.run();
  } finally {
    if (fit.best !== null) writeValues(params, fit.best.x);
  }
}

/** The function and its derivatives. */
class Problem {
  evaluations = 0;
  readonly #residuals: () => Tensor;
  readonly #params: readonly Tensor[];

  constructor(residuals: () => Tensor, params: readonly Tensor[]) {
    this.#residuals = residuals;
    this.#params = params;
  }

  read(): Promise<Float64Array> {
    return readValues(this.#params);
  }

  /** Computes the residuals at x. */
  async at(x: Float64Array): Promise<Place> {
    writeValues(this.#params, x);
    const residuals = (await this.#compute().data()) as Float64Array;
    return { x, residuals, cost: dot(residuals, residuals) / 2 };
  }

  /**
   * Computes the Jacobian at x. The gradient is linear in its cotangent u, so that its derivative
   * by u gives a column for each parameter.
   */
  async jacobian(x: Float64Array): Promise<Columns> {
    writeValues(this.#params, x);
    const r = this.#compute();
    const u = zeros(r.shape, { dtype: "float64", device: r.device, requiresGrad: true });
    const gradients = grad(r, this.#params, {
      gradOutputs: u,
      createGraph: true,
      allowUnused: true,
    });
    const columns: Tensor[] = [];
    gradients.forEach((gradient, k) => {
      if (gradient === null) {
        throw argumentError(`leastSquares: the residuals do not depend on parameter ${k}.`);
      }
      const flat = gradient.reshape([gradient.numel()]);
      for (let i = 0; i < gradient.numel(); i++) {
        const entry = flat.narrow(0, i, 1).sum();
        columns.push(grad(entry, [u], { retainGraph: true })[0]!);
      }
    });
    return Promise.all(columns.map(async (column) => (await column.data()) as Float64Array));
  }

  #compute(): Tensor {
    this.evaluations++;
    const r = this.#residuals();
    if (r.dtype === "float64") return r;
    throw argumentError(
      `leastSquares: the residuals are ${r.dtype}; need float64. Make the data float64 too.`,
    );
  }
}

/** One fit: the place it has reached, the damping, and the scale of each parameter. */
class Fit {
  best: Place | null = null;
  readonly #problem: Problem;
  readonly #settings: typeof DEFAULTS;
  #damping = 0;
  #growth = 2;
  #scale = new Float64Array(0);
  #columns: Columns = [];
  #iterations = 0;

  constructor(problem: Problem, settings: typeof DEFAULTS) {
    this.#problem = problem;
    this.#settings = settings;
  }

  async run(): Promise<LeastSquaresResult> {
    const start = await this.#problem.at(await this.#problem.read());
    if (!Number.isFinite(start.cost)) {
      throw argumentError("leastSquares: the residuals at the start are not all finite.");
    }
    this.best = start;
    const { maxIter, damping: first } = this.#settings;
    let end = await this.#descend(start, first);
    let damping = first;
    while (end.reason === "plateau" && this.#iterations < maxIter && damping < MOST_DAMPING) {
      damping *= MORE_DAMPING;
      const other = await this.#descend(start, damping);
      if (other.place.cost < end.place.cost) end = other;
    }
    return this.#result(end);
  }

  /** Goes down from a place as far as it goes. */
  async #descend(start: Place, damping: number): Promise<End> {
    const { maxIter, toleranceGrad, toleranceChange } = this.#settings;
    let now = start;
    const end = (reason: End["reason"]): End => {
      const flat = reason !== "exact" && reason !== "maxIter" && this.#isPlateau(now);
      return { place: now, columns: this.#columns, reason: flat ? "plateau" : reason };
    };
    this.#damping = damping;
    this.#growth = 2;
    this.#scale = new Float64Array(0);
    await this.#differentiate(now);
    while (this.#iterations < maxIter) {
      if (now.cost === 0) return end("exact");
      if (this.#cosine(now) <= toleranceGrad) return end("gradient");
      this.#iterations++;
      const step = this.#step(now);
      const small = this.#length(step) <= toleranceChange * this.#length(now.x);
      const next = await this.#problem.at(axpy(1, step, now.x));
      const gain = this.#gain(now, next, step);
      if (gain > 0) {
        now = next;
        if (now.cost <= this.best!.cost) this.best = now;
        this.#damping *= Math.max(1 / 3, 1 - cube(2 * gain - 1));
        this.#growth = 2;
        await this.#differentiate(now);
      } else {
        this.#damping *= this.#growth;
        this.#growth *= 2;
        if (this.#damping > 1e60) return end("stalled");
      }
      if (small) return end("change");
    }
    return end("maxIter");
  }

  /** Whether some parameter that had an effect on the way has none here, however it changes. */
  #isPlateau({ x, residuals }: Place): boolean {
    const size = Math.sqrt(dot(residuals, residuals));
    return this.#columns.some((column, k) => {
      const norm = Math.sqrt(dot(column, column));
      return norm < GONE * this.#scale[k]! && norm * Math.abs(x[k]!) < GONE * size;
    });
  }

  async #differentiate({ x }: Place): Promise<void> {
    this.#columns = await this.#problem.jacobian(x);
    const norms = this.#columns.map((column) => Math.sqrt(dot(column, column)));
    this.#scale = Float64Array.from(norms, (norm, k) => Math.max(norm, this.#scale[k] ?? 0));
    if (!this.#scale.every(Number.isFinite)) {
      throw argumentError("leastSquares: a derivative of the residuals is not finite.");
    }
  }

  /** Solves (JᵀJ + damping · scale²) step = −Jᵀr. */
  #step({ residuals }: Place): Float64Array {
    const root = Math.sqrt(this.#damping);
    const damping = this.#scale.map((scale) => root * (scale === 0 ? 1 : scale));
    const target = residuals.map((r) => -r);
    return solveDamped(this.#columns, target, damping);
  }

  /** Returns the ratio of the improvement to what the linear model promised. */
  #gain(now: Place, next: Place, step: Float64Array): number {
    if (!Number.isFinite(next.cost)) return -1;
    const along = new Float64Array(now.residuals.length);
    this.#columns.forEach((column, k) => {
      for (let i = 0; i < along.length; i++) along[i]! += column[i]! * step[k]!;
    });
    const length = this.#length(step);
    const promised = dot(along, along) / 2 + this.#damping * length * length;
    const gained = now.cost - next.cost;
    if (promised <= ROUNDING * now.cost && Math.abs(gained) <= ROUNDING * now.cost) return 1;
    return gained / promised;
  }

  /** The largest cosine between the residuals and a column. */
  #cosine({ residuals }: Place): number {
    const size = Math.sqrt(dot(residuals, residuals));
    const cosines = this.#columns.map((column) => {
      const norm = Math.sqrt(dot(column, column));
      return norm === 0 ? 0 : Math.abs(dot(column, residuals)) / (norm * size);
    });
    return Math.max(0, ...cosines);
  }

  #length(x: Float64Array): number {
    return Math.sqrt(x.reduce((sum, value, k) => sum + square(this.#scale[k]! * value), 0));
  }

  #result({ place, columns, reason }: End): LeastSquaresResult {
    this.best = place;
    const { cost, residuals, x } = place;
    const freedom = residuals.length - x.length;
    const residualStd = freedom > 0 ? Math.sqrt((2 * cost) / freedom) : NaN;
    const standardErrors = inverseDiagonal(columns).map((v) => residualStd * Math.sqrt(v));
    const converged = !["maxIter", "stalled", "plateau"].includes(reason);
    const { evaluations } = this.#problem;
    const iterations = this.#iterations;
    return { cost, residualStd, standardErrors, iterations, evaluations, converged, reason };
  }
}

function square(x: number): number {
  return x * x;
}

function cube(x: number): number {
  return x * x * x;
}

function checkParameters(params: readonly Tensor[]): void {
  if (params.length === 0) throw argumentError("leastSquares: there are no parameters.");
  const known = new Set<Tensor>();
  params.forEach((param, k) => {
    assertParameter("leastSquares", param, known);
    known.add(param);
    if (param.dtype === "float64") return;
    throw argumentError(
      `leastSquares: parameter ${k} (${showShape(param.shape)}) is ${param.dtype}; ` +
        `need float64: tensor(data, { dtype: "float64", requiresGrad: true }).`,
    );
  });
}
