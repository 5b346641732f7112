/** The host under Node. */
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { NablaError } from "../core/errors.ts";
import { runApart } from "./apart.ts";
import type { Environment, Host, StopSignal, Stream } from "./host.ts";
import { exitCodeOf } from "./host.ts";
import { openAddress, servePages } from "./http.ts";
import { takeLock } from "./lock.ts";
import { openFile, readPieces } from "./pieces.ts";
import type { FileCalls, OpenFile, Piece, SaveRecord, Target } from "./save.ts";
import { finishSave, parseRecord, RECORD, saveAll } from "./save.ts";

const GIBIBYTE = 1_073_741_824;

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied",
  EPERM: "the operation is not permitted",
  ENOSPC: "no space is left on the device",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
  EEXIST: "there is something of that name already",
  EIO: "the device reported an input/output error",
  EMFILE: "too many files are open",
  EFBIG: "the file is too large for the file system",
};

/** Makes the error that users see from the system's. */
function fileError(action: string, name: string, error: unknown): NablaError {
  if (error instanceof NablaError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  const text = code === undefined ? undefined : CAUSES[code];
  const cause =
    text === undefined ? String((error as Error).message ?? error) : `${text} (${code})`;
  return new NablaError("file", `cannot ${action} ${JSON.stringify(name)}: ${cause}.`, {
    cause: error,
  });
}

const calls: FileCalls = {
  pid: process.pid,
  async create(name, like): Promise<OpenFile> {
    const known = await fs.stat(like).catch(() => undefined);
    const file = await fs.open(name, "wx", (known?.mode ?? 0o666) & 0o777);
    return {
      write: async (bytes, offset) => (await file.write(bytes, offset)).bytesWritten,
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },
  rename: (from, to) => fs.rename(from, to),
  remove: (name) => fs.rm(name),
  list: (folder) => fs.readdir(folder),
  async syncFolder(folder): Promise<void> {
    if (process.platform === "win32") return; // Windows cannot open a folder for this
    const handle = await fs.open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  isRunning(pid): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "EPERM";
    }
  },
};

const lockCalls = { ...calls, machine: machineName(), started: performance.timeOrigin };

/** The machine's name as one word, as locks keep it. */
function machineName(): string {
  return os.hostname().replaceAll(/\s/g, "-");
}

/** The last save under way for each path: saves of one file follow one another. */
const underWay = new Map<string, Promise<void>>();

type NamedFile = readonly [name: string, content: Uint8Array | string];

async function writeFilesAtomic(
  files: readonly NamedFile[],
  superseded: readonly string[] = [],
): Promise<void> {
  const keys = files.map(([name]) => path.resolve(name));
  const before = keys.map((key) => underWay.get(key));
  const now = (async () => {
    await Promise.allSettled(before);
    const names = new Map<Piece, string>();
    const pieces = await Promise.all(files.map((file) => pieceOf(file, names)));
    const blame = (piece: Piece, error: unknown): NablaError =>
      fileError("save", names.get(piece)!, error);
    const home = (await targetOf(path.join(path.dirname(files[0]![0]), RECORD))).folder;
    await saveAll(calls, pieces, blame, await Promise.all(superseded.map(targetOf)), home);
  })();
  for (const key of keys) underWay.set(key, now);
  try {
    await now;
  } finally {
    for (const key of keys) if (underWay.get(key) === now) underWay.delete(key);
  }
}

/** Finds out where a file really is: a link stays a link, what it points to is replaced. */
async function targetOf(name: string): Promise<Target> {
  const missing = async (): Promise<string> => {
    const folder = await fs.realpath(path.dirname(name)).catch(() => path.resolve(name, ".."));
    return path.join(folder, path.basename(name));
  };
  const real = await fs.realpath(name).catch(missing);
  return { folder: path.dirname(real), name: path.basename(real), join: path.join };
}

async function pieceOf([name, content]: NamedFile, names: Map<Piece, string>): Promise<Piece> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const piece = { target: await targetOf(name), bytes };
  names.set(piece, name);
  return piece;
}

/** Reads the record of a save that may have been cut off; undefined where there is none. */
async function recordOf(folder: string): Promise<SaveRecord | undefined> {
  try {
    return parseRecord(await fs.readFile(path.join(folder, RECORD), "utf8"));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw fileError("read", path.join(folder, RECORD), error);
  }
}

/** Where a file lies, that a save may have left under another name. */
async function savedFile(folder: string, name: string): Promise<string> {
  const own = `${folder}/${name}`;
  const record = await recordOf(folder);
  if (record === undefined) return own;
  const { folder: home, name: base } = await targetOf(own);
  const isIt = (to: string): boolean => to === base || to === path.join(home, base);
  const from = record.moves.find(([, to]) => isIt(to))?.[0];
  if (from === undefined) return own;
  const there = path.resolve(folder, from);
  return (await fs.stat(there).catch(() => undefined)) === undefined ? own : there;
}

async function readBytes(name: string, limitBytes: number = GIBIBYTE): Promise<Uint8Array> {
  try {
    const file = await fs.open(name, "r");
    try {
      const { size } = await file.stat();
      if (size > limitBytes) throw tooLarge(name, limitBytes);
      return await readAll(file, name, size, limitBytes);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError("read", name, error);
  }
}

/** Reads to the end, however long a pipe or a growing file turns out to be, up to the limit. */
async function readAll(
  file: fs.FileHandle,
  name: string,
  size: number,
  limitBytes: number,
): Promise<Uint8Array> {
  let bytes = new Uint8Array(Math.min(size, limitBytes) + 1);
  let length = 0;
  for (;;) {
    if (length > limitBytes) throw tooLarge(name, limitBytes);
    if (length === bytes.length) {
      const grown = new Uint8Array(Math.min(2 * length + 65536, limitBytes + 1));
      grown.set(bytes);
      bytes = grown;
    }
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
    if (bytesRead === 0) return bytes.slice(0, length);
    length += bytesRead;
  }
}

function tooLarge(name: string, limitBytes: number): NablaError {
  const text = `cannot read ${JSON.stringify(name)}: it is larger than ${limitBytes} bytes.`;
  return new NablaError("file", text);
}

async function readText(name: string, limitBytes?: number): Promise<string> {
  const bytes = await readBytes(name, limitBytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    const text = `cannot read ${JSON.stringify(name)}: it is not UTF-8 text.`;
    throw new NablaError("file", text, { cause: error });
  }
}

const watched = new Set<Stream>();
const closed = new Set<Stream>();

/** Writes; a reader that went away closes the stream quietly instead of ending the process. */
function write(stream: Stream, text: string): boolean {
  if (!watched.has(stream)) {
    watched.add(stream);
    process[stream].on("error", () => closed.add(stream));
  }
  if (closed.has(stream)) return false;
  process[stream].write(text);
  return !closed.has(stream);
}

function onSignal(handler: (signal: StopSignal) => void): () => void {
  let count = 0;
  const listener = (signal: NodeJS.Signals): void => {
    if (++count > 1) process.exit(exitCodeOf(signal as StopSignal));
    handler(signal as StopSignal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, listener);
  return () => signals.forEach((signal) => process.off(signal, listener));
}

function exit(code: number): void {
  process.exitCode = code;
  // The empty write's callback comes after everything written before it, or after its failure.
  if (process.stdout.writableLength === 0 || closed.has("stdout")) process.exit(code);
  process.stdout.write("", () => process.exit(code));
}

function environment(): Environment {
  const cpus = os.cpus();
  return {
    runtime: `node ${process.versions.node}`,
    cpu: cpus[0]?.model.trim() ?? "unknown",
    cores: os.availableParallelism(),
    os: `${os.platform()} ${os.release()} ${os.arch()}`,
    memoryBytes: os.totalmem(),
  };
}

/** Makes a folder and those above it. Node's own recursive form never returns for `/proc/x`. */
async function makeFolders(name: string): Promise<void> {
  const isFolder = async (): Promise<boolean> =>
    (await fs.stat(name).catch(() => undefined))?.isDirectory() === true;
  if (await isFolder()) return;
  if (path.dirname(name) !== name) await makeFolders(path.dirname(name));
  await fs.mkdir(name).catch(async (error: unknown) => {
    if (!(await isFolder())) throw error; // somebody else made it meanwhile
  });
}

async function importPackage(name: string, part: string): Promise<unknown> {
  try {
    return (await import(part === "" ? name : `${name}/${part}`)) as unknown;
  } catch (error) {
    const why = String((error as Error).message).split("\n")[0];
    const text = `the package ${name} cannot be loaded here: npm install ${name}. (${why})`;
    throw new NablaError("unsupported", text, { cause: error });
  }
}

/** The machine that Node runs on. */
export const host: Host = {
  name: "node",
  args: process.argv.slice(2),
  readBytes,
  runApart,
  openFile: (name) => openFile(name, (error) => fileError("read", name, error)),
  readPieces: (name) => readPieces(name, (error) => fileError("read", name, error)),
  readText,
  writeFileAtomic: (name, content) => writeFilesAtomic([[name, content]]),
  writeFilesAtomic,
  savedFile,
  async finishSave(folder): Promise<void> {
    const record = await recordOf(folder);
    const real = path.resolve(folder);
    try {
      if (record !== undefined) await finishSave(calls, record, (at) => path.resolve(real, at));
    } catch (error) {
      throw fileError("save", path.join(folder, RECORD), error);
    }
  },
  async append(name, text): Promise<void> {
    try {
      await fs.appendFile(name, text);
    } catch (error) {
      throw fileError("save", name, error);
    }
  },
  async makeFolder(name): Promise<void> {
    try {
      await makeFolders(path.resolve(name));
    } catch (error) {
      throw fileError("make folder", name, error);
    }
  },
  async lock(name): Promise<() => Promise<void>> {
    try {
      return await takeLock(lockCalls, name);
    } catch (error) {
      throw fileError("lock", name, error);
    }
  },
  async exists(name): Promise<boolean> {
    try {
      await fs.stat(name);
      return true;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ENOENT" || code === "ENOTDIR") return false;
      throw fileError("look for", name, error);
    }
  },
  write,
  isTerminal: (stream) => process[stream].isTTY === true,
  columns: () => process.stdout.columns || 80,
  onSignal,
  setExitCode(code): void {
    process.exitCode = code;
  },
  exit,
  async listFiles(folder): Promise<string[]> {
    try {
      const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)))
        .map((name) => name.split(path.sep).join("/"));
    } catch (error) {
      throw fileError("list", folder, error);
    }
  },
  servePages,
  openAddress,
  variable: (name) => process.env[name],
  importPackage,
  environment,
};
