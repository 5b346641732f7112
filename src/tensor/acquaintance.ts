/**
 * Which objects a program has been traced with. A function may ask whether a tensor is one that it
 * knows (`x === special`, a look-up in a Map), so objects that are new to the program are traced,
 * unless they are younger than its last trace: nothing in the function can have known those.
 */
import type { Given } from "./arguments.ts";
import { Elements } from "./given-arrays.ts";
import { sameItems } from "./lines.ts";
import { signatureOf } from "./signature.ts";
import type { Trace } from "./trace.ts";
import type { Value } from "./value.ts";
import { context } from "./value.ts";

/** How many calls with new objects are traced: so many alike say that it is all the same. */
const MOST_MET = 64;

/** The objects that one program knows. */
export class Acquaintance {
  /** The objects it is for, where it is for no others. */
  readonly #pinned: Given | null;
  readonly #elements: Elements;
  readonly #known = new WeakSet<object>();
  /** Objects of classes, by number, and what they held. */
  #contents: readonly (readonly [number, string])[] = [];
  #met = 0;
  /** How many tensors there were at the last trace. */
  #births = 0;

  constructor(given: Given, trace: Trace, pinned: boolean) {
    this.#pinned = pinned ? given : null;
    this.#elements = new Elements(given.arrays, trace.arrays.read);
  }

  /** Whether the program may serve: such elements of arrays decide it, or such objects. */
  admits(given: Given): boolean {
    const pinned = this.#pinned;
    if (!this.#elements.areIn(given.arrays)) return false;
    return pinned === null || isSame(pinned, given);
  }

  /** Whether objects of classes hold what they held at the last trace. */
  holds(given: Given): boolean {
    for (const [k, text] of this.#contents) {
      if (signatureOf(partAt(given, k)) !== text) return false;
    }
    return true;
  }

  /** Whether all that may matter about the objects is as at a trace. */
  knows(given: Given, gradients: readonly (Value | null)[]): boolean {
    const { tensors, frames, spans, arrays } = given;
    if (!this.holds(given)) return false;
    if (this.#met >= MOST_MET || this.#pinned !== null) return true;
    for (let k = 0; k < tensors.length; k++) {
      const one = tensors[k]!;
      if (one.born <= this.#births && !this.#known.has(one)) return false;
    }
    for (const one of gradients) {
      if (one !== null && one.born <= this.#births && !this.#known.has(one)) return false;
    }
    for (let k = 0; k < frames.length; k++) {
      if (!this.#known.has(frames[k]!) && !this.#isYoung(given, spans[k]!)) return false;
    }
    for (let k = 0; k < arrays.length; k++) if (!this.#known.has(arrays[k]!)) return false;
    return true;
  }

  /** Notes that the program was found right for these. */
  meet(given: Given, gradients: readonly (Value | null)[], trace: Trace): void {
    const { tensors, frames, arrays } = given;
    if (!this.knows(given, gradients)) this.#met++;
    for (const one of gradients) if (one !== null) this.#known.add(one);
    for (const one of tensors) this.#known.add(one);
    for (const one of frames) this.#known.add(one);
    for (const one of arrays) this.#known.add(one);
    this.#births = context.births;
    const contents: [number, string][] = [];
    for (let k = -1; k < given.objects.length; k++) {
      const object = partAt(given, k);
      const text = signatureOf(object);
      if (text !== "" && !trace.manages(object as object)) contents.push([k, text]);
    }
    this.#contents = contents;
  }

  /** Whether a frame holds a tensor that is younger than the last trace; then so is the frame. */
  #isYoung({ tensors }: Given, [from, to]: readonly [number, number]): boolean {
    for (let k = from; k < to; k++) if (tensors[k]!.born > this.#births) return true;
    return false;
  }
}

/** An object of a class among the arguments, or what `this` is. */
function partAt({ objects, self }: Given, index: number): unknown {
  return index < 0 ? self : objects[index];
}

function isSame(a: Given, b: Given): boolean {
  return (
    sameItems(a.tensors, b.tensors) &&
    sameItems(a.frames, b.frames) &&
    sameItems(a.arrays, b.arrays)
  );
}
