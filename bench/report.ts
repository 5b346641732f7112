/**
 * Measuring and reporting: medians of repeated runs, a table, and a JSON file that names the
 * machine.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { arch, cpus, platform, release, totalmem } from "node:os";

/** One measured line. */
export interface Line {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the value is divided by: the first line of its group that is a baseline. */
  readonly ratio?: number;
  readonly note?: string;
}

/**
 * Returns the median, the least and the largest milliseconds of `runs` calls, after one to warm up.
 */
export function milliseconds(runs: number, act: () => void): number {
  act();
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    act();
    return performance.now() - start;
  });
  return median(times);
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

/** Prints a table and writes `bench/results/NAME.json`. */
export function report(name: string, title: string, lines: readonly Line[]): void {
  const width = Math.max(...lines.map((line) => line.name.length));
  console.log(`\n${title}`);
  for (const line of lines) {
    const value = `${Number(line.value.toPrecision(4))} ${line.unit}`.padStart(14);
    const ratio = line.ratio === undefined ? "" : `${line.ratio.toFixed(2)} ×`.padStart(9);
    console.log(
      `  ${line.name.padEnd(width)} ${value} ${ratio.padEnd(9)} ${line.note ?? ""}`.trimEnd(),
    );
  }
  const machine = {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()} ${release()}`,
    node: process.version,
  };
  mkdirSync("bench/results", { recursive: true });
  const file = `bench/results/${name}.json`;
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(file, `${JSON.stringify({ name, title, date, machine, lines }, null, 2)}\n`);
  console.log(`  (${file})`);
}
