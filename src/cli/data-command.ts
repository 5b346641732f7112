/** The command `nabla data` as the command line sees it. */
import type { Command } from "commander";
import { Argument } from "commander";
import { CATALOGUE } from "../data/catalogue.ts";
import type { DataFlags } from "./data.ts";
import type { Caller } from "./name.ts";
import { spellExamples } from "./name.ts";

const HELP = `
Files are kept as NAME/FILE in the folder that the variable NABLA_DATA names, or in your cache;
put them there yourself where there is no network. Each is compared with its published checksum,
and kept whole or not at all. NABLA_DATA_MIRROR names another server, which has NAME/FILE.
Programs load them by datasets of "nabla/data".
Exit codes: 0 done; 1 failed; 2 wrong usage.

Examples:
  nabla data list
  nabla data get iris
  nabla data get mnist`;

/** Adds `nabla data`; what does the work is loaded when it is called. */
export function addData(program: Command, caller: Caller): void {
  const names = Object.keys(CATALOGUE);
  program
    .command("data")
    .description("list well-known data sets, and get them")
    .addArgument(new Argument("<action>", "what to do").choices(["list", "get"]))
    .addArgument(new Argument("[name]", "which data set").choices(names))
    .option("--json", "print one JSON object")
    .addHelpText("after", spellExamples(HELP, caller))
    .action(async (action: "list" | "get", set: string | undefined, flags: DataFlags) => {
      const { data } = await import("./data.ts");
      await data(action, set, flags);
    });
}
