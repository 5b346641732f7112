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
}
