/**
 * Saving a file so that a crash at any moment leaves the old content or the new, never neither:
 *
 *     write .name.pid.tmp → fsync it → close it → rename over name → fsync the folder
 *
 * Several files are all written before the first is renamed: a full disk leaves all old ones. Then
 * one rename decides: that of a record which names the new files by where they lie. From then on
 * they are the ones that count, under whichever name; whoever comes next finishes what was cut off.
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

/** The name of the record of files that were saved together and may not be in their places yet. */
export const RECORD = ".saved";

/**
 * Files that were saved together: where each lies and belongs, and what they supersede. Those of
 * the record's own folder by their names, so that it may be moved; others by their paths.
 */
export interface SaveRecord {
  readonly moves: readonly (readonly [from: string, to: string])[];
  readonly superseded: readonly string[];
}

/**
 * Saves files together; rejects with the system's error, and as long as the record of them is not
 * in its place, all old files stay as they were; afterwards all new ones count. The record lies in
 * the folder `home`.
 */
export async function saveAll(
  calls: FileCalls,
  pieces: readonly Piece[],
  blame: Blame = (_, error) => error,
  superseded: readonly Target[] = [],
  home = pieces[0]?.target.folder ?? "",
): Promise<void> {
  const paths = pieces.map(({ target }) => target.join(target.folder, target.name));
  const temporary = pieces.map(({ target }) =>
    target.join(target.folder, temporaryName(target.name, calls.pid)),
  );
  const together = pieces.length > 1;
  let [at, made, decided] = [0, 0, false];
  try {
    for (at = 0; at < pieces.length; at++) {
      await removeLeftovers(calls, pieces[at]!.target);
      const file = await calls.create(temporary[at]!, paths[at]!);
      made = at + 1;
      await writeDurably(file, pieces[at]!.bytes);
    }
    at = 0;
    if (together) {
      await saveRecord(calls, home, pieces, superseded);
      decided = true;
    }
    for (at = 0; at < pieces.length; at++) await calls.rename(temporary[at]!, paths[at]!);
    at = pieces.length - 1;
    await removeAll(
      calls,
      superseded.map(({ folder, name, join }) => join(folder, name)),
    );
    for (const folder of new Set(pieces.map(({ target }) => target.folder))) {
      await calls.syncFolder(folder);
    }
    if (together) await calls.remove(pieces[0]!.target.join(home, RECORD));
  } catch (error) {
    // The first error is the one to report; what was renamed is not there any more.
    const left = decided ? [] : temporary.slice(0, made);
    for (const path of left) await calls.remove(path).catch(() => undefined);
    throw blame(pieces[at]!, error);
  }
}

/** Puts the record of a save into its folder: the moment from which the new files count. */
async function saveRecord(
  calls: FileCalls,
  folder: string,
  pieces: readonly Piece[],
  superseded: readonly Target[],
): Promise<void> {
  const { join } = pieces[0]!.target;
  const placeOf = (target: Target, name: string): string =>
    target.folder === folder ? name : target.join(target.folder, name);
  const moves = pieces.map(({ target }) => {
    const from = temporaryName(target.name, calls.pid);
    return [placeOf(target, from), placeOf(target, target.name)] as const;
  });
  const record = { moves, superseded: superseded.map((one) => placeOf(one, one.name)) };
  const bytes = new TextEncoder().encode(JSON.stringify(record satisfies SaveRecord));
  await saveAll(calls, [{ target: { folder, name: RECORD, join }, bytes }]);
}

/**
 * Brings the files of a record to their places, as the save would have done that was cut off;
 * `placeOf` finds what it names.
 */
export async function finishSave(
  calls: FileCalls,
  { moves, superseded }: SaveRecord,
  placeOf: (name: string) => string,
): Promise<void> {
  for (const [from, to] of moves) {
    await calls.rename(placeOf(from), placeOf(to)).catch((error: unknown) => {
      if ((error as { code?: string }).code !== "ENOENT") throw error; // it is there already
    });
  }
  await removeAll(calls, superseded.map(placeOf));
  await calls.syncFolder(placeOf("."));
  await calls.remove(placeOf(RECORD));
}

/** Reads a record; undefined where the text is none. */
export function parseRecord(text: string): SaveRecord | undefined {
  try {
    const { moves, superseded } = JSON.parse(text) as Partial<SaveRecord>;
    const isPath = (path: unknown): boolean => typeof path === "string";
    const isMove = (move: unknown): boolean =>
      Array.isArray(move) && move.length === 2 && move.every(isPath);
    const valid = moves?.every(isMove) === true && superseded?.every(isPath) === true;
    return valid ? { moves, superseded } : undefined;
  } catch {
    return undefined; // what is no JSON is no record
  }
}

async function removeAll(calls: FileCalls, paths: readonly string[]): Promise<void> {
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
