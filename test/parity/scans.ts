/** What is tried of scans and of taking their values apart. */
import type { DType } from "../../src/core/dtype.ts";
import { SCANS as GRAPHS } from "../support/scan-graphs.ts";
import type { Recipe } from "./recipe.ts";

/** The recipes of scans. */
export const SCANS: readonly Recipe[] = (["float32", "float64"] as DType[]).flatMap((dtype) =>
  GRAPHS.map(({ name, shapes, build }) => ({
    label: `scan ${dtype} ${name}`,
    dtype,
    operands: shapes.map((shape) => ({ dtype, shape, fill: "smooth" as const })),
    apply: (b, nodes) => build(b, dtype, nodes),
  })),
);

/** The recipes of taking one value: there is none to take without a scan. */
export const PICKS: readonly Recipe[] = SCANS.filter(({ label }) => label.includes("coupled"));
