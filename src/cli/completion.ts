/** Shell completion, made from commander's own definitions: what is added there is completed. */
import type { Command, Option } from "commander";

/** The shells that are known. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** A shell's name. */
export type Shell = (typeof SHELLS)[number];

interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  /** What its arguments can be, where only some words can be. */
  readonly choices: readonly string[];
}

interface OptionWords {
  readonly flags: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** Writes the completion of a program for a shell. */
export function completionScript(program: Command, shell: Shell): string {
  const commands = program.commands.map(wordsOf);
  switch (shell) {
    case "bash":
      return bash(commands);
    case "zsh":
      // zsh reads bash's completions after bashcompinit.
      return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`;
    case "fish":
      return fish(commands);
    default:
      return shell satisfies never;
  }
}

function wordsOf(command: Command): CommandWords {
  const help: OptionWords = {
    flags: ["--help"],
    description: "show this help",
    takesValue: false,
    choices: [],
  };
  return {
    name: command.name(),
    description: command.description(),
    options: [
      ...[command, ...command.commands]
        .flatMap(({ options }) => options)
        .filter(({ hidden }) => !hidden)
        .map(optionWords),
      help,
    ],
    choices: [
      ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
      ...command.commands.map((below) => below.name()),
    ],
  };
}

function optionWords(option: Option): OptionWords {
  return {
    flags: [option.short, option.long].filter((flag) => flag !== undefined && flag !== null),
    description: option.description,
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? [],
  };
}

function bash(commands: readonly CommandWords[]): string {
  const cases = commands.map(({ name, options, choices }) => {
    const flags = options.flatMap((option) => option.flags).join(" ");
    const values = options
      .filter((option) => option.choices.length > 0)
      .map((o) => `${name}:${o.flags.join(`|${name}:`)}) words="${o.choices.join(" ")}" ;;`);
    const files = options
      .filter((option) => option.takesValue && option.choices.length === 0)
      .flatMap((option) => option.flags.map((flag) => `${name}:${flag}`));
    return {
      value: [...values, ...(files.length === 0 ? [] : [`${files.join("|")}) words="" ;;`])],
      word: `${name}) words="${[...choices, flags].join(" ")}" ;;`,
    };
  });
  return `# Completion of nabla: source this, or put it where the shell looks for completions.
_nabla() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  local command="\${COMP_WORDS[1]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${[...commands.map(({ name }) => name), "help", "--help", "--version"].join(" ")}"
  else
    case "$command:$before" in
${cases.flatMap(({ value }) => value.map((line) => `      ${line}`)).join("\n")}
      *)
        case "$command" in
${cases.map(({ word }) => `          ${word}`).join("\n")}
        esac
        ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _nabla nabla
`;
}

function fish(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, description, options, choices }) => [
    `complete -c nabla -n __fish_use_subcommand -f -a ${name} -d ${quote(description)}`,
    ...(choices.length === 0
      ? []
      : [
          `complete -c nabla -n "__fish_seen_subcommand_from ${name}" -f -a ${quote(choices.join(" "))}`,
        ]),
    ...options.map(({ flags, description: text, takesValue, choices: values }) => {
      const names = flags.map((flag) =>
        flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
      );
      const value =
        values.length > 0 ? ` -x -a ${quote(values.join(" "))}` : takesValue ? " -r" : "";
      const where = `-n "__fish_seen_subcommand_from ${name}"`;
      return `complete -c nabla ${where} ${names.join(" ")}${value} -d ${quote(text)}`;
    }),
  ]);
  return `# Completion of nabla: put this into ~/.config/fish/completions/nabla.fish.\n${lines.join("\n")}\n`;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
