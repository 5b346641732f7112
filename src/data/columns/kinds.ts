/** Decides which texts are one kind: blanks aside, and case where it is only a habit. */
import { showText } from "../../core/format.ts";
import { isGap } from "../number.ts";
import type { CsvTable } from "../table.ts";
import type { ClassRecipe } from "./recipe.ts";
import { foldText } from "./recipe.ts";

/** The kinds of a column of text. */
export interface KindChoice {
  readonly type: "text";
  readonly kinds: readonly string[];
  readonly recipe?: ClassRecipe;
  readonly note?: string;
}

/** Texts that mean yes or no, and the like, however they are written. */
const TRUTH = new Set(["y", "n", "yes", "no", "t", "f", "true", "false", "on", "off"]);
/** Columns with more different texts hold no kinds whose spelling is compared. */
const MOST_COMPARED = 1000;

/** Finds the kinds of a column; `asked` takes case for a habit, and numbers as numbers. */
export function chooseKinds(table: CsvTable, name: string, asked: boolean): KindChoice {
  const counts = new Map<string, number>();
  for (const cell of table.texts(name)) {
    if (!isGap(cell)) counts.set(cell.trim(), (counts.get(cell.trim()) ?? 0) + 1);
  }
  const texts = [...counts.keys()];
  const kinds = { type: "text", kinds: texts } as const;
  const numbers = asked && table.allNumeric(name);
  const loose: ClassRecipe = { kind: "class", cased: false, numbers };
  if (texts.length > MOST_COMPARED) return asked ? { ...kinds, recipe: loose } : kinds;
  const groups = groupBy(texts, (text) => foldText(loose, text)).filter(({ length }) => length > 1);
  if (groups.length === 0) return asked ? { ...kinds, recipe: loose } : kinds;
  const meant = groups.filter((group) => !asked && !isHabit(group));
  const shown = (meant.length > 0 ? meant : groups)
    .slice(0, 3)
    .map((group) => sayGroup(group, counts, meant.length > 0))
    .join(", ");
  const recipe = { ...loose, cased: meant.length > 0 };
  const merged = groupBy(texts, (text) => foldText(recipe, text)).map((group) =>
    commonest(group, counts),
  );
  const spelled = showText(name);
  const note =
    meant.length > 0
      ? `${shown} differ in case alone and are told apart; --column ${spelled}=class takes them for one`
      : `${shown}${asked ? "" : `; --column ${spelled}=text tells them apart`}`;
  return {
    ...{ type: "text", kinds: merged, note },
    ...(recipe.cased && merged.length === texts.length ? {} : { recipe }),
  };
}

/** Returns each text in the spelling that its kind has most often. */
export function spellKinds(recipe: ClassRecipe, texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== "") counts.set(text, (counts.get(text) ?? 0) + 1);
  const groups = groupBy([...counts.keys()], (text) => foldText(recipe, text));
  const spelling = new Map<string, string>();
  for (const group of groups) {
    const chosen = recipe.numbers ? foldText(recipe, group[0]!) : commonest(group, counts);
    for (const text of group) spelling.set(text, chosen);
  }
  return texts.map((text) => spelling.get(text) ?? text);
}

function groupBy(texts: readonly string[], keyOf: (text: string) => string): string[][] {
  const groups = new Map<string, string[]>();
  for (const text of texts) {
    const key = keyOf(text);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [text]);
    else group.push(text);
  }
  return [...groups.values()];
}

/** Whether texts differ as `yes`, `Yes` and `YES` do; genes such as Aa and aa are meant so. */
function isHabit(group: readonly string[]): boolean {
  const cased = new Set(group.map((text) => foldText({ cased: true, numbers: false }, text)));
  if (cased.size === 1) return true;
  const folded = foldText({ cased: false, numbers: false }, group[0]!);
  if (TRUTH.has(folded)) return true;
  const odd = [...cased].filter((text) => {
    const titled = folded.replace(/(^|[\s_-])(\p{L})/gu, (all) => all.toUpperCase());
    const upperFirst = folded.replace(/^\p{L}/u, (letter) => letter.toUpperCase());
    return ![folded, folded.toUpperCase(), titled, upperFirst].includes(text);
  });
  return folded.length >= 3 && odd.length <= 1;
}

function commonest(group: readonly string[], counts: ReadonlyMap<string, number>): string {
  const plain = group.map((text) => text.replaceAll(/\s+/g, " "));
  return plain.reduce((best, text, i) => {
    const [a, b] = [counts.get(group[i]!) ?? 0, counts.get(best) ?? 0];
    return a > b ? text : best;
  });
}

function sayGroup(
  group: readonly string[],
  counts: ReadonlyMap<string, number>,
  apart: boolean,
): string {
  const quoted = (text: string): string => `"${showText(text, 20)}"`;
  if (apart) return group.slice(0, 4).map(quoted).join(" and ");
  const kept = commonest(group, counts);
  const others = group.filter((text) => text !== kept).slice(0, 4);
  return `${others.map(quoted).join(", ")} ${others.length === 1 ? "is" : "are"} read as ${quoted(kept)}`;
}
