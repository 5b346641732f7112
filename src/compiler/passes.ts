/** The passes, in order. Pass 6, 6-loops.ts, is left to those who have no code for a kernel yet. */
import type { Graph } from "../ir/node.ts";
import { simplify } from "./1-simplify.ts";
import type { Fused } from "./2-fuse.ts";
import { fuse } from "./2-fuse.ts";
import { lower } from "./3-lower.ts";
import { merge } from "./4-merge.ts";
import type { PlanOptions } from "./5-plan.ts";
import { plan } from "./5-plan.ts";
import type { Plan } from "./kernel.ts";
import type { Limits } from "./limits.ts";
import type { Step } from "./step.ts";

/** What each pass made of a graph. */
export interface Stages {
  readonly graph: Graph;
  readonly fused: Fused;
  readonly kernels: readonly (readonly Step[])[];
  readonly merged: readonly (readonly Step[])[];
  readonly plan: Plan;
}

/** Compiles a graph and keeps what each pass made of it. */
export function compileStages(graph: Graph, limits: Limits, options?: PlanOptions): Stages {
  const simple = simplify(graph);
  const fused = fuse(simple, limits);
  const kernels = lower(fused, (body) => compileGraph(body, limits));
  const merged = merge(kernels);
  return { graph: simple, fused, kernels, merged, plan: plan(fused, merged, limits, options) };
}

/** Compiles a graph into a plan of kernel calls. */
export function compileGraph(graph: Graph, limits: Limits, options?: PlanOptions): Plan {
  return compileStages(graph, limits, options).plan;
}
