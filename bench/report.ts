/**
 * Measuring and reporting: runs of all contestants in turn, their medians, least and spread, a
 * table, and a JSON file that names the machine.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { arch, cpus, loadavg, platform, release, totalmem } from "node:os";
import type { PyTorch, Request } from "./rivals.ts";
import { pyTorches } from "./rivals.ts";

/** One measured line. */
export interface Line {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The shortest run, and how far apart the quarters are, in parts of the median. */
  readonly least?: number;
  readonly spread?: number;
  /** The value over that of the baseline; and the shortest runs, which others disturb less. */
  readonly ratio?: number;
  readonly leastRatio?: number;
  readonly note?: string;
  /** Where it stands in a picture of the page: series, place, and what is drawn if no time. */
  readonly picture?: string;
  readonly series?: string;
  readonly x?: number;
  readonly rate?: number;
}

/** Who takes part in a comparison. */
export interface Contestant {
  readonly name: string;
  /** Milliseconds of one run, measured over about `budget` of them. */
  readonly time: (budget: number) => number | Promise<number>;
}

/** What is compared, and how it is shown. */
export interface Comparison {
  readonly title: string;
  readonly ours: readonly Contestant[];
  /** What PyTorch runs. */
  readonly request?: Request;
  /** The number that PyTorch found after its first three runs must be this one. */
  readonly check?: number;
  /** Says more of a time. */
  readonly note?: (ms: number) => string;
  readonly rounds?: number;
  /** Milliseconds that one contestant runs in each round, at least one run. */
  readonly budget?: number;
}

/**
 * Runs all contestants in turn, round by round, so that what slows the machine slows them alike.
 * The baseline is PyTorch with the thread count that was better.
 */
export async function compare(comparison: Comparison): Promise<Line[]> {
  const { title, ours, request, note, rounds = 7, budget = 60 } = comparison;
  const torches = request === undefined ? [] : await pyTorches();
  for (const torch of torches) await verify(comparison, torch);
  const rivals = torches.map((torch) => ({
    name: `PyTorch, ${torch.threads === 1 ? "1 thread" : `${torch.threads} threads`}`,
    time: async (ms: number) => (await torch.measure(request!, ms)).ms,
  }));
  const all: Contestant[] = [...rivals, ...ours];
  const times = all.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [at, one] of all.entries()) times[at]!.push(await one.time(budget));
  }
  const medians = times.map(median);
  const isHonest = torches.length > 0 && !torches.some((torch) => torch.isReference);
  const shortest = times.map((list) => Math.min(...list));
  const baseOf = (list: readonly number[]): number => Math.min(...list.slice(0, rivals.length));
  const [base, leastBase] = [baseOf(medians), baseOf(shortest)];
  return all.map((one, at) => ({
    name: `${title}, ${one.name}`,
    value: medians[at]!,
    unit: "ms",
    least: shortest[at]!,
    spread: spreadOf(times[at]!),
    ...(isHonest && { ratio: medians[at]! / base, leastRatio: shortest[at]! / leastBase }),
    ...(note && { note: note(medians[at]!) }),
  }));
}

async function verify({ title, request, check }: Comparison, torch: PyTorch): Promise<void> {
  const { check: found } = await torch.measure(request!, 0);
  if (check === undefined || found === undefined) return;
  if (Math.abs(found - check) <= 1e-3 * Math.max(1, Math.abs(check))) return;
  throw new Error(`${title}: PyTorch has ${found} where Nabla has ${check}`);
}

/** Makes a contestant of something that runs at once; `act` must read its result. */
export function contestant(name: string, act: () => unknown): Contestant {
  return { name, time: (budget) => meanOf(act, budget) };
}

function meanOf(act: () => unknown, budget: number): number {
  const start = performance.now();
  for (let count = 1; ; count++) {
    act();
    const spent = performance.now() - start;
    if (spent >= budget) return spent / count;
  }
}

/** Returns the median milliseconds of `runs` calls, after one to warm up. */
export function milliseconds(runs: number, act: () => void): number {
  act();
  return median(Array.from({ length: runs }, () => meanOf(act, 0)));
}

/** Returns the median number of microseconds of one call among `batch` in a row. */
export function microseconds(batch: number, act: () => void): number {
  const many = (): void => {
    for (let i = 0; i < batch; i++) act();
  };
  many();
  return (milliseconds(9, many) / batch) * 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function spreadOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.round(part * (sorted.length - 1))]!;
  return (at(0.75) - at(0.25)) / at(0.5);
}

/** Prints a table and writes `bench/results/NAME.json`. */
export async function report(name: string, title: string, lines: readonly Line[]): Promise<void> {
  const width = Math.max(...lines.map((line) => line.name.length));
  const both = lines.some((line) => line.leastRatio !== undefined);
  console.log(`\n${title}${both ? "; then that of the shortest runs" : ""}`);
  for (const line of lines) {
    const value = `${Number(line.value.toPrecision(4))} ${line.unit}`.padStart(14);
    const ratios = [line.ratio, line.leastRatio].map((ratio) =>
      (ratio === undefined ? "" : `${ratio.toFixed(2)} ×`).padStart(8),
    );
    const spread = line.spread === undefined ? "" : `± ${(50 * line.spread).toFixed(0)} %`;
    const columns = `${value} ${spread.padStart(7)} ${ratios.join("")}`;
    console.log(`  ${line.name.padEnd(width)} ${columns}  ${line.note ?? ""}`.trimEnd());
  }
  const machine = {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()} ${release()}`,
    node: process.version,
    load: Number(loadavg()[0]!.toFixed(1)),
  };
  const rivals = lines.some((line) => line.name.includes("PyTorch")) ? await pyTorches() : [];
  const [torch] = rivals;
  const others = torch && {
    pytorch: {
      version: torch.version,
      blas: torch.blas,
      threads: rivals.map((t) => t.threads).join(),
    },
  };
  mkdirSync("bench/results", { recursive: true });
  const file = `bench/results/${name}.json`;
  const date = new Date().toISOString().slice(0, 10);
  const text = JSON.stringify({ name, title, date, machine, ...others, lines }, null, 2);
  writeFileSync(file, `${text}\n`);
  for (const rival of rivals) rival.end();
  console.log(`  (${file})`);
}
