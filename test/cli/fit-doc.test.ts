/** docs/fit.md: its commands run, print what stands there, and draw the pictures beside it. */
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ROOT, readFile } from "../support/files.ts";
import { blocksOf } from "../support/documents.ts";
import type { Cli } from "./run-cli.ts";
import { makeCli } from "./run-cli.ts";

/** The tables of the page, by the name that its commands use. */
const TABLES: Readonly<Record<string, string>> = {
  "data/n2_cp.csv": "data/n2_cp.csv",
  "iris.csv": "../shared/data/tabular/iris.csv",
  "penguins.csv": "../shared/data/tabular/penguins.csv",
  "Chwirut1.csv": "../shared/data/strd/Chwirut1.csv",
  "Thurber.csv": "../shared/data/strd/Thurber.csv",
};

/** A command of the page with what it prints. */
interface Shown {
  readonly words: readonly string[];
  readonly output: string;
}

const page = readFile("docs/fit.md");

/** Splits the page at its headings; each section is about one table. */
const sections = page.split(/^## /m).flatMap((text) => {
  const blocks = blocksOf("docs/fit.md", text);
  const commands = blocks.flatMap(({ language, code }, i): Shown[] => {
    const next = blocks[i + 1];
    if (language !== "sh" || next?.language !== "text") return [];
    const words = code.match(/"[^"]*"|\S+/g)!.map((word) => word.replaceAll('"', ""));
    return [{ words: words.slice(1), output: `${next.code}\n` }];
  });
  const picture = /\]\((fit\/\w+\.svg)\)/.exec(text)?.[1];
  const table = commands[0]?.words.find((word) => word.endsWith(".csv"));
  return table === undefined ? [] : [{ table, commands, picture }];
});

let cli: Cli;

beforeAll(async () => {
  cli = await makeCli("fit-doc");
  mkdirSync(join(cli.folder, "data"));
});

describe("docs/fit.md", () => {
  it("shows every table with a picture", () => {
    expect(sections.map(({ table }) => table)).toEqual(Object.keys(TABLES));
    for (const { picture, commands } of sections) {
      expect(existsSync(join(ROOT, "docs", picture!))).toBe(true);
      expect(commands.length).toBeGreaterThan(1);
    }
  });

  for (const { table, commands, picture } of sections) {
    it(`prints what it shows of ${table}`, { timeout: 240_000 }, async ({ skip, task }) => {
      const source = join(ROOT, TABLES[table]!);
      if (!existsSync(source)) {
        task.meta.skipped = "the outputs of docs/fit.md: ../shared/data is not there";
        return skip(task.meta.skipped);
      }
      cpSync(source, join(cli.folder, table));
      for (const { words, output } of commands) {
        const { code, stdout, stderr } = await cli.run(...words);
        expect([code, stderr]).toEqual([0, ""]);
        expect(stdout, words.join(" ")).toBe(output);
      }
      const drawn = join(cli.folder, "runs", basename(table, ".csv"), "fit.svg");
      const same = readFileSync(drawn, "utf8") === readFile(`docs/${picture!}`);
      expect(same, `docs/${picture!} is what fit draws`).toBe(true);
    });
  }
});
