/** Max unpooling: values go back to where max pooling found them, zeros elsewhere. */
import { argumentError, dtypeError, shapeError } from "../../core/errors.ts";
import type { Options } from "../../core/options.ts";
import { sameShape, showShape, sizeOf } from "../../core/shape.ts";
import type { Node } from "../../ir/node.ts";
import { fill, reshape } from "../../ir/words.ts";
import { define } from "./define.ts";
import type { PerAxis } from "./windows.ts";
import { perAxis } from "./windows.ts";

/** The settings of max unpooling; the stride is the kernel's size unless it is given. */
const MAX_UNPOOL = {
  stride: null as PerAxis | null,
  padding: 0 as PerAxis,
  /** The extents of the result, its first axes among them or not. */
  outputSize: null as readonly number[] | null,
};

/** The options of max unpooling. */
type UnpoolOptions = Options<typeof MAX_UNPOOL>;

/**
 * Puts each element of x at its flat position in a plane of zeros; of equal places the last stays.
 */
function unpool(axes: number) {
  const name = `maxUnpool${axes}d`;
  return define(
    name,
    MAX_UNPOOL,
    (
      b,
      x,
      indices: Node,
      kernelSize: PerAxis,
      stride: PerAxis | null,
      padding: PerAxis,
      outputSize: readonly number[] | null,
    ) => {
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
      const output = extentsOf(name, shape, axes, kernelSize, { stride, padding, outputSize });
      const [count, room] = [sizeOf(lead), sizeOf(output)];
      const line = [count, sizeOf(shape.slice(-axes))];
      const given = [
        fill(b, dtype, [count, room], 0),
        reshape(b, indices, line),
        reshape(b, x, line),
      ];
      return reshape(b, b.apply("scatter", given, { combine: "set", axis: 1 }), [
        ...lead,
        ...output,
      ]);
    },
    { tensors: ["indices"], needed: ["kernelSize"] },
  );
}

/** The extents of the result: what a pool of these settings would have made x of. */
function extentsOf(
  name: string,
  shape: readonly number[],
  axes: number,
  kernelSize: PerAxis,
  { stride: given, padding: border, outputSize }: Required<UnpoolOptions>,
): readonly number[] {
  const kernel = perAxis(name, "kernelSize", kernelSize, axes);
  const stride = perAxis(name, "stride", given ?? kernel, axes);
  const padding = perAxis(name, "padding", border, axes);
  const plain = shape
    .slice(-axes)
    .map((extent, i) => (extent - 1) * stride[i]! - 2 * padding[i]! + kernel[i]!);
  if (outputSize === null) return plain;
  const wanted = outputSize.slice(-axes);
  const known = outputSize.length === axes || outputSize.length === shape.length;
  if (known && wanted.every((n, i) => Math.abs(n - plain[i]!) < stride[i]!)) return wanted;
  throw argumentError(
    `${name}: outputSize is [${outputSize.join(", ")}]; need [${plain.join(", ")}], each less ` +
      `than the stride, [${stride.join(", ")}], away.`,
  );
}

/**
 * The inverse of `maxPool1d` up to zeros: input `[N, C, L]` and the positions that the pool gave.
 * `outputSize` chooses among the lengths that pool to L. PyTorch: `F.max_unpool1d`.
 */
export const maxUnpool1d = /* @__PURE__ */ unpool(1);

/** The same for images, `[N, C, H, W]`; see `maxUnpool1d`. PyTorch: `F.max_unpool2d`. */
export const maxUnpool2d = /* @__PURE__ */ unpool(2);

/** The same for volumes, `[N, C, D, H, W]`; see `maxUnpool1d`. PyTorch: `F.max_unpool3d`. */
export const maxUnpool3d = /* @__PURE__ */ unpool(3);
