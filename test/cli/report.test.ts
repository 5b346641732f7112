/** `nabla report`: one page that loads nothing, runs nothing of the data, and predicts. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Cli } from "./run-cli.ts";
import { makeCli, NITROGEN } from "./run-cli.ts";

let cli: Cli;

/** Column names, a class and a file name that try to become markup, script or a way out. */
const EVIL = [
  "</script><script>globalThis.evil=1</script>",
  "<img src=x onerror=globalThis.evil=1>",
  "' onload='alert(1)",
];

beforeAll(async () => {
  cli = await makeCli("report");
  await cli.run("fit", NITROGEN, "--epochs", "60", "--val", "0.2", "--out", "run");
  const rows = Array.from({ length: 12 }, (_, i) => `${i},${(i * 7) % 5},${EVIL[i % 2]}`);
  const head = EVIL.map((name) => `"${name}"`).join(",");
  writeFileSync(join(cli.folder, "evil.csv"), [head, ...rows, ""].join("\n"));
  const { stderr } = await cli.run("fit", "evil.csv", "--epochs", "20", "--out", "evil");
  expect(stderr).toBe("");
});

async function pageOf(run: string): Promise<string> {
  const { code, stderr } = await cli.run("report", run);
  expect([code, stderr]).toEqual([0, ""]);
  return readFileSync(join(cli.folder, run, "report.html"), "utf8");
}

describe("nabla report", () => {
  it("has all there is to say about a run", async () => {
    const page = await pageOf("run");
    for (const heading of ["Predict", "Fit", "Residuals", "Loss", "Errors", "Data", "Network"]) {
      expect(page).toContain(`<h2>${heading}</h2>`);
    }
    expect(page).toContain("Cp, network, held-out rows");
    expect(page).toContain("<dt>seed</dt><dd>42</dd>");
    expect(page.length).toBeLessThan(120_000);
  });

  it("has the cross-validation and the sweep of its table, where there were any", async () => {
    const none = await pageOf("run");
    expect(none).not.toMatch(/<h2>(?:Cross-validation|Sweep)/);
    const quick = ["--epochs", "40", "--out", "judged"];
    const sweep = await cli.run("fit", NITROGEN, "--sweep", "hidden=1,4", "--val", "0.2", ...quick);
    expect([sweep.code, sweep.stderr]).toEqual([0, ""]);
    await cli.run("fit", NITROGEN, "--folds", "3", ...quick);
    const page = await pageOf("judged");
    expect(page).toMatch(/<h2>Cross-validation in 3 folds<\/h2>[\s\S]*fold 3[\s\S]*all rows/);
    expect(page).toMatch(
      /<h2>Sweep over hidden<\/h2>[\s\S]*RMSE of Cp, in kJ\/\(kg·K\), by held-out/,
    );
    await cli.run("fit", "evil.csv", ...quick);
    expect(await pageOf("judged")).not.toContain("<h2>Sweep");
  });

  it("refers to nothing outside, and its policy knows its script and style by hash", async () => {
    const page = await pageOf("run");
    expect(page.match(/\b(?:src|href)\s*=\s*"(?!data:)/g)).toBeNull();
    expect(page).not.toMatch(/\son\w+=|javascript:/);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!;
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+';/);
    for (const tag of ["style", "script"]) {
      const text = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page)![1]!;
      const hash = createHash("sha256").update(text).digest("base64");
      expect(policy).toContain(`${tag}-src 'sha256-${hash}'`);
    }
  });

  it("keeps hostile names as text, in the page and in its JSON", async () => {
    const page = await pageOf("evil");
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page).not.toContain("<img src=x");
    const json = /<script type="application\/json" id="model">(.*)<\/script>/.exec(page)![1]!;
    const model = JSON.parse(json) as { classes: string[] };
    expect(model.classes).toEqual(EVIL.slice(0, 2).sort());
  });

  it("does without the table where it is gone, and says so", async () => {
    const table = join(cli.folder, "gone.csv");
    writeFileSync(table, readFileSync(NITROGEN));
    await cli.run("fit", table, "--epochs", "5", "--out", "gone");
    writeFileSync(table, "a\n1\n");
    const { code, stdout } = await cli.run("report", "gone", "--out", "gone.html");
    expect([code, stdout]).toEqual([0, expect.stringContaining("Without the data: ")]);
    const named = await cli.run("report", "gone", "--out", "no.html", "--table", "nowhere.csv");
    expect([named.code, existsSync(join(cli.folder, "no.html"))]).toEqual([1, false]);
  });

  it("shows the sweep of its columns, and none of others", async () => {
    const table = join(cli.folder, "renamed.csv");
    const rows = Array.from({ length: 12 }, (_, i) => `${i},${i * i}`).join("\n");
    writeFileSync(table, `x,y\n${rows}\n`);
    const quick = ["--epochs", "5", "--out", "renamed"];
    await cli.run("fit", table, ...quick, "--sweep", "hidden=2,3", "--val", "0.2");
    await cli.run("fit", table, ...quick);
    await cli.run("report", "renamed");
    expect(await pageOf("renamed")).toContain("Sweep over hidden");
    writeFileSync(table, `x,z\n${rows}\n`);
    await cli.run("fit", table, ...quick);
    expect((await cli.run("report", "renamed")).stdout).toContain("Without its sweep.json");
    expect(await pageOf("renamed")).not.toContain("Sweep");
  });

  it("refuses a table of other texts, and names column, text and line", async () => {
    const table = join(cli.folder, "fruit.csv");
    const rows = Array.from({ length: 24 }, (_, i) => [
      ...[i, i % 3 === 0 ? "apple" : "pear", i % 2, (i % 3 === 0 ? 9 : i % 5) + 1],
    ]);
    const spell = (change: (row: (string | number)[]) => unknown[]): string =>
      ["size,kind,ripe,mass", ...rows.map((row) => change(row).join()), ""].join("\n");
    const quick = ["--epochs", "30"];
    writeFileSync(
      table,
      spell((row) => row),
    );
    await cli.run("fit", table, "--y", "mass", ...quick, "--out", "mass");
    await cli.run("fit", table, "--y", "kind", ...quick, "--out", "kind");
    await cli.run("fit", table, "--y", "ripe", "--classify", ...quick, "--out", "ripe");
    const refuses = async (run: string, message: RegExp, ...more: string[]): Promise<void> => {
      const named = await cli.run("report", run, "--table", table, "--out", "no.html", ...more);
      expect([named.code, named.stderr]).toEqual([1, expect.stringMatching(message)]);
      expect(existsSync(join(cli.folder, "no.html"))).toBe(false);
    };
    const renamed = (row: (string | number)[]): unknown[] =>
      row.map((cell) => (cell === "apple" ? "zebra" : cell));
    writeFileSync(table, spell(renamed));
    const seen = /line 2, column "kind": the run has not seen "zebra"; it had apple, pear;/;
    await refuses("mass", seen);
    await refuses("mass", /column "kind" has no row with "apple", which the run had\.$/m);
    await refuses("kind", seen);
    const without = await cli.run("report", "mass", "--out", "without.html");
    expect(without.stdout).toMatch(/Without the data: .* line 2, column "kind"/);
    writeFileSync(
      table,
      spell((row) => row.with(2, Number(row[2]) * 2)),
    );
    await refuses("ripe", /line 3, column "ripe": the run has not seen "2"; it had 0, 1;/);
    writeFileSync(
      table,
      spell((row) => row.with(1, Number(row[0]) % 4)),
    );
    await refuses("mass", /column "kind" holds numbers, the run has texts/);
    writeFileSync(
      table,
      spell((row) => row.with(0, `s${row[1]}`)),
    );
    await refuses("mass", /column "size" holds texts, the run has numbers/);
  });
});
