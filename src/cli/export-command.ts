/** The command `nabla export` as the command line sees it. */
import type { Command } from "commander";
import { Option } from "commander";
import { EXPORT_CHOICES } from "./choices.ts";
import type { ExportFlags } from "./export-flags.ts";
import type { Caller } from "./name.ts";
import { spellExamples } from "./name.ts";

const HELP = `
pytorch     trains the same network from the same initial weights, and compares its losses with ours
numpy       the same by hand, with every gradient written out
typescript  the fitted network as a function, without dependencies
c           the same as one file of C99, with a program that answers its arguments
excel       a small network as formulas of a spreadsheet, to copy into its cells
schema      a JSON Schema of the inputs: names, ranges, known texts

Without --out the program goes to standard output.

Examples (after nabla fit data/n2_cp.csv):
  nabla export runs/n2_cp --to pytorch --out nitrogen_torch.py
  nabla export runs/n2_cp --to numpy --out nitrogen_numpy.py
  nabla export runs/n2_cp --to typescript --out nitrogen.ts
  nabla export runs/n2_cp --to c --out nitrogen.c
  nabla export runs/n2_cp --to excel`;

/** Adds \`nabla export\`; what does the work is loaded when it is called. */
export function addExport(program: Command, caller: Caller): void {
  program
    .command("export")
    .description(
      "write a run for PyTorch, NumPy, TypeScript, C or a spreadsheet, or a schema of its inputs",
    )
    .argument("<run>", "run folder")
    .addOption(
      new Option("--to <language>", "what to write")
        .choices(EXPORT_CHOICES.to)
        .makeOptionMandatory(),
    )
    .option("--out <file>", "file to write (default: standard output)")
    .option("--table <file>", "the table of the run, where it has moved")
    .addHelpText("after", spellExamples(HELP, caller))
    .action(async (run: string, flags: ExportFlags) => {
      const { exportRun } = await import("./export.ts");
      await exportRun(run, flags);
    });
}
