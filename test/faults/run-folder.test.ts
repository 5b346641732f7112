/**
 * A run folder whose save is killed, or fails, at every call of the file system: what is there
 * afterwards is the old run or the new one, and a save that failed is never reported as done.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { build } from "esbuild";
import type { GivenFlags } from "../../src/cli/fit-flags.ts";
import { modelFile } from "../../src/cli/model-file.ts";
import { loadModel, readRun } from "../../src/cli/read-run.ts";
import { readResumed } from "../../src/cli/resume.ts";
import type { RunContents } from "../../src/cli/run-files.ts";
import { RUN_FILES, saveRun, takeFolder } from "../../src/cli/run-files.ts";
import type { Cli, Ended } from "../cli/run-cli.ts";
import { makeCli, NITROGEN } from "../cli/run-cli.ts";
import { sourceAlias } from "../support/child.ts";
import { ROOT } from "../support/files.ts";
import { looked } from "../support/guard.ts";

const base = mkdtempSync(join(tmpdir(), "nabla-run-folder-"));
const program = join(base, "program.mjs");
let cli: Cli;
let calls: string[];

beforeAll(async () => {
  cli = await makeCli("run-folder");
  for (const [name, seed] of [
    ["old", "1"],
    ["new", "2"],
  ] as const) {
    const flags = ["--epochs", "5", "--seed", seed, "--out", join(base, name)];
    expect((await cli.run("fit", NITROGEN, ...flags)).code).toBe(0);
  }
  await build({
    absWorkingDir: ROOT,
    entryPoints: ["test/support/save-run-program.ts"],
    ...{ outfile: program, bundle: true, platform: "node", format: "esm", target: "node20" },
    alias: sourceAlias("node"),
    logLevel: "error",
  });
  calls = (await save("whole", "none", 0)).stdout.trim().split(" ").slice(1);
});

/** Copies the old run to a folder and saves the new one over it, with a fault. */
async function save(name: string, mode: string, at: number): Promise<Ended> {
  const folder = join(base, name);
  cpSync(join(base, "old"), folder, { recursive: true });
  return new Promise((resolve) => {
    const args = [program, folder, join(base, "new"), mode, String(at)];
    execFile(process.execPath, args, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

const seedOf = async (folder: string): Promise<number> =>
  (await loadModel(await modelFile(folder))).parts.provenance.seed;

/** Reads the whole folder, its training too: the run of one seed. */
async function wholeOf(folder: string): Promise<number> {
  const { model, config } = await readRun(folder);
  const { seed } = model.parts.provenance;
  const { kept, flags } = await readResumed(
    folder,
    { epochs: 9 } as GivenFlags,
    new Set(["epochs"]),
  );
  expect([config["seed"], kept.state.epoch, flags.seed]).toEqual([seed, 5, seed]);
  return seed;
}

/** Saves once more, as the next command would; nothing that was left over stays. */
async function saveAgain(folder: string): Promise<void> {
  const release = await takeFolder(folder);
  const contents = RUN_FILES.map((name) => [name, readFileSync(join(base, "new", name))]);
  await saveRun(folder, Object.fromEntries(contents) as RunContents);
  await release();
  expect(readdirSync(folder).sort()).toEqual([...RUN_FILES].sort());
  expect(await wholeOf(folder)).toBe(2);
}

/** Tries each call of a save, three at a time. */
async function tryEach(mode: string, judge: (folder: string, ended: Ended, at: number) => unknown) {
  let next = 1;
  const work = async (): Promise<void> => {
    for (let at = next++; at <= calls.length; at = next++) {
      const ended = await save(`${mode}-${at}`, mode, at);
      await judge(join(base, `${mode}-${at}`), ended, at);
    }
  };
  await Promise.all([work(), work(), work()]);
}

describe("a save of a run folder", () => {
  it("makes many calls, and all of them are counted", async () => {
    expect(calls.length).toBeGreaterThan(30);
    for (const name of ["link", "open", "write", "sync", "close", "rename"]) {
      expect(calls).toContain(name);
    }
    expect(await wholeOf(join(base, "whole"))).toBe(2);
  });

  it("killed at any call leaves the old run or the new one", async ({ task }) => {
    const found = { old: 0, new: 0 };
    await tryEach("kill", async (folder, { stdout }) => {
      expect(stdout).toBe("");
      const seed = await seedOf(folder);
      expect([1, 2]).toContain(seed);
      found[seed === 1 ? "old" : "new"]++;
      expect(await wholeOf(folder)).toBe(seed);
      await saveAgain(folder);
    });
    looked(
      task,
      `run folder: killed at ${calls.length} calls: ${found.old} old runs, ${found.new} new ones`,
    );
    expect([found.old, found.new].every((n) => n > 0)).toBe(true);
  });

  it("that fails at any call is reported, and leaves the old run or the new one", async () => {
    await tryEach("fail", async (folder, { code, stdout, stderr }, at) => {
      const name = calls[at - 1]!;
      const seed = await seedOf(folder);
      expect([1, 2]).toContain(seed);
      // What fails while old files are looked for is no reason not to save the new ones.
      const harmless = /^(?:stat|realpath|rm)$/.test(name);
      if (!harmless) expect([name, stdout, code === 0]).toEqual([name, "", false]);
      if (code !== 0) expect(stderr).toMatch(/(?:cannot (?:save|lock|make folder) "|failed)/);
      const renamed = calls.slice(0, at - 1).filter((call) => call === "rename").length;
      if (renamed === 0 && code !== 0) {
        const read = (file: string): Buffer => readFileSync(join(folder, file));
        for (const file of RUN_FILES) {
          expect(read(file).equals(readFileSync(join(base, "old", file)))).toBe(true);
        }
      }
      await saveAgain(folder);
    });
  });

  it("that was killed is the new run for all commands, wherever its files are", async () => {
    const between = calls.lastIndexOf("rename") + 1; // all is renamed but the model
    await save("asked", "kill", between);
    const folder = join(base, "asked");
    expect(readdirSync(folder).some((name) => name.endsWith(".tmp"))).toBe(true);
    const moved = join(base, "moved");
    renameSync(folder, moved);
    const wanted = await cli.run("predict", join(base, "new"), "--at", "500");
    const now = await cli.run("predict", moved, "--at", "500");
    expect([now.code, now.stdout]).toEqual([0, wanted.stdout]);
    expect((await cli.run("inspect", moved)).stdout).toContain("seed 2,");
    expect((await cli.run("report", moved)).stderr).toBe("");
    const resumed = await cli.run("fit", NITROGEN, "--resume", moved, "--epochs", "9");
    expect([resumed.code, resumed.stderr]).toEqual([0, ""]);
    expect(readdirSync(moved).sort()).toEqual([...RUN_FILES, "report.html"].sort());
  });

  it("of an older version, killed between two renames, is named by its checksums", async () => {
    const folder = join(base, "older");
    cpSync(join(base, "old"), folder, { recursive: true });
    cpSync(join(base, "new/config.json"), join(folder, "config.json"));
    const report = await cli.run("report", folder);
    expect([report.code, report.stderr]).toEqual([1, expect.stringMatching(/^nabla: [^\n]*\n$/)]);
    expect(report.stderr).toMatch(/model\.safetensors and metrics\.jsonl do not belong to config/);
    expect((await cli.run("predict", folder, "--at", "500")).code).toBe(0);
  });
});
