/** The host in a browser or any other place without files: what cannot be done says so. */
import { NablaError } from "../core/errors.ts";
import type { Host, Stream } from "./host.ts";

function noFiles(action: string, path: string): NablaError {
  return new NablaError(
    "unsupported",
    `cannot ${action} ${JSON.stringify(path)}: a web page has no files by path. ` +
      `Pass bytes instead: fetch them, or take them from a file input.`,
  );
}

/** The rest of a line for each stream: a console writes whole lines only. */
const rest: Record<Stream, string> = { stdout: "", stderr: "" };

function write(stream: Stream, text: string): boolean {
  const lines = (rest[stream] + text).split("\n");
  rest[stream] = lines.pop() ?? "";
  for (const line of lines) {
    if (stream === "stdout") console.log(line);
    else console.error(line);
  }
  return true;
}

/** The browser. */
export const host: Host = {
  name: "web",
  args: [],
  runApart: () => Promise.reject(noFiles("read", "a file")),
  readBytes: (path) => Promise.reject(noFiles("read", path)),
  openFile: (path) => Promise.reject(noFiles("read", path)),
  readPieces: (path) => {
    throw noFiles("read", path);
  },
  readText: (path) => Promise.reject(noFiles("read", path)),
  writeFileAtomic: (path) => Promise.reject(noFiles("save", path)),
  writeFilesAtomic: (files) => Promise.reject(noFiles("save", files[0]?.[0] ?? "")),
  savedFile: (folder, name) => Promise.resolve(`${folder}/${name}`),
  finishSave: (folder) => Promise.reject(noFiles("save", folder)),
  append: (path) => Promise.reject(noFiles("save", path)),
  makeFolder: (path) => Promise.reject(noFiles("make folder", path)),
  lock: (path) => Promise.reject(noFiles("lock", path)),
  exists: (path) => Promise.reject(noFiles("look for", path)),
  write,
  isTerminal: () => false,
  columns: () => 80,
  onSignal: () => () => undefined,
  setExitCode: () => undefined,
  exit: () => undefined,
  listFiles: (path) => Promise.reject(noFiles("list", path)),
  servePages: () => Promise.reject(new NablaError("unsupported", "a web page cannot serve pages.")),
  openAddress: () => undefined,
  variable: () => undefined,
  importPackage: (name) =>
    Promise.reject(new NablaError("unsupported", `a web page cannot load ${name} by its name.`)),
  environment: () => ({
    runtime: globalThis.navigator?.userAgent ?? "unknown",
    cpu: "unknown",
    cores: globalThis.navigator?.hardwareConcurrency ?? 1,
    os: "unknown",
    memoryBytes: 0,
  }),
};
