/**
 * What losses say about their targets before they compute: shapes that broadcast, class numbers.
 */
import { dtypeError, NablaError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import { showShape } from "../core/shape.ts";
import type { Storage } from "../runtime/storage.ts";
import type { Value } from "../tensor/value.ts";

const warned = /* @__PURE__ */ new Set<string>();

/** Warns, once for each loss, that input and target have different shapes and broadcast. */
export function warnOnBroadcast(name: string, input: Shape, target: Shape, both: Shape): void {
  if (warned.has(name)) return;
  warned.add(name);
  const cure =
    input.length !== target.length && sizesMatch(input, target)
      ? ` Give the target the input's shape: target.reshape(${showShape(input)}).`
      : " Give both the same shape.";
  console.warn(
    `${name}: the input is ${showShape(input)} and the target ${showShape(target)}; they broadcast to ` +
      `${showShape(both)}, which is hardly meant.${cure}`,
  );
}

function sizesMatch(a: Shape, b: Shape): boolean {
  const size = (shape: Shape): number => shape.reduce((product, extent) => product * extent, 1);
  return size(a) === size(b);
}

/** The values that were found to be whole numbers in range, by how they were asked. */
const sound = /* @__PURE__ */ new WeakMap<Storage, string>();

/**
 * Checks class numbers whose values are at hand: float32 must hold whole numbers, and all must
 * name one of the classes of x (or be `ignoreIndex`). What is on the device is checked by the
 * program.
 */
export function checkClasses(name: string, x: Value, target: Value, ignoreIndex: number): void {
  if (target.type.dtype !== "int32" && target.type.dtype !== "float32") {
    throw dtypeError(
      `${name}: the target is ${target.type.text}; class numbers are int32, or float32 that holds ` +
        `whole numbers. Convert it: target.to("int32").`,
    );
  }
  const { storage } = target;
  const values = storage?.host;
  if (storage === null || !values) return;
  const classes = x.type.shape[x.type.shape.length === 1 ? 0 : 1] ?? 0;
  const asked = `${classes},${ignoreIndex}`;
  if (!target.settable && sound.get(storage) === asked) return;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isInteger(value)) {
      throw dtypeError(
        `${name}: target element ${i} is ${value}; class numbers must be whole. ` +
          `(For probabilities give the target the input's shape, ${showShape(x.type.shape)}.)`,
      );
    }
    if ((value < 0 || value >= classes) && value !== ignoreIndex) {
      throw new NablaError(
        "index",
        `${name}: target element ${i} is ${value}; there are ${classes} classes, 0 to ${classes - 1}.`,
      );
    }
  }
  sound.set(storage, asked);
}
