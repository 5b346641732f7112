/** Mistakes that people make: each gets one sentence that says what to do, and changes nothing. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cli } from "./run-cli.ts";
import { makeCli, NITROGEN } from "./run-cli.ts";

let cli: Cli;

const rows = Array.from({ length: 24 }, (_, i) => i);
const point = (i: number): string => `${i}.5`;
const comma = (i: number): string => `${i},5`;
const TABLES: Readonly<Record<string, string | Uint8Array>> = {
  "ends.csv": `x,y\n${rows.map((i) => `${i},${i * i}\n`).join("")},\n , \n\n`,
  "commas.csv": 'x,y\n"1,500",1\n"2,500",2\n"4,250",3\n',
  "mixed.csv": `x;z;y\n${rows.map((i) => `${comma(i)};${i % 5};${point(i)}\n`).join("")}`,
  "thousands.csv": `x;y\n${rows.map((i) => `${i};${1 + i}.${100 + i}\n`).join("")}`,
  "decimals.csv": `x;y\n${rows.map((i) => `${i};0.${100 + i}\n`).join("")}`,
  "huge.csv": `x,y\n${rows.map((i) => `${i},${i}e300\n`).join("")}`,
  "close.csv": `x,y\n${rows.map((i) => `${1_700_000_000 + i},${i}\n`).join("")}`,
  "wide.csv": `${["x,y,z"].concat(rows.map((i) => `${i},${i * 2},n${i}`)).join("\n")}\n`,
  "comment.csv": "# by me\nx,y\n1,2\n# half way\n2,3\n",
  "colons.csv": "x:y\n1:2\n2:3\n",
  "quote.csv": 'x,y\n1,"a"b"\n2,c\n',
  "open.csv": 'x,y\n1,"a\n2,c\n',
  "utf16.csv": new Uint8Array(Buffer.from("x,y\n1,2\n2,3\n", "utf16le")),
  "two.csv": "x,y\n1,2\n2,3\n",
};

beforeAll(async () => {
  cli = await makeCli("mistakes");
  for (const [name, text] of Object.entries(TABLES)) writeFileSync(join(cli.folder, name), text);
  mkdirSync(join(cli.folder, "data"));
  cpSync(NITROGEN, join(cli.folder, "data/n2_cp.csv"));
  expect((await cli.run("fit", "data/n2_cp.csv", "--epochs", "50")).code).toBe(0);
});

afterAll(() => cli.stopAll());

describe("one sentence that says what to do", () => {
  it.each<[number, RegExp, ...string[]]>([
    [
      2,
      /"20" is one word too many for nabla fit; .* commas/,
      "fit",
      "t.csv",
      "--hidden",
      "9",
      "20",
    ],
    [2, /"400" is one word too many for nabla predict/, "predict", "r", "--at", "300", "400"],
    [2, /missing required argument 'table'; nabla fit --help shows how/, "fit"],
    [2, /'--to <language>' not specified; nabla export --help shows how/, "export", "r"],
    [2, /unknown option '-v'; nabla fit --help lists/, "fit", "-v"],
    [2, /unknown option '--hiden' \(Did you mean --hidden\?\)$/m, "fit", "t", "--hiden", "3"],
    [2, /'--epochs <n>' argument '-5' is invalid\. Give/, "fit", "t.csv", "--epochs", "-5"],
    [2, /there is no command "predct" \(predict\?\); there are/, "help", "predct"],
    [2, /--quiet leaves nothing to see/, "predict", "runs/n2_cp", "--at", "300", "--quiet"],
    [
      2,
      /--out names the table of --csv/,
      "predict",
      "r",
      "--csv",
      "a/b.csv",
      "--out",
      "./a//b.csv",
    ],
    [1, /there is no run folder "nope"; nabla fit TABLE\.csv makes one/, "inspect", "nope"],
    [1, /"data" holds no model\.safetensors, so it is no run folder/, "report", "data"],
    [1, /T_K of row 2 is 1e\+300, too far/, "predict", "runs/n2_cp", "--at", "300,1e300"],
    [1, /no column "T_k" \(T_K\?\); its columns are: T_K,/, "fit", "data/n2_cp.csv", "--x", "T_k"],
    [1, /folds need at least 3 rows; there are 2/, "fit", "two.csv", "--folds", "2"],
    [1, /line 4: 1 cell where .* 2 columns: "# half way" \(.* --comment #/, "fit", "comment.csv"],
    [
      1,
      /columns are separated by commas, semicolons, tabs or blanks\. Line 2/,
      "fit",
      "colons.csv",
    ],
    [1, /quote\.csv, line 2: something follows the closing quote/, "fit", "quote.csv"],
    [1, /open\.csv, line 2: a quoted cell is not closed\.$/m, "fit", "open.csv"],
    [1, /is UTF-16 text; save it as "CSV UTF-8"/, "fit", "utf16.csv"],
    [1, /column "x": "1,500" could be read in two ways/, "fit", "commas.csv"],
  ])("%i %s", async (code, message, ...args) => {
    const { stderr, stdout, ...ended } = await cli.run(...args);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^nabla: [^\n]*\n$/);
    expect([ended.code, stdout]).toEqual([code, expect.not.stringContaining("Network")]);
  });

  it("help about help is the help", async () => {
    const { code, stdout, stderr } = await cli.run("help", "help");
    expect([code, stdout, stderr]).toEqual([0, expect.stringContaining("Commands:"), ""]);
  });
});

describe("files of something else", () => {
  it.each([
    ["config.json", '{"port": 80}'],
    ["config.json", "not JSON"],
    ["model.safetensors", "weights"],
    ["fit.png", "holidays"],
  ])("such as %s (%s) are not replaced", async (name, text) => {
    const folder = join(cli.folder, `other-${name}-${text.length}`);
    mkdirSync(folder);
    writeFileSync(join(folder, name), text);
    const { code, stderr } = await cli.run("fit", "two.csv", "--out", folder, "--epochs", "2");
    expect([code, stderr]).toEqual([1, expect.stringContaining(`is no run folder, but has a`)]);
    expect(stderr).toContain(`${name}, which a run would replace; name another folder with --out`);
    expect(readdirSync(folder)).toEqual([name]);
    expect(readFileSync(join(folder, name), "utf8")).toBe(text);
  });

  it("such as folds.json of another program stay beside the run", async () => {
    mkdirSync(join(cli.folder, "sheep"));
    const file = join(cli.folder, "sheep/folds.json");
    const fit = ["fit", "data/n2_cp.csv", "--epochs", "5", "--out", "sheep"];
    writeFileSync(file, '{"folds":["north","south"]}');
    expect((await cli.run(...fit)).code).toBe(0);
    expect(readFileSync(file, "utf8")).toBe('{"folds":["north","south"]}');
    writeFileSync(file, '{"table":"t.csv","asked":3,"folds":[],"metrics":{}}');
    expect((await cli.run(...fit)).code).toBe(0);
    expect(readdirSync(join(cli.folder, "sheep"))).not.toContain("folds.json");
  });

  it("of other names stay beside the run", async () => {
    mkdirSync(join(cli.folder, "letters"));
    writeFileSync(join(cli.folder, "letters/letter.txt"), "hello");
    const args = ["--out", "letters", "--epochs", "2"];
    for (const _ of [1, 2]) expect((await cli.run("fit", "two.csv", ...args)).code).toBe(0);
    expect(readFileSync(join(cli.folder, "letters/letter.txt"), "utf8")).toBe("hello");
  });
});

describe("tables", () => {
  const fit = (...args: string[]) => cli.run("fit", ...args, "--epochs", "5", "--no-plot");

  it("may end in rows of separators", async () => {
    expect((await fit("ends.csv")).stdout).toContain("Read ends.csv: 24 rows,");
  });

  it("with numbers in two spellings are read by column, and it is said", async () => {
    expect((await fit("mixed.csv")).stdout).toMatch(
      / {2}x: a number, a decimal comma: "0,5" is 0\.5\n {2}input {3}x {2}0\.5 to 23\.5\n/,
    );
  });

  it("with points that may separate thousands are read with a note", async () => {
    const note = "points are decimal points in y (1.100); thousands have no separator";
    expect((await fit("thousands.csv")).stdout).toContain(note);
    expect((await fit("decimals.csv")).stdout).not.toContain("decimal points");
  });

  it("with classes of one row are fitted with a note", async () => {
    const note = "24 kinds of the target have one row (n0, n1, n2, …): a network that has not seen";
    expect((await fit("wide.csv", "--y", "z")).stdout).toContain(note);
  });

  it("of huge numbers have finite errors", async () => {
    const { stdout } = await fit("huge.csv", "--json");
    const { metrics } = JSON.parse(stdout) as { metrics: { y: { rmse: number; r2: number } } };
    expect(metrics.y.rmse).toBeGreaterThan(1e299);
    expect(metrics.y.rmse).toBeLessThan(1e302);
    expect(Number.isFinite(metrics.y.r2)).toBe(true);
  });

  it("of a narrow range are shown with the digits that tell it", async () => {
    const { stdout } = await fit("close.csv");
    expect(stdout).toContain("input   x  1.7e+9 to 1.700000023e+9");
    expect(stdout).toMatch(/--at 1\.7e\+9,1\.7000000115e\+9,1\.7000000253e\+9/);
    const asked = await cli.run("predict", "runs/close", "--at", "1700000003,1700000033");
    expect(asked.stdout).toMatch(/1\.700000003e\+9 .*\n1\.700000033e\+9 .*10 above it/);
  });
});
