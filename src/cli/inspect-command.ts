/** The command `nabla inspect` as the command line sees it. */
import type { Command } from "commander";
import type { Caller } from "./name.ts";
import { spellExamples } from "./name.ts";

const HELP = `
Any safetensors file is listed; one of nabla fit also says network, columns, ranges and origin.

Examples (after nabla fit data/n2_cp.csv):
  nabla inspect runs/n2_cp
  nabla inspect runs/n2_cp/model.safetensors --json`;

/** Adds \`nabla inspect\`; what does the work is loaded when it is called. */
export function addInspect(program: Command, caller: Caller): void {
  program
    .command("inspect")
    .description("say what a run folder or a safetensors file holds")
    .argument("<file>", "run folder, or a .safetensors file")
    .option("--json", "print one JSON object")
    .addHelpText("after", spellExamples(HELP, caller))
    .action(async (path: string, flags: { json?: boolean }) => {
      const { inspect } = await import("./inspect.ts");
      await inspect(path, flags);
    });
}
