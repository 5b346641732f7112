/** Kernels as WebAssembly modules, called through one function table. */
import type { LoopedKernel } from "../../compiler/kernel.ts";
import type { Target } from "../linear/library.ts";
import { makeDispatcher } from "./dispatcher.ts";
import { emitKernel } from "./emit.ts";

/** Compiles kernels into modules that share a memory. */
export function wasmTarget(memory: WebAssembly.Memory): Target<() => number> {
  const table = new WebAssembly.Table({ initial: 0, element: "anyfunc" });
  return {
    dispatch: makeDispatcher(memory, table),
    compile: (kernels) =>
      kernels.map((kernel) => {
        const { module, scratchBytes } = emitKernel(kernel);
        const compiled = new WebAssembly.Module(module.encode());
        const instance = new WebAssembly.Instance(compiled, { env: { memory } });
        return { code: instance.exports.run as () => number, scratchBytes };
      }),
    put(slot, code): void {
      if (slot === table.length) table.grow(1);
      table.set(slot, code);
    },
    listing: (kernel: LoopedKernel, origin) =>
      `;; ${origin}\n${emitKernel(kernel, true).module.listing()}`,
  };
}
