/** The predictor of a report: numbers are read as those of tables, or said to be none. */
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { SCRIPT } from "../../src/export/report/script.ts";

/** A network that answers with its input. */
const MODEL = {
  inputs: [{ symbol: "x", unit: "", min: -1e9, max: 1e9 }],
  outputs: [{ symbol: "y", unit: "" }],
  ...{ activation: "tanh", xScaler: { offset: [0], scale: [1] } },
  ...{ yScaler: { offset: [0], scale: [1] } },
  layers: [{ inputs: 1, outputs: 1, weight: [1], bias: [0] }],
};

interface Element {
  parts: (Element | string)[];
}

const textOf = (part: Element | string): string =>
  typeof part === "string" ? part : part.parts.map(textOf).join("");

function makeElement(): Element {
  const parts: (Element | string)[] = [];
  const replaceChildren = (...all: (Element | string)[]): unknown =>
    parts.splice(0, parts.length, ...all);
  const append = (...more: Element[]): number => parts.push(...more);
  const element = { parts, append, replaceChildren };
  return Object.defineProperty(element, "textContent", { set: replaceChildren });
}

/** Returns what the page says when `text` stands in its field. */
function answerTo(text: string): string {
  const answer = makeElement();
  const form = { elements: { "input-0": { value: text } }, addEventListener: () => undefined };
  const known: Record<string, unknown> = {
    ...{ model: { textContent: JSON.stringify(MODEL) }, predictor: form, answer },
  };
  const document = { getElementById: (id: string) => known[id], createElement: makeElement };
  runInNewContext(SCRIPT, { document });
  return textOf(answer);
}

it.each([
  ["1.5", "y = 1.5"],
  [" 1,5 ", "y = 1.5"],
  ["-2e3", "y = -2000"],
  ["+.5", "y = 0.5"],
  ["0,125", "y = 0.125"],
  ["12,5e1", "y = 125"],
  ["1234,567", "y = 1234.6"],
])("%s is a number", (text, said) => {
  expect(answerTo(text)).toBe(said);
});

it.each(["1,234", "-12,345", "1,234,567", "1,234.5"])("%s could be two numbers", (text) => {
  expect(answerTo(text)).toBe(
    `x: ${text} could be read in two ways; write it without a separator of thousands.`,
  );
});

it.each(["", "0x10", "0b11", "0o7", "Infinity", "1e999", "1_000", "1 000", "warm", "1,2,3"])(
  "%j is none",
  (text) => {
    expect(answerTo(text)).toBe("x: type a number, such as 0.");
  },
);
