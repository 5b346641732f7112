/** Where the model of a run is. */
import { host } from "#host";
import { argumentError } from "../core/errors.ts";
import { showText } from "../core/format.ts";

/** Returns the path of the model in a run folder, or the file that is named itself. */
export async function modelFile(run: string): Promise<string> {
  if (run.endsWith(".safetensors")) return run;
  const file = `${run.replace(/[\\/]+$/, "")}/model.safetensors`;
  if (await host.exists(file)) return file;
  const shown = `"${showText(run, 300)}"`;
  const why = (await host.exists(run))
    ? `${shown} holds no model.safetensors, so it is no run folder`
    : `there is no run folder ${shown}`;
  throw argumentError(`${why}; nabla fit TABLE.csv makes one, and says where.`);
}
