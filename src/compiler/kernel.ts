/**
 * Kernels: what a plan calls. A kernel is a function of pointers (its `params`) with its
 * sizes baked in; a plan is a list of calls over numbered buffers. Nothing here knows an
 * operation's name.
 */
import type { DType } from "../core/dtype.ts";
import type { Combine } from "../ir/combine.ts";
import type { ScalarOp } from "../ir/scalar.ts";

/** A buffer that a kernel is given. Bool elements are bytes 0 or 1. */
export interface Param {
  readonly dtype: DType;
  readonly written: boolean;
}

/** An offset known only at run time: the float64 scalar in `param`, times `stride` elements. */
export interface DynamicOffset {
  readonly param: number;
  readonly stride: number;
  /** The scalar must be an integer in 0…limit, else the kernel fails with "index". */
  readonly limit: number;
}

/**
 * A place in a buffer: element `offset + Σ index[d] · strides[d] + Σ dynamic`, d over all kernel
 * dims.
 */
export interface Access {
  readonly param: number;
  readonly offset: number;
  readonly strides: readonly number[];
  readonly dynamic: readonly DynamicOffset[];
}

/** One step of a kernel's body, in order; `args` are positions of earlier steps. */
export type Instr =
  | { readonly op: ScalarOp; readonly dtype: DType; readonly args: readonly number[] }
  | { readonly op: "const"; readonly dtype: DType; readonly value: number }
  /** Σ index[d] · strides[d] + offset over the dims, outer ones first. */
  | {
      readonly op: "index";
      readonly dtype: "int32";
      readonly strides: readonly number[];
      readonly offset: number;
    }
  | { readonly op: "load"; readonly dtype: DType; readonly access: Access }
  /** Loads at `access` plus (int32 value of step `index`) · `stride`; it must be in 0…size−1. */
  | {
      readonly op: "gather";
      readonly dtype: DType;
      readonly access: Access;
      readonly index: number;
      readonly stride: number;
      readonly size: number;
    }
  /** The result of an earlier reduce stage. */
  | { readonly op: "reduced"; readonly dtype: DType; readonly stage: number }
  /** The dot product of a contraction; the running combination before this element. */
  | { readonly op: "carry"; readonly dtype: DType };

/**
 * Stages run in order. Each `reduce` and each run of neighbouring stores of one level is one pass:
 * over the inner dims, or once for outer stores; a pass computes all its values before it writes
 * any.
 */
export type Stage =
  | {
      readonly kind: "reduce";
      readonly combine: Combine;
      /** The step that is combined; order as `reductionOrder` in ir/combine.ts says. */
      readonly value: number;
      readonly dtype: DType;
    }
  | {
      readonly kind: "store";
      /** Whether it runs for each inner index, or once per outer index. */
      readonly inner: boolean;
      readonly value: number;
      readonly access: Access;
    };

/**
 * Loops: over `outer`, and in it, stage by stage, over `inner` (each inner dim is one group of
 * neighbouring reduced axes, the last one is k). "map" has no inner dims; "reduce" ends in outer
 * stores alone; "rowwise" also stores inner elements, from several reductions over one row.
 * A store may share its buffer with a load of the same access: each element is read before written.
 */
export interface LoopKernel {
  readonly kind: "map" | "reduce" | "rowwise";
  readonly params: readonly Param[];
  readonly outer: readonly number[];
  readonly inner: readonly number[];
  readonly body: readonly Instr[];
  readonly stages: readonly Stage[];
}

/**
 * Batched matrix product. Dims are `[...batch, m, n]`; `a` has strides over `[...batch, m, k]`, `b`
 * over `[...batch, k, n]`.
 */
export interface ContractKernel {
  readonly kind: "contract";
  readonly params: readonly Param[];
  readonly dtype: DType;
  readonly batch: readonly number[];
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: Access;
  readonly b: Access;
  /** The epilogue: `carry` is the finished dot product; accesses are over `[...batch, m, n]`. */
  readonly body: readonly Instr[];
  readonly stages: readonly (Stage & { readonly kind: "store" })[];
}

/**
 * Convolution. Dims are `[batch, groups, outs, ...output]`; `x` has strides over `[batch, groups,
 * channels, ...input]`, `w` over `[groups, outs, channels, ...window]`. Along each spatial axis
 * result i takes kernel position k from place i · stride + k · kernelDilation − before of the
 * input; where there is none it takes 0. Order as row.ts says.
 */
export interface ConvKernel {
  readonly kind: "conv";
  readonly params: readonly Param[];
  readonly dtype: DType;
  readonly batch: number;
  readonly groups: number;
  readonly channels: number;
  readonly outs: number;
  readonly input: readonly number[];
  readonly window: readonly number[];
  readonly output: readonly number[];
  readonly stride: readonly number[];
  readonly before: readonly number[];
  readonly kernelDilation: readonly number[];
  readonly x: Access;
  readonly w: Access;
  /** The epilogue: `carry` is the finished sum; accesses are over the dims. */
  readonly body: readonly Instr[];
  readonly stages: readonly (Stage & { readonly kind: "store" })[];
}

/**
 * A running combination along one axis: dims are `[...outer, length]`; `carry` starts at `initial`.
 */
export interface CumulateKernel {
  readonly kind: "cumulate";
  readonly params: readonly Param[];
  readonly dtype: DType;
  readonly outer: readonly number[];
  readonly length: number;
  readonly initial: number;
  readonly body: readonly Instr[];
  /** The step whose value becomes the next carry. int32 is checked for overflow where `checked`. */
  readonly next: number;
  readonly checked: boolean;
  readonly stages: readonly (Stage & { readonly kind: "store" })[];
}

/**
 * Combines values into a buffer that is already initialised. Dims are `[...outer, count]`; for each
 * outer index, ascending in count: target[access + index · stride] = combine(target[…], value).
 */
export interface ScatterKernel {
  readonly kind: "scatter";
  readonly params: readonly Param[];
  readonly dtype: DType;
  readonly combine: Combine | "set";
  readonly outer: readonly number[];
  readonly count: number;
  readonly body: readonly Instr[];
  readonly index: number;
  readonly value: number;
  readonly target: Access;
  readonly stride: number;
  readonly size: number;
}

/** Stable argsort of each line: int32 positions, NaN largest. `scratch` holds `length` int32. */
export interface SortKernel {
  readonly kind: "sort";
  readonly params: readonly Param[];
  readonly dtype: DType;
  readonly lines: number;
  readonly length: number;
  readonly descending: boolean;
  /**
   * Params 0: contiguous input [lines, length]; 1: int32 output, the same; 2: int32 scratch
   * [length].
   */
}

/** One buffer of a scan: so many bytes into a param, and further at each turn. */
export interface Binding {
  readonly buffer: number;
  readonly param: number;
  readonly offset: number;
  readonly step: number;
}

/** Runs a plan again and again; every buffer of it, temporaries too, lies in one of the params. */
export interface ScanKernel {
  readonly kind: "scan";
  readonly params: readonly Param[];
  readonly length: number;
  readonly plan: Plan;
  readonly bindings: readonly Binding[];
}

/** Everything a backend can be asked to run. */
export type Kernel =
  | LoopKernel
  | ContractKernel
  | ConvKernel
  | CumulateKernel
  | ScatterKernel
  | SortKernel
  | ScanKernel;

/** A kernel that is loops; a scan is a list of calls. */
export type LoopedKernel = Exclude<Kernel, ScanKernel>;

/** A buffer of a plan: bound by the caller, or a place in the arena. */
export interface PlanBuffer {
  readonly dtype: DType;
  readonly length: number;
  /** `input` and `output` are numbered as the graph's; an `arena` place is an offset in bytes. */
  readonly place:
    | { readonly kind: "input"; readonly index: number }
    | { readonly kind: "output"; readonly index: number }
    | { readonly kind: "arena"; readonly offset: number };
}

/** One kernel on numbered buffers of the plan. */
export interface Call {
  readonly kernel: Kernel;
  readonly args: readonly number[];
  /** The operations it came from, for errors, profiles and `explain`. */
  readonly origin: string;
}

/** A program before it is spelled in a backend's language. */
export interface Plan {
  readonly buffers: readonly PlanBuffer[];
  readonly calls: readonly Call[];
  readonly arenaBytes: number;
  /** For each output: the input whose buffer it may be given (in-place update), or −1. */
  readonly donations: readonly number[];
}
