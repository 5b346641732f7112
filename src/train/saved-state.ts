/** The state of a training, to and from files. */
import { host } from "#host";
import { NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { decodeState, encodeState } from "./state-file.ts";
import type { TrainerState } from "./trainer-state.ts";

/** Saves a state: after a crash at any moment the file has its old content or the new one. */
export async function saveState(path: string, state: TrainerState): Promise<void> {
  await host.writeFileAtomic(path, await encodeState(state));
}

/**
 * Loads the state that a checkpoint holds: `trainer.load(state)` goes on with it,
 * `model.loadStateDict(state.model)` takes its weights. Throws a file error where there is none, a
 * format error where it is damaged.
 */
export async function loadState(path: string): Promise<TrainerState> {
  const bytes = await host.readBytes(path);
  try {
    return decodeState(bytes).state;
  } catch (cause) {
    if (!(cause instanceof NablaError)) throw cause;
    const text = `cannot use "${showText(path, 300)}": ${cause.message}`;
    throw new NablaError("format", text, { cause });
  }
}
