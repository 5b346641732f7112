/** Borders as modules: constant, mirrored or repeated, as in `torch.nn`. */
import type { PadMode } from "../ir/compose/border.ts";
import { argumentError } from "../core/errors.ts";
import { read } from "../core/options.ts";
import { pad } from "../tensor/functions/movement.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Module } from "./module.ts";
import { showFloat, showTuple } from "./repr.ts";

/** How much is added to each end: one number for all, or (before, after) from the last axis on. */
export type Ends = number | readonly number[];

/** What the borders share. */
export abstract class Padding extends Module {
  readonly padding: readonly number[];
  protected readonly mode: PadMode;

  constructor(axes: number, mode: PadMode, padding: Ends) {
    super();
    const list = typeof padding === "number" ? new Array<number>(2 * axes).fill(padding) : padding;
    if (list.length !== 2 * axes || !list.every(Number.isInteger)) {
      throw argumentError(
        `${this.constructor.name}: padding is [${list.join(", ")}]; need one integer, or ` +
          `${2 * axes} of them, (before, after) from the last axis on.`,
      );
    }
    this.padding = list;
    this.mode = mode;
  }

  /** Returns x with its borders. */
  forward(x: Tensor): Tensor {
    return pad(x, this.padding, { mode: this.mode });
  }

  override extraRepr(): string {
    return showTuple(this.padding);
  }
}

/** The class of the borders of one kind over so many axes. */
function padding(axes: number, mode: PadMode): new (padding: Ends) => Padding {
  return class extends Padding {
    constructor(padding: Ends) {
      super(axes, mode, padding);
    }
  };
}

/** What the borders of one value share. */
export abstract class ConstantPad extends Padding {
  readonly value: number;

  constructor(axes: number, padding: Ends, value: number | { readonly value: number }) {
    super(axes, "constant", padding);
    const name = this.constructor.name;
    if (value === undefined) throw argumentError(`${name}: give the value: new nn.${name}(1, 0).`);
    this.value = read(name, { value: 0 }, [value]).value;
  }

  /** Returns x with its borders. */
  override forward(x: Tensor): Tensor {
    return pad(x, this.padding, { value: this.value });
  }

  /** Says the sizes and the value. */
  override extraRepr(): string {
    return `padding=${showTuple(this.padding)}, value=${showFloat(this.value)}`;
  }
}

/** The class of the borders of one value over so many axes. */
function constant(
  axes: number,
): new (padding: Ends, value: number | { readonly value: number }) => ConstantPad {
  return class extends ConstantPad {
    constructor(padding: Ends, value: number | { readonly value: number }) {
      super(axes, padding, value);
    }
  };
}

/** Adds a border of one value to `[…, L]`. PyTorch: `torch.nn.ConstantPad1d`. */
export class ConstantPad1d extends /* @__PURE__ */ constant(1) {}

/** Adds a border of one value to `[…, H, W]`. PyTorch: `torch.nn.ConstantPad2d`. */
export class ConstantPad2d extends /* @__PURE__ */ constant(2) {}

/** Adds a border of one value to `[…, D, H, W]`. PyTorch: `torch.nn.ConstantPad3d`. */
export class ConstantPad3d extends /* @__PURE__ */ constant(3) {}

/** Adds a border of zeros to `[…, L]`. PyTorch: `torch.nn.ZeroPad1d`. */
export class ZeroPad1d extends /* @__PURE__ */ padding(1, "constant") {}

/** Adds a border of zeros to `[…, H, W]`. PyTorch: `torch.nn.ZeroPad2d`. */
export class ZeroPad2d extends /* @__PURE__ */ padding(2, "constant") {}

/** Adds a border of zeros to `[…, D, H, W]`. PyTorch: `torch.nn.ZeroPad3d`. */
export class ZeroPad3d extends /* @__PURE__ */ padding(3, "constant") {}

/**
 * Adds a border to `[…, L]` that mirrors the elements beside the edge, which is not repeated.
 * PyTorch: `torch.nn.ReflectionPad1d`.
 */
export class ReflectionPad1d extends /* @__PURE__ */ padding(1, "reflect") {}

/**
 * Adds a border to `[…, H, W]` that mirrors the elements beside the edge, which is not repeated.
 * PyTorch: `torch.nn.ReflectionPad2d`.
 */
export class ReflectionPad2d extends /* @__PURE__ */ padding(2, "reflect") {}

/**
 * Adds a border to `[…, D, H, W]` that mirrors the elements beside the edge, which is not repeated.
 * PyTorch: `torch.nn.ReflectionPad3d`.
 */
export class ReflectionPad3d extends /* @__PURE__ */ padding(3, "reflect") {}

/** Adds a border to `[…, L]` that repeats the edge. PyTorch: `torch.nn.ReplicationPad1d`. */
export class ReplicationPad1d extends /* @__PURE__ */ padding(1, "replicate") {}

/** Adds a border to `[…, H, W]` that repeats the edge. PyTorch: `torch.nn.ReplicationPad2d`. */
export class ReplicationPad2d extends /* @__PURE__ */ padding(2, "replicate") {}

/** Adds a border to `[…, D, H, W]` that repeats the edge. PyTorch: `torch.nn.ReplicationPad3d`. */
export class ReplicationPad3d extends /* @__PURE__ */ padding(3, "replicate") {}

/** Adds a border to `[…, L]` that goes on from the other end. PyTorch: `torch.nn.CircularPad1d`. */
export class CircularPad1d extends /* @__PURE__ */ padding(1, "circular") {}

/**
 * Adds a border to `[…, H, W]` that goes on from the other end. PyTorch: `torch.nn.CircularPad2d`.
 */
export class CircularPad2d extends /* @__PURE__ */ padding(2, "circular") {}

/**
 * Adds a border to `[…, D, H, W]` that goes on from the other end. PyTorch:
 * `torch.nn.CircularPad3d`.
 */
export class CircularPad3d extends /* @__PURE__ */ padding(3, "circular") {}
