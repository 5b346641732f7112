/**
 * The text of canonical kernels is kept, so that a change of the emitters is reviewed as a diff.
 */
import { expect, it } from "vitest";
import { listWasm } from "../../src/backend/wasm/listing.ts";
import { KERNELS } from "./canonical-kernels.ts";

it.each(Object.entries(KERNELS))("%s", async (name, kernel) => {
  await expect(`${listWasm(kernel)}\n`).toMatchFileSnapshot(`../golden/wat/${name}.wat`);
});
