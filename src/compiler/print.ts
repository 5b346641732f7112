/** Kernels and plans as text, for `explain` and for reviews. */
import { bytesOf } from "../core/dtype.ts";
import type { Fused } from "./2-fuse.ts";
import type { Access, Instr, Kernel, Plan, PlanBuffer, ScanKernel, Stage } from "./kernel.ts";

/** Lists the groups of items that pass 2 made: what shares a kernel, and what is stored. */
export function printGroups({ groups, stored }: Fused): string {
  const lines = groups.map((group, at) => {
    const reduced = group.reduced === null ? "" : ` over axes [${group.reduced.join(", ")}]`;
    const members = group.members.map((item) => {
      const mark = stored.has(item) ? "*" : "";
      return `%${item.id} ${item.origin}${mark}`;
    });
    return `group ${at}: ${group.kind} [${group.space.join(", ")}]${reduced}: ${members.join(", ")}`;
  });
  return lines.join("\n");
}

/** Lists the kernels of a plan, each once, with the calls that use it. */
export function printKernels(plan: Plan): string {
  const known = new Map<string, number[]>();
  plan.calls.forEach((call, at) => {
    const text = printKernel(call.kernel);
    known.set(text, [...(known.get(text) ?? []), at]);
  });
  return [...known].map(([text, calls]) => `call ${calls.join(", ")}: ${text}`).join("\n\n");
}

/** Lists a plan's buffers and calls. */
export function printPlan(plan: Plan): string {
  const buffers = plan.buffers.map(
    (buffer, at) => `b${at} ${buffer.dtype}[${buffer.length}] ${printPlace(buffer)}`,
  );
  const calls = plan.calls.map(({ kernel, args, origin }, at) => {
    const list = args.map((arg, k) => `${kernel.params[k]!.written ? "→" : ""}b${arg}`);
    return `${at} ${kernel.kind}(${list.join(", ")})  ${origin}`;
  });
  const temporaries = plan.buffers.filter(({ place }) => place.kind === "arena");
  const sum = temporaries.reduce((bytes, { dtype, length }) => bytes + length * bytesOf(dtype), 0);
  const replaced = plan.donations.flatMap((i, o) => (i < 0 ? [] : [`output ${o} over input ${i}`]));
  return [
    ...buffers,
    `arena ${plan.arenaBytes} bytes for ${sum} bytes of temporaries`,
    ...(replaced.length > 0 ? [`in place: ${replaced.join(", ")}`] : []),
    ...calls,
  ].join("\n");
}

function printPlace({ place }: PlanBuffer): string {
  return place.kind === "arena" ? `arena + ${place.offset}` : `${place.kind} ${place.index}`;
}

/** Spells one kernel. */
export function printKernel(kernel: Kernel): string {
  const params = kernel.params.map((p, k) => `${p.written ? "→" : ""}p${k} ${p.dtype}`).join(", ");
  const head = `${kernel.kind} ${printDims(kernel)} (${params})`;
  if (kernel.kind === "sort") return head;
  if (kernel.kind === "scan") return [head, ...printScan(kernel)].join("\n");
  const lines = [head, ...kernel.body.map((step, at) => `  %${at} = ${printStep(step)}`)];
  if (kernel.kind === "scatter") {
    const { target, stride, index, value, combine } = kernel;
    return [...lines, `  ${combine} ${printAccess(target)} + %${index}·${stride} ← %${value}`].join(
      "\n",
    );
  }
  const stages: readonly Stage[] = kernel.stages;
  return [...lines, ...stages.map((stage, at) => `  ${at}: ${printStage(stage)}`)].join("\n");
}

function printScan({ bindings, plan }: ScanKernel): string[] {
  const places = bindings.map(
    ({ buffer, param, offset, step }) => `b${buffer} = p${param} + ${offset} + ${step}·turn`,
  );
  const inner = [...printPlan(plan).split("\n"), ...printKernels(plan).split("\n")];
  return [...places, ...inner].map((line) => `  ${line}`);
}

function printDims(kernel: Kernel): string {
  switch (kernel.kind) {
    case "map":
    case "reduce":
    case "rowwise":
      return `[${kernel.outer.join(", ")} | ${kernel.inner.join(", ")}]`;
    case "contract": {
      const { batch, m, n, k, a, b } = kernel;
      const dims = `[${batch.join(", ")}] m ${m} n ${n} k ${k}`;
      return `${dims}: ${printAccess(a)} · ${printAccess(b)}`;
    }
    case "conv": {
      const { batch, groups, outs, channels, output, window, x, w } = kernel;
      const dims = `[${[batch, groups, outs, ...output].join(", ")}]`;
      const sum = `channels ${channels} window [${window.join(", ")}]`;
      const steps = `stride [${kernel.stride.join(", ")}] before [${kernel.before.join(", ")}]`;
      const spaced = `dilation [${kernel.kernelDilation.join(", ")}]`;
      return `${dims} ${sum} ${steps} ${spaced}: ${printAccess(x)} ∗ ${printAccess(w)}`;
    }
    case "cumulate":
      return `[${kernel.outer.join(", ")} | ${kernel.length}] from ${kernel.initial}`;
    case "scatter":
      return `[${kernel.outer.join(", ")} | ${kernel.count}]`;
    case "sort":
      return `[${kernel.lines} | ${kernel.length}]${kernel.descending ? " descending" : ""}`;
    case "scan":
      return `[${kernel.length}]`;
    default:
      return kernel satisfies never;
  }
}

function printAccess({ param, offset, strides, dynamic }: Access): string {
  const moving = dynamic.map((d) => ` + p${d.param}·${d.stride}`).join("");
  return `p${param}[${offset === 0 ? "" : `${offset} + `}(${strides.join(", ")})${moving}]`;
}

function printStep(step: Instr): string {
  switch (step.op) {
    case "const":
      return `${step.dtype} ${Object.is(step.value, -0) ? "-0" : step.value}`;
    case "index":
      return `index ${step.offset} + (${step.strides.join(", ")})`;
    case "load":
      return `load ${printAccess(step.access)}`;
    case "gather":
      return `load ${printAccess(step.access)} + %${step.index}·${step.stride}`;
    case "reduced":
      return `result of ${step.stage}`;
    case "carry":
      return "carry";
    default:
      return `${step.op} ${step.dtype} ${step.args.map((arg) => `%${arg}`).join(" ")}`;
  }
}

function printStage(stage: Stage): string {
  if (stage.kind === "reduce") return `reduce ${stage.combine} %${stage.value}`;
  return `store${stage.inner ? " inner" : ""} ${printAccess(stage.access)} ← %${stage.value}`;
}
