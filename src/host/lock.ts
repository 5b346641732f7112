/**
 * Lock files: a lock holds its owner's process number, a token of its own and the machine from the
 * moment it is there (it is made under another name and linked), so one that a killed process left
 * can be told from one in use, and nobody gives back a lock that is not his.
 */
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { NablaError } from "../core/errors.ts";
import type { FileCalls } from "./save.ts";

/** What a lock must know of the process beside its calls of the file system. */
export interface LockCalls extends Pick<FileCalls, "list" | "isRunning" | "pid"> {
  /** The machine's name: numbers of processes on another one say nothing here. */
  readonly machine: string;
  /** When this process began, in milliseconds since 1970. */
  readonly started: number;
}

/** Who has a lock, as the file says; older versions wrote the number alone. */
interface Owner {
  readonly pid: number;
  readonly token: string;
  readonly machine: string;
  /** When the lock was written, in milliseconds since 1970. */
  readonly time: number;
}

/** File systems without hard links answer with one of these. */
const NO_LINKS = new Set(["EPERM", "ENOSYS", "EOPNOTSUPP", "ENOTSUP", "EMLINK"]);

/** The tokens of locks that this process has, or is about to have. */
const held = new Set<string>();

/** Takes the lock at `name`; returns what gives it back. Throws where somebody has it. */
export async function takeLock(calls: LockCalls, name: string): Promise<() => Promise<void>> {
  const token = crypto.randomUUID();
  const [folder, base] = [path.dirname(name), path.basename(name)];
  const own = path.join(folder, `.${base}.${calls.pid}.${token}.tmp`);
  await removeLeftovers(calls, folder, base);
  held.add(token);
  try {
    const text = `${calls.pid} ${token} ${calls.machine}`;
    let owner = await tryLock(name, own, text);
    if (owner !== undefined && isGone(calls, owner)) {
      await removeStale(calls, name, own);
      owner = await tryLock(name, own, text);
    }
    if (owner !== undefined) throw inUse(calls, name, owner);
  } catch (error) {
    held.delete(token);
    throw error;
  }
  return () => giveBack(name, token);
}

/** Removes the lock, if it is still the one that was taken. */
async function giveBack(name: string, token: string): Promise<void> {
  if ((await ownerOf(name)).token === token) await fs.rm(name, { force: true });
  held.delete(token);
}

function inUse(calls: LockCalls, name: string, owner: Owner): NablaError {
  const folder = JSON.stringify(path.dirname(name));
  if (held.has(owner.token)) {
    return new NablaError("file", `${folder} is in use by this process already.`);
  }
  const where = isHere(calls, owner) ? "" : ` on ${JSON.stringify(owner.machine)}`;
  // Where a process was killed, its number may belong to another program by now.
  const cure = `If that is no nabla any more, delete ${JSON.stringify(name)}.`;
  return new NablaError(
    "file",
    `${folder} is in use by another process (${owner.pid})${where}. ${cure}`,
  );
}

function isHere(calls: LockCalls, { machine }: Owner): boolean {
  return machine === "" || machine === calls.machine;
}

/** Whether a lock's owner is no more; what cannot be known counts as in use. */
function isGone(calls: LockCalls, owner: Owner): boolean {
  if (!(owner.pid > 0)) return true; // it was cut off while it was made
  if (!isHere(calls, owner)) return false;
  if (owner.pid !== calls.pid) return !calls.isRunning(owner.pid);
  // Our own number: ours, or of another thread; or a process had it before us.
  return !held.has(owner.token) && owner.time < calls.started;
}

/** Makes the lock; returns who has it already. */
async function tryLock(name: string, own: string, text: string): Promise<Owner | undefined> {
  try {
    await fs.writeFile(own, text);
    await fs.link(own, name).catch(async (error: unknown) => {
      if (!NO_LINKS.has(codeOf(error))) throw error;
      await fs.writeFile(name, text, { flag: "wx" });
    });
    return undefined;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    return await ownerOf(name); // awaited here: nobody would hear it fail while `own` is removed
  } finally {
    await fs.rm(own, { force: true });
  }
}

/** Who has a lock; number 0 where it has gone meanwhile. One that cannot be read is an error. */
async function ownerOf(name: string): Promise<Owner> {
  try {
    const [pid = "", token = "", machine = ""] = (await fs.readFile(name, "utf8")).split(" ");
    return { pid: Number(pid), token, machine, time: (await fs.stat(name)).mtimeMs };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { pid: 0, token: "", machine: "", time: 0 };
    throw error;
  }
}

/**
 * Moves a dead process's lock away before it is removed: of two that take it over, one moves it,
 * and a fresh lock that was moved by mistake is put back.
 */
async function removeStale(calls: LockCalls, name: string, own: string): Promise<void> {
  try {
    await fs.rename(name, own);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return; // somebody else was faster
    throw error;
  }
  if (!isGone(calls, await ownerOf(own))) await fs.link(own, name).catch(() => undefined);
  await fs.rm(own, { force: true });
}

/** Removes what was left where a process was killed while it took the lock. */
async function removeLeftovers(calls: LockCalls, folder: string, base: string): Promise<void> {
  const [before, after] = [`.${base}.`, ".tmp"];
  for (const name of await calls.list(folder)) {
    if (!name.startsWith(before) || !name.endsWith(after)) continue;
    const [, pid, token = ""] =
      /^(\d+)(?:\.([\w-]+))?$/.exec(name.slice(before.length, -after.length)) ?? [];
    if (pid === undefined) continue;
    const file = path.join(folder, name);
    const time = (await fs.stat(file).catch(() => undefined))?.mtimeMs ?? Infinity;
    const { machine } = await ownerOf(file).catch(() => ({ machine: "" }));
    if (!isGone(calls, { pid: Number(pid), token, machine, time })) continue;
    await fs.rm(file, { force: true }).catch(() => undefined);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}
