/** The command `nabla report` as the command line sees it. */
import type { Command } from "commander";
import type { ReportFlags } from "./report.ts";
import type { Caller } from "./name.ts";
import { spellExamples } from "./name.ts";

const HELP = `
The page loads nothing and needs no network; its predictor works in the browser.

Examples (after nabla fit data/n2_cp.csv):
  nabla report runs/n2_cp
  nabla report runs/n2_cp --out nitrogen.html`;

/** Adds \`nabla report\`; what does the work is loaded when it is called. */
export function addReport(program: Command, caller: Caller): void {
  program
    .command("report")
    .description("write a run as one HTML page: curves, errors, how to repeat it, a predictor")
    .argument("<run>", "run folder")
    .option("--out <file>", "file to write (default: report.html in the run folder)")
    .option("--table <file>", "the table of the run, where it has moved")
    .addHelpText("after", spellExamples(HELP, caller))
    .action(async (run: string, flags: ReportFlags) => {
      const { report } = await import("./report.ts");
      await report(run, flags);
    });
}
