/** What the compiler decided about a function: its graph, kernels, memory plan and emitted code. */
import { explainGraph } from "../runtime/explain.ts";
import type { CompiledFunction } from "./compile.ts";
import { compile } from "./compile.ts";

type Explained = ReturnType<typeof explainGraph>;

/**
 * Explains what a function becomes for these arguments: `graph`, `kernels`, `plan` (with the size
 * of the arena) and `code`; printed, it shows all of them. Takes a compiled function or a plain
 * one.
 */
export function explain(
  fn: CompiledFunction<never> | ((...args: never[]) => unknown),
  ...args: unknown[]
): Explained {
  const compiled = ("programFor" in fn ? fn : compile(fn)) as CompiledFunction<
    (...args: never[]) => unknown
  >;
  const { name, graph, device, donate } = compiled.programFor(args);
  return explainGraph(name, graph, device, donate);
}
