/** The command `nabla predict` as the command line sees it. */
import type { Command } from "commander";
import { numberList } from "./arguments.ts";
import { spellExamples } from "./name.ts";

const HELP = `
An input outside the range of the training data is answered too, and named.

Examples (after nabla fit data/n2_cp.csv):
  nabla predict runs/n2_cp --at 275,300,1234.5,2100
  nabla predict runs/n2_cp/model.safetensors --at 450`;

/** Adds `nabla predict`; what does the work is loaded when it is called. */
export function addPredict(program: Command, name: string): void {
  program
    .command("predict")
    .description("answer with a fitted network, in the units of its data")
    .argument("<run>", "run folder, or its model.safetensors")
    .requiredOption("--at <values>", "inputs, separated by commas", numberList)
    .addHelpText("after", spellExamples(HELP, name))
    .action(async (run: string, { at }: { at: number[] }) => {
      const { predict } = await import("./predict.ts");
      await predict(run, at);
    });
}
