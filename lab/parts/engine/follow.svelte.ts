/** Values that a part of a page follows in frames of its own, so that the work of a frame is short. */
import { flushSync, untrack } from "svelte";
import { inOwnFrame } from "./frames.ts";

/** Follows what `read` returns, one frame or a few later. Called while a component is set up. */
export function follow<T>(read: () => T): { readonly now: T } {
  let now = $state.raw(read());
  let asked = false;
  $effect(() => {
    if (read() === untrack(() => now) || asked) return;
    asked = true;
    inOwnFrame(() => {
      asked = false;
      flushSync(() => (now = untrack(read)));
    });
  });
  return {
    get now() {
      return now;
    },
  };
}
