/** The time, for measuring how long something took. */

/** Milliseconds since some moment; by a clock that does not jump, where the host has one. */
export function clock(): number {
  return typeof performance === "undefined" ? Date.now() : performance.now();
}
