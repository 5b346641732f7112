/** What the lab says of this lesson elsewhere. */
import { describePage } from "../../parts/page-info.ts";

export const page = describePage({
  title: "A neuron",
  summary:
    "A weighted sum, a bias and a bend: turn the three knobs and see what each of them does.",
});
