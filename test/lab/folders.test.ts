/** The lab's folders: what every page is made of knows nothing of how pages are put together. */
import { expect, it } from "vitest";
import { looked } from "../support/guard.ts";
import { listFiles, readFile } from "../support/files.ts";

const parts = new Map(
  [".ts", ".svelte"]
    .flatMap((ending) => listFiles(["lab/parts"], ending))
    .map((path) => [path, readFile(path)]),
);

/** Finds imports that lead into lab/app. */
function intoApp(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, text]) =>
    [...text.matchAll(/(?:from|import\(?)\s*"([./\w-]*\/app\/[^"]*)"/g)].map(
      ([, target]) => `${path}: ${target!}`,
    ),
  );
}

it("parts import nothing from app", ({ task }) => {
  looked(task, `lab: saw ${parts.size} parts`);
  expect(parts.size).toBeGreaterThan(20);
  expect(intoApp(parts)).toEqual([]);
});

it("is seen to fail", () => {
  const files = new Map([
    ["lab/parts/Frame.svelte", `import type { PageInfo } from "../app/pages.ts";`],
    ["lab/parts/engine/x.ts", `const page = await import("../../app/render.ts");`],
  ]);
  expect(intoApp(files)).toHaveLength(2);
});
