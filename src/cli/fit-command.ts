/** The command `nabla fit` as the command line sees it: options, defaults, help. */
import { Command, Option } from "commander";
import {
  batchSize,
  columnKind,
  layerWidths,
  numberFrom0,
  positiveNumber,
  quantilesOf,
  sweepOf,
  wholeNumber,
} from "./arguments.ts";
import { FIT_DEFAULTS } from "../train/table/options.ts";
import { DEVICE_CHOICES, FIT_CHOICES } from "./choices.ts";
import type { GivenFlags } from "./fit-flags.ts";
import type { Caller } from "./name.ts";
import { spellExamples } from "./name.ts";
import { addReading } from "./reading.ts";

const HELP = `
A column whose name has a comma stands in double quotes: --x '"time, s",T_K'.
Percent, money, units, dates and kinds are read and said (docs/cli.md, Columns); what can be read in
two ways is refused until --column NAME=KIND decides: number, percent, money, date, date:dmy,
date:mdy, date:ymd, class, text or skip. Dates become a trend and what comes round in them.
A target of text means classes: cross-entropy, accuracy, a confusion matrix; so do numbers with
--classify. Inputs of text become one input of 0 or 1 for each of their values.

Without --epochs the table decides: rows are held out in turn, or a fifth of a large table, and the
epochs and the weight decay that were best there are used for all rows; 32 gelu units, rate 0.003,
scaling standard, batches above 256 rows. A smooth curve of one input keeps the plain run. With
--epochs N nothing is chosen: 10 tanh units, Adam at 0.01, all rows at once, scaling minmax, no
weight decay; so it is with --early-stop. What you give yourself always stays.

Writes model.safetensors, metrics.jsonl, config.json, fit.svg, fit.png and training.safetensors
into the run folder. --resume goes on with a run, stopped or finished, as if it had never ended: the
same table, the same settings, the same bits; what differs is refused by name.

While it trains, the run is saved every 30 seconds (--save-every), and where held-out rows got
better: killed at any moment, it goes on with --resume, and the bits are those of a run never
stopped. Ctrl-C finishes the epoch, saves what was learned, and exits with code 130. A sweep and
a cross-validation, stopped or killed, keep their finished settings (sweep.json) and folds
(folds.json), and --resume goes on with the first that is missing.

Exit codes: 0 done; 1 failed; 2 wrong usage; 130, 143, 129 stopped by a signal; 141 output closed.

Examples:
  nabla fit data/n2_cp.csv
  nabla fit data/n2_cp.csv --x T_K --y Cp_kJ_per_kgK --hidden 20 --epochs 10000 --out runs/wide
  nabla fit data/n2_cp.csv --folds 5
  nabla fit data/n2_cp.csv --sweep hidden=2,5,10,20,50
  nabla fit data/n2_cp.csv --val 0.2 --early-stop 500 --json
  nabla fit data/n2_cp.csv --resume runs/n2_cp --epochs 6000`;

/** Adds \`nabla fit\`; what does the work is loaded when it is called. */
export function addFit(program: Command, caller: Caller): void {
  const command = program
    .command("fit")
    .description("train a network on a table and write a run folder")
    .argument("<table>", "CSV file; its first line names the columns");
  addOptions(command);
  command
    .addHelpText("after", spellExamples(HELP, caller))
    .action(async (table: string, flags: GivenFlags) => {
      const { fit } = await import("./fit.ts");
      const typed = Object.keys(flags).filter((key) => command.getOptionValueSource(key) === "cli");
      await fit(table, flags, new Set(typed), readWords);
    });
}

/** Reads options that an earlier command has kept, as strictly as those that are typed. */
function readWords(words: readonly string[]): GivenFlags {
  const silent = { writeOut: () => undefined, writeErr: () => undefined };
  const command = new Command().exitOverride().configureOutput(silent);
  addOptions(command);
  return command.parse(words, { from: "user" }).opts<GivenFlags>();
}

function addOptions(command: Command): void {
  command
    .option("--x <columns>", "input columns, separated by commas (default: all but the target)")
    .option("--y <columns>", "columns to predict (default: the last that is no constant)")
    .option("--classify", "take the numbers of the target for classes")
    .addOption(
      new Option("--column <name=kind>", "what a column holds (may be repeated)").argParser(
        columnKind,
      ),
    )
    .addOption(
      new Option("--missing <rule>", "rows with empty cells: leave out, or fill").choices(
        FIT_CHOICES.missing,
      ),
    );
  addReading(command);
  addTraining(command);
  command
    .option("--folds <k>", "cross-validate in k parts first", wholeNumber(2, 1_000_000))
    .option("--group <column>", "keep the rows of a group together where rows are held out")
    .option("--time <column>", "hold out what comes later by this column")
    .addOption(
      new Option(
        "--class-weight <rule>",
        "how much rows of a class count (default: balanced where one of two is below 10 %)",
      ).choices(FIT_CHOICES.classWeight),
    )
    .option(
      "--threshold <p>",
      "name the rarer of two classes from this probability on (default: the likelier)",
      numberFrom0(1),
    )
    .option(
      "--ensemble <n>",
      "train n networks by seeds that follow, and answer their mean",
      wholeNumber(1, 100),
    )
    .option(
      "--quantiles <low,high>",
      "a band around answers, such as 0.05,0.95, by rows not trained on (--val or --folds)",
      quantilesOf,
    )
    .option("--importance", "shuffle each column and say how much worse answers get")
    .option("--sweep <list>", "compare settings, such as hidden=2,5,10,20,50", sweepOf)
    .option("--resume <run>", "train a run further, with its settings, up to --epochs in all")
    .option("--save-every <seconds>", "save the run while it trains", numberFrom0(), 30)
    .addOption(
      new Option("--device <name>", "where it runs; auto: native if it can and gains by it")
        .choices(DEVICE_CHOICES)
        .default("wasm"),
    )
    .option("--threads <n>", "threads of native (default: all)", wholeNumber(1, 64))
    .option("--out <folder>", "run folder (default: runs/<name of the table>)")
    .option("--plot", "draw fit and loss in the terminal (done by itself where there is one)")
    .option("--no-plot", "draw nothing in the terminal")
    .option("--quiet", "print nothing but errors")
    .option("--json", "print one JSON object and nothing else");
}

function addTraining(command: Command): void {
  const { optimizer, val, dropout, seed } = FIT_DEFAULTS;
  const widths = new Option("--hidden <widths>", "hidden neurons, one number per layer");
  const choice = (flags: string, text: string, known: readonly string[]): Option =>
    new Option(flags, text).choices(known);
  const { activation: activations, optimizer: optimizers, scale: scales } = FIT_CHOICES;
  const epochs = wholeNumber(1, 1_000_000_000);
  const share = numberFrom0(1);
  command
    .addOption(widths.argParser(layerWidths))
    .addOption(choice("--activation <name>", "activation of the hidden layers", activations))
    .addOption(
      choice("--optimizer <name>", "how weights are updated", optimizers).default(optimizer),
    )
    .option("--lr <rate>", "learning rate", positiveNumber)
    .option("--epochs <n>", "passes over the table (default: chosen, see below)", epochs)
    .option("--batch <rows>", "rows for one update, or all", batchSize)
    .addOption(choice("--scale <kind>", "how columns are scaled for training", scales))
    .option("--val <fraction>", "fraction of the rows to hold out", share, val)
    .option("--weight-decay <number>", "pulls weights towards 0 (default: chosen)", numberFrom0())
    .option("--dropout <share>", "share of hidden activations to drop", share, dropout)
    .option(
      "--early-stop <epochs>",
      "stop when held-out rows get no better for so long, keep the best (with --val)",
      epochs,
    )
    .option(
      "--seed <n>",
      "seed of weights, splits and batches",
      wholeNumber(0, 2_147_483_647),
      seed,
    );
}
