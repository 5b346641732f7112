/** What trains anything knows nothing of tables. */
import { expect, it } from "vitest";
import { looked } from "../support/guard.ts";
import { listFiles, readFile } from "../support/files.ts";

const general = new Map(
  listFiles(["src/train"], ".ts")
    .filter((path) => !path.startsWith("src/train/table/"))
    .map((path) => [path, readFile(path)]),
);

/** Finds imports that lead into a folder. */
function into(folder: string, files: ReadonlyMap<string, string>): string[] {
  return [...files].filter(([, text]) => text.includes(`"./${folder}/`)).map(([path]) => path);
}

it("train/ imports nothing from train/table/", ({ task }) => {
  looked(task, `train: saw ${general.size} files`);
  expect(general.size).toBeGreaterThan(5);
  expect(into("table", general)).toEqual([]);
});

it("is seen to fail", () => {
  const files = new Map([["src/train/loop.ts", `import type { A } from "./table/options.ts";`]]);
  expect(into("table", files)).toEqual(["src/train/loop.ts"]);
});
