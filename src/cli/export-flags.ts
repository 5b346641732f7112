/** What `nabla export` is told by its options. */
import type { EXPORT_CHOICES } from "./choices.ts";

/** The options of `nabla export` as commander hands them over. */
export interface ExportFlags {
  readonly to: (typeof EXPORT_CHOICES.to)[number];
  readonly out?: string;
  readonly table?: string;
}
