/** What the lab says of this lesson elsewhere. */
import { describePage } from "../../parts/page-info.ts";

export const page = describePage({
  title: "Nitrogen",
  summary: "Thirty-five values of a real gas, a network, and the questions to ask of it.",
});
