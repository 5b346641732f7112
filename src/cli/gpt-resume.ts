/** What `nabla gpt train --resume` goes on with. */
import { host } from "#host";
import { argumentError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import type { TrainFlags, TrainSettings } from "./gpt-flags.ts";
import { CALL_FLAGS } from "./gpt-flags.ts";
import type { GptConfigFile } from "./gpt-run.ts";
import { readConfig, spellFlag, STATE_FILE } from "./gpt-run.ts";

/** A run that is gone on with. */
export interface ResumedRun {
  readonly settings: TrainSettings;
  readonly config: GptConfigFile;
}

/** Reads the settings of a run; what was typed and differs is refused by name. */
export async function readResumed(
  folder: string,
  flags: TrainFlags,
  typed: ReadonlySet<string>,
): Promise<ResumedRun> {
  const config = await readConfig(folder);
  const shown = `"${showText(folder, 300)}"`;
  if (config === undefined || !(await host.exists(`${folder}/${STATE_FILE}`))) {
    throw argumentError(
      `there is no training in ${shown} to go on with; without --resume one begins.`,
    );
  }
  const given = flags as unknown as Record<string, unknown>;
  const known = config.gpt as unknown as Record<string, unknown>;
  const faults = [...typed]
    .filter((key) => !CALL_FLAGS.has(key) && given[key] !== known[key])
    .map((key) => `${spellFlag(key)} ${String(given[key])}, not ${String(known[key] ?? "given")}`);
  if (faults.length > 0) {
    throw argumentError(
      `the run in ${shown} has other settings: ${faults.join("; ")}. Its own need not be given; ` +
        "name another folder with --out for a new run.",
    );
  }
  return { settings: config.gpt, config };
}
