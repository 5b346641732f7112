/** The command `nabla fit` as the command line sees it: options, defaults, help. */
import type { Command } from "commander";
import { Option } from "commander";
import { layerWidths, positiveNumber, wholeNumber } from "./arguments.ts";
import { FIT_CHOICES } from "./choices.ts";
import type { FitFlags } from "./fit-flags.ts";
import { spellExamples } from "./name.ts";

const HELP = `
Writes model.safetensors, metrics.jsonl, config.json and fit.svg into the run folder.
Ctrl-C finishes the epoch, saves what was learned, and exits with code 130.

Examples:
  nabla fit data/n2_cp.csv
  nabla fit data/n2_cp.csv --x T_K --y Cp_kJ_per_kgK --hidden 20 --epochs 10000 --out runs/wide
  nabla fit data/n2_cp.csv --optimizer sgd --lr 0.1 --seed 1 --out runs/sgd`;

/** Adds \`nabla fit\`; what does the work is loaded when it is called. */
export function addFit(program: Command, name: string): void {
  program
    .command("fit")
    .description("train a network on two columns of a CSV file and write a run folder")
    .argument("<table>", "CSV file; its first line names the columns")
    .option("--x <column>", "input column (default: the first of numbers)")
    .option("--y <column>", "column to predict (default: the last of numbers)")
    .addOption(
      new Option("--hidden <widths>", "hidden neurons, one number per layer")
        .argParser(layerWidths)
        .default([10], "10"),
    )
    .addOption(
      new Option("--activation <name>", "activation of the hidden layers")
        .choices(FIT_CHOICES.activation)
        .default("tanh"),
    )
    .addOption(
      new Option("--optimizer <name>", "how weights are updated")
        .choices(FIT_CHOICES.optimizer)
        .default("adam"),
    )
    .option("--lr <rate>", "learning rate", positiveNumber, 0.01)
    .option("--epochs <n>", "passes over the table", wholeNumber(1, 1_000_000_000), 5000)
    .addOption(
      new Option("--scale <kind>", "how columns are scaled for training")
        .choices(FIT_CHOICES.scale)
        .default("minmax"),
    )
    .option("--seed <n>", "seed of the initial weights", wholeNumber(0, 2_147_483_647), 42)
    .option("--out <folder>", "run folder (default: runs/<name of the table>)")
    .addHelpText("after", spellExamples(HELP, name))
    .action(async (table: string, flags: FitFlags) => {
      const { fit } = await import("./fit.ts");
      await fit(table, flags);
    });
}
