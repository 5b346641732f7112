/** Programs as text, stage by stage. */
import type { EmittedCall } from "../backend/linear/call-table.ts";
import { flatCalls } from "../backend/linear/call-table.ts";
import { kernelKey } from "../backend/linear/library.ts";
import { listWasm } from "../backend/wasm/listing.ts";
import { listNative } from "#native";
import type { Limits } from "../compiler/limits.ts";
import type { Plan } from "../compiler/kernel.ts";
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
  const { name: spelled, memory } = deviceOfKernels(device);
  const { limits } = memory!.backend;
  const stages = compileStages(graph, limits, donate === undefined ? {} : { donate });
  const parts = {
    graph: printGraph(graph),
    kernels: printKernels(stages.plan),
    plan: printPlan(stages.plan),
    loops: printLoops(stages.plan, limits),
    code: codeOf(stages.plan, spelled === "native" ? spellForC(limits) : spellForWasm),
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

function spellForC(limits: Limits): (call: EmittedCall) => string {
  return ({ kernel, origin }) => `// ${origin}\n${listNative(kernel, limits)}`;
}

function spellForWasm({ kernel, origin }: EmittedCall): string {
  return `;; ${origin}\n${listWasm(kernel)}`;
}

/** Spells the kernels of a plan, each once. */
function codeOf(plan: Plan, spell: (call: EmittedCall) => string): string {
  const kernels = new Map<string, EmittedCall>();
  for (const call of flatCalls(plan)) {
    const key = kernelKey(call.kernel);
    if (!kernels.has(key)) kernels.set(key, call);
  }
  return [...kernels.values()].map(spell).join("\n\n");
}
