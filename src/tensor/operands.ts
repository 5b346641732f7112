/**
 * Which parameters of a function its text uses as operands and in no other way: `x.mul(rate)`. A
 * number that is passed for one decides nothing, so that a program made for one value serves all.
 */

/** What takes a number as its operand, whatever the number: `pow` has ways of its own for some. */
const TAKERS = /\.\s*(?:add|sub|mul|div)\s*\(\s*$/;
const NAME = /^[A-Za-z_$][\w$]*$/;

/** Lists the places of those parameters; none where the text does not tell. */
export function operandsOf(fn: (...args: never[]) => unknown): number[] {
  const text = bare(Function.prototype.toString.call(fn));
  if (text === null) return [];
  const open = text.indexOf("(");
  const close = text.indexOf(")", open);
  if (open < 0 || close < 0 || text.slice(0, open).includes("=>")) return [];
  const list = text.slice(open + 1, close);
  if (/[^\w$\s,]/.test(list)) return []; // patterns and defaults: whose place is not plain
  const names = list.split(",");
  return names.flatMap((part, place) => (isOperand(part.trim(), text, open) ? [place] : []));
}

/** The text without comments and with empty strings; null where it may hide a name. */
function bare(text: string): string | null {
  if (/[`\\]|\b(?:eval|arguments|with)\b|\[native code\]/.test(text)) return null;
  const short = text.replace(/\/\*[^]*?\*\/|\/\/.*|"[^"\n]*"|'[^'\n]*'/g, (part) =>
    part.startsWith("/") ? " " : '""',
  );
  return short.includes("/") ? null : short; // a regular expression may look like anything
}

/** Whether a name is declared once, at its place in the parameters, and else only an operand. */
function isOperand(name: string, text: string, open: number): boolean {
  if (!NAME.test(name)) return false;
  const uses = [...text.matchAll(/[\w$]+/g)].filter(([word]) => word === name);
  const [declared, ...others] = uses;
  if (declared === undefined || declared.index < open || others.length === 0) return false;
  return others.every(({ index }) => {
    const after = text.slice(index + name.length);
    return (
      TAKERS.test(text.slice(0, index)) && /^\s*\)/.test(after) && !/^\s*\)\s*(?:=>|\{)/.test(after)
    );
  });
}
