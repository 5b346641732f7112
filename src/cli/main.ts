#!/usr/bin/env node
/**
 * The command `nabla`: says what there is, reads the arguments, turns every failure into one
 * sentence.
 */
import { Command, CommanderError } from "commander";
import { host } from "#host";
import { NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { closest } from "../core/keys.ts";
import { VERSION } from "../core/version.ts";
import { addCompletion } from "./completion-command.ts";
import { addExport } from "./export-command.ts";
import { addFit } from "./fit-command.ts";
import { addInspect } from "./inspect-command.ts";
import { addLab } from "./lab-command.ts";
import { commandName, spellExamples } from "./name.ts";
import { pathOfUrl } from "./package-file.ts";
import { addPredict } from "./predict-command.ts";
import { addReport } from "./report-command.ts";
import { EXIT, ExitError } from "./exit.ts";

const name = await commandName();

const program = new Command("nabla")
  .description("Nabla fits small neural networks to tables of numbers.")
  .version(VERSION, "-V, --version", "print the version")
  .helpOption("-h, --help", "show this help")
  .helpCommand("help [command]", "show the help of a command")
  .showSuggestionAfterError()
  .configureOutput({
    writeOut: (text) => void host.write("stdout", text),
    writeErr: (text) =>
      void host.write("stderr", text.replace(/^error: /, "nabla: ").replace("\n(Did", " (Did")),
  })
  .addHelpText("after", () => `\n${examples("data/n2_cp.csv")}`)
  .exitOverride()
  .allowExcessArguments()
  .action(showStart);

addFit(program, name);
addPredict(program, name);
addInspect(program, name);
addReport(program, name);
addExport(program, name);
addLab(program);
addCompletion(program, name);

/** Says which three commands work now, with a table that exists. */
async function showStart(_flags: unknown, { args }: Command): Promise<void> {
  if (args.length > 0) {
    const known = program.commands.map((command) => command.name());
    const meant = closest(args[0]!, known);
    const text =
      `there is no command "${showText(args[0]!)}"${meant === undefined ? "" : ` (${meant}?)`}; ` +
      `there are: ${known.join(", ")} (nabla --help).`;
    throw new ExitError(EXIT.usage, text);
  }
  const local = "data/n2_cp.csv";
  const table = (await host.exists(local)) ? local : packagedTable();
  host.write(
    "stdout",
    `Nabla fits small neural networks to tables of numbers.\n\n${examples(table)}`,
  );
}

function examples(table: string): string {
  const lines = [
    "Three commands that work now:",
    `  nabla fit ${table}`,
    "  nabla predict runs/n2_cp --at 275,300,1234.5,2100     (after the first)",
    "  nabla fit --help",
    "",
  ];
  return spellExamples(lines.join("\n"), name);
}

/** Names the table that the package brings along. */
function packagedTable(): string {
  return pathOfUrl(new URL("../../data/n2_cp.csv", import.meta.url));
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  if (error instanceof ExitError) {
    host.write("stderr", `nabla: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof NablaError) {
    host.write("stderr", `nabla: ${error.message}\n`);
    return EXIT.failed;
  }
  const text = error instanceof Error ? error.message : String(error);
  const trace = error instanceof Error && host.variable("NABLA_DEBUG") ? `\n${error.stack}` : "";
  host.write("stderr", `nabla: a fault in Nabla itself (please report it): ${text}${trace}\n`);
  return EXIT.failed;
}

try {
  await program.parseAsync(host.args, { from: "user" });
} catch (error) {
  host.exit(report(error));
}
