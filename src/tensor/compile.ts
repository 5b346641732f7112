/**
 * compile(): the user's function as one program. The first call with new shapes traces the function
 * and compiles; a later call is a look-up, one run, and the update of cells. From time to time the
 * function is traced again, to see that it still does the same.
 */
import { clock } from "../core/clock.ts";
import type { TypedArray } from "../core/dtype.ts";
import { argumentError, NablaError } from "../core/errors.ts";
import { readNamed, show } from "../core/options.ts";
import type { Specialization } from "../runtime/function.ts";
import type { Given } from "./arguments.ts";
import {
  arityOf,
  flatTensors,
  putTogether,
  readsThis,
  takeApart,
  withTensors,
} from "./arguments.ts";
import { tensor } from "./create.ts";
import { refuseDifference, sameContents } from "./lines.ts";
import { operandsOf } from "./operands.ts";
import type { CompiledProgram } from "./program.ts";
import { Tensor } from "./tensor.ts";
import type { Traced } from "./ending.ts";
import type { Traceable } from "./tracing.ts";
import { assertRepeats, assertSettled, hangsOnObjects, makeProgram, traceOnce } from "./tracing.ts";
import type { Tracer } from "./value.ts";
import { context } from "./value.ts";

/** What a compiled function takes: tensors and numbers, alone or in lists and plain objects. */
export type CompileArgument = unknown;

/** When a compiled function is traced again to see that it still does the same. */
export type CompileCheck = "always" | "spot" | "never";

/** Options of `compile`. */
export interface CompileOptions {
  /**
   * `"spot"` (the default): at each call up to the ninth, then as often as 3 % of the time allows,
   * and at the latest after four times as many calls. `"always"`: at each
   * call. `"never"`: only where numbers, modules or options have changed.
   */
  readonly check?: CompileCheck;
}

/** What a compiled function takes for an argument of the original: arrays for tensors, too. */
export type Compilable<P> = P extends Tensor ? P | TypedArray : P;

/** A compiled function: call it like the original; `stats` counts its look-ups. */
export interface CompiledFunction<F> {
  (
    ...args: F extends (...args: infer P) => unknown ? { [K in keyof P]: Compilable<P[K]> } : never
  ): F extends (...args: never[]) => infer R ? R : never;
  readonly stats: { hits: number; misses: number };
  /** The specialisation that serves these arguments, made if need be. */
  readonly programFor: (args: readonly unknown[]) => Specialization;
}

/**
 * Makes a function one program: forward, backward and updates. Tensors and numbers among its
 * arguments, alone or in lists and plain objects, are inputs; texts, truth values and objects of
 * classes decide which program serves. Tensors from outside are captured; cells are read and set at
 * each call. Everything else that it reads is a constant: the function is traced again now and
 * then, and at every call whose numbers differ from those of the last; where it does something
 * else, an error names the line. Throws a trace error, too, where the function reads values, is
 * asynchronous, sets the seed, or returns what cannot be made again.
 * @typeParam F - The function.
 */
export function compile<F extends (...args: never[]) => unknown>(
  fn: F,
  options: CompileOptions = {},
): CompiledFunction<F> {
  const programs = new Programs(fn, checkOf(options));
  const seen = arityOf(fn);
  const owned = readsThis(fn);
  const compiled = function (this: unknown, ...given: unknown[]): unknown {
    const args = given.length > seen ? given.slice(0, seen) : given;
    if (context.tracer !== null) {
      return callInside(fn.bind(this), args, context.tracer, programs.takesTensors);
    }
    return programs.call(args, owned ? this : undefined);
  };
  const programFor = (args: readonly unknown[]): Specialization => programs.programFor(args).spec;
  return Object.assign(compiled, {
    stats: programs.stats,
    programFor,
  }) as unknown as CompiledFunction<F>;
}

/**
 * Makes a float64 scalar of a host number that is read anew whenever it is used: at each replay of
 * a compiled function, and at each call outside one.
 */
export function scalar(read: () => number): Tensor {
  const { tracer } = context;
  return tracer === null ? Tensor.fromReading(read) : Tensor.fromNode(tracer.number(read));
}

function checkOf(options: CompileOptions): CompileCheck {
  const { check } = readNamed("compile", { check: "spot" as CompileCheck }, options);
  if (check === "always" || check === "spot" || check === "never") return check;
  throw argumentError(`compile: check is ${show(check)}; need "always", "spot" or "never".`);
}

/** A call within a trace is part of it; host arrays are read again at each replay. */
function callInside(
  fn: Traceable,
  args: readonly unknown[],
  tracer: Tracer,
  takesTensors: boolean,
): unknown {
  const given = takeApart(args);
  if (given.arrays.length === 0) return fn(...(args as never[]));
  const tried = takesTensors ? null : tracer.tryOut(() => fn(...(args as never[])));
  if (tried !== null) return tried.value;
  const arrays = given.arrays.map((array) => insideOf(array, given, tracer));
  return fn(...(putTogether(args, { ...given, arrays }).args as never[]));
}

/** The tensor of an array inside a trace. */
function insideOf(array: TypedArray, { tensors }: Given, tracer: Tracer): Tensor {
  const device = tensors[0]?.device;
  const made = tensor(array, device === undefined ? {} : { device });
  if (tracer.isGiven(array)) return made;
  return made.like(made.type, null, tracer.array(made, array));
}

/** How many programs one compiled function keeps. */
const MOST_PROGRAMS = 64;
/** How many programs for values of numbers are made without a word. */
const MOST_VALUES = 8;

/** The programs of one compiled function. */
class Programs {
  readonly stats = { hits: 0, misses: 0 };
  readonly #fn: Traceable;
  readonly #check: CompileCheck;
  /** The latest made first. */
  readonly #programs: CompiledProgram[] = [];
  /** The one that served the last call: what the function set on the host is as it left it. */
  #last: CompiledProgram | null = null;
  #warned = false;
  #operands: ReadonlyMap<number, number> | null = null;

  constructor(fn: Traceable, check: CompileCheck) {
    this.#fn = fn;
    this.#check = check;
  }

  /** Whether typed arrays are given to the function as tensors: it does not work with arrays. */
  takesTensors = false;

  call(given: readonly unknown[], self: unknown): unknown {
    const args = (this.takesTensors ? flatTensors(given) : null) ?? given;
    const [call, program] = this.#findFor(args, takeApart(args, self));
    program.calls++;
    return program.run(call);
  }

  /** The program for such arguments. */
  programFor(args: readonly unknown[]): CompiledProgram {
    return this.#findFor(args, takeApart(args))[1];
  }

  /**
   * Returns the program for a call, and the call as it takes it: with tensors for typed arrays
   * where the function fails with the arrays themselves.
   */
  #findFor(args: readonly unknown[], call: Given): [Given, CompiledProgram] {
    if (call.arrays.length === 0) return [call, this.find(args, call)];
    let failure: unknown = null;
    try {
      if (!this.takesTensors) return [call, this.find(args, call)];
    } catch (error) {
      if (error instanceof NablaError && error.code === "trace") throw error;
      failure = error;
    }
    const tensors = withTensors(args, call);
    const given = takeApart(tensors, call.self);
    try {
      const program = this.find(tensors, given);
      this.takesTensors = true;
      return [given, program];
    } catch (error) {
      throw failure ?? error; // what plain code says
    }
  }

  /** Returns the program that serves these arguments; makes it where there is none. */
  find(args: readonly unknown[], given: Given): CompiledProgram {
    const last = this.#last;
    if (last !== null && !this.#isDue(last, given) && last.serves(given)) {
      this.stats.hits++;
      return last;
    }
    this.#last = null;
    const [found, seen] = this.#lookUp(args, given, last);
    this.stats[found === null ? "misses" : "hits"]++;
    this.#last = found ?? this.#make(args, given, seen);
    return this.#last;
  }

  /** Whether the function is to be traced again before a program is used. */
  #isDue(program: CompiledProgram, given: Given): boolean {
    if (program.runsAlways || program.isStale) return true;
    if (!program.takes(given) || !program.knows(given)) return true;
    return (
      this.#check !== "never" && (this.#check === "always" || program.schedule.isDue(program.calls))
    );
  }

  /**
   * The program that does what the function does with these arguments now; null for none, with the
   * last trace that no program agreed with.
   */
  #lookUp(
    args: readonly unknown[],
    given: Given,
    last: CompiledProgram | null,
  ): readonly [CompiledProgram | null, Traced | null] {
    let seen: Traced | null = null;
    const isNear = (program: CompiledProgram): boolean =>
      sameContents(program.numbers, given.numbers) && program.holds(given);
    const rank = (program: CompiledProgram): number =>
      2 * Number(program.isPinned) + Number(isNear(program));
    const serving = this.#programs.filter((program) => program.serves(given));
    serving.sort((a, b) => rank(b) - rank(a));
    for (const program of serving) {
      if (this.#check === "never" && !this.#isDue(program, given)) return [program, seen];
      const { isStale } = program;
      const known = program.knows(given);
      const began = clock();
      const next = traceOnce(this.#fn, args, given, program.first);
      const parting = program.partingOf(next, given.numbers);
      program.schedule.checked(program.calls, clock() - began);
      if (seen !== null) assertRepeats(seen, next);
      seen = next;
      if (parting === null) {
        if (program === last && isNear(program)) assertSettled(next);
        program.take(next, given);
        return [program, seen];
      }
      if (!isStale && isNear(program)) {
        if (known || !hangsOnObjects(this.#fn, args, given)) refuseDifference(parting, true);
        return [null, seen];
      }
      if (parting.about === "outside") this.#drop(program); // what it holds may be gone
    }
    const { numbers, objects } = given;
    if (serving.length < MOST_VALUES) return [null, seen];
    if (numbers.length > 0 || objects.length === 0) this.#warn(numbers.length > 0);
    return [null, seen];
  }

  #make(args: readonly unknown[], given: Given, seen: Traced | null): CompiledProgram {
    const program = makeProgram(this.#fn, args, given, this.#operandsIn(args));
    if (seen !== null) assertRepeats(seen, program.first);
    this.#programs.unshift(program);
    if (this.#programs.length > MOST_PROGRAMS) this.#drop(this.#programs.at(-1)!);
    return program;
  }

  /** How often the numbers are used that are operands alone, as the program counts them. */
  #operandsIn(args: readonly unknown[]): Map<number, number> {
    const operands = new Map<number, number>();
    let number = 0;
    for (const [place, arg] of args.entries()) {
      if (typeof arg === "number") {
        this.#operands ??= operandsOf(this.#fn);
        const uses = this.#operands.get(place);
        if (uses !== undefined) operands.set(number, uses);
        number++;
      } else if (!(arg instanceof Tensor)) break; // it may hold numbers, too
    }
    return operands;
  }

  #drop(program: CompiledProgram): void {
    this.#programs.splice(this.#programs.indexOf(program), 1);
    program.release();
  }

  #warn(byNumbers: boolean): void {
    if (this.#warned) return;
    this.#warned = true;
    const what = byNumbers
      ? "its number arguments, because they decide what it does (a branch, a size, an exponent)"
      : "fields of modules or options of optimizers, which it holds as constants";
    console.warn(
      `compile: ${this.#fn.name || "the function"} was compiled for more than ${MOST_VALUES} values of ` +
        `${what}. A number that is only added or multiplied can be read with scalar(() => value).`,
    );
  }
}
