/** Kills `nabla fit` while it trains, and goes on with `--resume`. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { RUN_FILES } from "../../src/cli/run-files.ts";
import type { Cli } from "../cli/run-cli.ts";
import { NITROGEN } from "../cli/run-cli.ts";
import type { Series } from "./kills.ts";
import { killOften, killTimes } from "./kills.ts";

const FLAGS = ["--batch", "12", "--dropout", "0.1", "--val", "0.2", "--early-stop", "900000"];

/** Kills it so often; those that come to their end must have every byte of one never killed. */
export async function fitKills(cli: Cli, kills: number): Promise<Series> {
  const flags = [...FLAGS, "--epochs", "8000", "--save-every", "0.1"];
  const whole = await cli.run("fit", NITROGEN, ...flags, "--out", "whole");
  if (whole.code !== 0) throw new Error(whole.stderr);
  const fileOf = (run: string, name: string): Buffer => readFileSync(join(cli.folder, run, name));
  const run = async (killAfter: number) => {
    // Killed before its first save it has nothing to go on with, and begins anew.
    const saved = existsSync(join(cli.folder, "killed/training.safetensors"));
    const pending = existsSync(join(cli.folder, "killed/.saved"));
    const how = saved || pending ? ["--resume", "killed"] : [...flags, "--out", "killed"];
    const { child, ended } = cli.start("fit", NITROGEN, ...how, "--save-every", "0.1");
    let killed = false;
    const kill = (): void => void (killed = child.kill("SIGKILL"));
    if (killAfter !== Infinity) child.stdout!.once("data", () => setTimeout(kill, killAfter));
    const { code, stdout, stderr } = await ended;
    return { killed: killed && code === null, stdout, stderr, code };
  };
  return killOften(
    kills,
    killTimes(1200, 3),
    run,
    // killed between its last save and its end, it has nothing left to do
    ({ code, stderr }) =>
      (code === 0 || stderr.includes("has 8000 epochs already")) &&
      RUN_FILES.every((name) => fileOf("killed", name).equals(fileOf("whole", name))),
    () => rmSync(join(cli.folder, "killed"), { recursive: true, force: true }),
  );
}
