/** What the lab says of this lesson elsewhere. */
import { describePage } from "../../parts/page-info.ts";

export const page = describePage({
  title: "The training loop",
  summary: "Five lines, again and again. Leave one out and watch what happens.",
});
