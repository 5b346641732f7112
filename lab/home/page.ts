/** What the lab says of its home page elsewhere. */
import { describePage } from "../parts/page-info.ts";

export const page = describePage({
  title: "Nabla lab",
  summary: "Neural networks to touch: every number on these pages is computed in front of you.",
});
