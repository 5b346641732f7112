/** `nabla fit` and `nabla predict` on tables of every shape, for people and for programs. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cli, Ended } from "./run-cli.ts";
import { makeCli, NITROGEN } from "./run-cli.ts";

let cli: Cli;

beforeAll(async () => {
  cli = await makeCli("tables");
  const flowers = Array.from({ length: 24 }, (_, i) => {
    const kind = i % 2 ? "rose" : "=cmd|tulip";
    return `${i % 2 ? 1 : 2}.${i};${i},5;${i < 12 ? "red" : "blue"};7;id${i};${kind}`.replace(
      ".",
      ",",
    );
  });
  const files: Record<string, string> = {
    "flowers.csv": `size;age;colour;always;id;kind\n${flowers.join("\n")}\n`,
    "gaps.csv": "a,b,c\n1,2,x\n2,,x\n3,4,\n4,5,y\n5,6,y\n",
    "counts.csv": "4,2,no,yes\n1,2,0\n2,1,1\n3,4,0\n5,5,1\n",
    "old.xlsx": "PK\u0003\u0004",
    "huge.csv": "",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cli.folder, name), text);
  truncateSync(join(cli.folder, "huge.csv"), 1_073_741_824); // a hole: no disk is used
});

afterAll(() => cli.stopAll());

function sentence({ code, stderr, stdout }: Ended, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^nabla: [^\n]*\n$/);
  expect([code, stdout]).toEqual([1, expect.not.stringContaining("Wrote")]);
}

describe("a table of classes with decimal commas", () => {
  it("is read, announced, fitted, and asked", async () => {
    const { code, stdout } = await cli.run(
      ...["fit", "flowers.csv", "--folds", "3", "--val", "0.2", "--epochs", "500"],
    );
    expect(code).toBe(0);
    expect(stdout).toContain("24 rows, 6 columns, separated by semicolons, decimal commas.");
    expect(stdout).toMatch(/target {2}kind .*2 kinds: =cmd\|tulip, rose {2}\(the last that can be/);
    expect(stdout).toContain(
      'unused  always (constant, 7), id (text, 24 different, such as "id0")',
    );
    expect(stdout).toContain("Network 4 → 10 (tanh) → 2");
    expect(stdout).toMatch(/Cross-validation in 3 folds[\s\S]*all +24 rows[\s\S]*Confusion/);
    expect(readFileSync(join(cli.folder, "runs/flowers/fit.svg"), "utf8")).toContain("Confusion");
    const asked = await cli.run("predict", "runs/flowers", "--at", "1.5,3,red;9,3,blue");
    expect(asked.stdout).toMatch(/outside the training range \(size [\d.–]+\): [\d.]+ above it/);
  });

  it("is answered as a table that a spreadsheet does not run", async () => {
    const args = ["--csv", "flowers.csv", "--out", "answers.csv"];
    const { code, stdout } = await cli.run("predict", "runs/flowers", ...args);
    expect([code, stdout.split("\n")[0]]).toEqual([0, expect.stringContaining("24 rows")]);
    expect(stdout).toMatch(/\nRight on \d+ of the 24 rows where kind is known: [\d.]+ %\.\n/);
    const [head, first] = readFileSync(join(cli.folder, "answers.csv"), "utf8").split("\n");
    expect(head).toBe(
      "size;age;colour;always;id;kind;kind_predicted;probability;outside_training_range",
    );
    expect(first).toMatch(/^2,0;0,5;red;7;id0;'=cmd\|tulip;'=cmd\|tulip;0,\d+;$/);
  });
});

describe("classes that are numbers", () => {
  beforeAll(() => {
    const rows = Array.from(
      { length: 44 },
      (_, i) => `${i % 11},${(i * 7) % 5},${i % 11}${".0".repeat(i % 2)}`,
    );
    writeFileSync(join(cli.folder, "coded.csv"), ["a,b,code", ...rows, ""].join("\n"));
    const few = rows.map((row, i) => row.replace(/,[^,]*$/, `,${i % 11 > 5 ? 1 : 0}`));
    writeFileSync(join(cli.folder, "few.csv"), ["a,b,code", ...few, ""].join("\n"));
  });

  it("are fitted as numbers, with a hint where they look like names", async () => {
    const { stdout } = await cli.run("fit", "few.csv", "--epochs", "5");
    expect(stdout).toContain(
      "  the target code looks like classes, numbered 0 and 1; --classify tells them apart",
    );
    expect(stdout).toContain("Network 2 → 10 (tanh) → 1,");
    expect((await cli.run("fit", "coded.csv", "--epochs", "5")).stdout).not.toContain("--classify");
  });

  it("are told apart with --classify, in the order of their numbers", async () => {
    const { code, stdout } = await cli.run(
      ...["fit", "coded.csv", "--classify", "--lr", "0.1", "--epochs", "500"],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/target {2}code {2}11 kinds: 0, 1, 2, 3, 4, 5, …/);
    expect(stdout).toContain("Network 2 → 10 (tanh) → 11,");
    const asked = await cli.run("predict", "runs/coded", "--at", "3,1;10,0", "--json");
    const answers = JSON.parse(asked.stdout) as { outputs: object; probabilities: object }[];
    expect(answers.map(({ outputs }) => outputs)).toEqual([{ code: "3" }, { code: "10" }]);
    const config = JSON.parse(readFileSync(join(cli.folder, "runs/coded/config.json"), "utf8")) as {
      command: string;
      classes: string[];
    };
    expect(config.classes.join()).toBe("0,1,2,3,4,5,6,7,8,9,10");
    expect(config.command).toMatch(/ --classify$/);
    const report = await cli.run("report", "runs/coded");
    expect([report.code, report.stdout]).toEqual([0, expect.not.stringContaining("Without")]);
    expect((await cli.run("export", "runs/coded", "--to", "numpy")).code).toBe(0);
  });
});

describe("for programs", () => {
  it("fit and predict print one value of JSON", async () => {
    const fit = await cli.run("fit", NITROGEN, "--epochs", "50", "--json", "--out", "json");
    const found = JSON.parse(fit.stdout) as Record<string, unknown>;
    expect(found).toMatchObject({ run: "json", rows: 35, parameters: 31, epochs: 50 });
    expect(Object.keys((found["metrics"] as Record<string, object>)["Cp_kJ_per_kgK"]!)).toEqual([
      "rmse",
      "maxAbs",
      "r2",
    ]);
    expect(found["baseline"]).toMatchObject({ kind: "cubic polynomial" });
    expect((found["files"] as string[]).every((name) => existsSync(join(cli.folder, name)))).toBe(
      true,
    );
    const asked = await cli.run("predict", "json", "--at", "275,300", "--json");
    const answers = JSON.parse(asked.stdout) as unknown[];
    const outside = [{ column: "T_K", value: 275, min: 300, max: 2000 }];
    expect(answers[0]).toMatchObject({ inputs: { T_K: 275 }, inRange: false, outside });
    expect(answers[1]).toMatchObject({ inRange: true, outside: [] });
    const quiet = await cli.run("fit", NITROGEN, "--epochs", "5", "--quiet", "--out", "quiet");
    expect([quiet.code, quiet.stdout, quiet.stderr]).toEqual([0, "", ""]);
  });

  it("a sweep says where more stops helping", async () => {
    const given = ["--lr", "0.05", "--scale", "standard", "--val", "0.2", "--epochs", "40"];
    const args = [...given, "--hidden", "3", "--sweep", "hidden=1,4x2", "--out", "swept"];
    const { code, stdout } = await cli.run("fit", NITROGEN, ...args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/hidden +parameters +training +held-out\n +1 +4 .*\n +4x2 +21 /);
    expect(stdout).toMatch(/\n(?:More stops helping|The held-out error still falls) at hidden/);
    const next = /\nNext: nabla fit (.*)\n$/.exec(stdout)![1]!.split(" ");
    expect(next.slice(-4)).toEqual(["--out", "swept", "--hidden", expect.stringMatching(/^[14]/)]);
    expect(next.slice(1, -4).sort()).toEqual([...given].sort());
  });
});

describe("cells without a value", () => {
  it("are named, and left out or filled as asked", async () => {
    const asked = await cli.run("fit", "gaps.csv", "--y", "b");
    sentence(
      asked,
      /line 4, column "c": the cell is empty; empty cells in 2 of 5 rows \(c 1, b 1\)/,
    );
    expect(asked.stderr).toContain("--missing drop leaves such rows out");
    const args = ["fit", "gaps.csv", "--y", "b", "--epochs", "5", "--missing"];
    expect((await cli.run(...args, "drop")).stdout).toContain("left out 2 rows with empty cells");
    const filled = (await cli.run(...args, "mean")).stdout;
    expect(filled).toContain("left out 1 row with no target");
    expect(filled).toContain("parameters, 4 rows");
  });
});

describe("files", () => {
  it("with scikit-learn's first line are recognised", async () => {
    const { stdout } = await cli.run("fit", "counts.csv", "--epochs", "5");
    expect(stdout).toContain("target  class  2 kinds: no, yes");
  });

  it("of Excel and of 1 GB are refused, with the reason, at once", async () => {
    sentence(await cli.run("fit", "old.xlsx"), /old\.xlsx: it is no zip file, or is cut off/);
    sentence(await cli.run("fit", "huge.csv"), /larger than 128 MiB, the most that is held/);
  });

  it("go through a linked run folder", async () => {
    mkdirSync(join(cli.folder, "real"));
    symlinkSync("real", join(cli.folder, "link"));
    const { code } = await cli.run("fit", NITROGEN, "--epochs", "5", "--out", "link");
    expect([code, existsSync(join(cli.folder, "real/model.safetensors"))]).toEqual([0, true]);
  });
});
