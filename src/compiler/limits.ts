/** What the passes must know of a device. */

/** The bounds within which a backend can run kernels. */
export interface Limits {
  /** How many buffers one kernel may be given. */
  readonly bindings: number;
  /** How large one buffer may be. */
  readonly bindingBytes: number;
  /** Alignment of buffers, in bytes. */
  readonly alignment: number;
  /** Whether one buffer may be bound twice to a kernel, read and written. */
  readonly aliasing: boolean;
  /** How wide a vector is; with 4 bytes each loop takes one element at a time. */
  readonly vectorBytes: number;
  /** How many vectors of sums a tile of a contraction keeps in registers. */
  readonly sums: number;
  /** Whether float32 products join a sum without rounding before: what `core/fused.ts` means. */
  readonly fused: boolean;
  /** What is read again and again should fit in so many bytes. */
  readonly cacheBytes: number;
}
