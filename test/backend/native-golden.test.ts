/**
 * The C of canonical kernels is kept, so that a change of the emitter is reviewed as a diff. It
 * needs no compiler.
 */
import { expect, it } from "vitest";
import { nativeLimits, nativePrelude, spellNative } from "../../src/backend/native/backend.ts";
import { PROBE, RESERVE, RUN } from "../../src/backend/native/support.ts";
import { KERNELS } from "./canonical-kernels.ts";

/** A processor of today; where there is more, more is used. */
const vectors = { vectorBytes: 32, fused: true };

it.each(Object.entries(KERNELS))("%s", async (name, kernel) => {
  await expect(`${spellNative(kernel, nativeLimits(vectors)).text}\n`).toMatchFileSnapshot(
    `../golden/c/${name}.c`,
  );
});

it("what stands around them", async () => {
  const text = [nativePrelude(vectors), PROBE, RESERVE, RUN].join("\n");
  await expect(`${text}\n`).toMatchFileSnapshot("../golden/c/support.c");
});
