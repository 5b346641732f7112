/**
 * The errors that users meet. Each message names the operation, every shape or value involved, what
 * was expected, and a hint where one was checked to fit. `docs/errors/` has a page for each code.
 */

/** The documented causes; one page each in `docs/errors/`. */
export type ErrorCode =
  | "shape"
  | "dtype"
  | "device"
  | "argument"
  | "index"
  | "overflow"
  | "autograd"
  | "trace"
  | "memory"
  | "format"
  | "file"
  | "state"
  | "unsupported";

/** Base class of every error that Nabla throws on purpose. */
export class NablaError extends Error {
  override readonly name: string = "NablaError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Device memory that could not be had: what was wanted and what was free, in bytes. */
export class MemoryError extends NablaError {
  override readonly name = "MemoryError";
  readonly wantedBytes: number;
  readonly freeBytes: number;

  constructor(message: string, wantedBytes: number, freeBytes: number) {
    super("memory", message);
    this.wantedBytes = wantedBytes;
    this.freeBytes = freeBytes;
  }
}

/** Makes an error about shapes. */
export function shapeError(message: string): NablaError {
  return new NablaError("shape", message);
}

/** Makes an error about dtypes. */
export function dtypeError(message: string): NablaError {
  return new NablaError("dtype", message);
}

/** Makes an error about an argument that is out of its range or of the wrong kind. */
export function argumentError(message: string): NablaError {
  return new NablaError("argument", message);
}
