/** What the lab says of this lesson elsewhere. */
import { describePage } from "../../parts/page-info.ts";

export const page = describePage({
  title: "Backpropagation",
  summary: "Walk forward through a small network and back again, with every factor on the table.",
});
