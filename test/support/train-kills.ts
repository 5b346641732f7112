/** Kills the program of train-program.ts. */
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bundleForNode } from "./documents.ts";
import { ROOT } from "./files.ts";
import type { Series } from "./kills.ts";
import { killOften, killTimes, runNode } from "./kills.ts";

const EPOCHS = "2500";

/** Kills it so often; returns what it came to. */
export async function trainerKills(folder: string, kills: number): Promise<Series> {
  const source = join(folder, "program.ts");
  copyFileSync(`${ROOT}test/support/train-program.ts`, source);
  const program = await bundleForNode(source);
  const begin = (file: string, after: number) => runNode([program, file, EPOCHS], folder, after);
  const whole = await begin("whole.safetensors", Infinity);
  if (whole.code !== 0) throw new Error(whole.stderr);
  return killOften(
    kills,
    killTimes(1500, 7),
    (after) => begin("killed.safetensors", after),
    ({ stdout, code }) => code === 0 && stdout === whole.stdout,
    () => rmSync(join(folder, "killed.safetensors"), { force: true }),
  );
}
