/** Marks comments, strings, numbers and keywords of TypeScript and Python with classes. */

const KEYWORDS =
  "as async await class const def else export extends for from function if import in lambda let " +
  "new not of print return type while with";

const WORDS = new RegExp(
  [
    /(?<comment>\/\/.*|#.*)/,
    /(?<string>f?"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)/,
    /(?<number>\b\d[\d_.]*(?:e[-+]?\d+)?\b)/,
    new RegExp(`(?<keyword>\\b(?:${KEYWORDS.replaceAll(" ", "|")})\\b)`),
  ]
    .map(({ source }) => source)
    .join("|"),
  "g",
);

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** Returns HTML of the code; languages other than ts and py are only escaped. */
export function highlight(code: string, language: string): string {
  if (language !== "ts" && language !== "py") return escape(code);
  let html = "";
  let end = 0;
  for (const match of code.matchAll(WORDS)) {
    const kind = Object.entries(match.groups!).find(([, text]) => text !== undefined)![0];
    html += `${escape(code.slice(end, match.index))}<span class="c-${kind}">${escape(match[0])}</span>`;
    end = match.index + match[0].length;
  }
  return html + escape(code.slice(end));
}
