/** The command `nabla predict` as the command line sees it. */
import type { Command } from "commander";
import { Option } from "commander";
import { FIT_CHOICES } from "./choices.ts";
import type { Caller } from "./name.ts";
import { spellExamples } from "./name.ts";
import { addReading } from "./reading.ts";
import type { PredictFlags } from "./predict.ts";

const HELP = `
An input outside the range of the training data is answered too, and named.
A text that was not in the training data is refused, with its row; so are empty cells, unless
--missing drop leaves such rows out (and says how many), or --missing mean takes the mean of the
training rows, or their commonest text, for an empty cell (and says for which).
A network of several inputs takes rows, separated by semicolons: --at "5.1,3.5;6.2,2.9".

Exit codes: 0 done; 1 failed; 2 wrong usage.

Examples (after nabla fit data/n2_cp.csv):
  nabla predict runs/n2_cp --at 275,300,1234.5,2100
  nabla predict runs/n2_cp/model.safetensors --at 450 --json
  nabla predict runs/n2_cp --csv data/n2_cp.csv --out predictions.csv
  nabla predict runs/n2_cp --csv data/n2_cp.csv --missing drop --json`;

/** Adds `nabla predict`; what does the work is loaded when it is called. */
export function addPredict(program: Command, caller: Caller): void {
  const command = program
    .command("predict")
    .description("answer with a fitted network, in the units of its data")
    .argument("<run>", "run folder, or its model.safetensors")
    .option("--at <values>", "inputs, separated by commas")
    .option("--csv <file>", "table of inputs, with the columns of the training table")
    .addOption(
      new Option("--missing <rule>", "rows with empty cells: leave out, or fill").choices(
        FIT_CHOICES.missing,
      ),
    )
    .option("--out <file>", "write the answers as CSV")
    .option("--json", "print one JSON array and nothing else")
    .option("--quiet", "print nothing but errors (with --out)");
  addReading(command)
    .addHelpText("after", spellExamples(HELP, caller))
    .action(async (run: string, flags: PredictFlags) => {
      const { predict } = await import("./predict.ts");
      await predict(run, flags);
    });
}
