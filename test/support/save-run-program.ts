/**
 * Saves a run folder while the file system fails: at its n-th call the process is killed, or the
 * call fails, or takes half of the bytes first.
 *
 *     node program.mjs FOLDER NEW none|kill|fail n      prints "saved" and the names of the calls
 */
import { promises as fs } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { RUN_FILES, saveRun, takeFolder } from "../../src/cli/run-files.ts";
import type { RunContents } from "../../src/cli/run-files.ts";

type AnyCall = (...args: unknown[]) => Promise<unknown>;
type Calls = Record<string, AnyCall>;

const [folder, source, mode, at] = process.argv.slice(2) as [string, string, string, string];
const log: string[] = [];

/** Counts a call; at the wanted one kills the process, or throws. */
async function step(name: string, before?: () => Promise<unknown>): Promise<void> {
  log.push(name);
  if (mode === "none" || log.length !== Number(at)) return;
  await before?.();
  if (mode === "kill") process.kill(process.pid, "SIGKILL");
  throw Object.assign(new Error(`${name} failed`), { code: "EIO" });
}

function wrap(owner: Calls, name: string): void {
  const call = owner[name]!;
  owner[name] = async function (this: unknown, ...args) {
    await step(name);
    return call.apply(this, args);
  };
}

const files = await Promise.all(RUN_FILES.map((name) => fs.readFile(`${source}/${name}`)));
const contents = Object.fromEntries(RUN_FILES.map((name, i) => [name, files[i]!]));

const probe = await fs.open(process.argv[1]!, "r");
const handle = Object.getPrototypeOf(probe) as Calls;
await probe.close();
wrap(handle, "sync");
const write = handle["write"]!;
handle["write"] = async function (this: unknown, bytes, offset) {
  const whole = bytes as Uint8Array;
  const from = offset as number;
  const left = whole.length - from;
  const length = left > 10_000 ? Math.ceil(left / 2) : left; // short writes are taken further
  await step("write", () => write.call(this, whole, from, Math.ceil(left / 2)));
  return write.call(this, whole, from, length);
};
const open = (fs as unknown as Calls)["open"]!;
(fs as unknown as Calls)["open"] = async (...args) => {
  const file = (await open(...args)) as Calls;
  wrap(file, "close"); // a handle's own property
  return file;
};
for (const name of Object.keys(fs)) {
  if (/^(?:open|link|mkdir|readdir|readFile|realpath|rename|rm|stat|writeFile)$/.test(name)) {
    wrap(fs as unknown as Calls, name);
  }
}
syncBuiltinESMExports();

const release = await takeFolder(folder);
await saveRun(folder, contents as unknown as RunContents);
await release();
process.stdout.write(`saved ${log.join(" ")}\n`);
