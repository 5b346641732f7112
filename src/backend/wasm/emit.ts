/**
 * From a kernel to a WebAssembly module with one function, `run`, of a table and an argument list.
 */
import type { Kernel, KernelKind } from "../../compiler/kernel.ts";
import { Module } from "./assembler.ts";
import type { Code, Signature } from "./assembler.ts";
import { emitContract } from "./emit-contract.ts";
import { emitConv } from "./emit-conv.ts";
import { emitLoop } from "./emit-loop.ts";
import { emitCumulate } from "./emit-cumulate.ts";
import { emitScatter } from "./emit-scatter.ts";
import { emitSort } from "./emit-sort.ts";

/** What every kernel takes (table, argument list) and returns (status). */
export const KERNEL: Signature = { params: ["i32", "i32"], results: ["i32"] };

type Emit<K extends KernelKind> = (code: Code, kernel: Extract<Kernel, { kind: K }>) => number;

const EMIT: { readonly [K in KernelKind]: Emit<K> } = {
  map: emitLoop,
  reduce: emitLoop,
  rowwise: emitLoop,
  contract: emitContract,
  conv: emitConv,
  cumulate: emitCumulate,
  scatter: emitScatter,
  sort: emitSort,
  scan: () => {
    throw new Error("wasm: a repeated plan is a list of calls, not code");
  },
};

/** A kernel's module, and how many bytes of scratch memory it uses. */
export interface Emitted {
  readonly module: Module;
  readonly scratchBytes: number;
}

/** Emits one kernel; with `listing` the module can be read as text. */
export function emitKernel(kernel: Kernel, listing = false): Emitted {
  const module = new Module({ listing });
  let scratchBytes = 0;
  module.function("run", KERNEL, (code) => {
    scratchBytes = emitBody(code, kernel);
  });
  return { module, scratchBytes };
}

function emitBody<K extends KernelKind>(code: Code, kernel: Extract<Kernel, { kind: K }>): number {
  const emit: Emit<K> = EMIT[kernel.kind as K];
  return emit(code, kernel);
}
