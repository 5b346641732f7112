/**
 * Lock files: a lock holds its owner's process number from the moment it is there (it is made under
 * another name and linked), so one that a killed process left can always be told from one in use.
 */
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { NablaError } from "../core/errors.ts";
import type { FileCalls } from "./save.ts";
import { removeLeftovers, temporaryName } from "./save.ts";

/** File systems without hard links answer with one of these. */
const NO_LINKS = new Set(["EPERM", "ENOSYS", "EOPNOTSUPP", "ENOTSUP", "EMLINK"]);

/** Takes the lock at `name`; returns what gives it back. Throws where another process holds it. */
export async function takeLock(calls: FileCalls, name: string): Promise<() => Promise<void>> {
  const [folder, base] = [path.dirname(name), path.basename(name)];
  const own = path.join(folder, temporaryName(base, calls.pid));
  await removeLeftovers(calls, { folder, name: base, join: path.join });
  let owner = await tryLock(calls, name, own);
  if (owner !== undefined && isGone(calls, owner)) {
    await removeStale(calls, name, own);
    owner = await tryLock(calls, name, own);
  }
  if (owner === undefined) return () => fs.rm(name, { force: true });
  const text = `${JSON.stringify(folder)} is in use by another process (${owner}).`;
  throw new NablaError("file", text);
}

/** A number that is none belongs to a lock that was cut off while it was made. */
function isGone(calls: FileCalls, owner: number): boolean {
  return !(owner > 0) || owner === calls.pid || !calls.isRunning(owner);
}

/** Makes the lock; returns the number of who has it already. */
async function tryLock(calls: FileCalls, name: string, own: string): Promise<number | undefined> {
  try {
    await fs.writeFile(own, String(calls.pid));
    await fs.link(own, name).catch(async (error: unknown) => {
      if (!NO_LINKS.has(codeOf(error))) throw error;
      await fs.writeFile(name, String(calls.pid), { flag: "wx" });
    });
    return undefined;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    return await ownerOf(name); // awaited here: nobody would hear it fail while `own` is removed
  } finally {
    await fs.rm(own, { force: true });
  }
}

/** The number in a lock; 0 where it has gone meanwhile. One that cannot be read is an error. */
async function ownerOf(name: string): Promise<number> {
  try {
    return Number(await fs.readFile(name, "utf8"));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return 0;
    throw error;
  }
}

/**
 * Moves a dead process's lock away before it is removed: of two that take it over, one moves it,
 * and a fresh lock that was moved by mistake is put back.
 */
async function removeStale(calls: FileCalls, name: string, own: string): Promise<void> {
  try {
    await fs.rename(name, own);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return; // somebody else was faster
    throw error;
  }
  if (!isGone(calls, await ownerOf(own))) await fs.link(own, name).catch(() => undefined);
  await fs.rm(own, { force: true });
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}
