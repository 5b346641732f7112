/** Writes a convolution and what works on its result as one kernel. */
import type { Shape } from "../core/shape.ts";
import { BodyBuilder, reach } from "./body.ts";
import { withoutHoles } from "./conv-phases.ts";
import type { Group } from "./groups.ts";
import type { Item, Operand } from "./items.ts";
import { whole } from "./items.ts";
import type { ConvKernel } from "./kernel.ts";
import type { Step, Store } from "./step.ts";
import { originOf } from "./step.ts";
import { contiguous, restride } from "./views.ts";

/**
 * Writes a convolution's kernels, several where the input is dilated; channel axes are cut into
 * [groups, channels in the group].
 */
export function conv(group: Group, head: Item, stored: ReadonlySet<Item>): Step[] {
  if (head.work.kind !== "conv") throw new Error(`${head.work.kind} is no convolution`);
  const { attrs, input, weight } = head.work;
  const { groups } = attrs;
  const body = new BodyBuilder();
  const [from, by] = head.operands as readonly [Operand, Operand];
  const inputDims = cut(input, 1, groups);
  const weightDims = cut(weight, 0, groups);
  const outputDims = cut(group.space, 1, groups);
  const x = body.access(reach(from, restride(from.strides, input, inputDims)!));
  const w = body.access(reach(by, restride(by.strides, weight, weightDims)!));
  const values = new Map<Item, number>();
  const stages: Store[] = [];
  for (const item of group.members) {
    const at = (operand: Operand) =>
      reach(operand, restride(operand.strides, item.type.shape, outputDims)!);
    const value =
      item === head
        ? body.carry(item.type.dtype)
        : body.item(item, {
            load: (operand) => values.get(operand.base) ?? body.load(at(operand)),
            reach: at,
          });
    values.set(item, value);
    if (!stored.has(item)) continue;
    const access = body.target({ ...whole(item), strides: contiguous(outputDims) });
    stages.push({ kind: "store", inner: false, value, access });
  }
  const kernel: ConvKernel = {
    kind: "conv",
    params: body.params(),
    dtype: head.type.dtype,
    batch: input[0]!,
    groups,
    channels: weight[1]!,
    outs: weightDims[1]!,
    input: input.slice(2),
    window: weight.slice(2),
    output: outputDims.slice(3),
    stride: attrs.stride,
    before: attrs.padding.map(([before]) => before),
    kernelDilation: attrs.kernelDilation,
    x,
    w,
    body: body.steps,
    stages,
  };
  const origin = originOf(group.members);
  const kernels = withoutHoles(kernel, attrs.inputDilation);
  return kernels.map((each) => ({ kernel: each, args: body.args, origin }));
}

function cut(shape: Shape, axis: number, groups: number): number[] {
  return [...shape.slice(0, axis), groups, shape[axis]! / groups, ...shape.slice(axis + 1)];
}
