/**
 * Turns a lesson's text.md into data when the lab is built: HTML by section, formulas as MathML, the
 * quiz as questions, the code of its folder `code/` with highlighted words. Nothing of it runs later.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Tokens } from "marked";
import { Marked } from "marked";
import temml from "temml";
import { highlight } from "./highlight.ts";
import type { CodeTab, LessonText, Question } from "../parts/text.ts";

/** Renders TeX as MathML without style attributes, which the page's policy would refuse. */
export function renderFormula(tex: string, displayMode: boolean): string {
  const mathml = temml.renderToString(tex, { displayMode, trust: true, throwOnError: true });
  return (
    mathml
      .replace(/ style="[^"]*"/g, "")
      // A live number is one token, also where it is written with a sign.
      .replace(/<mrow class="([vg]-\w+)">(.*?)<\/mrow>/g, (_, name: string, inner: string) => {
        return `<mn class="${name}">${inner.replace(/<[^>]*>/g, "")}</mn>`;
      })
  );
}

const inlineMath = {
  name: "math",
  level: "inline" as const,
  start: (text: string) => text.indexOf("$"),
  tokenizer(text: string) {
    const match = /^\$([^$\n]+)\$/.exec(text);
    return match ? { type: "math", raw: match[0], tex: match[1]! } : undefined;
  },
  renderer: (token: Tokens.Generic) => renderFormula(String(token["tex"]), false),
};

const marked = new Marked({
  extensions: [inlineMath],
  renderer: {
    code({ text, lang }) {
      if (lang === "formula")
        return `<div class="formula" tabindex="0" role="group" aria-label="Formula">${renderFormula(text, true)}</div>\n`;
      return `<pre><code>${highlight(text, lang ?? "")}</code></pre>\n`;
    },
    table(token) {
      const { header, rows } = token;
      const cell = (tag: string, { tokens }: Tokens.TableCell, scope = ""): string =>
        `<${tag}${scope}>${this.parser.parseInline(tokens)}</${tag}>`;
      const head = header.map((one) => cell("th", one, ' scope="col"')).join("");
      const body = rows
        .map(([first, ...rest]) => {
          const cells = rest.map((one) => cell("td", one)).join("");
          return `<tr>${cell("th", first!, ' scope="row"')}${cells}</tr>`;
        })
        .join("\n");
      return `<div class="table" tabindex="0" role="group" aria-label="Table"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>\n`;
    },
  },
});

function render(markdown: string): string {
  return marked.parse(markdown, { async: false });
}

/** Splits at headings of one level: pairs of heading and what follows it. */
function sections(markdown: string, mark: string): [string, string][] {
  const parts = markdown.split(new RegExp(`^${mark} +(.+)$`, "m"));
  const pairs: [string, string][] = [];
  for (let i = 1; i < parts.length; i += 2) pairs.push([parts[i]!.trim(), parts[i + 1]!.trim()]);
  return pairs;
}

/** Reads questions: `### question`, then `- [x] choice` with its explanation indented below. */
function readQuiz(markdown: string, where: string): Question[] {
  return sections(markdown, "###").map(([question, body]) => {
    const choices = body
      .split(/^- \[(?=[ x]\])/m)
      .slice(1)
      .map((text) => {
        const [first, ...rest] = text.slice(2).trim().split("\n");
        return {
          right: text.startsWith("x"),
          choice: inline(first!),
          why: inline(rest.map((line) => line.trim()).join(" ")),
        };
      });
    const right = choices.filter((choice) => choice.right).length;
    if (right !== 1 || choices.some(({ why }) => why === "")) {
      throw new Error(`${where}: "${question}" needs one right choice and a reason for each`);
    }
    return { question: inline(question), choices };
  });
}

function inline(markdown: string): string {
  return marked.parseInline(markdown, { async: false });
}

const TABS = [
  ["nabla.ts", "Nabla"],
  ["by_pytorch.py", "PyTorch"],
  ["by_numpy.py", "NumPy"],
] as const;

/** Reads `code/`: three programs and, in output.txt, what each of them prints. */
function readCode(folder: string): CodeTab[] {
  const found = new Set(readdirSync(folder));
  return TABS.filter(([file]) => found.has(file)).map(([file, label]) => {
    const source = readFileSync(join(folder, file), "utf8").trimEnd();
    return { file, label, source, html: highlight(source, file.endsWith(".py") ? "py" : "ts") };
  });
}

/** Reads a lesson's text and its code folder. */
export function readLesson(path: string): LessonText {
  const markdown = readFileSync(path, "utf8");
  const [title, body] = sections(markdown, "#")[0] ?? [];
  if (title === undefined || body === undefined) throw new Error(`${path}: no "# title"`);
  const slots = new Map(sections(body, "##"));
  const code = join(path, "../code");
  const slot = (name: string): string => {
    const text = slots.get(name);
    if (text === undefined) throw new Error(`${path}: the slot "## ${name}" is missing`);
    slots.delete(name);
    return text;
  };
  const quiz = readQuiz(slot("quiz"), path);
  const lead = render(body.split(/^## /m)[0]!);
  const names = ["idea", "experiment", "equation", "code", "exercise", "takeaways"] as const;
  const text = {
    title,
    lead,
    quiz,
    discussion: render(slot("discussion")),
    sources: render(slot("sources")),
    ...(Object.fromEntries(names.map((name) => [name, render(slot(name))])) as Record<
      (typeof names)[number],
      string
    >),
    tabs: readCode(code),
    output: readFileSync(join(code, "output.txt"), "utf8").trimEnd(),
  };
  const more = Object.fromEntries([...slots].map(([name, part]) => [name, render(part)]));
  return { ...text, more };
}
