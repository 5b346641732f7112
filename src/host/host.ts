/**
 * What Nabla asks of the machine it runs on. `#host` resolves to node.ts or to web.ts, each of
 * which exports one `host`; no other file names process, fs, navigator, Worker or document.
 */

/** The signals that ask a program to stop. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** Where text goes. */
export type Stream = "stdout" | "stderr";

/** What a measurement must say about the machine it was taken on. */
export interface Environment {
  /** `node 20.20.2`, or the browser's user agent. */
  readonly runtime: string;
  readonly cpu: string;
  readonly cores: number;
  readonly os: string;
  /** Installed memory in bytes; 0 where the host does not say. */
  readonly memoryBytes: number;
}

/** A request to a server of pages; its body is not read. */
export interface PageRequest {
  readonly method: string;
  /** As it was sent: not decoded, nothing resolved. */
  readonly url: string;
  /** Names in lower case; what was sent twice is there twice. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** What a server of pages answers. */
export interface PageReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** A server that runs. */
export interface PageServer {
  readonly port: number;
  close(): Promise<void>;
}

/** A file that is open for reading. */
export interface OpenedFile {
  /** Its length in bytes when it was opened. */
  readonly size: number;
  /** Fills an array with what the file has from a place on. */
  read(into: Uint8Array, at: number): Promise<void>;
  close(): Promise<void>;
}

/** The machine. File operations throw errors of code "file" that name the path and the cause. */
export interface Host {
  readonly name: "node" | "web";
  /** The command-line arguments, without the program's own name. */
  readonly args: readonly string[];
  /** Reads a whole file; one larger than `limitBytes` (default 1 GiB) is refused. */
  readBytes(path: string, limitBytes?: number): Promise<Uint8Array>;
  /** Opens a file of any length, to read parts of it. */
  openFile(path: string): Promise<OpenedFile>;
  /** Reads a file of any length, or standard input (`-`), in pieces of a few megabytes. */
  readPieces(path: string): AsyncIterable<Uint8Array>;
  /** Runs the text of a program in a thread of its own; one that takes longer is ended. */
  runApart(program: string, data: unknown, limitMs: number): Promise<unknown>;
  /** Reads a whole file of UTF-8 text; other bytes are refused, a byte order mark is dropped. */
  readText(path: string, limitBytes?: number): Promise<string>;
  /**
   * Replaces a file's content: after a crash at any moment, the file has its old content or its new
   * one. Resolves when the disk has it.
   */
  writeFileAtomic(path: string, content: Uint8Array | string): Promise<void>;
  /**
   * Replaces several files of a folder together: after a crash at any moment all have their old
   * contents or all their new ones, for who finds them by `savedFile`. Files that the new ones
   * supersede are removed, if they are there.
   */
  writeFilesAtomic(
    files: readonly (readonly [path: string, content: Uint8Array | string])[],
    superseded?: readonly string[],
  ): Promise<void>;
  /**
   * Returns where a file of a folder lies: a save of several that was cut off after it had been
   * decided leaves some under other names.
   */
  savedFile(folder: string, name: string): Promise<string>;
  /** Finishes such a save; for who has the folder for himself. */
  finishSave(folder: string): Promise<void>;
  /** Adds text to the end of a file, which is made where there is none. */
  append(path: string, text: string | Uint8Array): Promise<void>;
  /** Makes a folder and those above it; one that is there already is fine. */
  makeFolder(path: string): Promise<void>;
  /**
   * Takes a lock file, for this process alone; one left by a process that is gone is taken over.
   * Throws where somebody holds it, this process too. Returns what gives it back.
   */
  lock(path: string): Promise<() => Promise<void>>;
  /** Returns whether there is a file or folder at `path`. */
  exists(path: string): Promise<boolean>;
  /** Writes text as it stands; returns false once nobody reads the stream any more (`| head`). */
  write(stream: Stream, text: string): boolean;
  /** Returns whether a person's terminal is at the other end. */
  isTerminal(stream: Stream): boolean;
  /** Returns the width of the terminal in columns, 80 where there is none. */
  columns(): number;
  /**
   * Calls `handler` at the first SIGINT, SIGTERM or SIGHUP, instead of ending at once; a second
   * signal ends the process with 130, 143 or 129. Returns what undoes it.
   */
  onSignal(handler: (signal: StopSignal) => void): () => void;
  /** Sets the exit code with which the program will end by itself. */
  setExitCode(code: number): void;
  /** Ends the program when the output so far has been handed over. */
  exit(code: number): void;
  /** Returns an environment variable, or undefined. */
  variable(name: string): string | undefined;
  /** Lists the files below a folder as `sub/name`, links not followed. */
  listFiles(folder: string): Promise<string[]>;
  /** Serves pages to this machine alone (127.0.0.1); port 0 takes any that is free. */
  servePages(
    port: number,
    answer: (request: PageRequest) => Promise<PageReply>,
  ): Promise<PageServer>;
  /** Asks the system to show an address in the browser; does nothing where it cannot. */
  openAddress(url: string): void;
  /**
   * Loads a package that is optional, or a part of it; throws, and says how to get it, where it is
   * not installed.
   */
  importPackage(name: string, part: string): Promise<unknown>;
  /** Describes the machine. */
  environment(): Environment;
}

/** The exit code that tells a shell which signal stopped a program. */
export function exitCodeOf(signal: StopSignal): number {
  return { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal];
}
