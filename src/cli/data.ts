/** Runs `nabla data`: lists data sets, and downloads one into the data folder. */
import { host } from "#host";
import { showText } from "../core/format.ts";
import type { DataSetName, PublishedFile } from "../data/catalogue.ts";
import { CATALOGUE } from "../data/catalogue.ts";
import type { StoredFile } from "../data/store.ts";
import { dataFolder, findFile, getFile } from "../data/store.ts";
import { EXIT, ExitError } from "./exit.ts";
import { commandName } from "./name.ts";
import { alignRows, byteSize, quote } from "./words.ts";

/** The options of `nabla data`. */
export interface DataFlags {
  readonly json?: boolean;
}

const NAMES = Object.keys(CATALOGUE) as DataSetName[];

/** Lists the data sets, or gets one. */
export async function data(
  action: "list" | "get",
  name: string | undefined,
  flags: DataFlags,
): Promise<void> {
  if (action === "list") {
    if (name !== undefined) throw new ExitError(EXIT.usage, `nabla data list takes no name.`);
    return list(flags);
  }
  if (name === undefined) {
    throw new ExitError(EXIT.usage, `nabla data get needs a name: ${NAMES.join(", ")}.`);
  }
  await get(name as DataSetName, flags);
}

async function list({ json }: DataFlags): Promise<void> {
  const sets = await Promise.all(
    NAMES.map(async (name) => {
      const { what, license, files } = CATALOGUE[name];
      const found = await Promise.all(files.map((file) => stateOf(name, file)));
      const state = found.includes("damaged")
        ? "damaged"
        : found.every((each) => each === "here")
          ? "here"
          : "";
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      return { name, bytes, state, what, license };
    }),
  );
  if (json) {
    print(JSON.stringify({ folder: dataFolder(), sets }, null, 2));
    return;
  }
  const rows = sets.map(({ name, bytes, state }) => [name, byteSize(bytes), state]);
  alignRows(rows).forEach((row, k) => {
    const width = Math.max(...alignRows(rows).map((each) => each.length));
    print(`${row.padEnd(width)}  ${sets[k]!.what}; ${sets[k]!.license}`);
  });
  print(`\nFolder: ${showText(dataFolder(), 300)}`);
  print(`Next: ${await commandName()} data get iris`);
}

/** Whether a file is here; one that is damaged is named when it is wanted. */
async function stateOf(name: DataSetName, file: PublishedFile): Promise<"here" | "damaged" | ""> {
  try {
    return (await findFile(name, file)) === undefined ? "" : "here";
  } catch {
    return "damaged";
  }
}

async function get(name: DataSetName, { json }: DataFlags): Promise<void> {
  const { files } = CATALOGUE[name];
  const all = files.reduce((sum, file) => sum + file.bytes, 0);
  const kept: StoredFile[] = [];
  let before = 0;
  for (const file of files) {
    const there = await findFile(name, file).catch(() => undefined); // damaged: got anew
    const onProgress = (received: number): void => showProgress(name, before + received, all);
    const found = there ?? (await getFile(name, file, { onProgress }));
    before += file.bytes;
    kept.push(found);
    hideProgress();
    if (json) continue;
    const how = there === undefined ? "downloaded" : "was here";
    print(
      `${showText(found.path, 300)}  ${byteSize(found.bytes.length)}, ${how}, checksum verified`,
    );
  }
  if (json) print(JSON.stringify({ name, files: kept.map(({ path }) => path) }));
  else if (kept[0]!.path.endsWith(".csv")) {
    print(`\nNext: ${await commandName()} fit ${quote(kept[0]!.path)}`);
  }
}

function showProgress(name: string, received: number, all: number): void {
  if (!host.isTerminal("stderr")) return;
  const share = Math.min(100, Math.floor((100 * received) / all));
  const text = `${name}: ${byteSize(received)} of ${byteSize(all)}, ${share} %`;
  host.write("stderr", `\r\u001b[K${text.slice(0, host.columns() - 1)}`);
}

function hideProgress(): void {
  if (host.isTerminal("stderr")) host.write("stderr", "\r\u001b[K");
}

function print(line: string): void {
  host.write("stdout", `${line}\n`);
}
