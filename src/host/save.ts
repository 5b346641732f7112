/**
 * Saving a file so that a crash at any moment leaves the old content or the new, never neither:
 *
 *     write .name.pid.tmp → fsync it → close it → rename over name → fsync the folder
 *
 * The file system comes as an argument, so that tests can make each call fail.
 */

/** An open file. */
export interface OpenFile {
  /** Writes from `offset` on; returns how many bytes were taken, possibly fewer than asked. */
  write(bytes: Uint8Array, offset: number): Promise<number>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The calls that saving needs. */
export interface FileCalls {
  /** Creates a file that must not exist yet, with the permissions of `like` where that exists. */
  create(path: string, like: string): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Lists the names in a folder. */
  list(folder: string): Promise<readonly string[]>;
  /** Hands a folder's entries to the disk, where the system can. */
  syncFolder(folder: string): Promise<void>;
  /** Returns whether a process with this number is running. */
  isRunning(pid: number): boolean;
  readonly pid: number;
}

/** Where a file is to be saved, in parts. */
export interface Target {
  readonly folder: string;
  readonly name: string;
  /** Puts a name into the folder. */
  readonly join: (folder: string, name: string) => string;
}

/** Saves `bytes` at `target`; rejects with the system's error and leaves the old file as it was. */
export async function save(calls: FileCalls, target: Target, bytes: Uint8Array): Promise<void> {
  const path = target.join(target.folder, target.name);
  const temporary = target.join(target.folder, temporaryName(target.name, calls.pid));
  await removeLeftovers(calls, target);
  try {
    await writeDurably(await calls.create(temporary, path), bytes);
    await calls.rename(temporary, path);
  } catch (error) {
    await calls.remove(temporary).catch(() => undefined); // the first error is the one to report
    throw error;
  }
  await calls.syncFolder(target.folder);
}

/** Names the temporary file of a process. */
export function temporaryName(name: string, pid: number): string {
  return `.${name}.${pid}.tmp`;
}

async function writeDurably(file: OpenFile, bytes: Uint8Array): Promise<void> {
  try {
    for (let offset = 0; offset < bytes.length;) {
      const taken = await file.write(bytes, offset);
      if (taken <= 0) throw new Error("the system took none of the bytes");
      offset += taken;
    }
    await file.sync();
  } catch (error) {
    await file.close().catch(() => undefined); // the first error is the one to report
    throw error;
  }
  await file.close(); // a close that fails is a save that failed
}

/** Removes what killed saves of this file left behind; those still running keep theirs. */
async function removeLeftovers(calls: FileCalls, target: Target): Promise<void> {
  const [before, after] = [`.${target.name}.`, ".tmp"];
  for (const name of await calls.list(target.folder)) {
    if (!name.startsWith(before) || !name.endsWith(after)) continue;
    const middle = name.slice(before.length, name.length - after.length);
    if (!/^\d+$/.test(middle)) continue;
    const pid = Number(middle);
    if (pid !== calls.pid && calls.isRunning(pid)) continue;
    await calls.remove(target.join(target.folder, name)).catch(() => undefined);
  }
}
