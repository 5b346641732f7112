/**
 * The shared parity suite on `native`: the bits of `interpret`, whose products join sums unrounded
 * where the processor can do that. Kernels are compiled many at a time first, for a compiler takes
 * longer to start than to work.
 */
import type { TestContext } from "vitest";
import {
  nativeLimits,
  nativePrelude,
  spellNative,
  vectorsHere,
} from "../../src/backend/native/backend.ts";
import { flatCalls } from "../../src/backend/linear/call-table.ts";
import { compileGraph } from "../../src/compiler/passes.ts";
import { openNative } from "../../src/host/native.ts";
import { needDevice } from "../support/native.ts";
import type { ParityReport } from "./parity.ts";
import { parityCases, runParity } from "./parity.ts";

/** How many kernels one file of C has. */
const BATCH = 100;

/** Compiles the kernels of every so-manieth case into the cache; returns how many there are. */
function compileKernels(every: number): number {
  const texts = new Set<string>();
  const vectors = vectorsHere();
  const limits = nativeLimits(vectors);
  let at = 0;
  for (const { graph } of parityCases()) {
    if (at++ % every !== 0) continue;
    for (const { kernel } of flatCalls(compileGraph(graph, limits))) {
      texts.add(spellNative(kernel, limits).text);
    }
  }
  const list = [...texts];
  const code = openNative(nativePrelude(vectors));
  for (let i = 0; i < list.length; i += BATCH) code.addresses(list.slice(i, i + BATCH));
  return list.length;
}

/** Runs every so-manieth case on `native` and prints what was found; skips where it is missing. */
export function nativeParity(every: number, context: TestContext): ParityReport {
  needDevice("native", context);
  const kernels = compileKernels(every);
  const report = runParity("native", every);
  console.log(
    `parity of native: ${report.cases} cases, ${kernels} kernels, ` +
      `${report.failures.length} failures, hash ${report.hash}`,
  );
  return report;
}
