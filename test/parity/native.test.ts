/**
 * The shared parity suite on `native`: the bits of `interpret`, whose products join sums unrounded
 * where the processor can do that.
 * Kernels are compiled many at a time first, for a compiler takes longer to start than to work.
 */
import { expect, test } from "vitest";
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
import { parityCases, runParity } from "./parity.ts";

/** How many kernels one file of C has. */
const BATCH = 100;

/** Compiles all kernels of the suite into the cache; returns how many there are. */
function compileAll(): number {
  const texts = new Set<string>();
  const vectors = vectorsHere();
  const limits = nativeLimits(vectors);
  for (const { graph } of parityCases()) {
    for (const { kernel } of flatCalls(compileGraph(graph, limits))) {
      texts.add(spellNative(kernel, limits).text);
    }
  }
  const list = [...texts];
  const code = openNative(nativePrelude(vectors));
  for (let i = 0; i < list.length; i += BATCH) code.addresses(list.slice(i, i + BATCH));
  return list.length;
}

test("all results have the bits of the definition", { timeout: 600_000 }, (context) => {
  needDevice("native", context);
  const kernels = compileAll();
  const report = runParity("native");
  console.log(
    `parity of native: ${report.cases} cases, ${kernels} kernels, ` +
      `${report.failures.length} failures, hash ${report.hash}`,
  );
  expect(report.cases).toBeGreaterThan(1500);
  expect(report.failures).toEqual([]);
});
