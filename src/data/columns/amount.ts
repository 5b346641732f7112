/**
 * Amounts as people write them: `$1,234`, `1.234,50 €`, `12.5%`, `20 kg`, `(987.65)`. A cell is
 * taken apart into sign, digits and mark; how its digits are read is decided for a whole column.
 */
import { showText } from "../../core/format.ts";
import { parseNumber } from "../number.ts";

/** What stands beside the digits. */
export type AmountKind = "number" | "percent" | "money" | "unit";

/** How the numbers of a column are spelled; the same for all of its cells. */
export interface AmountRecipe {
  readonly kind: AmountKind;
  /** The mark before the fraction. */
  readonly decimal: "." | ",";
  /** What stands between thousands, if anything does. */
  readonly thousands?: "," | "." | "'" | " ";
  /** The currency or the unit. */
  readonly mark?: string;
}

/** A cell taken apart. */
interface Parts {
  readonly negative: boolean;
  readonly body: string;
  readonly mark: string;
}

/** How digits may be grouped and where their fraction begins. */
type Style = Pick<AmountRecipe, "decimal" | "thousands">;

const STYLES: readonly Style[] = [
  { decimal: "." },
  { decimal: "," },
  { decimal: ".", thousands: "," },
  { decimal: ",", thousands: "." },
  { decimal: ".", thousands: "'" },
  { decimal: ",", thousands: "'" },
  { decimal: ".", thousands: " " },
  { decimal: ",", thousands: " " },
];

const LONGEST = 60;
const BODY = /^(?:[0-9][0-9.,' ]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?/;
const SIGN = /^[+-]/;
const CODES =
  "USD EUR GBP CHF JPY CNY RMB INR AUD CAD NZD SEK NOK DKK ISK PLN CZK HUF RON BGN TRY RUB UAH ILS " +
  "BRL MXN ARS CLP COP ZAR KRW SGD HKD TWD THB IDR MYR PHP VND AED SAR EGP NGN KES";
const CURRENCY = new RegExp(
  `^(?:(?:US|CA|AU|NZ|HK|S|C|A|R)?\\$|[€£¥₹₩₽₺₴฿₫₪₦₱]|(?:${CODES.replaceAll(" ", "|")})\\$?|Fr\\.?|kr\\.?|zł|Kč|Ft|Rs\\.?)$`,
);
/** Currencies of places that put a comma between thousands and a point before cents. */
const COMMA_THOUSANDS = /^(?:.{0,2}\$|[£¥₹₩₪₱]|USD|GBP|JPY|CNY|RMB|INR|AUD|CAD|NZD|HKD|SGD)$/;
const UNIT = /^[A-Za-zµμ°ΩÅ]{1,12}[23²³]?(?: ?[/·*^ -] ?[A-Za-zµμ°ΩÅ]{1,12}-?[1-4²³]?){0,3}$/;

/** Takes a cell apart; undefined where it holds no amount. */
function takeApart(cell: string): Parts | undefined {
  if (cell.length > LONGEST) return undefined;
  let text = cell
    .trim()
    .replaceAll(/[\u00a0\u2009\u202f]/g, " ")
    .replaceAll("’", "'");
  text = text.replaceAll("−", "-");
  const inside = /^\((.*)\)$/.exec(text)?.[1];
  let negative = inside !== undefined;
  let signed = negative;
  if (inside !== undefined) text = inside.trim();
  const start = text.search(/[0-9.,]/);
  if (start < 0) return undefined;
  let before = text.slice(0, start).replaceAll(" ", "");
  const takeSign = (sign: string | undefined): boolean => {
    if (sign === undefined) return true;
    if (signed) return false;
    signed = true;
    negative = sign === "-";
    return true;
  };
  const first = SIGN.exec(before)?.[0] ?? /[+-]$/.exec(before)?.[0];
  if (!takeSign(first)) return undefined;
  if (first !== undefined) before = before.replace(/^[+-]|[+-]$/, "");
  // "Fr. 20": the point belongs to the currency
  const [point] = /^\.(?= )/.exec(text.slice(start)) ?? [""];
  before += point;
  const rest = text.slice(start + point.length).trim();
  const body = BODY.exec(rest)?.[0];
  if (body === undefined) return undefined;
  let after = rest.slice(body.length).trim();
  if (after === "-" || (after.endsWith("-") && CURRENCY.test(after.slice(0, -1).trim()))) {
    if (!takeSign("-")) return undefined;
    after = after.slice(0, -1).trim();
  }
  if (before !== "" && (after !== "" || !CURRENCY.test(before))) return undefined;
  return { negative, body: body.trim(), mark: before + after };
}

/** Reads digits under a style; undefined where they are not of it, a sentence where too large. */
function readBody(body: string, { decimal, thousands }: Style): number | string | undefined {
  const [mark, between] = [`\\${decimal}`, thousands === " " ? " " : `\\${thousands ?? "x"}`];
  const plain = patternOf(`^(?:[0-9]+(?:${mark}[0-9]*)?|${mark}[0-9]+)(?:[eE][+-]?[0-9]+)?$`);
  const grouped = patternOf(
    `^[0-9]{1,3}(?:${between}[0-9]{2,3})*${between}[0-9]{3}(?:${mark}[0-9]*)?$`,
  );
  if (!plain.test(body) && (thousands === undefined || !grouped.test(body))) return undefined;
  const bare = thousands === undefined ? body : body.replaceAll(thousands, "");
  return parseNumber(bare.replace(",", "."));
}

const PATTERNS = new Map<string, RegExp>();

function patternOf(source: string): RegExp {
  let found = PATTERNS.get(source);
  if (found === undefined) PATTERNS.set(source, (found = new RegExp(source)));
  return found;
}

/** Says what a mark is; undefined for one that is neither currency, percent nor unit. */
function kindOf(mark: string): AmountKind | undefined {
  if (mark === "") return "number";
  if (mark === "%") return "percent";
  if (CURRENCY.test(mark)) return "money";
  return UNIT.test(mark) ? "unit" : undefined;
}

/** Reads a cell under the recipe of its column; a sentence says why it is no such amount. */
export function readAmount(recipe: AmountRecipe, cell: string): number | string {
  const parts = takeApart(cell);
  const shown = `"${showText(cell.trim(), 40)}"`;
  if (parts === undefined) return `${shown} is not ${describeAmounts(recipe)}`;
  const { negative, body, mark } = parts;
  if (mark !== "" && mark !== recipe.mark) {
    return `${shown} has ${markWord(recipe.kind)} "${showText(mark, 20)}" where the column has ${
      recipe.mark === undefined ? "none" : `"${recipe.mark}"`
    }`;
  }
  const value = readBody(body, recipe);
  if (value === undefined) return `${shown} is not spelled as ${describeAmounts(recipe)}`;
  return typeof value === "number" && negative ? -value : value;
}

function markWord(kind: AmountKind): string {
  return kind === "money" ? "the currency" : "the unit";
}

/** Names what a column holds: `money ($), commas between thousands`. */
export function describeAmounts({ kind, mark, thousands, decimal }: AmountRecipe): string {
  const of = mark === undefined || kind === "percent" ? "" : ` (${mark})`;
  const name = { number: "a number", percent: "percent", money: "money", unit: "a number" }[kind];
  const between = { ",": "commas", ".": "points", "'": "apostrophes", " ": "blanks" } as const;
  const groups = thousands === undefined ? "" : `, ${between[thousands]} between thousands`;
  const comma = decimal === "," ? `${groups === "" ? "," : " and"} a decimal comma` : "";
  return `${name}${of}${groups}${comma}`;
}

/** What was found in the cells of a column. */
export interface AmountChoice {
  readonly recipe?: AmountRecipe;
  /** Why the column must be decided by who knows it: both readings, and what decides. */
  readonly ambiguous?: string;
}

/** What is known beside the cells. */
export interface AmountHints {
  /** The decimal mark that was asked for. */
  readonly decimal?: "." | ",";
  /** The decimal mark that other columns of the table show. */
  readonly others?: () => "." | "," | undefined;
  /** Takes cells for this kind: cells without a mark may stand among them. */
  readonly kind?: "number" | "percent" | "money";
}

/** Decides how cells that hold a value are spelled; {} where they are no amounts. */
export function chooseAmounts(cells: readonly string[], hints: AmountHints = {}): AmountChoice {
  const parts = cells.map(takeApart);
  const amounts = parts.filter((each) => each !== undefined && kindOf(each.mark) !== undefined);
  if (2 * amounts.length < cells.length || amounts.length === 0) return {};
  const marks = [...new Set(amounts.map((each) => each!.mark))];
  const named = marks.filter((mark) => mark !== "");
  if (named.length > 1) return { ambiguous: severalMarks(cells, parts, named) };
  const mark = named[0] ?? (hints.kind === "percent" ? "%" : undefined);
  const strange = cells.find(
    (_, i) => parts[i] === undefined || kindOf(parts[i].mark) === undefined,
  );
  const kind = kindOf(mark ?? "")!;
  const bare = mark === undefined ? undefined : cells.find((_, i) => parts[i]?.mark === "");
  if (strange !== undefined && (kind === "number" || hints.kind === undefined)) {
    const other = cells.find((_, i) => parts[i] === amounts[0])!;
    return kind === "number" ? {} : { ambiguous: unlike(other, strange) };
  }
  const without = amounts.filter((each) => each!.mark === "").length;
  if (bare !== undefined && kind !== "money" && hints.kind === undefined) {
    if (2 * without >= amounts.length) return {}; // plain numbers with a mistake among them
    return { ambiguous: someBare(cells, parts, bare, kind) };
  }
  const asked = hints.kind === "money" && kind === "number" ? "money" : kind;
  return chooseStyle(
    parts.flatMap((each) => each?.body ?? []),
    asked,
    mark,
    hints,
  );
}

function severalMarks(
  cells: readonly string[],
  parts: readonly (Parts | undefined)[],
  [first, second]: readonly string[],
): string {
  const cellOf = (mark: string): string => cells[parts.findIndex((each) => each?.mark === mark)]!;
  return (
    `"${show(cellOf(first!))}" and "${show(cellOf(second!))}" are not of one unit: write one, or ` +
    "take each spelling for a kind (class) or leave the column out (skip)"
  );
}

function unlike(amount: string, strange: string): string {
  return (
    `"${show(strange)}" stands among amounts such as "${show(amount)}": mend it, leave it empty, or ` +
    "take each spelling for a kind (class) or leave the column out (skip)"
  );
}

function someBare(
  cells: readonly string[],
  parts: readonly (Parts | undefined)[],
  bare: string,
  kind: AmountKind,
): string {
  const marked = cells[parts.findIndex((each) => each !== undefined && each.mark !== "")]!;
  const same = kind === "percent" ? "percent" : "number";
  return (
    `"${show(bare)}" stands without the ${kind === "percent" ? "sign" : "unit"} of ` +
    `"${show(marked)}": of the same (${same}), each spelling a kind (class), or neither (skip)`
  );
}

/** Finds the one style that all digits are of; two with other values are ambiguous. */
function chooseStyle(
  bodies: readonly string[],
  kind: AmountKind,
  mark: string | undefined,
  hints: AmountHints,
): AmountChoice {
  const fits = STYLES.filter(
    (style) =>
      (hints.decimal === undefined || style.decimal === hints.decimal) &&
      bodies.every((body) => readBody(body, style) !== undefined),
  );
  const make = (style: Style): AmountChoice => ({
    recipe: { kind, ...style, ...(mark === undefined ? {} : { mark }) },
  });
  const [first] = fits;
  if (first === undefined) return {};
  const at = bodies.findIndex((body) =>
    fits.some((style) => !Object.is(readBody(body, style), readBody(body, first))),
  );
  if (at < 0) return make(first);
  const body = bodies[at]!;
  const [point, comma] = ([".", ","] as const).map((decimal) => {
    return fits.find((style) => style.decimal === decimal)!;
  });
  if (body.includes(".") && kind !== "money") return make(point!);
  if (kind === "money" && mark !== undefined && COMMA_THOUSANDS.test(mark) && body.includes(",")) {
    return make(point!);
  }
  const others = hints.others?.();
  if (others !== undefined) return make(others === "," ? comma! : point!);
  const readings = [point, comma].map((style) => `${String(readBody(body, style!))}`);
  return {
    ambiguous:
      `"${show(body)}" could be read in two ways, as ${readings[0]} (--decimal .) or as ` +
      `${readings[1]} (--decimal ,)`,
  };
}

function show(cell: string): string {
  return showText(cell.trim(), 30);
}
