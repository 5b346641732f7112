/**
 * Saving a file so that a crash at any moment leaves the old content or the new, never neither:
 *
 *     write .name.pid.tmp → fsync it → close it → rename over name → fsync the folder
 *
 * Several files are all written before the first is renamed: a full disk leaves all old ones.
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

/** A file to be saved: where, and what. */
export interface Piece {
  readonly target: Target;
  readonly bytes: Uint8Array;
}

/** Says of which file an error of the system is. */
export type Blame = (piece: Piece, error: unknown) => unknown;

/**
 * Saves files together; rejects with the system's error, and as long as none has taken its place,
 * all old files stay as they were. Where a crash falls between two of them taking their places, the
 * files that come first are new, the others old: the last one tells that all are. What the new
 * files supersede is removed before the last takes its place.
 */
export async function saveAll(
  calls: FileCalls,
  pieces: readonly Piece[],
  blame: Blame = (_, error) => error,
  superseded: readonly string[] = [],
): Promise<void> {
  const paths = pieces.map(({ target }) => target.join(target.folder, target.name));
  const temporary = pieces.map(({ target }) =>
    target.join(target.folder, temporaryName(target.name, calls.pid)),
  );
  let [at, made] = [0, 0];
  try {
    for (at = 0; at < pieces.length; at++) {
      await removeLeftovers(calls, pieces[at]!.target);
      const file = await calls.create(temporary[at]!, paths[at]!);
      made = at + 1;
      await writeDurably(file, pieces[at]!.bytes);
    }
    for (at = 0; at < pieces.length; at++) {
      if (at === pieces.length - 1) await removeSuperseded(calls, superseded);
      await calls.rename(temporary[at]!, paths[at]!);
    }
    at = pieces.length - 1;
    for (const folder of new Set(pieces.map(({ target }) => target.folder))) {
      await calls.syncFolder(folder);
    }
  } catch (error) {
    // The first error is the one to report; what was renamed is not there any more.
    for (const path of temporary.slice(0, made)) await calls.remove(path).catch(() => undefined);
    throw blame(pieces[at]!, error);
  }
}

async function removeSuperseded(calls: FileCalls, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await calls.remove(path).catch((error: unknown) => {
      if ((error as { code?: string }).code !== "ENOENT") throw error; // else it has gone already
    });
  }
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
export async function removeLeftovers(calls: FileCalls, target: Target): Promise<void> {
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
