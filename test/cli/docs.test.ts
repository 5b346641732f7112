/** docs/cli.md names every command of the program and every exit code. */
import { expect, it } from "vitest";
import { EXPORT_CHOICES } from "../../src/cli/choices.ts";
import { EXIT } from "../../src/cli/exit.ts";
import { listFiles, readFile } from "../support/files.ts";

const page = readFile("docs/cli.md");

it("names every command", () => {
  const files = listFiles(["src/cli"], "-command.ts");
  const names = files.map((path) => /\.command\("(\w+)"\)/.exec(readFile(path))![1]!);
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !new RegExp(`nabla ${name}\\b`).test(page))).toEqual([]);
});

it("says what each exit code means, and each language of export", () => {
  const codes = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  expect(codes).toEqual([0, ...Object.values(EXIT)].sort((a, b) => a - b));
  for (const language of EXPORT_CHOICES.to) expect(page).toContain(`| \`${language}\` |`);
});
