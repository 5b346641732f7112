/** Whether a kernel may write a value over one that it reads. */
import type { Item } from "./items.ts";
import type { Access, Instr, LoopKernel, Stage } from "./kernel.ts";
import type { Step, Store } from "./step.ts";

/**
 * Returns whether `written` may lie where `read` does while a step runs: each element that it reads
 * is at the place that it then writes, and no later pass over the row reads it again.
 */
export function mayReplace(step: Step, read: Item, written: Item): boolean {
  const { kernel, args } = step;
  if (kernel.kind === "sort" || kernel.kind === "scatter" || kernel.kind === "scan") return false;
  const from = args.indexOf(read);
  const to = args.indexOf(written);
  if (kernel.params[from]!.written) return false;
  const stages: readonly Stage[] = kernel.stages;
  const stores = stages.filter(
    (stage): stage is Store => stage.kind === "store" && stage.access.param === to,
  );
  const store = stores[0];
  if (store === undefined || stores.length > 1) return false;
  if (kernel.kind === "contract") {
    if (kernel.a.param === from || kernel.b.param === from) return false;
  }
  if (kernel.kind === "conv" && (kernel.x.param === from || kernel.w.param === from)) return false;
  if (movesWith(kernel.body, stages, from)) return false;
  const reads = loadsOf(kernel.body, from);
  if (reads === null) return false;
  if (!reads.every((access) => sameAccess(access, store.access))) return false;
  return kernel.kind === "reduce" || kernel.kind === "rowwise"
    ? !readAgain(kernel, store, from)
    : true;
}

/** The accesses of a parameter's loads; null where it is gathered from. */
function loadsOf(body: readonly Instr[], param: number): Access[] | null {
  const accesses: Access[] = [];
  for (const step of body) {
    if (step.op === "gather" && step.access.param === param) return null;
    if (step.op === "load" && step.access.param === param) accesses.push(step.access);
  }
  return accesses;
}

/** Whether a parameter is the run-time part of an address. */
function movesWith(body: readonly Instr[], stages: readonly Stage[], param: number): boolean {
  const uses = (access: Access): boolean => access.dynamic.some((d) => d.param === param);
  return (
    body.some((step) => (step.op === "load" || step.op === "gather") && uses(step.access)) ||
    stages.some((stage) => stage.kind === "store" && uses(stage.access))
  );
}

function sameAccess(a: Access, b: Access): boolean {
  return (
    a.offset === b.offset &&
    a.dynamic.length === 0 &&
    b.dynamic.length === 0 &&
    a.strides.every((stride, dim) => stride === b.strides[dim])
  );
}

/**
 * Whether a pass after that of the store reads the parameter anew. Neighbouring stores of one level
 * are one pass, whose values are all computed before any is written.
 */
function readAgain(kernel: LoopKernel, store: Store, param: number): boolean {
  let next = kernel.stages.indexOf(store) + 1;
  const joins = (stage: Stage | undefined): boolean =>
    stage?.kind === "store" && stage.inner === store.inner;
  while (joins(kernel.stages[next])) next++;
  const later = kernel.stages.slice(next);
  const seen = new Set<number>();
  const stack = later.map((stage) => stage.value);
  while (stack.length > 0) {
    const at = stack.pop()!;
    if (seen.has(at)) continue;
    seen.add(at);
    const step = kernel.body[at]!;
    if (step.op === "load" && step.access.param === param) return true;
    if (step.op === "gather") stack.push(step.index);
    if ("args" in step) stack.push(...step.args);
  }
  return false;
}
