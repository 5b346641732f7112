/** Where the model of a run is, and how what is wrong with a file is said. */
import { host } from "#host";
import { argumentError, NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";

/** Returns the path of the model in a run folder, or the file that is named itself. */
export async function modelFile(run: string): Promise<string> {
  if (run.endsWith(".safetensors")) return run;
  const file = await host.savedFile(run.replace(/[\\/]+$/, ""), "model.safetensors");
  if (await host.exists(file)) return file;
  const shown = `"${showText(run, 300)}"`;
  const why = (await host.exists(run))
    ? `${shown} holds no model.safetensors, so it is no run folder`
    : `there is no run folder ${shown}`;
  throw argumentError(`${why}; nabla fit TABLE.csv makes one, and says where.`);
}

/** Reads what a file holds; an error about it begins with the file's path. */
export function usable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof NablaError)) throw cause;
    const text = `cannot use "${showText(path, 300)}": ${cause.message}`;
    throw new NablaError("format", text, { cause });
  }
}
