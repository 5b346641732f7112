/** What the doctor finds, as `nabla fit`, its files and its report show it: the same words. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "../../src/train/doctor/finding.ts";
import { rulesOf } from "../support/patients.ts";
import type { Cli } from "./run-cli.ts";
import { makeCli, NITROGEN } from "./run-cli.ts";

let cli: Cli;

beforeAll(async () => {
  cli = await makeCli("findings");
  // six of one class among two hundred, near none of their own
  const rare = Array.from({ length: 200 }, (_, i) => {
    const [a, b] = [(i * 37) % 101, (i * 53) % 97];
    return `${a},${b},${i % 33 === 5 ? "yes" : "no"}`;
  });
  write("rare.csv", ["a,b,bought", ...rare]);
  write("small.csv", ["x,y", "0,3", "1,4", "2,2", "3,3", "4,5", "5,1", "6,3"]);
  const rows = Array.from({ length: 40 }, (_, i) => [(i * 37) % 41, (i * 29) % 43]);
  write("leak.csv", ["x,copy,y", ...rows.map(([x, y]) => `${x},${y! * 9 + 32},${y}`)]);
});

function write(name: string, lines: readonly string[]): void {
  writeFileSync(join(cli.folder, name), `${lines.join("\n")}\n`);
}

/** Fits, quietly as JSON and aloud; returns the findings and what was printed. */
async function fit(
  ...args: string[]
): Promise<{ findings: readonly Finding[]; printed: string; code: number | null }> {
  const quiet = await cli.run("fit", ...args, "--json");
  const { findings } = JSON.parse(quiet.stdout) as { findings: readonly Finding[] };
  const { stdout, code } = await cli.run("fit", ...args);
  return { findings, printed: stdout, code };
}

describe("nabla fit", () => {
  it("says nothing of a healthy fit", async () => {
    const { findings, printed, code } = await fit(NITROGEN);
    expect([rulesOf(findings), code]).toEqual([[], 0]);
    expect(printed).not.toMatch(/^(error|warning|note):/m);
  });

  it("says that a class is never answered, and how good always answering the other is", async () => {
    const { findings, printed, code } = await fit(
      ...["rare.csv", "--hidden", "2", "--epochs", "300", "--class-weight", "none"],
    );
    const rules = ["warning never-answers", "warning rare-class"];
    expect([rulesOf(findings), code]).toEqual([rules, 0]);
    expect(printed).toContain(
      "\nwarning: The network never answers yes, the class of 6 rows: it is right for 97 %, " +
        "always answering no for 97 %.\n  Give rare classes more weight,",
    );
  });

  it("says that a network is dead, and what to try", async () => {
    const args = ["small.csv", "--hidden", "2,2", "--activation", "relu", "--seed"];
    const dead = await fit(...args, "4");
    expect(rulesOf(dead.findings)).toContain("error one-answer");
    expect(dead.printed).toContain("error: The answer is the same for all 7 rows: 3.");
    expect(dead.printed).toMatch(/units give 0 for every row\.\n {2}Try another seed, LeakyReLU/);
  });

  it("shows the same words in metrics.jsonl and in the report", async () => {
    const { findings } = await fit("leak.csv", "--epochs", "200");
    expect(rulesOf(findings)).toEqual(["warning leaking-column"]);
    const run = join(cli.folder, "runs/leak");
    const last = readFileSync(join(run, "metrics.jsonl"), "utf8").trim().split("\n").at(-1)!;
    expect((JSON.parse(last) as { findings: unknown }).findings).toEqual(findings);
    expect((await cli.run("report", "runs/leak")).code).toBe(0);
    const page = readFileSync(join(run, "report.html"), "utf8");
    const { message, why, try: cure } = findings[0]!;
    expect(page).toContain("<h2>Findings</h2>");
    expect(page).toContain(`warning: ${message}`);
    expect(page).toContain(`${why} ${cure}`);
  });

  it("prints at most three, and says that there are more", async () => {
    const { findings, printed } = await fit("leak.csv", "--epochs", "200", "--scale", "none");
    const grave = findings.filter(({ severity }) => severity !== "note");
    expect(printed.match(/^(error|warning):/gm)).toHaveLength(Math.min(3, grave.length));
  });
});
