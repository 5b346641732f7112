/** The WebAssembly backend: a memory that grows to 4 GiB, and kernels in one function table. */
import type { Limits } from "../backend.ts";
import { LinearBackend } from "../linear/backend.ts";
import { Heap, wasmPages } from "../linear/memory.ts";
import { WasmLibrary } from "./library.ts";

const LIMITS: Limits = {
  bindings: Infinity,
  bindingBytes: 4294967296 - 65536,
  alignment: 64,
  aliasing: true,
  vectorBytes: 16,
  // V8 spills more
  sums: 8,
  cacheBytes: 32768,
};

/** Makes the device `wasm`; throws where WebAssembly is missing or forbidden. */
export function createWasmBackend(initialPages?: number, maxPages?: number): LinearBackend {
  const memory = wasmPages(initialPages);
  return new LinearBackend("wasm", new Heap(memory, maxPages), new WasmLibrary(memory), LIMITS);
}
