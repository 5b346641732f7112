/** Run folders on disks that are full or read-only, behind links, and wanted by two processes. */
import { execFileSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { TestContext } from "vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRun } from "../../src/cli/read-run.ts";
import { RUN_FILES } from "../../src/cli/run-files.ts";
import type { Cli, Ended } from "../cli/run-cli.ts";
import { makeCli, NITROGEN } from "../cli/run-cli.ts";

let cli: Cli;

beforeAll(async () => {
  cli = await makeCli("folders", { pictures: true }); // they are what fills the disk
});

afterAll(() => cli.stopAll());

const fit = (out: string, ...flags: string[]): Promise<Ended> =>
  cli.run("fit", NITROGEN, "--epochs", "20", "--out", out, ...flags);

function expectSentence({ stderr, stdout, code }: Ended, message: RegExp): void {
  expect(stderr).toMatch(/^nabla: [^\n]*\n$/);
  expect(stderr).toMatch(message);
  expect(stdout).not.toContain("Wrote");
  expect(code).toBe(1);
}

/** Mounts a small disk in memory for one test; skips aloud where that is not permitted. */
async function onDisk(
  { skip, task }: TestContext,
  name: string,
  test: (disk: string) => Promise<void>,
): Promise<void> {
  const disk = join(cli.folder, name);
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], { stdio: "ignore" });
  } catch {
    task.meta.skipped = "mounting a small tmpfs is not permitted here";
    return skip(task.meta.skipped);
  }
  try {
    await test(disk);
  } finally {
    execFileSync("umount", [disk]);
  }
}

function contentsOf(folder: string): Record<string, string> {
  const names = readdirSync(folder).sort();
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(folder, name), "base64")]),
  );
}

describe("a full disk", () => {
  it(
    "leaves every file of the old run, wherever the room ends",
    { timeout: 90_000 },
    async (context) => {
      await onDisk(context, "full", async (disk) => {
        expect((await fit("full/run")).code).toBe(0);
        const old = contentsOf(join(disk, "run"));
        expect(Object.keys(old)).toEqual([...RUN_FILES].sort());
        const found: string[] = [];
        for (const room of [8, 24, 60, 110]) {
          const { bavail, bsize } = statfsSync(disk);
          writeFileSync(join(disk, "filler"), Buffer.alloc(bavail * bsize - room * 1024));
          const ended = await fit("full/run", "--seed", "7");
          rmSync(join(disk, "filler"));
          expectSentence(ended, /cannot save "full\/run\/[\w.]+": no space is left on the device/);
          expect(contentsOf(join(disk, "run"))).toEqual(old);
          found.push(/run\/([\w.]+)"/.exec(ended.stderr)![1]!);
        }
        expect(new Set(found).size).toBeGreaterThan(1); // different files were cut off
        expect((await fit("full/run", "--seed", "7")).code).toBe(0);
      });
    },
  );
});

describe("a read-only disk", () => {
  it("is named before anything is trained, and its runs still answer", async (context) => {
    await onDisk(context, "fixed", async (disk) => {
      expect((await fit("fixed/run")).code).toBe(0);
      execFileSync("mount", ["-o", "remount,ro", disk]);
      const cause = /the file system is read-only \(EROFS\)/;
      const again = await fit("fixed/run");
      expectSentence(again, /cannot lock "fixed\/run\/run\.lock"/);
      expectSentence(again, cause);
      expect(again.stdout).not.toContain("Epoch");
      const other = await fit("fixed/new");
      expectSentence(other, /cannot make folder "fixed\/new"/);
      expectSentence(other, cause);
      expect((await cli.run("predict", "fixed/run", "--at", "500")).code).toBe(0);
      expectSentence(
        await cli.run("report", "fixed/run"),
        /cannot save "fixed\/run\/report\.html"/,
      );
      const out = ["--csv", NITROGEN, "--out", "fixed/answers.csv"];
      expectSentence(await cli.run("predict", "fixed/run", ...out), cause);
    });
  });
});

describe("links", () => {
  it("to a folder and to a file stay links; what they point to is written", async () => {
    mkdirSync(join(cli.folder, "real"));
    symlinkSync("real", join(cli.folder, "link"));
    symlinkSync("../elsewhere.svg", join(cli.folder, "real/fit.svg"));
    expect((await fit("link")).code).toBe(0);
    expect(lstatSync(join(cli.folder, "link")).isSymbolicLink()).toBe(true);
    expect(readdirSync(join(cli.folder, "real")).sort()).toEqual([...RUN_FILES].sort());
  });

  it("to nowhere and to themselves are named", async () => {
    symlinkSync("missing/folder", join(cli.folder, "nowhere"));
    symlinkSync("loop", join(cli.folder, "loop"));
    expectSentence(await fit("nowhere"), /cannot make folder "nowhere"/);
    expectSentence(await fit("loop"), /cannot (?:make folder|lock) "loop/);
    expect(readdirSync(cli.folder)).not.toContain("missing");
  });
});

describe("two processes", () => {
  it("that start together on one folder do not mix", { timeout: 60_000 }, async () => {
    const seeds = ["1", "2", "3", "4", "5"];
    const ended = await Promise.all(seeds.map((seed) => fit("wanted", "--seed", seed)));
    const done = seeds.filter((_, i) => ended[i]!.code === 0);
    expect(done.length).toBeGreaterThan(0);
    for (const { code, stderr } of ended) {
      if (code !== 0)
        expect(stderr).toMatch(/^nabla: "wanted" is in use by another process \(\d+\)/);
    }
    expect(readdirSync(join(cli.folder, "wanted")).sort()).toEqual([...RUN_FILES].sort());
    const { config, model } = await readRun(join(cli.folder, "wanted"));
    expect(done).toContain(String(config.seed));
    expect(model.parts.provenance.seed).toBe(config.seed);
  });

  it(
    "that find the lock of a dead one: one takes it, none is left without",
    { timeout: 60_000 },
    async () => {
      mkdirSync(join(cli.folder, "stale"));
      writeFileSync(join(cli.folder, "stale/run.lock"), "999999999");
      const ended = await Promise.all(["1", "2", "3"].map((seed) => fit("stale", "--seed", seed)));
      expect(ended.some(({ code }) => code === 0)).toBe(true);
      writeFileSync(join(cli.folder, "stale/run.lock"), ""); // cut off while it was made
      expect((await fit("stale")).code).toBe(0);
      expect(readdirSync(join(cli.folder, "stale")).sort()).toEqual([...RUN_FILES].sort());
    },
  );
});
