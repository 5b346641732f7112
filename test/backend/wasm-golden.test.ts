/**
 * The text of canonical kernels is kept, so that a change of the emitters is reviewed as a diff.
 */
import { expect, it } from "vitest";
import { Module } from "../../src/backend/wasm/assembler.ts";
import { addKernel } from "../../src/backend/wasm/emit.ts";
import { KERNELS } from "./canonical-kernels.ts";

it.each(Object.entries(KERNELS))("%s", async (name, kernel) => {
  const module = new Module({ listing: true });
  addKernel(module, "run", kernel);
  await expect(`${module.listing()}\n`).toMatchFileSnapshot(`../golden/wat/${name}.wat`);
});
