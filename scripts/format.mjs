/** Formats with prettier, after wrapping the comments over 100 columns, which prettier leaves. */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, commandOf, runNode } from "./steps.mjs";

const WIDTH = 100;

/** Breaks a text into lines of at most `width` columns. */
function fill(text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== "" && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}

/** Wraps the wide comment lines of a file, each with the rest of its paragraph. */
export function wrapComments(text) {
  const lines = text.split("\n");
  const out = [];
  for (let k = 0; k < lines.length; k++) {
    const line = lines[k];
    const single = /^(\s*)\/\*\* (.*) \*\/$/.exec(line);
    const inside = /^(\s*(?:\*|\/\/) )(?![-|@\d])(\S.*)$/.exec(line);
    if (line.length <= WIDTH || (single === null && inside === null)) {
      out.push(line);
    } else if (/^\s*\/\/.*[─=-]{5}$/.test(line)) {
      out.push(line.slice(0, WIDTH)); // a ruler
    } else if (single !== null) {
      const body = fill(single[2], WIDTH - single[1].length - 3);
      out.push(
        `${single[1]}/**`,
        ...body.map((part) => `${single[1]} * ${part}`),
        `${single[1]} */`,
      );
    } else {
      const prefix = inside[1];
      let paragraph = inside[2];
      while (continues(lines[k + 1], prefix)) paragraph += ` ${lines[++k].slice(prefix.length)}`;
      out.push(...fill(paragraph, WIDTH - prefix.length).map((part) => prefix + part));
    }
  }
  return out.join("\n");
}

function continues(line, prefix) {
  if (line === undefined || !line.startsWith(prefix) || line.includes("*/")) return false;
  return /^[^\s\-|@\d]/.test(line.slice(prefix.length));
}

for (const folder of ["src", "test", "bench", "examples", "scripts"]) {
  for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })) {
    if (!/\.(ts|mjs|js)$/.test(name)) continue;
    const path = join(ROOT, folder, name);
    const text = readFileSync(path, "utf8");
    const wrapped = wrapComments(text);
    if (wrapped !== text) writeFileSync(path, wrapped);
  }
}
const { code } = await runNode([commandOf("prettier"), "--write", "--log-level", "warn", "."], {
  inherit: true,
});
process.exitCode = code;
