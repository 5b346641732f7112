/** What the lab says of its playground elsewhere. */
import { describePage } from "../parts/page-info.ts";

export const page = describePage({
  title: "Playground",
  summary:
    "A network to build, train and take home: data, features, layers, and every neuron's view.",
});
