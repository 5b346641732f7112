/** Lock files: one at a time, in one process too; who is gone is told from who is not. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import type { LockCalls } from "../../src/host/lock.ts";
import { takeLock } from "../../src/host/lock.ts";
import { host } from "../../src/host/node.ts";

let folder: string;
let name: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nabla-lock-"));
  name = join(folder, "run.lock");
});

/** The first process of a container; 8 is the only other number in use. */
const first = (change: Partial<LockCalls> = {}): LockCalls => ({
  ...{ pid: 1, machine: "here", started: performance.timeOrigin },
  isRunning: (pid) => pid === 8,
  list: (path) => readdir(path),
  ...change,
});

/** Puts a lock there that was written so many milliseconds before or after this process began. */
function putLock(text: string, after: number): void {
  writeFileSync(name, text);
  const time = (performance.timeOrigin + after) / 1000;
  utimesSync(name, time, time);
}

it("is taken once, in one process too, and taken again when it was given back", async () => {
  const release = await host.lock(name);
  await expect(host.lock(name)).rejects.toThrow(
    `${JSON.stringify(folder)} is in use by this process already.`,
  );
  expect(existsSync(name)).toBe(true);
  await release();
  expect(readdirSync(folder)).toEqual([]);
  await (
    await host.lock(name)
  )();
});

it("is had by one of many that ask at the same time", async () => {
  const asked = await Promise.allSettled(Array.from({ length: 12 }, () => host.lock(name)));
  const given = asked.filter(({ status }) => status === "fulfilled");
  expect(given).toHaveLength(1);
  expect(readdirSync(folder)).toEqual(["run.lock"]);
});

it("is given back only by who has it", async () => {
  const release = await takeLock(first(), name);
  rmSync(name);
  const text = "8 another here";
  writeFileSync(name, text);
  await release();
  expect(readFileSync(name, "utf8")).toBe(text);
});

it.each<[string, string, number]>([
  ["a process that is no more", "9 token here", 60_000],
  ["an older version, of one that is no more", "9", 60_000],
  ["one that had our number before", "1 token here", -60_000],
  ["an older version, of one that had our number before", "1", -60_000],
  ["one that was killed while it made it", "", 60_000],
])("of %s is taken over", async (_, text, after) => {
  putLock(text, after);
  await (
    await takeLock(first(), name)
  )();
  expect(readdirSync(folder)).toEqual([]);
});

it.each<[string, string, number, string]>([
  ["a process that runs", "8 token here", -60_000, "(8)"],
  ["an older version, of one that runs", "8", -60_000, "(8)"],
  ["another first process, that of another container", "1 token there", -60_000, '(1) on "there"'],
  ["a process of another machine", "9 token there", -60_000, '(9) on "there"'],
  ["one with our number that began after us", "1 token here", 60_000, "(1)"],
])("of %s stays, and the error says what to delete", async (_, text, after, who) => {
  putLock(text, after);
  await expect(takeLock(first(), name)).rejects.toThrow(
    `${JSON.stringify(folder)} is in use by another process ${who}. ` +
      `If that is no nabla any more, delete ${JSON.stringify(name)}.`,
  );
  expect(readFileSync(name, "utf8")).toBe(text);
  expect(readdirSync(folder)).toEqual(["run.lock"]);
});

it("leaves what others are about to take, and removes what killed ones left", async () => {
  for (const pid of ["8.a-1", "9.a-2", "9", "8"]) {
    writeFileSync(join(folder, `.run.lock.${pid}.tmp`), "");
  }
  const release = await takeLock(first(), name);
  const left = [".run.lock.8.a-1.tmp", ".run.lock.8.tmp", "run.lock"];
  expect(readdirSync(folder).sort()).toEqual(left);
  await release();
});
