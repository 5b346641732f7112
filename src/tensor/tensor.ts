/**
 * The tensor: an immutable array of numbers with a shape, a dtype and, where asked, a gradient. Its
 * methods are one line each: they call the functions of `functions/`, which run at once, are recorded
 * for `backward`, and become part of the program inside `compile`. (PyTorch: `torch.Tensor`.)
 */
import type { DType, TypedArray } from "../core/dtype.ts";
import { isFloat } from "../core/dtype.ts";
import { NablaError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import { showShape } from "../core/shape.ts";
import type { Node, TensorType } from "../ir/node.ts";
import { typeOf } from "../ir/node.ts";
import type { Device, DeviceName } from "../runtime/device.ts";
import { deviceOf } from "../runtime/device.ts";
import { NONE } from "../runtime/function.ts";
import { Storage } from "../runtime/storage.ts";
import { walk } from "./backward.ts";
import { call1, replaceStorage } from "./call.ts";
import { defaultDevice } from "./device.ts";
import * as act from "./functions/activation.ts";
import * as f from "./functions/arithmetic.ts";
import type { SortOptions } from "./functions/indexing.ts";
import * as idx from "./functions/indexing.ts";
import * as lin from "./functions/linalg.ts";
import * as mv from "./functions/movement.ts";
import * as num from "./functions/numeric.ts";
import type { Dims, KeepDim, VarianceOptions, WithIndices } from "./functions/reduction.ts";
import * as red from "./functions/reduction.ts";
import { showTensor } from "./print.ts";
import { context, storageOf, Value } from "./value.ts";

/** Options of `backward`. */
export interface BackwardOptions {
  /** Keep what the walk reads, so that it can run again. Default: `createGraph`. */
  readonly retainGraph?: boolean;
  /** Record the walk, so that gradients can be differentiated. Default: false. */
  readonly createGraph?: boolean;
}

/** Nested rows of numbers or truth values. */
export type Nested = number | boolean | Nested[];

/** An array of numbers with a shape. Make one with `tensor`, `zeros`, `randn`, … */
export class Tensor extends Value {
  /** Wraps a storage. */
  static fromStorage(type: TensorType, device: Device, storage: Storage): Tensor {
    return new Tensor(type, device, storage, null);
  }

  /** Wraps a node of the trace that is active. */
  static fromNode(node: Node): Tensor {
    return new Tensor(node.type, defaultDevice(), null, node);
  }

  override like(type: TensorType, storage: Storage | null, node: Node | null): this {
    return new Tensor(type, this.home, storage, node) as this;
  }

  /** The extents, outermost first. */
  get shape(): Shape {
    return this.type.shape;
  }

  /** The element type. */
  get dtype(): DType {
    return this.type.dtype;
  }

  /** The name of the device it lives on. */
  get device(): DeviceName {
    return this.home.name;
  }

  /** The number of axes. */
  get ndim(): number {
    return this.type.shape.length;
  }

  /** Returns the number of elements. */
  numel(): number {
    return this.type.size;
  }

  /** The gradient accumulated by `backward`, or null. Set it to null to clear it. */
  get grad(): Tensor | null {
    const { tracer } = context;
    return (tracer === null ? this.gradient : tracer.gradOf(this)) as Tensor | null;
  }

  set grad(value: Tensor | null) {
    if (value !== null && value.type !== this.type) {
      throw new NablaError(
        "shape",
        `grad: the gradient is ${value.type.text}; need that of the tensor, ${this.type.text}.`,
      );
    }
    if (context.tracer === null) this.gradient = value;
    else context.tracer.setGrad(this, value);
  }

  /** Whether it is a leaf of the tape: not made by a recorded call. */
  get isLeaf(): boolean {
    return this.record === null;
  }

  /** Makes it collect gradients (floats only) and settable; returns it. */
  requireGrad(required = true): this {
    if (required && !isFloat(this.dtype)) {
      throw new NablaError(
        "autograd",
        `requireGrad: the tensor is ${this.type.text}; only float32 and float64 have gradients.`,
      );
    }
    if (this.record !== null) {
      throw new NablaError("autograd", "requireGrad: the tensor was computed; only leaves can be asked.");
    }
    this.requiresGrad = required;
    this.settable ||= required;
    return this;
  }

  /** Returns the one number, as soon as it is there. Throws unless there is exactly one. */
  async item(): Promise<number> {
    return this.itemSync();
  }

  /** Returns the one number now. Throws unless there is exactly one, and inside a trace. */
  itemSync(): number {
    if (this.type.size !== 1) {
      throw new NablaError(
        "shape",
        `item: the tensor is ${showShape(this.shape)}; need exactly one element. ` +
          `Use toArray() for all, or reduce it first.`,
      );
    }
    return storageOf(this).read()[0]!;
  }

  /** Returns a copy of the numbers in row-major order, as soon as they are there. */
  async data(): Promise<TypedArray> {
    return this.dataSync();
  }

  /** Returns a copy of the numbers in row-major order. */
  dataSync(): TypedArray {
    return storageOf(this).read().slice();
  }

  /** Returns the numbers in nested arrays, as soon as they are there. */
  async toArray(): Promise<Nested> {
    return this.toArraySync();
  }

  /** Returns the numbers in nested arrays; bools as truth values. */
  toArraySync(): Nested {
    return nest(storageOf(this).read(), this.shape, this.dtype === "bool");
  }

  /**
   * Accumulates the gradient of this scalar into the leaves it depends on; for a tensor that is not a
   * scalar give the cotangent, of the same shape. Throws for a second walk through released calls.
   */
  backward(cotangent?: Tensor, options: BackwardOptions = {}): void {
    if (!this.requiresGrad) {
      throw new NablaError(
        "autograd",
        "backward: the tensor does not depend on anything that requires a gradient. Make a leaf with " +
          "{ requiresGrad: true }, and compute outside noGrad.",
      );
    }
    const createGraph = options.createGraph ?? false;
    walk([this], [matching("backward", cotangent, this)], {
      createGraph,
      retainGraph: options.retainGraph ?? createGraph,
      wanted: null,
    });
  }

  /** Returns the same value, cut off from the tape. */
  detach(): Tensor {
    if (this.node !== null || context.tracer !== null) {
      return call1(f.detach, [this], [], NONE).withoutGrad();
    }
    const storage = storageOf(this);
    storage.exposed = true;
    return new Tensor(this.type, this.home, storage, null);
  }

  private withoutGrad(): this {
    this.requiresGrad = false;
    this.record = null;
    return this;
  }

  /**
   * Replaces the value of a parameter, a buffer or another cell; the only mutation there is. Throws for
   * a tensor that is no cell, for another type, and for a value that requires a gradient.
   */
  set(value: Tensor): void {
    if (!this.settable) {
      throw new NablaError(
        "state",
        "set: the tensor is a value and never changes. Only leaves that require gradients, buffers and " +
          "cell(tensor) can be set.",
      );
    }
    if (value.type !== this.type) {
      throw new NablaError("shape", `set: the value is ${value.type.text}; need ${this.type.text}.`);
    }
    if (value.requiresGrad && context.gradEnabled) {
      throw new NablaError(
        "autograd",
        "set: the value requires a gradient, which a cell cannot carry. Compute it without: " +
          "noGrad(() => w.set(w.sub(w.grad!.mul(0.1)))).",
      );
    }
    if (context.tracer !== null) {
      context.tracer.set(this, value);
      return;
    }
    const storage = storageOf(value);
    storage.exposed = true;
    replaceStorage(this, storage);
  }

  /** Moves to a device or converts to a dtype; returns this tensor where nothing changes. */
  to(target: DType | DeviceName): Tensor {
    if (target === "wasm" || target === "interpret") return this.toDevice(target);
    return target === this.dtype ? this : call1(f.cast, [this], [], castAttrs[target]);
  }

  private toDevice(name: DeviceName): Tensor {
    const device = deviceOf(name);
    if (device === this.home) return this;
    const storage = new Storage(this.dtype, this.type.size, storageOf(this).read());
    const moved = new Tensor(this.type, device, storage, null);
    return this.requiresGrad && this.record === null ? moved.requireGrad() : moved;
  }

  /** Spells shape, dtype, device and values as PyTorch does. */
  override toString(): string {
    return showTensor(this, this.node === null ? storageOf(this).read() : null);
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw new NablaError(
      "argument",
      "a tensor has no operators: use a.add(b), a.sub(b), a.mul(b), a.div(b), a.lt(b) in place of " +
        "a + b, a - b, a * b, a / b, a < b; await a.item() gives the number of a scalar.",
    );
  }

  /** −x. */
  neg(): Tensor {
    return f.neg(this);
  }

  /** |x|. */
  abs(): Tensor {
    return f.abs(this);
  }

  /** −1, 0 or 1. */
  sign(): Tensor {
    return f.sign(this);
  }

  /** The largest integers up to x. */
  floor(): Tensor {
    return f.floor(this);
  }

  /** The smallest integers from x on. */
  ceil(): Tensor {
    return f.ceil(this);
  }

  /** x without fractions. */
  trunc(): Tensor {
    return f.trunc(this);
  }

  /** √x. */
  sqrt(): Tensor {
    return f.sqrt(this);
  }

  /** 1 / √x. */
  rsqrt(): Tensor {
    return f.rsqrt(this);
  }

  /** x². */
  square(): Tensor {
    return f.square(this);
  }

  /** 1 / x. */
  reciprocal(): Tensor {
    return f.reciprocal(this);
  }

  /** eˣ. */
  exp(): Tensor {
    return f.exp(this);
  }

  /** eˣ − 1. */
  expm1(): Tensor {
    return f.expm1(this);
  }

  /** The natural logarithm. */
  log(): Tensor {
    return f.log(this);
  }

  /** The logarithm to base 2. */
  log2(): Tensor {
    return f.log2(this);
  }

  /** The logarithm to base 10. */
  log10(): Tensor {
    return f.log10(this);
  }

  /** log(1 + x). */
  log1p(): Tensor {
    return f.log1p(this);
  }

  /** The sine. */
  sin(): Tensor {
    return f.sin(this);
  }

  /** The cosine. */
  cos(): Tensor {
    return f.cos(this);
  }

  /** The tangent. */
  tan(): Tensor {
    return f.tan(this);
  }

  /** The inverse sine. */
  asin(): Tensor {
    return f.asin(this);
  }

  /** The inverse cosine. */
  acos(): Tensor {
    return f.acos(this);
  }

  /** The inverse tangent. */
  atan(): Tensor {
    return f.atan(this);
  }

  /** The hyperbolic sine. */
  sinh(): Tensor {
    return f.sinh(this);
  }

  /** The hyperbolic cosine. */
  cosh(): Tensor {
    return f.cosh(this);
  }

  /** The hyperbolic tangent. */
  tanh(): Tensor {
    return f.tanh(this);
  }

  /** The error function. */
  erf(): Tensor {
    return f.erf(this);
  }

  /** 1 / (1 + e⁻ˣ). */
  sigmoid(): Tensor {
    return f.sigmoid(this);
  }

  /** max(0, x). */
  relu(): Tensor {
    return act.relu(this);
  }

  /** It is not true (0). */
  logicalNot(): Tensor {
    return f.logicalNot(this);
  }

  /** x + y. */
  add(y: Tensor | number): Tensor {
    return f.add(this, y);
  }

  /** x − y. */
  sub(y: Tensor | number): Tensor {
    return f.sub(this, y);
  }

  /** x · y. */
  mul(y: Tensor | number): Tensor {
    return f.mul(this, y);
  }

  /** x / y, always with a fraction. */
  div(y: Tensor | number): Tensor {
    return f.div(this, y);
  }

  /** The larger of two; NaN wins. */
  maximum(y: Tensor | number): Tensor {
    return f.maximum(this, y);
  }

  /** The smaller of two; NaN wins. */
  minimum(y: Tensor | number): Tensor {
    return f.minimum(this, y);
  }

  /** x to the power y. */
  pow(y: Tensor | number): Tensor {
    return f.pow(this, y);
  }

  /** Whether x = y. */
  eq(y: Tensor | number): Tensor {
    return f.eq(this, y);
  }

  /** Whether x ≠ y. */
  ne(y: Tensor | number): Tensor {
    return f.ne(this, y);
  }

  /** Whether x < y. */
  lt(y: Tensor | number): Tensor {
    return f.lt(this, y);
  }

  /** Whether x ≤ y. */
  le(y: Tensor | number): Tensor {
    return f.le(this, y);
  }

  /** Whether x > y. */
  gt(y: Tensor | number): Tensor {
    return f.gt(this, y);
  }

  /** Whether x ≥ y. */
  ge(y: Tensor | number): Tensor {
    return f.ge(this, y);
  }

  /** Both are true (not 0). */
  logicalAnd(y: Tensor | number): Tensor {
    return f.logicalAnd(this, y);
  }

  /** Either is true. */
  logicalOr(y: Tensor | number): Tensor {
    return f.logicalOr(this, y);
  }

  /** The quotient rounded down. */
  floorDivide(y: Tensor | number): Tensor {
    return num.floorDivide(this, y);
  }

  /** The remainder with the sign of y. */
  remainder(y: Tensor | number): Tensor {
    return num.remainder(this, y);
  }

  /** The sum. Over all axes, or over `dim`. */
  sum(dim?: Dims, options?: KeepDim): Tensor {
    return red.sum(this, dim, options);
  }

  /** The product. Over all axes, or over `dim`. */
  prod(dim?: Dims, options?: KeepDim): Tensor {
    return red.prod(this, dim, options);
  }

  /** The mean. Over all axes, or over `dim`. */
  mean(dim?: Dims, options?: KeepDim): Tensor {
    return red.mean(this, dim, options);
  }

  /** The largest element; ties share the gradient. Over all axes, or over `dim`. */
  amax(dim?: Dims, options?: KeepDim): Tensor {
    return red.amax(this, dim, options);
  }

  /** The smallest element; ties share the gradient. Over all axes, or over `dim`. */
  amin(dim?: Dims, options?: KeepDim): Tensor {
    return red.amin(this, dim, options);
  }

  /** Whether any element is true. Over all axes, or over `dim`. */
  any(dim?: Dims, options?: KeepDim): Tensor {
    return red.any(this, dim, options);
  }

  /** Whether all elements are true. Over all axes, or over `dim`. */
  all(dim?: Dims, options?: KeepDim): Tensor {
    return red.all(this, dim, options);
  }

  /** log Σ eˣ. Over all axes, or over `dim`. */
  logsumexp(dim?: Dims, options?: KeepDim): Tensor {
    return red.logsumexp(this, dim, options);
  }

  /** The variance; divided by n − 1 unless `correction` says otherwise. */
  var(dim?: Dims, options?: VarianceOptions): Tensor {
    return red.variance(this, dim, options);
  }

  /** The standard deviation. */
  std(dim?: Dims, options?: VarianceOptions): Tensor {
    return red.std(this, dim, options);
  }

  /** The position (int32) of the largest element. */
  argmax(dim?: number | null, options?: KeepDim): Tensor {
    return red.argmax(this, dim, options);
  }

  /** The position (int32) of the smallest element. */
  argmin(dim?: number | null, options?: KeepDim): Tensor {
    return red.argmin(this, dim, options);
  }

  /** The p-norm. */
  norm(p = 2, dim?: Dims, options?: KeepDim): Tensor {
    return red.norm(this, p, dim, options);
  }

  /** The sum so far along an axis. */
  cumsum(dim: number): Tensor {
    return red.cumsum(this, dim);
  }

  /** The product so far along an axis. */
  cumprod(dim: number): Tensor {
    return red.cumprod(this, dim);
  }

  /** The exponentials along an axis, divided by their sum. */
  softmax(dim: number): Tensor {
    return act.softmax(this, dim);
  }

  /** The logarithm of softmax. */
  logSoftmax(dim: number): Tensor {
    return act.logSoftmax(this, dim);
  }

  /** The elements held between bounds. */
  clamp(min?: Tensor | number | null, max?: Tensor | number | null): Tensor {
    return num.clamp(this, min, max);
  }

  /** The same elements in another shape; one extent may be −1. */
  reshape(shape: Shape): Tensor {
    return mv.reshape(this, shape);
  }

  /** The same as `reshape`. */
  view(shape: Shape): Tensor {
    return mv.reshape(this, shape);
  }

  /** The axes in another order. */
  permute(dims: readonly number[]): Tensor {
    return mv.permute(this, dims);
  }

  /** Two axes exchanged. */
  transpose(dim0: number, dim1: number): Tensor {
    return mv.transpose(this, dim0, dim1);
  }

  /** Extents of 1 stretched; −1 keeps one. */
  expand(shape: Shape): Tensor {
    return mv.expand(this, shape);
  }

  /** Without axes of extent 1. */
  squeeze(dim?: number | readonly number[]): Tensor {
    return mv.squeeze(this, dim);
  }

  /** With a new axis of extent 1. */
  unsqueeze(dim: number): Tensor {
    return mv.unsqueeze(this, dim);
  }

  /** Axes `startDim` to `endDim` made one. */
  flatten(startDim?: number, endDim?: number): Tensor {
    return mv.flatten(this, startDim, endDim);
  }

  /** Axes reversed. */
  flip(dims: number | readonly number[]): Tensor {
    return mv.flip(this, dims);
  }

  /** Elements moved around axes. */
  roll(shifts: number | readonly number[], dims?: number | readonly number[]): Tensor {
    return mv.roll(this, shifts, dims);
  }

  /** Copies laid side by side. */
  repeat(counts: readonly number[]): Tensor {
    return mv.repeat(this, counts);
  }

  /** The lower triangle. */
  tril(offset?: number): Tensor {
    return mv.tril(this, offset);
  }

  /** The upper triangle. */
  triu(offset?: number): Tensor {
    return mv.triu(this, offset);
  }

  /** `length` elements along an axis from `start` on. */
  narrow(dim: number, start: number, length: number): Tensor {
    return mv.narrow(this, dim, start, length);
  }

  /** The elements at one place of an axis, which goes away. */
  select(dim: number, index: number): Tensor {
    return mv.select(this, dim, index);
  }

  /** `start:end:step` along an axis. */
  slice(dim: number, start?: number | null, end?: number | null, step?: number): Tensor {
    return mv.slice(this, dim, start, end, step);
  }

  /** The elements at index (int32) along an axis. */
  gather(dim: number, index: Tensor): Tensor {
    return idx.gather(this, dim, index);
  }

  /** The slices at a list of places along an axis. */
  indexSelect(dim: number, index: Tensor): Tensor {
    return idx.indexSelect(this, dim, index);
  }

  /** With source added at index along an axis. */
  scatterAdd(dim: number, index: Tensor, source: Tensor): Tensor {
    return idx.scatterAdd(this, dim, index, source);
  }

  /** With a value where the mask holds. */
  maskedFill(mask: Tensor, value: Tensor | number): Tensor {
    return idx.maskedFill(this, mask, value);
  }

  /** The positions (int32) that sort an axis. */
  argsort(dim?: number, options?: SortOptions): Tensor {
    return idx.argsort(this, dim, options);
  }

  /** The matrix product. */
  matmul(y: Tensor): Tensor {
    return lin.matmul(this, y);
  }

  /** The product of two matrices. */
  mm(y: Tensor): Tensor {
    return lin.mm(this, y);
  }

  /** The products of two batches of matrices. */
  bmm(y: Tensor): Tensor {
    return lin.bmm(this, y);
  }

  /** The inner product of two vectors. */
  dot(y: Tensor): Tensor {
    return lin.dot(this, y);
  }

  /** Whether an element is NaN. */
  isNaN(): Tensor {
    return num.isNaN(this);
  }

  /** Whether an element is neither NaN nor infinite. */
  isFinite(): Tensor {
    return num.isFinite(this);
  }

  /** The nearest integers (ties to even), or the nearest multiples of 10^−decimals. */
  round({ decimals = 0 }: { readonly decimals?: number } = {}): Tensor {
    return num.round(this, decimals);
  }

  /** The axes of a matrix exchanged; of more axes, the last two. */
  get T(): Tensor {
    return mv.matrixTranspose(this);
  }

  /** The largest element; with `dim`, the largest along it and where they are. */
  max(): Tensor;
  max(dim: number, options?: KeepDim): WithIndices<Tensor>;
  max(dim?: number, options?: KeepDim): Tensor | WithIndices<Tensor> {
    return dim === undefined ? red.amax(this) : red.maxAlong(this, dim, options);
  }

  /** The smallest element; with `dim`, the smallest along it and where they are. */
  min(): Tensor;
  min(dim: number, options?: KeepDim): WithIndices<Tensor>;
  min(dim?: number, options?: KeepDim): Tensor | WithIndices<Tensor> {
    return dim === undefined ? red.amin(this) : red.minAlong(this, dim, options);
  }

  /** The elements along an axis in order, and where they were. */
  sort(dim?: number, options?: SortOptions): WithIndices<Tensor> {
    return idx.sort(this, dim, options);
  }

  /** The k largest (or smallest) elements along an axis, and where they were. */
  topk(k: number, dim?: number, options?: { readonly largest?: boolean }): WithIndices<Tensor> {
    return idx.topk(this, k, dim, options);
  }

  /** Pieces of one size, or of the sizes given, along an axis. */
  split(sizes: number | readonly number[], dim?: number): Tensor[] {
    return mv.split(this, sizes, dim);
  }

  /** Pieces of nearly one size along an axis. */
  chunk(chunks: number, dim?: number): Tensor[] {
    return mv.chunk(this, chunks, dim);
  }

  /** The value as float32. */
  float(): Tensor {
    return this.to("float32");
  }

  /** The value as float64. */
  double(): Tensor {
    return this.to("float64");
  }

  /** The value as int32, fractions cut off. */
  int(): Tensor {
    return this.to("int32");
  }

  /** Whether elements are not 0. */
  bool(): Tensor {
    return this.to("bool");
  }
}

/** Makes a settable tensor without gradient from a value: a buffer, or an optimizer's state. */
export function cell(value: Tensor): Tensor {
  const storage = storageOf(value);
  storage.exposed = true;
  const made = Tensor.fromStorage(value.type, value.home, storage);
  made.settable = true;
  return made;
}

const castAttrs = {
  float32: { dtype: "float32" },
  float64: { dtype: "float64" },
  int32: { dtype: "int32" },
  bool: { dtype: "bool" },
} as const satisfies Record<DType, { dtype: DType }>;

function matching(name: string, cotangent: Tensor | undefined, of: Tensor): Tensor | null {
  if (cotangent === undefined) return null;
  if (cotangent.type === of.type) return cotangent;
  if (cotangent.dtype !== of.dtype && cotangent.type === typeOf(cotangent.dtype, of.shape)) {
    return cotangent.to(of.dtype);
  }
  throw new NablaError(
    "shape",
    `${name}: the cotangent is ${cotangent.type.text}; need that of the tensor, ${of.type.text}.`,
  );
}

function nest(data: TypedArray, shape: Shape, truth: boolean): Nested {
  let at = 0;
  const build = (axis: number): Nested => {
    if (axis === shape.length) {
      const value = data[at++]!;
      return truth ? value !== 0 : value;
    }
    return Array.from({ length: shape[axis]! }, () => build(axis + 1));
  };
  return build(0);
}
