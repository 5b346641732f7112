/** The command `nabla completion` as the command line sees it. */
import type { Command } from "commander";
import { Argument } from "commander";
import { host } from "#host";
import type { Shell } from "./completion.ts";
import { completionScript, SHELLS } from "./completion.ts";
import type { Caller } from "./name.ts";
import { spellExamples } from "./name.ts";

const HELP = `
bash  source <(nabla completion bash)                 in ~/.bashrc
zsh   source <(nabla completion zsh)                  in ~/.zshrc
fish  nabla completion fish > ~/.config/fish/completions/nabla.fish

Examples:
  nabla completion bash
  nabla completion zsh
  nabla completion fish`;

/** Adds \`nabla completion\`. */
export function addCompletion(program: Command, caller: Caller): void {
  program
    .command("completion")
    .description("print what makes a shell complete commands and options")
    .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
    .addHelpText("after", spellExamples(HELP, caller))
    .action((shell: Shell) => void host.write("stdout", completionScript(program, shell)));
}
