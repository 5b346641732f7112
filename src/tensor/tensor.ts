/**
 * The tensor: an immutable array of numbers with a shape, a dtype and, where asked, a gradient.
 * Here: reading, gradients, cells, devices. Arithmetic is inherited (Elementwise → Reducing →
 * Moving → Placing in `methods/`): one line each, they call `functions/`, which run at once, are
 * recorded for `backward`, and become part of the program inside `compile`. (PyTorch:
 * `torch.Tensor`.)
 */
import type { DType, TypedArray } from "../core/dtype.ts";
import { isFloat } from "../core/dtype.ts";
import { argumentError, NablaError } from "../core/errors.ts";
import { readNamed, show } from "../core/options.ts";
import type { Shape } from "../core/shape.ts";
import { showShape } from "../core/shape.ts";
import type { Node, TensorType } from "../ir/node.ts";
import { typeOf } from "../ir/node.ts";
import type { Device, DeviceName } from "../runtime/device.ts";
import { deviceNamed } from "../runtime/device.ts";
import { NONE, NUMBER } from "../runtime/function.ts";
import { Storage } from "../runtime/storage.ts";
import { walk } from "./backward.ts";
import { attach, call1, gradientOf, replaceStorage } from "./call.ts";
import { customRecord } from "./custom-record.ts";
import { defaultDevice } from "./device.ts";
import { cast, detach } from "./functions/arithmetic.ts";
import { Placing } from "./methods/placing.ts";
import { showTensor } from "./print.ts";
import type { Value } from "./value.ts";
import { hostChanged } from "./observe.ts";
import { context, numbersOf, readableStorage, storageOf } from "./value.ts";

/** Options of `backward`. */
export interface BackwardOptions {
  /** Keep what the walk reads, so that it can run again. Default: `createGraph`. */
  readonly retainGraph?: boolean;
  /** Record the walk, so that gradients can be differentiated. Default: false. */
  readonly createGraph?: boolean;
}

/** What registering a hook gives. */
export interface HookHandle {
  /** Takes the hook away. */
  remove(): void;
}

/** Nested rows of numbers or truth values. */
export type Nested = number | boolean | Nested[];

/** An array of numbers with a shape. Make one with `tensor`, `zeros`, `randn`, … */
export class Tensor extends Placing {
  /** Wraps a storage. @internal */
  static fromStorage(type: TensorType, device: Device, storage: Storage): Tensor {
    return new Tensor(type, device, storage, null);
  }

  /** Wraps a host number that is read whenever the tensor is used. @internal */
  static fromReading(read: () => number): Tensor {
    const reading = new Tensor(NUMBER, defaultDevice(), null, null);
    reading.reading = read;
    return reading;
  }

  /** Wraps a node of the trace that is active. @internal */
  static fromNode(node: Node, home = defaultDevice()): Tensor {
    return new Tensor(node.type, home, null, node);
  }

  /** @internal */
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
    const gradient = gradientOf<Tensor>(this);
    if (gradient?.storage) gradient.storage.inner = false;
    return gradient;
  }

  set grad(value: Tensor | null) {
    if (value !== null && value.type !== this.type) {
      throw new NablaError(
        "shape",
        `grad: the gradient is ${value.type.text}; need that of the tensor, ${this.type.text}.`,
      );
    }
    const { gradient } = this;
    if (context.tracer === null) {
      this.gradient = value;
      if (gradient !== value) gradient?.storage?.leave();
    } else context.tracer.setGrad(this, value);
  }

  /** Whether it is a leaf of the tape: not made by a recorded call. */
  get isLeaf(): boolean {
    return context.tracer?.isLeaf(this) ?? this.record === null;
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
      throw new NablaError(
        "autograd",
        "requireGrad: the tensor was computed; only leaves can be asked.",
      );
    }
    this.requiresGrad = required;
    this.settable ||= required;
    return this;
  }

  /** Returns the one number, as soon as it is there. Throws unless there is exactly one. */
  async item(): Promise<number> {
    this.#assertScalar();
    return (await numbersOf(this))[0]!;
  }

  /** Returns the one number now. Throws unless there is exactly one, and inside a trace. */
  itemSync(): number {
    this.#assertScalar();
    return this.#numbersNow("itemSync", "item")[0]!;
  }

  #assertScalar(): void {
    if (this.type.size === 1) return;
    throw new NablaError(
      "shape",
      `item: the tensor is ${showShape(this.shape)}; need exactly one element. ` +
        `Use toArray() for all, or reduce it first.`,
    );
  }

  /** Returns a copy of the numbers in row-major order, as soon as they are there. */
  async data(): Promise<TypedArray> {
    return (await numbersOf(this)).slice();
  }

  /** Returns a copy of the numbers in row-major order. */
  dataSync(): TypedArray {
    return this.#numbersNow("dataSync", "data").slice();
  }

  /** Returns the numbers in nested arrays, as soon as they are there. */
  async toArray(): Promise<Nested> {
    return nest(await numbersOf(this), this.shape, this.dtype === "bool");
  }

  /** Returns the numbers in nested arrays; bools as truth values. */
  toArraySync(): Nested {
    return nest(this.#numbersNow("toArraySync", "toArray"), this.shape, this.dtype === "bool");
  }

  /** What `JSON.stringify` writes: the numbers in nested arrays (NaN and infinities as null). */
  toJSON(): Nested {
    return nest(this.#numbersNow("toJSON", "toArray"), this.shape, this.dtype === "bool");
  }

  /** The numbers, where the host can read them at once; otherwise names what waits for them. */
  #numbersNow(name: string, waiting: string): TypedArray {
    const storage = readableStorage(this);
    if (!isElsewhere(storage)) return storage.read();
    throw new NablaError(
      "device",
      `${name}: the values are on ${this.device}, which the host cannot read at once; ` +
        `use await x.${waiting}().`,
    );
  }

  /**
   * Accumulates the gradient of this scalar into the leaves it depends on; for a tensor that is not
   * a scalar give the cotangent, of the same shape. Throws for a second walk through released
   * calls.
   */
  backward(cotangent?: Tensor, options: BackwardOptions = {}): void {
    if (!this.requiresGrad) {
      throw new NablaError(
        "autograd",
        "backward: the tensor does not depend on anything that requires a gradient. Make a leaf with " +
          "{ requiresGrad: true }, and compute outside noGrad.",
      );
    }
    readNamed("backward", { retainGraph: false, createGraph: false }, options);
    const { createGraph = false, retainGraph = createGraph } = options ?? {};
    const run = (): void => {
      const cotangents = [matching("backward", cotangent ?? null, this)];
      walk([this], cotangents, { createGraph, retainGraph, wanted: null });
    };
    const { tracer } = context;
    if (tracer === null || createGraph || cotangent) run();
    else tracer.walk(this, retainGraph, run);
  }

  /**
   * Calls `hook` with this tensor's gradient whenever it is computed; what the hook returns, of the
   * same shape, takes its place. Returns a handle that removes it. PyTorch: `register_hook`.
   */
  registerHook(hook: (grad: Tensor) => Tensor | null | void): HookHandle {
    if (!this.requiresGrad) {
      throw new NablaError(
        "autograd",
        "registerHook: the tensor requires no gradient, so the hook would never run.",
      );
    }
    const run = (gradient: Value): Value | null => hook(gradient as Tensor) ?? null;
    context.tracer?.needsBackwardInside("a hook on a tensor");
    const { record } = this;
    if (record === null) {
      this.hooks = [...(this.hooks ?? []), run];
      return { remove: () => void (this.hooks = without(this.hooks, (one) => one === run)) };
    }
    record.hooks = [...(record.hooks ?? []), { value: this, run }];
    return { remove: () => void (record.hooks = without(record.hooks, (one) => one.run === run)) };
  }

  /** Returns the same value, cut off from the tape. */
  detach(): Tensor {
    if (this.node !== null || context.tracer !== null) {
      return call1(detach, [this], [], NONE).#withoutGrad();
    }
    const storage = storageOf(this);
    storage.exposed = true;
    return new Tensor(this.type, this.home, storage, null);
  }

  #withoutGrad(): this {
    this.requiresGrad = false;
    this.record = null;
    return this;
  }

  /**
   * Replaces the value of a parameter, a buffer or another cell; the only mutation there is. Throws
   * for a tensor that is no cell, for another type, and for a value that requires a gradient.
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
      throw new NablaError(
        "shape",
        `set: the value is ${value.type.text}; need ${this.type.text}.`,
      );
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
    const storage = storageOf(value).own();
    storage.exposed = true;
    replaceStorage(this, storage);
  }

  /**
   * Moves to a device or converts to a dtype; returns this tensor where nothing changes. Gradients
   * move back.
   */
  to(target: DType | DeviceName): Tensor {
    if (!Object.hasOwn(castAttrs, target)) return this.#toDevice(target as DeviceName);
    return target === this.dtype ? this : call1(cast, [this], [], castAttrs[target as DType]);
  }

  #toDevice(name: DeviceName): Tensor {
    const device = deviceNamed(name);
    if (device === this.home) return this;
    context.tracer?.fail("a tensor is moved to another device");
    const moved = new Tensor(this.type, device, copyForHost(storageOf(this)), null);
    if (!this.requiresGrad || !context.gradEnabled) return moved;
    const home = this.home.name;
    const back = ([g]: readonly (Value | null)[]): Value[] => [(g as Tensor).to(home)];
    attach([moved], customRecord("to", [this], [moved], back));
    return moved;
  }

  /** Spells shape, dtype, device and values as PyTorch does. */
  override toString(): string {
    return showTensor(this, this.#numbersNow("toString", "data"));
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    const hidden = this.storage ? isElsewhere(this.storage) : this.node && !context.tracer;
    return hidden ? showTensor(this, null) : this.toString();
  }

  /** Its text in a template; operators (`a + b`) are refused, JavaScript has none for tensors. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw new NablaError(
      "argument",
      "a tensor has no operators: use a.add(b), a.sub(b), a.mul(b), a.div(b), a.lt(b) in place of " +
        "a + b, a - b, a * b, a / b, a < b; await a.item() gives the number of a scalar, a.toString() its text.",
    );
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

/** Whether the host cannot read the numbers at once. */
function isElsewhere({ host, memory, run }: Storage): boolean {
  return host === null && !!memory?.late && !run?.error;
}

/** The numbers for another device; what the host cannot read yet stays until it is waited for. */
function copyForHost(storage: Storage): Storage {
  if (!isElsewhere(storage)) {
    return new Storage(storage.dtype, storage.length, storage.own().read());
  }
  storage.exposed = true;
  return storage;
}

/** Makes a settable tensor without gradient from a value: a buffer, or an optimizer's state. */
export function cell(value: Tensor): Tensor {
  if (value.node) context.tracer?.fail("a cell is made", "make it once outside, and set it inside");
  const storage = storageOf(value).own();
  storage.exposed = true;
  const made = Tensor.fromStorage(value.type, value.home, storage);
  made.settable = true;
  hostChanged(); // it may take the place of another
  return made;
}

const castAttrs = {
  float32: { dtype: "float32" },
  float64: { dtype: "float64" },
  int32: { dtype: "int32" },
  bool: { dtype: "bool" },
} as const satisfies Record<DType, { dtype: DType }>;

function without<T>(list: readonly T[] | null, isGone: (one: T) => boolean): T[] | null {
  const rest = (list ?? []).filter((one) => !isGone(one));
  return rest.length === 0 ? null : rest;
}

/** Returns a cotangent in the dtype of the tensor it is for; throws for another shape. */
export function matching(name: string, cotangent: Tensor | null, of: Tensor): Tensor | null {
  if (cotangent === null) return null;
  if (!((cotangent as unknown) instanceof Tensor)) {
    throw argumentError(
      `${name}: the cotangent is ${show(cotangent)}; need a tensor, or undefined before options.`,
    );
  }
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
