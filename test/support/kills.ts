/** Kills a training at random times, lets it go on, and compares what it ends with. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";

/** A process that ended. */
export interface Finished {
  readonly killed: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/** Starts Node, and kills it so long after its first words; Infinity lets it end. */
export function runNode(
  args: readonly string[],
  cwd: string,
  killAfter: number,
): Promise<Finished> {
  return new Promise((resolve) => {
    const child: ChildProcess = spawn(process.execPath, args, { cwd });
    let [stdout, stderr] = ["", ""];
    let timer: NodeJS.Timeout | undefined;
    child.stdout!.on("data", (data) => {
      stdout += String(data);
      if (killAfter !== Infinity) timer ??= setTimeout(() => child.kill("SIGKILL"), killAfter);
    });
    child.stderr!.on("data", (data) => (stderr += String(data)));
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ killed: signal === "SIGKILL", stdout, stderr, code });
    });
  });
}

/** What a series of kills came to. */
export interface Series {
  readonly kills: number;
  readonly finished: number;
  /** The ends that were not what an uninterrupted training ends with. */
  readonly strange: readonly Finished[];
}

/** Times of kills that are the same in every run of the tests, in milliseconds. */
export function* killTimes(most: number, seed: number): Generator<number, never, undefined> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield (state / 4294967296) * most;
  }
}

/**
 * Starts and kills a training until it was killed so often; each time it goes on where it stood.
 * Those that come to their end are compared with `wanted`, and begun anew by `fresh`.
 */
export async function killOften(
  kills: number,
  times: Iterator<number>,
  start: (killAfter: number) => Promise<Finished>,
  judge: (ended: Finished) => boolean,
  fresh: () => void,
): Promise<Series> {
  let [done, finished] = [0, 0];
  const strange: Finished[] = [];
  fresh();
  while (done < kills || finished === 0) {
    const ended = await start(done < kills ? (times.next().value as number) : Infinity);
    if (ended.killed) {
      done++;
      continue;
    }
    finished++;
    if (!judge(ended)) strange.push(ended);
    fresh();
  }
  return { kills: done, finished, strange };
}
