/** Programs as text, stage by stage. */
import { printLoops } from "../compiler/loop-print.ts";
import type { Stages } from "../compiler/passes.ts";
import { compileStages } from "../compiler/passes.ts";
import { printKernels, printPlan } from "../compiler/print.ts";
import type { Graph } from "../ir/node.ts";
import { printGraph } from "../ir/print.ts";
import type { Device } from "./device.ts";
import { deviceOfKernels } from "./device.ts";

/** The stages of a program, as text; `stages` holds the values themselves. */
export interface Explanation {
  readonly name: string;
  readonly graph: string;
  readonly kernels: string;
  readonly plan: string;
  /** The kernels as loops, in lanes and tiles. */
  readonly loops: string;
  readonly code: string;
  /** Bytes of the arena that intermediate values share. */
  readonly arenaBytes: number;
  readonly stages: Stages;
  /** All stages as one text. */
  toString(): string;
}

/**
 * Compiles a graph anew and says what became of it; on a device without kernels, as if for the one
 * that the table of devices names.
 */
export function explainGraph(
  name: string,
  graph: Graph,
  device: Device,
  donate: readonly number[] | undefined,
): Explanation {
  const { backend } = deviceOfKernels(device).memory!;
  const stages = compileStages(graph, backend.limits, donate === undefined ? {} : { donate });
  const program = backend.compile(stages.plan);
  const code = program.code();
  program.release();
  const parts = {
    graph: printGraph(graph),
    kernels: printKernels(stages.plan),
    plan: printPlan(stages.plan),
    loops: printLoops(stages.plan, backend.limits),
    code,
  };
  const { arenaBytes } = stages.plan;
  return {
    name,
    ...parts,
    arenaBytes,
    stages,
    toString: () =>
      Object.entries(parts)
        .map(([title, text]) => `== ${name}: ${title}\n${text}`)
        .join("\n\n"),
  };
}
