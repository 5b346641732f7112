/** Lets a guard say how much it looked at: a check of nothing is green and worthless. */
import type { TestContext } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** What a guard looked at; `npm test` prints it. */
    looked?: string;
    /** Why a test was skipped; `npm test` prints it once for each reason. */
    skipped?: string;
  }
}

/** Prints what the present test looked at, now and in the summary of `npm test`. */
export function looked(task: TestContext["task"], text: string): void {
  task.meta.looked = text;
  console.log(text);
}
