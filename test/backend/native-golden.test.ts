/**
 * The C of canonical kernels is kept, so that a change of the emitter is reviewed as a diff. It
 * needs no compiler.
 */
import { expect, it } from "vitest";
import { NATIVE_PRELUDE, spellNative } from "../../src/backend/native/backend.ts";
import { RESERVE, RUN } from "../../src/backend/native/support.ts";
import { KERNELS } from "./canonical-kernels.ts";

it.each(Object.entries(KERNELS))("%s", async (name, kernel) => {
  await expect(`${spellNative(kernel).text}\n`).toMatchFileSnapshot(`../golden/c/${name}.c`);
});

it("what stands around them", async () => {
  const text = [NATIVE_PRELUDE, RESERVE, RUN].join("\n");
  await expect(`${text}\n`).toMatchFileSnapshot("../golden/c/support.c");
});
