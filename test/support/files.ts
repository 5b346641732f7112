/** Lists the repository's files for the tests that read code and documents as text. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The repository's root, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Lists the files under `folders` that end in `ending`, as paths from the root, sorted. */
export function listFiles(folders: readonly string[], ending: string): string[] {
  return folders
    .filter((folder) => existsSync(ROOT + folder))
    .flatMap((folder) =>
      readdirSync(ROOT + folder, { recursive: true, encoding: "utf8" }).map(
        (name) => `${folder}/${name.replaceAll("\\", "/")}`,
      ),
    )
    .filter((path) => path.endsWith(ending))
    .sort();
}

/** Reads a file of the repository. */
export function readFile(path: string): string {
  return readFileSync(ROOT + path, "utf8");
}
