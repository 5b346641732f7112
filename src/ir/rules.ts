/** Shape rules that several rows of the table share, and the errors they throw. */
import type { DType } from "../core/dtype.ts";
import { isFloat } from "../core/dtype.ts";
import { argumentError, dtypeError, shapeError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import { sameShape, showShape, sizeOf } from "../core/shape.ts";
import type { BlockAttrs } from "./attrs.ts";
import type { TensorType } from "./node.ts";
import { typeOf } from "./node.ts";

/** A set of dtypes with its name in errors. */
export interface Accepted {
  readonly has: (dtype: DType) => boolean;
  readonly text: string;
}

/** float32 and float64. */
export const FLOATS: Accepted = { has: isFloat, text: "float32 or float64" };
/** Floats and int32. */
export const NUMBERS: Accepted = {
  has: (dtype) => dtype !== "bool",
  text: "float32, float64 or int32",
};
/** int32 alone. */
export const INT32: Accepted = { has: (dtype) => dtype === "int32", text: "int32" };
/** bool and int32. */
export const BITS: Accepted = {
  has: (dtype) => dtype === "bool" || dtype === "int32",
  text: "bool or int32",
};
/** Every dtype. */
export const ANY: Accepted = { has: () => true, text: "any dtype" };

/** Throws unless there are `count` inputs. */
export function needCount(op: string, inputs: readonly TensorType[], count: number): void {
  if (inputs.length !== count) {
    throw argumentError(`${op}: got ${inputs.length} inputs; need ${count}.`);
  }
}

/** Throws unless the type has one of the accepted dtypes. */
export function needDType(op: string, name: string, type: TensorType, accepted: Accepted): void {
  if (accepted.has(type.dtype)) return;
  throw dtypeError(`${op}: ${name} is ${type.text}; need ${accepted.text}.`);
}

/** Throws unless `axis` names an axis of the type. */
export function needAxis(op: string, type: TensorType, axis: number): void {
  const rank = type.shape.length;
  if (Number.isInteger(axis) && axis >= 0 && axis < rank) return;
  throw argumentError(`${op}: axis ${axis} is out of range for ${type.text} of rank ${rank}.`);
}

/** The type of an elementwise result: that of its operands, which must all be equal. */
export function elementwise(
  op: string,
  inputs: readonly TensorType[],
  count: number,
  accepted: Accepted,
): TensorType {
  needCount(op, inputs, count);
  const first = inputs[0]!;
  inputs.forEach((type, i) => needDType(op, `operand ${i + 1}`, type, accepted));
  const other = inputs.find((type) => type !== first);
  if (other === undefined) return first;
  const fail = other.dtype === first.dtype ? shapeError : dtypeError;
  throw fail(`${op}: operands are ${first.text} and ${other.text}; need equal types.`);
}

/** The type of `where`: a bool operand, then two equal ones. */
export function selection(op: string, inputs: readonly TensorType[]): TensorType {
  needCount(op, inputs, 3);
  const type = elementwise(op, inputs.slice(1), 2, ANY);
  if (inputs[0] === typeOf("bool", type.shape)) return type;
  throw dtypeError(
    `${op}: the condition is ${inputs[0]!.text}; need bool${showShape(type.shape)}.`,
  );
}

/** The type of a reduction: the axes go away. */
export function reduction(
  op: string,
  inputs: readonly TensorType[],
  axes: readonly number[],
  accepted: Accepted,
): TensorType {
  needCount(op, inputs, 1);
  const x = inputs[0]!;
  needDType(op, "x", x, accepted);
  axes.forEach((axis, i) => {
    needAxis(op, x, axis);
    if (i > 0 && axis <= axes[i - 1]!) {
      throw argumentError(`${op}: axes [${axes.join(", ")}] must ascend and differ.`);
    }
  });
  return typeOf(
    x.dtype,
    x.shape.filter((_, axis) => !axes.includes(axis)),
  );
}

/** The type of a largest or smallest element, which an empty axis does not have. */
export function extremum(
  op: string,
  inputs: readonly TensorType[],
  axes: readonly number[],
): TensorType {
  const type = reduction(op, inputs, axes, ANY);
  const x = inputs[0]!;
  if (x.size > 0 || type.size === 0 || x.dtype === "bool") return type;
  throw shapeError(`${op}: x is ${showShape(x.shape)}, an empty axis has no ${op}imum.`);
}

/** The type of a running combination. */
export function running(op: string, inputs: readonly TensorType[], axis: number): TensorType {
  needCount(op, inputs, 1);
  needDType(op, "x", inputs[0]!, NUMBERS);
  needAxis(op, inputs[0]!, axis);
  return inputs[0]!;
}

/** The type of a reshape: the number of elements stays. */
export function reshaped(op: string, inputs: readonly TensorType[], shape: Shape): TensorType {
  needCount(op, inputs, 1);
  const x = inputs[0]!;
  if (shape.every((n) => Number.isInteger(n) && n >= 0) && sizeOf(shape) === x.size) {
    return typeOf(x.dtype, shape);
  }
  throw shapeError(
    `${op}: x is ${showShape(x.shape)} (${x.size} elements), ` +
      `the new shape ${showShape(shape)} has ${sizeOf(shape)}.`,
  );
}

/** The type of a permutation of axes. */
export function permuted(
  op: string,
  inputs: readonly TensorType[],
  axes: readonly number[],
): TensorType {
  needCount(op, inputs, 1);
  const { shape, dtype } = inputs[0]!;
  if (axes.length === shape.length && shape.every((_, axis) => axes.includes(axis))) {
    return typeOf(
      dtype,
      axes.map((axis) => shape[axis]!),
    );
  }
  throw shapeError(
    `${op}: axes [${axes.join(", ")}] do not name each axis of ${showShape(shape)} once.`,
  );
}

/** The type of an expansion: axes of extent 1 stretch. */
export function expanded(op: string, inputs: readonly TensorType[], shape: Shape): TensorType {
  needCount(op, inputs, 1);
  const x = inputs[0]!;
  const fits = (n: number, axis: number): boolean => x.shape[axis] === n || x.shape[axis] === 1;
  if (x.shape.length === shape.length && shape.every(fits)) return typeOf(x.dtype, shape);
  throw shapeError(
    `${op}: x is ${showShape(x.shape)}, the new shape is ${showShape(shape)}; ` +
      `need equal ranks, and equal extents wherever x has not 1.`,
  );
}

/** Checks that a strided block lies within x, and that its run-time starts are float64 scalars. */
export function needBlock(
  op: string,
  x: TensorType,
  size: Shape,
  attrs: BlockAttrs,
  starts: readonly TensorType[],
): void {
  const { start, step, dynamic } = attrs;
  const rank = x.shape.length;
  if (start.length !== rank || step.length !== rank || size.length !== rank) {
    throw shapeError(`${op}: x is ${showShape(x.shape)}; need ${rank} starts, sizes and steps.`);
  }
  size.forEach((count, axis) => {
    const extent = x.shape[axis]!;
    const reach = (count - 1) * step[axis]!;
    const moving = dynamic.includes(axis);
    const first = moving ? Math.max(0, -reach) : start[axis]!;
    const inside = first >= 0 && first < extent && first + reach >= 0 && first + reach < extent;
    if (step[axis] !== 0 && (count === 0 || (count > 0 && inside))) return;
    throw shapeError(
      `${op}: ${count} elements from ${moving ? "a moving start" : first} by ${step[axis]} ` +
        `leave axis ${axis} of ${showShape(x.shape)}, which has ${extent}.`,
    );
  });
  if (starts.length !== dynamic.length || starts.some((t) => t.text !== "float64[]")) {
    throw argumentError(`${op}: need ${dynamic.length} starts of type float64[].`);
  }
}

/** Throws the error for two matrices that cannot be multiplied; a hint only where it fits. */
export function innerSizesError(x: Shape, w: Shape): Error {
  const k = x[x.length - 1]!;
  const hints: string[] = [];
  const flip = (s: Shape): number[] => [...s.slice(0, -2), s[s.length - 1]!, s[s.length - 2]!];
  if (w.length === 2 && w[1] === k) hints.push(` w.T is ${showShape(flip(w))}.`);
  else if (x.length === 2 && w.length >= 2 && x[0] === w[w.length - 2]) {
    hints.push(` x.T is ${showShape(flip(x))}.`);
  }
  const axis = w.length === 1 ? -1 : -2;
  return shapeError(
    `matmul: inner sizes differ: x is ${showShape(x)}, w is ${showShape(w)}; ` +
      `need x.shape[-1] (${k}) = w.shape[${axis}] (${w[w.length + axis]}).${hints.join("")}`,
  );
}

/** The type of a batched matrix product. */
export function contraction(inputs: readonly TensorType[]): TensorType {
  needCount("matmul", inputs, 2);
  const [x, w] = inputs as readonly [TensorType, TensorType];
  needDType("matmul", "x", x, FLOATS);
  if (x.dtype !== w.dtype) {
    throw dtypeError(`matmul: x is ${x.text}, w is ${w.text}; need equal dtypes.`);
  }
  const rank = x.shape.length;
  if (
    rank < 2 ||
    w.shape.length !== rank ||
    !sameShape(x.shape.slice(0, -2), w.shape.slice(0, -2))
  ) {
    throw shapeError(
      `matmul: x is ${showShape(x.shape)}, w is ${showShape(w.shape)}; ` +
        `need matrices with equal batch axes.`,
    );
  }
  if (x.shape[rank - 1] !== w.shape[rank - 2]) throw innerSizesError(x.shape, w.shape);
  return typeOf(x.dtype, [...x.shape.slice(0, -1), w.shape[rank - 1]!]);
}

/** The type of tensors laid one after another. */
export function concatenation(inputs: readonly TensorType[], axis: number): TensorType {
  const first = inputs[0];
  if (first === undefined) throw argumentError("cat: got no tensors; need at least one.");
  needAxis("cat", first, axis);
  let total = 0;
  for (const type of inputs) {
    if (type.dtype !== first.dtype) {
      throw dtypeError(`cat: tensors are ${first.text} and ${type.text}; need equal dtypes.`);
    }
    const fits = type.shape.every((n, a) => a === axis || n === first.shape[a]);
    if (type.shape.length !== first.shape.length || !fits) {
      throw shapeError(
        `cat: tensors are ${showShape(first.shape)} and ${showShape(type.shape)}; ` +
          `need equal shapes but for axis ${axis}.`,
      );
    }
    total += type.shape[axis]!;
  }
  return typeOf(
    first.dtype,
    first.shape.map((extent, a) => (a === axis ? total : extent)),
  );
}

/** Checks the index of a gather or scatter: int32, of x's rank, within x off the axis. */
export function needIndex(op: string, x: TensorType, index: TensorType, axis: number): void {
  needAxis(op, x, axis);
  needDType(op, "index", index, INT32);
  const fits = index.shape.every((n, a) => a === axis || n <= x.shape[a]!);
  if (index.shape.length === x.shape.length && fits) return;
  throw shapeError(
    `${op}: x is ${showShape(x.shape)}, index is ${showShape(index.shape)}; ` +
      `need equal ranks, and no larger extents of index but along axis ${axis}.`,
  );
}

/** The type of a scatter: that of x. */
export function scattered(
  op: string,
  inputs: readonly TensorType[],
  axis: number,
  accepted: Accepted,
): TensorType {
  needCount(op, inputs, 3);
  const [x, index, source] = inputs as readonly [TensorType, TensorType, TensorType];
  needDType(op, "x", x, accepted);
  needIndex(op, x, index, axis);
  if (source === typeOf(x.dtype, index.shape)) return x;
  throw shapeError(
    `${op}: x is ${x.text}, index is ${index.text}, source is ${source.text}; ` +
      `need a source of index's shape and x's dtype.`,
  );
}
