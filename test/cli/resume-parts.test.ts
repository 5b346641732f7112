/** Cross-validations and sweeps that are killed go on with `--resume`: finished parts stay. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RUN_FILES } from "../../src/cli/run-files.ts";
import { looked } from "../support/guard.ts";
import type { Cli, Ended } from "./run-cli.ts";
import { makeCli, NITROGEN } from "./run-cli.ts";

let cli: Cli;

beforeAll(async () => {
  cli = await makeCli("resume-parts");
});

afterAll(() => cli.stopAll());

const read = (...path: string[]): string => readFileSync(join(cli.folder, ...path), "utf8");

/** Kills a fit `after` so many ms from the moment its file has `parts` finished parts. */
async function killAt(
  file: string,
  partsOf: (text: string) => number,
  parts: number,
  after: number,
  args: readonly string[],
): Promise<number> {
  const { child, ended } = cli.start("fit", NITROGEN, ...args, "--quiet");
  const path = join(cli.folder, file);
  while (!existsSync(path) || partsOf(readFileSync(path, "utf8")) < parts) {
    if (child.exitCode !== null) throw new Error(`it ended first: ${(await ended).stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await new Promise((resolve) => setTimeout(resolve, after));
  child.kill("SIGKILL");
  expect((await ended).code).toBe(null);
  return partsOf(readFileSync(path, "utf8"));
}

function refused({ code, stdout, stderr }: Ended, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^nabla: [^\n]*\n$/);
  expect([code, stdout]).toEqual([1, ""]);
}

describe("folds", { timeout: 120_000 }, () => {
  const flags = ["--folds", "5", "--epochs", "6000", "--batch", "12", "--dropout", "0.1"];
  const partsOf = (text: string): number => (JSON.parse(text) as { folds: unknown[] }).folds.length;

  function expectSame(folder: string): void {
    expect(readdirSync(join(cli.folder, folder)).sort()).toEqual([...RUN_FILES].sort());
    for (const name of RUN_FILES) expect(read(folder, name), name).toBe(read("whole", name));
  }

  beforeAll(async () => {
    const { code, stderr } = await cli.run("fit", NITROGEN, ...flags, "--out", "whole");
    expect([code, stderr]).toEqual([0, ""]);
  }, 60_000);

  it("killed between two, in the middle of one, and in the fit, to the same bytes", async ({
    task,
  }) => {
    const file = "killed/folds.json";
    const seen: number[] = [];
    seen.push(await killAt(file, partsOf, 1, 0, [...flags, "--out", "killed"]));
    seen.push(await killAt(file, partsOf, 3, 150, ["--resume", "killed"]));
    seen.push(await killAt(file, partsOf, 5, 100, ["--resume", "killed"]));
    looked(task, `folds: killed with ${seen.join(", ")} of 5 done`);
    const { code, stdout, stderr } = await cli.run("fit", NITROGEN, "--resume", "killed");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("Going on with killed: 5 of 5 folds are done.\n");
    expectSame("killed");
    expect(stdout.slice(stdout.indexOf("Cross-validation"))).toContain("fold 5");
  });

  it("that are finished are not trained again: their answers are those of the file", async () => {
    await killAt("changed/folds.json", partsOf, 2, 0, [...flags, "--out", "changed"]);
    const kept = JSON.parse(read("changed/folds.json")) as { resume: { answers: number[][] } };
    kept.resume.answers[0] = kept.resume.answers[0]!.map(() => 1000);
    writeFileSync(join(cli.folder, "changed/folds.json"), JSON.stringify(kept));
    const { code, stdout } = await cli.run("fit", NITROGEN, "--resume", "changed", "--json");
    expect(code).toBe(0);
    const { crossValidation } = JSON.parse(stdout) as {
      crossValidation: { folds: { metrics: Record<string, { rmse: number }> }[] };
    };
    const errors = crossValidation.folds.map(({ metrics }) => Object.values(metrics)[0]!.rmse);
    expect(errors.map((error) => error > 900)).toEqual([true, false, false, false, false]);
  });

  it("of other settings or another table, or damaged, are refused", async () => {
    const file = "refused/folds.json";
    await killAt(file, partsOf, 1, 0, [...flags, "--out", "refused"]);
    const resume = (...args: string[]): Promise<Ended> =>
      cli.run("fit", NITROGEN, "--resume", "refused", ...args, "--quiet");
    refused(
      await resume("--lr", "0.1", "--epochs", "9", "--batch", "12"),
      /"refused" cannot go on with other settings: --lr is 0\.1, the run has 0\.01; --epochs is 9, the run has 6000\. Leave/,
    );
    const table = join(cli.folder, "other.csv");
    writeFileSync(table, readFileSync(NITROGEN, "utf8").replace("T_K", "T_kelvin"));
    refused(
      await cli.run("fit", table, "--resume", "refused", "--quiet"),
      /is not the table that "refused" was begun with: its columns, its numbers or its rows are others\./,
    );
    const text = read(file);
    const damage = async (change: (text: string) => string, message: RegExp): Promise<void> => {
      writeFileSync(join(cli.folder, file), change(text));
      refused(await resume(), message);
    };
    await damage((all) => all.replace("--folds=5", "--floods=5"), /its words are no options of/);
    await damage((all) => all.replace('"answers":[[', '"answers":["a",['), /no valid "resume"/);
    await damage((all) => all.replace('"answers":[[', '"answers":[[0,'), /are not of this table/);
    rmSync(join(cli.folder, "refused"), { recursive: true });
    mkdirSync(join(cli.folder, "refused"));
    refused(await resume(), /holds no model\.safetensors, so it is no run folder/);
  });
});

describe("settings", { timeout: 120_000 }, () => {
  const settings = "lr=0.01,1e30,0.02,0.03";
  const flags = ["--sweep", settings, "--epochs", "200", "--hidden", "4", "--optimizer", "sgd"];
  const partsOf = (text: string): number =>
    (JSON.parse(text) as { resume?: { tried: number } }).resume?.tried ?? 0;

  it("killed between two and in the middle of one, to the same bytes", async ({ task }) => {
    const whole = await cli.run("fit", NITROGEN, ...flags, "--out", "swept");
    expect([whole.code, whole.stderr]).toEqual([0, ""]);
    expect(whole.stdout).toContain("diverged");
    const file = "cut/sweep.json";
    const seen: number[] = [];
    seen.push(await killAt(file, partsOf, 1, 0, [...flags, "--out", "cut"]));
    seen.push(await killAt(file, partsOf, 3, 20, ["--resume", "cut"]));
    looked(task, `sweep: killed with ${seen.join(", ")} of 4 tried`);
    refused(
      await cli.run("fit", NITROGEN, "--resume", "cut", "--lr", "0.5", "--quiet"),
      /"cut" cannot go on with other settings: --lr is 0\.5, the run has 0\.01\./,
    );
    const { code, stdout, stderr } = await cli.run("fit", NITROGEN, "--resume", "cut");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("Going on with cut: 3 of 4 settings are done.\n");
    expect(readdirSync(join(cli.folder, "cut"))).toEqual(["sweep.json"]);
    expect(read(file)).toBe(read("swept/sweep.json"));
    const rowsOf = (text: string): string => /Error: [^]*?\n\n/.exec(text)![0];
    expect(rowsOf(stdout.replaceAll("cut/", "swept/"))).toBe(rowsOf(whole.stdout));
  });
});
