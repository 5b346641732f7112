/**
 * C made callable under Node: the system's compiler, a cache of what it made, and the package
 * koffi. Each function of C is kept as `<cache>/nabla/native/<tools>/<text>.so`, where the names
 * are hashes of compiler, flags and processor, and of the function's text. A file takes its name
 * when it is complete, and functions compiled together are one file with several names.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as os from "node:os";
import * as path from "node:path";
import { NablaError } from "../core/errors.ts";

const FLAGS = [
  ...["-std=gnu11", "-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"],
  ...["-fwrapv", "-fno-strict-aliasing", "-fPIC", "-shared", "-pthread", "-w"],
];

/** Files that a killed compiler left behind are removed after an hour. */
const STALE_MS = 3_600_000;

/** What of koffi is used. */
interface Koffi {
  load(path: string): KoffiLibrary;
  view(address: bigint, bytes: number): ArrayBuffer;
}

interface KoffiLibrary {
  func(name: string, result: string, args: readonly string[]): (...args: number[]) => unknown;
  symbol(name: string): bigint;
}

/** A compiler that answers, and the flags for this processor. */
interface Compiler {
  readonly command: string;
  readonly version: string;
  readonly flags: readonly string[];
}

/** How many threads can run at once. */
export function threadsHere(): number {
  return os.availableParallelism();
}

/** Returns what turns C into functions; throws a device error that says what is missing. */
export function openNative(prelude: string): CompiledC {
  return new CompiledC(loadKoffi(), findCompiler(), prelude);
}

function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)("koffi") as Koffi;
  } catch (error) {
    throw new NablaError(
      "device",
      `the device "native" calls compiled code through the package koffi, which cannot be loaded ` +
        `here: npm install koffi. (${String((error as Error).message).split("\n")[0]})`,
      { cause: error },
    );
  }
}

function findCompiler(): Compiler {
  if (process.platform === "win32") {
    throw new NablaError(
      "device",
      `the device "native" runs on Linux and macOS alone; use "wasm".`,
    );
  }
  const named = process.env["CC"];
  const commands = named ? [named] : ["cc", "gcc", "clang"];
  for (const command of commands) {
    const { status, stdout } = spawnSync(command, ["--version"], { encoding: "utf8" });
    if (status !== 0) continue;
    const wide = ["-march=native", "-mprefer-vector-width=512"]; // where there are such vectors
    const tune = process.arch === "x64" ? wide : ["-mcpu=native"];
    return { command, version: stdout.split("\n")[0]!, flags: [...tune, ...FLAGS] };
  }
  throw new NablaError(
    "device",
    `the device "native" needs a C compiler, and ${commands.join(", ")} cannot be run here: ` +
      `apt-get install gcc, xcode-select --install, or name one in $CC.`,
  );
}

/** Functions of C by their text, compiled or found in the cache. */
export class CompiledC {
  readonly #koffi: Koffi;
  readonly #compiler: Compiler;
  readonly #prelude: string;
  readonly #folder: string;
  /** Kept, for what is called must not be unloaded. */
  readonly #libraries = new Map<string, KoffiLibrary>();

  constructor(koffi: Koffi, compiler: Compiler, prelude: string) {
    this.#koffi = koffi;
    this.#compiler = compiler;
    this.#prelude = prelude;
    const { command, version, flags } = compiler;
    this.#folder = openCache(hash([command, version, ...flags, processor(), prelude].join("\n")));
  }

  /** What the compiler says of itself. */
  get version(): string {
    return this.#compiler.version;
  }

  /** Returns the addresses of functions; each text defines one that is called NAME. */
  addresses(texts: readonly string[]): bigint[] {
    const names = texts.map(hash);
    const missing = new Map<string, string>();
    names.forEach((name, i) => {
      if (!this.#find(name)) missing.set(name, texts[i]!);
    });
    if (missing.size > 0) this.#compile(missing);
    return names.map((name) => this.#libraries.get(name)!.symbol(symbolOf(name)));
  }

  /** Returns a function that JavaScript can call. */
  callable(text: string, result: string, args: readonly string[]): (...args: number[]) => number {
    this.addresses([text]);
    const name = hash(text);
    const call = this.#libraries.get(name)!.func(symbolOf(name), result, args);
    return call as (...args: number[]) => number;
  }

  /** Returns the bytes at an address. */
  view(address: number, bytes: number): ArrayBuffer {
    return this.#koffi.view(BigInt(address), bytes);
  }

  #pathOf(name: string): string {
    return path.join(this.#folder, `${name}.so`);
  }

  /** Loads a function that was compiled before; a damaged file counts as none. */
  #find(name: string): boolean {
    if (this.#libraries.has(name)) return true;
    const file = this.#pathOf(name);
    if (!fs.existsSync(file)) return false;
    try {
      this.#libraries.set(name, this.#load(name, file));
      return true;
    } catch {
      fs.rmSync(file, { force: true });
      return false;
    }
  }

  #load(name: string, file: string): KoffiLibrary {
    const library = this.#koffi.load(file);
    library.symbol(symbolOf(name)); // throws where the file has another function
    return library;
  }

  #compile(texts: ReadonlyMap<string, string>): void {
    const folder = fs.mkdtempSync(path.join(this.#folder, ".new-"));
    try {
      const [source, made] = [path.join(folder, "k.c"), path.join(folder, "k.so")];
      const functions = [...texts].map(([name, text]) => text.replaceAll("NAME", symbolOf(name)));
      fs.writeFileSync(source, [this.#prelude, ...functions].join("\n"));
      this.#run([...this.#compiler.flags, "-o", made, source, "-lm"]);
      for (const name of texts.keys()) {
        fs.renameSync(copyOf(made, name), this.#pathOf(name));
        this.#libraries.set(name, this.#load(name, this.#pathOf(name)));
      }
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Runs the compiler, once more where a signal stopped it that was meant for this process. */
  #run(args: readonly string[]): void {
    const { command } = this.#compiler;
    const options = { encoding: "utf8" } as const;
    let done = spawnSync(command, args, options);
    if (done.signal !== null) done = spawnSync(command, args, options);
    if (done.status === 0) return;
    const cause = done.stderr?.trim().split("\n").slice(0, 3).join("; ") || String(done.error);
    throw new NablaError("device", `native: ${command} failed: ${cause}`);
  }
}

/** Gives a file a second name beside it: the same file where the system can, else a copy. */
function copyOf(file: string, name: string): string {
  const copy = path.join(path.dirname(file), name);
  try {
    fs.linkSync(file, copy);
  } catch {
    fs.copyFileSync(file, copy);
  }
  return copy;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

function symbolOf(name: string): string {
  return `k_${name}`;
}

/** What code for this processor may use. */
function processor(): string {
  const text = [process.arch, os.cpus()[0]?.model ?? ""];
  try {
    const lines = fs.readFileSync("/proc/cpuinfo", "utf8").split("\n");
    text.push(lines.find((line) => /^(flags|Features)\s*:/.test(line)) ?? "");
  } catch {
    // not Linux: the model says it
  }
  return text.join(" ");
}

/** Opens the folder for these tools in the user's cache; one for this process where it cannot. */
function openCache(tools: string): string {
  const home =
    process.platform === "darwin"
      ? path.join(os.homedir(), "Library", "Caches")
      : (process.env["XDG_CACHE_HOME"] ?? path.join(os.homedir(), ".cache"));
  const folder = path.join(home, "nabla", "native", tools);
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.accessSync(folder, fs.constants.W_OK);
    removeStale(folder);
    return folder;
  } catch {
    const own = fs.mkdtempSync(path.join(os.tmpdir(), "nabla-native-"));
    process.on("exit", () => fs.rmSync(own, { recursive: true, force: true }));
    return own;
  }
}

function removeStale(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    if (!name.startsWith(".new-")) continue;
    const file = path.join(folder, name);
    const age = Date.now() - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > STALE_MS) fs.rmSync(file, { recursive: true, force: true });
  }
}
