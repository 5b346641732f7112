/** Spells values as Python does, for the trees that modules print. */

/** Spells a float: `1.0`, `0.5`, `1e-05`. */
export function showFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits, exponent] = value.toExponential().split("e") as [string, string];
    const power = exponent.slice(1).padStart(2, "0");
    return `${digits}e${exponent[0]}${power}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** Spells a truth value: `True`, `False`. */
export function showBool(value: boolean): string {
  return value ? "True" : "False";
}

/** Spells numbers as Python does a tuple: `(3,)`, `(3, 3)`, `(None, 2)`. */
export function showTuple(list: readonly (number | null)[]): string {
  const items = list.map((n) => n ?? "None");
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
}

/** Spells one number for all axes, or a tuple of one for each. */
export function showPerAxis(value: number | readonly (number | null)[]): string {
  return typeof value === "number" ? String(value) : showTuple(value);
}
