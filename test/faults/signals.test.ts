/** Real signals and closed pipes while `nabla fit` trains, cross-validates and sweeps. */
import type { ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RUN_FILES } from "../../src/cli/run-files.ts";
import { parseSweep } from "../../src/cli/sweep-file.ts";
import type { Cli, Ended } from "../cli/run-cli.ts";
import { makeCli, NITROGEN } from "../cli/run-cli.ts";

let cli: Cli;

beforeAll(async () => {
  cli = await makeCli("signals");
});

afterAll(() => cli.stopAll());

const SIGNALS = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const;

/** Waits until a line is printed that the pattern finds. */
function until(child: ChildProcess, pattern: RegExp): Promise<void> {
  let text = "";
  return new Promise((resolve, reject) => {
    child.stdout!.on("data", (data) => {
      text += String(data);
      if (pattern.test(text)) resolve();
    });
    child.on("close", () => reject(new Error(`it ended before ${pattern}: ${text}`)));
  });
}

/** Every end of this kind: one sentence, no stack trace, the code, nothing left over. */
function expectSentence({ stderr, code }: Ended, message: RegExp, wanted: number): void {
  expect(stderr).toMatch(/^nabla: [^\n]*\n$/);
  expect(stderr).toMatch(message);
  expect(code).toBe(wanted);
}

/** What is kept of a cross-validation. */
interface Folds {
  readonly asked: number;
  readonly folds: readonly { readonly rows: number }[];
  readonly resume: { readonly answers: readonly (readonly number[])[] };
}

/** Waits until there is a file. */
async function existsLater(path: string): Promise<void> {
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 10));
}

function filesOf(folder: string): string[] {
  return readdirSync(join(cli.folder, folder)).sort();
}

describe.each(SIGNALS)("%s", { timeout: 60_000 }, (signal, code) => {
  it("in a fit: the epoch is finished and the run saved", async () => {
    const out = `fit-${signal}`;
    const { child, ended } = cli.start("fit", NITROGEN, "--epochs", "1000000000", "--out", out);
    await until(child, /Epoch/);
    child.kill(signal);
    expectSentence(
      await ended,
      new RegExp(`stopped by ${signal} after epoch \\d+ of 10{9};`),
      code,
    );
    expect(filesOf(out)).toEqual([...RUN_FILES].sort());
    const config = JSON.parse(readFileSync(join(cli.folder, out, "config.json"), "utf8")) as object;
    const inspected = await cli.run("inspect", out, "--json");
    const { provenance } = JSON.parse(inspected.stdout) as { provenance: { epochs: number } };
    expect(config).toMatchObject({ epochsRun: provenance.epochs });
    expect(provenance.epochs).toBeGreaterThan(0);
  });

  it("in a cross-validation: the folds that were finished are saved", async () => {
    const out = `folds-${signal}`;
    const args = ["fit", NITROGEN, "--folds", "30", "--epochs", "20000", "--out", out, "--json"];
    const { child, ended } = cli.start(...args);
    await existsLater(join(cli.folder, out, "run.lock"));
    await new Promise((resolve) => setTimeout(resolve, 1500)); // some folds later
    child.kill(signal);
    const result = await ended;
    expectSentence(result, /stopped after \d+ of 30 folds; (?:they are in|it is in|nothing)/, code);
    const done = Number(/after (\d+) of/.exec(result.stderr)![1]);
    expect(filesOf(out)).toEqual(done > 0 ? ["folds.json"] : []);
    if (done === 0) return expect(result.stdout).toBe("");
    const { crossValidation } = JSON.parse(result.stdout) as { crossValidation: Folds };
    const kept = JSON.parse(readFileSync(join(cli.folder, out, "folds.json"), "utf8")) as Folds;
    const { resume, ...results } = kept;
    expect(resume.answers).toHaveLength(done);
    expect(results).toEqual({ table: NITROGEN, ...crossValidation });
    expect([kept.asked, kept.folds.length]).toEqual([30, done]);
    // 35 rows in 30 folds: the first five have two.
    expect(kept.folds.map(({ rows }) => rows)).toEqual(kept.folds.map((_, k) => (k < 5 ? 2 : 1)));
    expect((await cli.run("fit", NITROGEN, "--epochs", "5", "--out", out)).code).toBe(0);
    expect(filesOf(out)).toEqual([...RUN_FILES].sort()); // the fit supersedes it
  });

  it("in the first fold, or in the first setting: it is said that nothing was kept", async () => {
    for (const [what, ...flags] of [
      ["folds", "--folds", "3"],
      ["settings", "--sweep", "lr=0.1,0.01,0.02"],
    ]) {
      const out = `nothing-${what!}-${signal}`;
      const args = ["--epochs", "1000000000", "--out", out];
      const { child, ended } = cli.start("fit", NITROGEN, ...flags, ...args);
      await existsLater(join(cli.folder, out, "run.lock"));
      await new Promise((resolve) => setTimeout(resolve, 300));
      child.kill(signal);
      const message = new RegExp(`stopped after 0 of 3 ${what!}; nothing was kept\\.`);
      expectSentence(await ended, message, code);
      expect(filesOf(out)).toEqual([]);
    }
  });

  it("in a sweep: the settings that were finished are saved", async () => {
    const out = `sweep-${signal}`;
    const settings = "epochs=300,1000000000";
    const args = ["fit", NITROGEN, "--sweep", settings, "--val", "0.2", "--out", out];
    const { child, ended } = cli.start(...args);
    await until(child, /\n +300 +31 /);
    child.kill(signal);
    expectSentence(await ended, /stopped after 1 of 2 settings; it is in .*sweep\.json/, code);
    expect(filesOf(out)).toEqual(["sweep.json"]);
    const text = readFileSync(join(cli.folder, out, "sweep.json"), "utf8");
    expect(parseSweep(text, "sweep.json")).toMatchObject({ asked: 2, rows: [{ setting: "300" }] });
  });

  it("twice ends at once, and leaves the lock to be taken over", async () => {
    const out = `twice-${signal}`;
    const { child, ended } = cli.start("fit", NITROGEN, "--epochs", "1000000000", "--out", out);
    await until(child, /Epoch/);
    child.kill(signal);
    child.kill(signal);
    expect((await ended).code).toBe(code);
    const again = await cli.run("fit", NITROGEN, "--epochs", "5", "--out", out);
    expect([again.code, again.stderr]).toEqual([0, ""]);
    expect(filesOf(out)).toEqual([...RUN_FILES].sort());
  });
});

describe("a reader that goes away", { timeout: 60_000 }, () => {
  // a closed pipe is noticed by the next line: there is one for each of these settings
  const many = Array.from({ length: 200 }, (_, k) => 20_000 + k).join();
  it.each([
    ["a fit", ["--epochs", "3000000"], /output was closed after epoch \d+ of 3000000; what was/],
    ["a sweep", ["--sweep", `epochs=${many}`], /stopped after \d+ of 200 settings/],
  ])("ends %s with 141 and no stack trace", async (_, flags, message) => {
    const out = `closed-${flags[0]!.slice(2)}`;
    const { child, ended } = cli.start("fit", NITROGEN, ...flags, "--val", "0.2", "--out", out);
    await until(child, /target/);
    child.stdout!.destroy();
    expectSentence(await ended, message, 141);
    const saved = flags[0] === "--sweep" ? "sweep.json" : "model.safetensors";
    expect(existsSync(join(cli.folder, out, saved))).toBe(true);
  });

  it("does not disturb the commands that only print", async () => {
    await cli.run("fit", NITROGEN, "--epochs", "5", "--out", "printed");
    for (const args of [
      ["--help"],
      ["predict", "printed", "--at", "500"],
      ["inspect", "printed"],
    ]) {
      const { child, ended } = cli.start(...args);
      child.stdout!.destroy();
      expect((await ended).stderr).toBe("");
    }
  });
});
