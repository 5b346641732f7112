/** What the latest call was given: a loop calls with the same settings again and again. */
import { isOptions } from "../../core/options.ts";
import { Value } from "../value.ts";

/** Stands for a tensor, of which the next call has another. */
const TENSOR = /* @__PURE__ */ Symbol("tensor");

/** The latest arguments: a loop calls with the same ones, but for tensors. */
export class Recent<C> {
  #args: unknown = null;
  #chosen: C | undefined;

  /** What was chosen for arguments like these. */
  find(args: readonly unknown[]): C | undefined {
    return this.#chosen !== undefined && isLike(this.#args, args) ? this.#chosen : undefined;
  }

  /** Keeps what was chosen for arguments, and returns it. */
  keep(args: readonly unknown[], chosen: C): C {
    this.#args = copyOf(args);
    this.#chosen = chosen;
    return chosen;
  }
}

/** A copy, which callers cannot write to; tensors are left out. */
function copyOf(value: unknown): unknown {
  if (value instanceof Value) return TENSOR;
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isOptions(value)) {
    // what else may change inside is never the same
    return typeof value === "object" && value !== null ? Symbol("object") : value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, copyOf(own)]));
}

/** Whether a value is as one that was copied. */
function isLike(own: unknown, value: unknown): boolean {
  if (Object.is(own, value)) return true;
  if (typeof own !== "object" || own === null) return own === TENSOR && value instanceof Value;
  if (Array.isArray(own)) {
    if (!Array.isArray(value) || own.length !== value.length) return false;
    for (let i = 0; i < own.length; i++) if (!isLike(own[i], value[i])) return false;
    return true;
  }
  if (!isOptions(own) || !isOptions(value)) return false;
  const keys = Object.keys(own);
  if (keys.length !== Object.keys(value).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(value, key) || !isLike(own[key], value[key])) return false;
  }
  return true;
}
