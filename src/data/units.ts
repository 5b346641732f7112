/** Units in column names: `T_K` is T in K, `Cp_kJ_per_kgK` is Cp in kJ/(kg·K). */

const UNITS = new Set(
  (
    "nm um mm cm m km mg g kg t s ms min h K degC mol mmol L mL J kJ MJ cal kcal Pa kPa MPa bar atm " +
    "W kW MW Hz kHz V mV A mA N kN Ohm percent"
  ).split(" "),
);
const SHOWN: ReadonlyMap<string, string> = new Map([
  ["um", "µm"],
  ["degC", "°C"],
  ["Ohm", "Ω"],
  ["percent", "%"],
]);

/** A column name taken apart. */
export interface Quantity {
  readonly symbol: string;
  /** The unit as it is printed; empty where the name carries none. */
  readonly unit: string;
}

/** Splits a column name into a quantity and its unit, where its last parts spell one. */
export function quantityOf(name: string): Quantity {
  const parts = name.split("_");
  const per = parts.lastIndexOf("per");
  if (per >= 2 && per < parts.length - 1) {
    const above = unitOf(parts[per - 1]!);
    const below = parts.slice(per + 1).map(divisorOf);
    if (above !== undefined && !below.includes(undefined)) {
      const factors = below.join("·");
      const divisor = factors.includes("·") ? `(${factors})` : factors;
      return { symbol: parts.slice(0, per - 1).join("_"), unit: `${above}/${divisor}` };
    }
  }
  const last = parts.length > 1 && per < 0 ? unitOf(parts[parts.length - 1]!) : undefined;
  if (last === undefined) return { symbol: name, unit: "" };
  return { symbol: parts.slice(0, -1).join("_"), unit: last };
}

/** Spells a column name as an axis label: `Cp (kJ/(kg·K))`. */
export function labelOf(name: string): string {
  const { symbol, unit } = quantityOf(name);
  return unit === "" ? symbol : `${symbol} (${unit})`;
}

/** Returns a unit as printed; undefined where the text is none. */
function unitOf(text: string): string | undefined {
  const power = /^(.*[A-Za-z])([23])$/.exec(text);
  if (power !== null && UNITS.has(power[1]!)) {
    return `${SHOWN.get(power[1]!) ?? power[1]!}${power[2] === "2" ? "²" : "³"}`;
  }
  return UNITS.has(text) ? (SHOWN.get(text) ?? text) : undefined;
}

/** Returns what stands after "per", where a product such as `kgK` is taken apart. */
function divisorOf(text: string): string | undefined {
  const single = unitOf(text);
  if (single !== undefined) return single;
  for (let cut = text.length - 1; cut > 0; cut--) {
    const [left, right] = [text.slice(0, cut), text.slice(cut)];
    if (UNITS.has(left) && UNITS.has(right)) return `${left}·${right}`;
  }
  return undefined;
}
