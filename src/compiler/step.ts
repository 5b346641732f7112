/** Steps: kernels whose parameters are still items, before the plan numbers their buffers. */
import type { Item } from "./items.ts";
import type { Kernel, Stage } from "./kernel.ts";

/** A kernel and the items whose buffers it is given. */
export interface Step {
  readonly kernel: Kernel;
  readonly args: readonly Item[];
  /** The operations that it came from. */
  readonly origin: string;
}

/** A stage that stores. */
export type Store = Stage & { readonly kind: "store" };

/** Lists where items come from, each origin once. */
export function originOf(items: readonly Item[]): string {
  const names: string[] = [];
  for (const { origin } of items) if (!names.includes(origin)) names.push(origin);
  return names.join(" ");
}
