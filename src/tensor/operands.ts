/**
 * Which parameters of a function its text uses as operands and in no other way: `x.mul(rate)`. A
 * number that is passed for one decides nothing, so that a program made for one value serves all.
 */

/** What takes a number as its operand, whatever the number: `pow` has ways of its own for some. */
const TAKERS = /\.\s*(?:add|sub|mul|div)\s*\(\s*$/;
const NAME = /^[A-Za-z_$][\w$]*$/;

/** How often those parameters are used, by their places; none where the text does not tell. */
export function operandsOf(fn: (...args: never[]) => unknown): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  const text = bare(Function.prototype.toString.call(fn));
  if (text === null) return found;
  const open = text.indexOf("(");
  const close = text.indexOf(")", open);
  if (open < 0 || close < 0 || text.slice(0, open).includes("=>")) return found;
  const list = text.slice(open + 1, close);
  if (/[^\w$\s,]/.test(list)) return found; // patterns and defaults: whose place is not plain
  for (const [place, part] of list.split(",").entries()) {
    const uses = usesOf(part.trim(), text, open);
    if (uses > 0) found.set(place, uses);
  }
  return found;
}

/** The text without comments and with empty strings; null where it may hide a name. */
function bare(text: string): string | null {
  if (/[`\\]|\b(?:eval|arguments|with)\b|\[native code\]/.test(text)) return null;
  const short = text.replace(/\/\*[^]*?\*\/|\/\/.*|"[^"\n]*"|'[^'\n]*'/g, (part) =>
    part.startsWith("/") ? " " : '""',
  );
  return short.includes("/") ? null : short; // a regular expression may look like anything
}

/** How often a name is an operand; 0 where it is anything else beside a parameter. */
function usesOf(name: string, text: string, open: number): number {
  if (!NAME.test(name)) return 0;
  const uses = [...text.matchAll(/[\w$]+/g)].filter(([word]) => word === name);
  const [declared, ...others] = uses;
  if (declared === undefined || declared.index < open) return 0;
  const isOperand = others.every(({ index }) => {
    const after = text.slice(index + name.length);
    return (
      TAKERS.test(text.slice(0, index)) && /^\s*\)/.test(after) && !/^\s*\)\s*(?:=>|\{)/.test(after)
    );
  });
  return isOperand ? others.length : 0;
}
