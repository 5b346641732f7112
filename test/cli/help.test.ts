/** Help and completion: every command has examples, and each of them works as it stands. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../support/files.ts";
import { looked } from "../support/guard.ts";
import type { Cli } from "./run-cli.ts";
import { makeCli } from "./run-cli.ts";

let cli: Cli;
let commands: string[];

beforeAll(async () => {
  cli = await makeCli("help");
  mkdirSync(join(cli.folder, "data"));
  cpSync(join(ROOT, "data/n2_cp.csv"), join(cli.folder, "data/n2_cp.csv"));
  // Tables of other names in examples stand for the reader's own: rows of inputs like those.
  writeFileSync(join(cli.folder, "new.csv"), "T_K\n275\n1234.5\n");
  writeFileSync(join(cli.folder, "shakespeare.txt"), "First Citizen: ROMEO:\n".repeat(99));
  await cli.run("fit", "data/n2_cp.csv", "--epochs", "20", "--out", "runs/n2_cp");
  const { stdout } = await cli.run("--help");
  const list = stdout.slice(stdout.indexOf("Commands:"), stdout.indexOf("Three commands"));
  commands = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name!);
});

/** The examples of a help text as arguments: indented lines that call nabla. */
function examplesOf(help: string): string[][] {
  const lines = help
    .slice(help.indexOf("Examples"))
    .replaceAll(/ \\\n +/g, " ")
    .split("\n");
  return lines
    .filter((line) => /^ {2}nabla /.test(line))
    .map((line) => line.trim().split(/\s+/).slice(1));
}

describe("--help", () => {
  it("of every command has an example that works", { timeout: 120_000 }, async ({ task }) => {
    let tried = 0;
    for (const command of commands) {
      if (command === "help" || command === "lab") continue; // the lab serves until it is stopped
      const { code, stdout } = await cli.run(command, "--help");
      expect([code, stdout]).toEqual([0, expect.stringContaining(`Usage: nabla ${command}`)]);
      const examples = examplesOf(stdout);
      expect(examples.length, command).toBeGreaterThan(0);
      for (const words of examples) {
        if (words[0] === "data" && words[1] === "get") continue; // needs a network; see data.test.ts
        tried++;
        const training = words[0] === "fit" || (words[0] === "gpt" && words[1] === "train");
        const quick = training ? quicker(words) : words;
        const ended = await cli.run(...quick);
        expect([ended.code, ended.stderr], words.join(" ")).toEqual([0, ""]);
      }
    }
    looked(task, `help: tried ${tried} examples of ${commands.length} commands`);
    expect(tried).toBeGreaterThan(8);
  });
});

/** The same fit in few epochs: whether the example works is seen as well. */
function quicker(words: readonly string[]): string[] {
  if (words[0] === "gpt") {
    const few = ["--max-iters", "2", "--eval-iters", "1", "--device", "wasm"];
    return words.includes("--resume") ? [...words] : [...words, ...few];
  }
  const at = words.indexOf("--epochs");
  const few = words.includes("--resume") ? "20" : "10";
  return at < 0 ? [...words, "--epochs", few] : words.with(at + 1, few);
}

describe("completion", () => {
  const complete = (script: string, words: readonly string[]): string[] => {
    const line = words.map((word) => `'${word}'`).join(" ");
    const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _nabla; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const output = execFileSync("bash", ["-c", `${script}\n${ask}`], { encoding: "utf8" });
    return output.trim().split("\n");
  };

  it("knows commands, options and choices of the program", async () => {
    const { stdout: script } = await cli.run("completion", "bash");
    expect(complete(script, ["nabla", ""])).toEqual(
      expect.arrayContaining(commands.filter((command) => command !== "help")),
    );
    expect(complete(script, ["nabla", "fit", "t.csv", "--opt"])).toEqual(["--optimizer"]);
    expect(complete(script, ["nabla", "fit", "t.csv", "--optimizer", "a"])).toEqual(["adam"]);
    expect(complete(script, ["nabla", "export", "run", "--to", ""])).toEqual([
      ...["pytorch", "numpy", "typescript", "c", "excel", "schema"],
    ]);
    expect(complete(script, ["nabla", "completion", "f"])).toEqual(["fish"]);
    expect(complete(script, ["nabla", "inspect", "run", "--"])).toEqual(["--json", "--help"]);
  });

  it("is valid for each shell that is here", async () => {
    for (const shell of ["bash", "zsh", "fish"]) {
      const { code, stdout } = await cli.run("completion", shell);
      expect(code).toBe(0);
      expect(stdout).toContain("export");
      const file = join(cli.folder, `nabla.${shell}`);
      writeFileSync(file, stdout);
      try {
        execFileSync(shell, ["-n", file], { cwd: dirname(file), stdio: "pipe" });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    }
    const wrong = await cli.run("completion", "cmd");
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("bash, zsh, fish")]);
  });
});
