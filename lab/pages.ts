/// <reference types="vite/client" />
/**
 * The pages of the lab: a folder with a `page.ts` is one. Lessons stand in the order of their names.
 * A page that is not finished has none.
 */
import { page as home } from "./home/page.ts";
import type { PageInfo, PageWords } from "./parts/page-info.ts";
import { page as playground } from "./playground/page.ts";

const FOUND = import.meta.glob<PageWords>("./lessons/*/page.ts", { eager: true, import: "page" });

/** The lessons, in order. */
export const LESSONS: readonly PageInfo[] = Object.keys(FOUND)
  .sort()
  .map((file) => {
    const folder = file.slice("./".length, -"/page.ts".length);
    return { ...FOUND[file]!, path: `${folder}/`, folder };
  });

/** The home page. */
export const HOME: PageInfo = { ...home, path: "", folder: "home" };

/** The playground. */
export const PLAYGROUND: PageInfo = { ...playground, path: "playground/", folder: "playground" };

/** Every page. */
export const PAGES: readonly PageInfo[] = [HOME, PLAYGROUND, ...LESSONS];

/** The address of the lab's root, seen from a page. */
export function rootFrom({ path }: PageInfo): string {
  return "../".repeat(path.split("/").length - 1) || "./";
}
