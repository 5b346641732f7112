/**
 * Writes a scan: its initial carries are copied to where the stacked carries begin, then the plan
 * of its body runs again and again, reading each carry where the turn before has written it.
 */
import { bytesOf } from "../core/dtype.ts";
import { typeOf } from "../ir/node.ts";
import type { Scan } from "../ir/node.ts";
import type { Item, Operand } from "./items.ts";
import type { Binding, Plan, PlanBuffer, ScanKernel } from "./kernel.ts";
import { move } from "./lower.ts";
import type { Step } from "./step.ts";
import { contiguous } from "./views.ts";

/** Where a buffer of the body lies at the first turn, and how far on at each further one. */
interface Place {
  readonly item: Item;
  /** In bytes. */
  readonly offset: number;
  readonly step: number;
}

/** Writes the steps of a scan; `plan` is its body's. */
export function scan(item: Item, attrs: Scan, parts: readonly Item[], plan: Plan): Step[] {
  const { body, carries, length } = attrs;
  const start = attrs.reverse ? length : 0;
  const steps: Step[] = [];
  item.operands.slice(0, carries).forEach((operand, i) => {
    const { shape, size } = body.inputs[i]!.type;
    if (size === 0) return;
    const target = { offset: start * size, strides: contiguous(shape), dynamic: [] };
    steps.push(move(parts[i]!, operand, shape, target));
  });
  if (length === 0 || plan.calls.length === 0) return steps;
  return [...steps, turns(item, attrs, parts, plan)];
}

function turns(item: Item, attrs: Scan, parts: readonly Item[], plan: Plan): Step {
  const workspace: Item = {
    id: -1,
    type: typeOf("float32", [Math.ceil(plan.arenaBytes / 4)]),
    origin: item.origin,
    work: { kind: "scratch" },
    operands: [],
    inline: false,
    output: -1,
  };
  const args: Item[] = [];
  const bindings: Binding[] = [];
  const touched = new Set(plan.calls.flatMap((call) => call.args));
  plan.buffers.forEach((buffer, number) => {
    if (!touched.has(number)) return;
    const { item: base, offset, step } = placeOf(buffer, item, attrs, parts, workspace);
    const known = args.indexOf(base);
    const param = known < 0 ? args.push(base) - 1 : known;
    bindings.push({ buffer: number, param, offset, step });
  });
  const kernel: ScanKernel = {
    kind: "scan",
    params: args.map((arg) => ({
      dtype: arg.type.dtype,
      written: arg === workspace || parts.includes(arg),
    })),
    length: attrs.length,
    plan,
    bindings,
  };
  return { kernel, args, origin: item.origin };
}

function placeOf(
  { place, dtype, length: size }: PlanBuffer,
  item: Item,
  attrs: Scan,
  parts: readonly Item[],
  workspace: Item,
): Place {
  if (place.kind === "arena") return { item: workspace, offset: place.offset, step: 0 };
  const { carries, sequences, length, reverse } = attrs;
  const bytes = size * bytesOf(dtype);
  const along = (stride: number, first: number): { offset: number; step: number } =>
    reverse
      ? { offset: (first + length - 1) * stride, step: -stride }
      : { offset: first * stride, step: stride };
  const { index } = place;
  if (place.kind === "output") {
    const first = index < carries && !reverse ? 1 : 0;
    return { item: parts[index]!, ...along(bytes, first) };
  }
  if (index < carries) return { item: parts[index]!, ...along(bytes, reverse ? 1 : 0) };
  const operand = item.operands[index]!;
  if (index >= carries + sequences) return shifted(operand, 0, 0);
  const { offset, step } = along(operand.strides[0]! * bytesOf(dtype), 0);
  return shifted(operand, offset, step);
}

function shifted({ base, offset }: Operand, more: number, step: number): Place {
  return { item: base, offset: offset * bytesOf(base.type.dtype) + more, step };
}
