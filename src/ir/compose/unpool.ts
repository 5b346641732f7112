/** Max unpooling: values go back to where max pooling found them, zeros elsewhere. */
import { argumentError, dtypeError, shapeError } from "../../core/errors.ts";
import { sameShape, showShape, sizeOf } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { fill, reshape } from "../words.ts";
import type { PerAxis } from "./conv.ts";
import { perAxis } from "./conv.ts";

/** The options of max unpooling; the stride is the kernel's size unless it is given. */
export interface UnpoolOptions {
  readonly stride?: PerAxis | null | undefined;
  readonly padding?: PerAxis | undefined;
  /** The extents of the result, its first axes among them or not. */
  readonly outputSize?: readonly number[] | null | undefined;
}

/**
 * Puts each element of x at its flat position in a plane of zeros; of equal places the last stays.
 */
export function maxUnpool(
  b: NodeBuilder,
  axes: number,
  [x, indices]: readonly [Node, Node],
  kernelSize: PerAxis,
  options: UnpoolOptions = {},
): Node {
  const name = `maxUnpool${axes}d`;
  const { shape, dtype } = x.type;
  if (shape.length < axes + 1 || shape.length > axes + 2) {
    throw shapeError(
      `${name}: input is ${showShape(shape)}; need ${axes + 1} or ${axes + 2} axes.`,
    );
  }
  if (indices.type.dtype !== "int32") {
    throw dtypeError(`${name}: indices are ${indices.type.text}; need int32.`);
  }
  if (!sameShape(indices.type.shape, shape)) {
    throw shapeError(
      `${name}: input is ${showShape(shape)}, indices are ${showShape(indices.type.shape)}; ` +
        `need equal shapes.`,
    );
  }
  const lead = shape.slice(0, -axes);
  const output = extentsOf(name, shape, axes, kernelSize, options);
  const [count, room] = [sizeOf(lead), sizeOf(output)];
  const line = [count, sizeOf(shape.slice(-axes))];
  const given = [fill(b, dtype, [count, room], 0), reshape(b, indices, line), reshape(b, x, line)];
  return reshape(b, b.apply("scatterSet", given, { axis: 1 }), [...lead, ...output]);
}

/** The extents of the result: what a pool of these settings would have made x of. */
function extentsOf(
  name: string,
  shape: readonly number[],
  axes: number,
  kernelSize: PerAxis,
  options: UnpoolOptions,
): readonly number[] {
  const kernel = perAxis(name, "kernelSize", kernelSize, axes);
  const stride = perAxis(name, "stride", options.stride ?? kernel, axes);
  const padding = perAxis(name, "padding", options.padding ?? 0, axes);
  const plain = shape
    .slice(-axes)
    .map((extent, i) => (extent - 1) * stride[i]! - 2 * padding[i]! + kernel[i]!);
  const { outputSize } = options;
  if (outputSize === null || outputSize === undefined) return plain;
  const wanted = outputSize.slice(-axes);
  const known = outputSize.length === axes || outputSize.length === shape.length;
  if (known && wanted.every((n, i) => Math.abs(n - plain[i]!) < stride[i]!)) return wanted;
  throw argumentError(
    `${name}: outputSize is [${outputSize.join(", ")}]; need [${plain.join(", ")}], each less ` +
      `than the stride, [${stride.join(", ")}], away.`,
  );
}
