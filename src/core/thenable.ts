/** What `await` waits for: promises, and all else that has a `then`. */

/** Whether a value comes later. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === "function";
}
