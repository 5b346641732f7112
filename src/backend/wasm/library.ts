/** Kernels as WebAssembly modules, called through one function table. */
import type { Target } from "../linear/library.ts";
import { Module } from "./assembler.ts";
import { makeDispatcher } from "./dispatcher.ts";
import { addKernel } from "./emit.ts";

/** Compiles kernels into modules that share a memory. */
export function wasmTarget(memory: WebAssembly.Memory): Target<() => number> {
  const table = new WebAssembly.Table({ initial: 0, element: "anyfunc" });
  return {
    dispatch: makeDispatcher(memory, table),
    compile: (kernels) => {
      // all in one module: an instance costs more than a kernel
      const module = new Module();
      const scratch = kernels.map((kernel, at) => addKernel(module, `k${at}`, kernel));
      const compiled = new WebAssembly.Module(module.encode());
      const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
      return scratch.map((scratchBytes, at) => {
        return { code: exports[`k${at}`] as () => number, scratchBytes };
      });
    },
    put(slot, code): void {
      if (slot === table.length) table.grow(1);
      table.set(slot, code);
    },
  };
}
