/** What a compiled function returns: tensors in lists and plain objects, and values of the host. */
import { NablaError } from "../core/errors.ts";
import { isThenable } from "../core/thenable.ts";
import { isRecord } from "./arguments.ts";
import { Tensor } from "./tensor.ts";
import type { Value } from "./value.ts";

/** Where the tensors of a result stand in it. */
export type ResultShape =
  | { readonly kind: "tensor"; readonly index: number }
  | { readonly kind: "list"; readonly items: readonly ResultShape[] }
  | {
      readonly kind: "record";
      readonly prototype: object | null;
      readonly items: readonly (readonly [string, ResultShape])[];
    }
  | { readonly kind: "other"; readonly value: unknown };

/** Lists the tensors of a result and says where they stand; throws for what comes later. */
export function collect(result: unknown, tensors: Value[]): ResultShape {
  if (result instanceof Tensor) return { kind: "tensor", index: tensors.push(result) - 1 };
  if (Array.isArray(result)) {
    return { kind: "list", items: result.map((item) => collect(item, tensors)) };
  }
  if (isThenable(result)) {
    result.then(undefined, () => undefined); // what it rejects with is of no more use
    throw new NablaError(
      "trace",
      "compile: the function is asynchronous. Compile the synchronous part: " +
        "const step = compile((x, y) => { …; return loss; }); await step(x, y).item().",
    );
  }
  if (isRecord(result)) {
    const prototype = Object.getPrototypeOf(result) as object | null;
    const entries = Object.entries(result).map(([key, item]) => [key, collect(item, tensors)]);
    return { kind: "record", prototype, items: entries as [string, ResultShape][] };
  }
  if (typeof result === "object" && result !== null) refuseTraced(result);
  return { kind: "other", value: result };
}

/** Throws where an object that replays cannot make again holds tensors of the trace. */
function refuseTraced(result: object): void {
  const seen = new Set<unknown>([result]);
  for (const item of seen) {
    if (item instanceof Tensor && item.node !== null) {
      const name = (result.constructor as { name: string } | undefined)?.name ?? "object";
      throw new NablaError(
        "trace",
        `compile: the function returns a ${name} that holds tensors, which replays cannot make ` +
          `again. Return the tensors in lists and plain objects, and make the ${name} outside.`,
      );
    }
    if (typeof item !== "object" || item === null) continue;
    if (item instanceof Tensor || ArrayBuffer.isView(item)) continue;
    if (item instanceof Map) for (const key of item.keys()) seen.add(key);
    const held = item instanceof Map || item instanceof Set ? item.values() : Object.values(item);
    for (const value of held) seen.add(value);
  }
}

/** Makes a result of its tensors. */
export function arrange(shape: ResultShape, tensors: readonly Tensor[]): unknown {
  switch (shape.kind) {
    case "tensor":
      return tensors[shape.index];
    case "list":
      return shape.items.map((item) => arrange(item, tensors));
    case "record": {
      const made = shape.items.map(([key, item]) => [key, arrange(item, tensors)] as const);
      return Object.setPrototypeOf(Object.fromEntries(made), shape.prototype);
    }
    case "other":
      return shape.value;
    default:
      return shape satisfies never;
  }
}

/** Lists the values of the host in a result, which only a run of the function can tell. */
export function hostValues(shape: ResultShape): unknown[] {
  switch (shape.kind) {
    case "tensor":
      return [];
    case "list":
      return shape.items.flatMap(hostValues);
    case "record":
      return shape.items.flatMap(([, item]) => hostValues(item));
    case "other":
      return shape.value === undefined || shape.value === null ? [] : [shape.value];
    default:
      return shape satisfies never;
  }
}

/** Spells the form of a result: what it is but for its tensors and values. */
export function formOf(shape: ResultShape): string {
  switch (shape.kind) {
    case "tensor":
      return "a tensor";
    case "list":
      return `[${shape.items.map(formOf).join(", ")}]`;
    case "record":
      return `{ ${shape.items.map(([key, item]) => `${key}: ${formOf(item)}`).join(", ")} }`;
    case "other":
      return shape.value === null ? "null" : typeof shape.value;
    default:
      return shape satisfies never;
  }
}
