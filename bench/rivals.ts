/**
 * PyTorch as processes that answer requests while Nabla waits, so that runs of both can alternate:
 * one process with one thread, one with two that sleep where they have nothing to do.
 */
import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { createInterface } from "node:readline";

/** A case of bench/rival.py and its sizes. */
export interface Request {
  readonly case: string;
  readonly sizes: Readonly<Record<string, unknown>>;
}

interface Answer {
  readonly ms: number;
  readonly check?: number;
}

/** A Python with PyTorch, kept running. */
export class PyTorch {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly version: string;
  /** The file of the BLAS it has loaded. */
  readonly blas: string;
  readonly threads: number;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, hello: PyTorch) {
    this.#child = child;
    this.#lines = lines;
    this.version = hello.version;
    this.blas = hello.blas;
    this.threads = hello.threads;
  }

  static async start(command: string, threads: number): Promise<PyTorch> {
    const count = `${threads}`;
    const child = spawn(command, ["bench/rival.py"], {
      stdio: ["pipe", "pipe", "inherit"],
      env: {
        ...process.env,
        ...{ OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, MKL_NUM_THREADS: count },
        ...(threads > 1 && { OMP_WAIT_POLICY: "passive" }),
      },
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return new PyTorch(child, lines, JSON.parse(await next(lines)) as PyTorch);
  }

  /** Whether its products are those of the reference BLAS, beside which no ratio says anything. */
  get isReference(): boolean {
    return !/openblas|mkl|blis|accelerate|armpl/i.test(this.blas);
  }

  /** The milliseconds of one run, and the number to check where the case is new. */
  async measure(request: Request, budget: number): Promise<Answer> {
    this.#child.stdin!.write(`${JSON.stringify({ ...request, budget })}\n`);
    return JSON.parse(await next(this.#lines)) as Answer;
  }

  end(): void {
    this.#child.stdin!.end();
  }
}

async function next(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error("bench/rival.py ended; what it said is above");
  return value;
}

let started: Promise<PyTorch[]> | null = null;

/** PyTorch with one thread and with two; none, said aloud, where no Python has it. */
export function pyTorches(): Promise<PyTorch[]> {
  started ??= startAll();
  return started;
}

async function startAll(): Promise<PyTorch[]> {
  const command = ["python3", "/usr/bin/python3"].find(
    (name) => spawnSync(name, ["-c", "import torch"]).status === 0,
  );
  if (command === undefined) {
    console.log("skipped: PyTorch (no python3 with torch)");
    return [];
  }
  const counts = cpus().length > 1 ? [1, 2] : [1];
  const all = await Promise.all(counts.map((count) => PyTorch.start(command, count)));
  const { version, blas, isReference } = all[0]!;
  console.log(`PyTorch ${version} with ${blas}, threads: ${all.map((t) => t.threads).join(", ")}`);
  if (isReference) {
    console.log(
      "That is the reference BLAS, 20 times slower than others: no ratios are printed. " +
        "Install one: apt-get install libopenblas0-pthread.",
    );
  }
  return all;
}
