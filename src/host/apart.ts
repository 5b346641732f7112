/** Runs a program in a thread of its own under Node: one that has no end is ended from outside. */
import { Worker } from "node:worker_threads";
import { NablaError } from "../core/errors.ts";

/** Runs the text of a program, which gets `data` and posts its answer; throws when time is up. */
export async function runApart(program: string, data: unknown, limitMs: number): Promise<unknown> {
  const limits = { maxOldGenerationSizeMb: 4096 };
  const worker = new Worker(program, { eval: true, workerData: data, resourceLimits: limits });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      const late = new NablaError("format", `it was not read within ${limitMs / 1000} seconds.`);
      timer = setTimeout(() => reject(late), limitMs);
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.once("exit", () => reject(new NablaError("format", "its reader ended early.")));
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
