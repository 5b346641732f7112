/**
 * The C of canonical kernels is kept, so that a change of the emitter is reviewed as a diff. It
 * needs no compiler.
 */
import { expect, it } from "vitest";
import { spellNative } from "../../src/backend/native/backend.ts";
import { PRELUDE } from "../../src/backend/native/spell.ts";
import { RESERVE, RUN } from "../../src/backend/native/support.ts";
import { KERNELS } from "./canonical-kernels.ts";

it.each(Object.entries(KERNELS))("%s", async (name, kernel) => {
  await expect(`${spellNative(kernel).text}\n`).toMatchFileSnapshot(`../golden/c/${name}.c`);
});

it("what stands around them", async () => {
  const text = [PRELUDE, RESERVE, RUN].join("\n");
  await expect(`${text}\n`).toMatchFileSnapshot("../golden/c/support.c");
});
