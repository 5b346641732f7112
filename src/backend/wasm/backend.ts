/** The WebAssembly backend: a memory that grows to 4 GiB, and kernels in one function table. */
import { LinearBackend } from "../linear/backend.ts";
import { Library } from "../linear/library.ts";
import { Heap, wasmPages } from "../linear/memory.ts";
import { LIMITS } from "./emit.ts";
import { wasmTarget } from "./library.ts";

/** Makes the device `wasm`; throws where WebAssembly is missing or forbidden. */
export function createWasmBackend(initialPages?: number, maxPages?: number): LinearBackend {
  const memory = wasmPages(initialPages);
  return new LinearBackend(
    "wasm",
    new Heap(memory, maxPages),
    new Library(wasmTarget(memory)),
    LIMITS,
  );
}
