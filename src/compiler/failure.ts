/**
 * Where a program may stop half way. What it wrote over its inputs by then would stay, so outputs
 * that are written earlier get buffers of their own.
 */
import type { Access, DynamicOffset, Kernel } from "./kernel.ts";
import type { Step } from "./step.ts";

/** The last step of which an earlier or the same step's writes may be left behind; −1: none. */
export function lastFailure(sequence: readonly Step[]): number {
  const checked = new Map<unknown, number>();
  let last = -1;
  sequence.forEach(({ kernel, args }, at) => {
    if (failsMidway(kernel)) last = at;
    for (const { param, limit } of startsOf(kernel)) {
      const start = args[param];
      if (limit >= (checked.get(start) ?? Infinity)) continue;
      checked.set(start, limit);
      last = Math.max(last, at - 1); // starts are checked before anything is written
    }
  });
  return last;
}

/** Whether an index or an overflow may stop a kernel between two of its writes. */
function failsMidway(kernel: Kernel): boolean {
  if (kernel.kind === "sort") return false;
  if (kernel.kind === "scan") return kernel.plan.calls.some((call) => failsMidway(call.kernel));
  const { kind, body } = kernel;
  if (kind === "scatter" || (kind === "cumulate" && kernel.checked)) return true;
  if ("dtype" in kernel && kind !== "cumulate" && kernel.dtype === "int32") return true;
  return (
    body.some((step) => step.op === "gather") ||
    ("stages" in kernel &&
      kernel.stages.some((stage) => stage.kind === "reduce" && stage.dtype === "int32"))
  );
}

/** The run-time starts that a kernel checks. */
function startsOf(kernel: Kernel): readonly DynamicOffset[] {
  if (kernel.kind === "sort" || kernel.kind === "scan") return [];
  const places: Access[] = [];
  if (kernel.kind === "contract") places.push(kernel.a, kernel.b);
  if (kernel.kind === "conv") places.push(kernel.x, kernel.w);
  if (kernel.kind === "scatter") places.push(kernel.target);
  for (const part of [...kernel.body, ...("stages" in kernel ? kernel.stages : [])]) {
    if ("access" in part) places.push(part.access);
  }
  return places.flatMap((place) => place.dynamic);
}
