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
import { addData } from "./data-command.ts";
import { addDevices } from "./devices-command.ts";
import { addExport } from "./export-command.ts";
import { addFit } from "./fit-command.ts";
import { addGpt } from "./gpt-command.ts";
import { addInspect } from "./inspect-command.ts";
import { addLab } from "./lab-command.ts";
import { callerHere, spellExamples } from "./name.ts";
import { addPredict } from "./predict-command.ts";
import { addReport } from "./report-command.ts";
import { EXIT, ExitError } from "./exit.ts";

const caller = await callerHere();

const program = new Command("nabla")
  .description("Nabla fits small neural networks to tables of numbers.")
  .version(VERSION, "-V, --version", "print the version")
  .helpOption("-h, --help", "show this help")
  .helpCommand("help [command]", "show the help of a command")
  .showSuggestionAfterError()
  .configureOutput({
    writeOut: (text) => void host.write("stdout", text),
    writeErr: (text) => void host.write("stderr", text),
    outputError: () => undefined, // the error itself says it, below
  })
  .addHelpText("after", () => `\n${examples()}`)
  .exitOverride()
  .allowExcessArguments()
  .hook("preAction", (_, command) => refuseExcess(command))
  .action(showStart);

addFit(program, caller);
addPredict(program, caller);
addInspect(program, caller);
addReport(program, caller);
addExport(program, caller);
addData(program, caller);
addGpt(program, caller);
addLab(program);
addDevices(program, caller);
addCompletion(program, caller);

/** Says which three commands work now, with a table that exists. */
function showStart(_flags: unknown, { args }: Command): void {
  if (args.length > 0) throw noCommand(args[0]!);
  host.write("stdout", `Nabla fits small neural networks to tables of numbers.\n\n${examples()}`);
}

function noCommand(word: string): ExitError {
  const known = program.commands.map((command) => command.name());
  const meant = closest(word, known);
  const text =
    `there is no command "${showText(word)}"${meant === undefined ? "" : ` (${meant}?)`}; ` +
    `there are: ${known.join(", ")} (nabla --help).`;
  return new ExitError(EXIT.usage, text);
}

/** Words beyond what a command takes are a mistake: `--at 300 400` would answer 300 alone. */
function refuseExcess(command: Command): void {
  const extra = command === program ? undefined : command.args[command.registeredArguments.length];
  if (extra === undefined) return;
  throw new ExitError(
    EXIT.usage,
    `"${showText(extra)}" is one word too many for nabla ${pathOf(command)}; separate values by ` +
      "commas, and put quotes around what has blanks in it.",
  );
}

/** The words that call a command: `gpt sample`. */
function pathOf(command: Command): string {
  const above = command.parent;
  return above === null || above === program ? command.name() : `${above.name()} ${command.name()}`;
}

/** What to do about wrong usage that commander found, where its sentence does not say so. */
function spellUsage({ code, message }: CommanderError): string {
  const text = message.replace(/^error: /, "").replace("\n(Did", " (Did");
  const known = program.commands.map((command) => command.name());
  const command = host.args.find((word) => known.includes(word));
  const help = `${command === undefined ? "nabla" : `nabla ${command}`} --help`;
  if (code === "commander.unknownOption" && !text.endsWith(")")) {
    return `${text}; ${help} lists those that there are.`;
  }
  const missing = /^commander\.(?:missing|optionMissing)/.test(code);
  return missing ? `${text}; ${help} shows how.` : text;
}

/** The arguments; `help` about what is no command is refused here, commander shows all help. */
function wordsToParse(): readonly string[] {
  const [first, about] = host.args;
  if (first !== "help" || about === undefined || about.startsWith("-")) return host.args;
  if (about === "help") return ["--help"];
  if (program.commands.some((command) => command.name() === about)) return host.args;
  throw noCommand(about);
}

function examples(): string {
  const lines = [
    "Three commands that work now:",
    "  nabla fit data/n2_cp.csv",
    "  nabla predict runs/n2_cp --at 275,300,1234.5,2100     (after the first)",
    "  nabla fit --help",
    "",
  ];
  return spellExamples(lines.join("\n"), caller);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    host.write("stderr", `nabla: ${spellUsage(error)}\n`);
    return EXIT.usage;
  }
  if (error instanceof ExitError) {
    host.write("stderr", `nabla: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof NablaError) {
    // The library lists faults on lines of their own; a shell's user gets one sentence.
    host.write("stderr", `nabla: ${error.message.replaceAll(/\s*\n\s*/g, " ")}\n`);
    return EXIT.failed;
  }
  const text = error instanceof Error ? error.message : String(error);
  const trace = error instanceof Error && host.variable("NABLA_DEBUG") ? `\n${error.stack}` : "";
  host.write("stderr", `nabla: a fault in Nabla itself (please report it): ${text}${trace}\n`);
  return EXIT.failed;
}

try {
  await program.parseAsync(wordsToParse(), { from: "user" });
} catch (error) {
  host.exit(report(error));
}
