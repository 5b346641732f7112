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

/** Spells a name as Python does: `negativeSlope` as `negative_slope`. */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Spells settings by name, numbers as floats: `alpha=1.0`. */
export function floats(settings: object): string {
  return byName(settings, showFloat);
}

/** Spells settings by name, numbers as they are: `dim=-1`. */
export function plain(settings: object): string {
  return byName(settings, String);
}

/** Spells settings by name as Python does, texts in quotes. */
function byName(settings: object, number: (value: number) => string): string {
  const spelled = (value: unknown): string => {
    if (typeof value === "number") return number(value);
    if (typeof value === "boolean") return showBool(value);
    return Array.isArray(value) ? showTuple(value as readonly number[]) : `'${String(value)}'`;
  };
  const parts = Object.entries(settings).map(([key, value]) => `${snake(key)}=${spelled(value)}`);
  return parts.join(", ");
}
