/**
 * The script of a report: computes the network from the numbers in the page. It is the same text
 * for every report and only reads JSON, so nothing of the data can run.
 */
import { DECIMAL, DECIMAL_COMMA, SEPARATED } from "../../data/number.ts";
import { ACTIVATIONS } from "../../models/activations.ts";
import { spellErf } from "../erf.ts";

const FUNCTIONS = Object.entries(ACTIVATIONS)
  .map(([name, { javascript }]) => `  ${name}: (z) => ${javascript},`)
  .join("\n");

/** The script, as it stands in the page; its hash is in the page's policy. */
export const SCRIPT = String.raw`"use strict";
const model = JSON.parse(document.getElementById("model").textContent);
const form = document.getElementById("predictor");
const answer = document.getElementById("answer");

${spellErf()}

const activations = {
${FUNCTIONS}
};

function forward(encoded) {
  let values = encoded.map((x, j) => (x - model.xScaler.offset[j]) / model.xScaler.scale[j]);
  model.layers.forEach(({ inputs, outputs, weight, bias }, k) => {
    const next = [];
    for (let i = 0; i < outputs; i++) {
      let sum = bias[i];
      for (let j = 0; j < inputs; j++) sum += weight[i * inputs + j] * values[j];
      next.push(k < model.layers.length - 1 ? activations[model.activation](sum) : sum);
    }
    values = next;
  });
  return values;
}

function formatNumber(value, digits, unit) {
  const size = Math.abs(value);
  let text;
  if (!Number.isFinite(value)) text = String(value).replace("Infinity", "∞");
  else if (size !== 0 && (size < 1e-4 || size >= 1e7)) {
    text = value.toExponential(digits - 1).replace(/\.?0+e/, "e");
  } else {
    const whole = Math.max(digits, String(Math.trunc(size)).length);
    text = String(Number(value.toPrecision(Math.min(whole, 100))));
  }
  return unit ? text + " " + unit : text;
}

function outside({ symbol, unit, min, max, digits = 4 }, value) {
  if (value >= min && value <= max) return "";
  const below = value < min;
  return "outside the training range (" + symbol + " " + formatNumber(min, digits) + "–" +
    formatNumber(max, digits, unit) + "): " + formatNumber(below ? min - value : value - max, 4, unit) +
    (below ? " below" : " above") + " it; do not rely on this";
}

function paragraph(kind, ...parts) {
  const p = document.createElement("p");
  p.className = kind;
  p.append(...parts);
  return p;
}

function strong(text) {
  const b = document.createElement("b");
  b.textContent = text;
  return b;
}

function showAnswer(encoded, notes) {
  const scores = forward(encoded);
  const lines = [];
  if (model.classes) {
    const largest = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - largest));
    const sum = powers.reduce((all, power) => all + power, 0);
    const chances = powers.map((power, k) => [power / sum, model.classes[k]]);
    chances.sort((a, b) => b[0] - a[0]);
    lines.push(paragraph("answer", model.outputs[0].symbol + ": ", strong(chances[0][1])));
    const text = chances.slice(0, 5).map(([p, name]) => name + " " + (100 * p).toFixed(1) + " %");
    lines.push(paragraph("note", text.join(" · ")));
  } else {
    scores.forEach((y, j) => {
      const { symbol, unit } = model.outputs[j];
      const value = y * model.yScaler.scale[j] + model.yScaler.offset[j];
      lines.push(paragraph("answer", symbol + " = ", strong(formatNumber(value, 5, unit))));
    });
  }
  answer.replaceChildren(...lines, ...notes.map((note) => paragraph("outside", note)));
}

// Numbers are those of tables: decimal digits, with a point or a comma.
const decimal = /${DECIMAL.source}/;
const decimalComma = /${DECIMAL_COMMA.source}/;
const separated = /${SEPARATED.source}/;

/** The number of a text; NaN where it spells none, undefined where it could be two. */
function readNumber(text) {
  if (decimal.test(text)) return Number(text);
  if (separated.test(text) && !/^[+-]?0,[0-9]+$/.test(text)) return undefined;
  return decimalComma.test(text) ? Number(text.replace(",", ".")) : NaN;
}

function update() {
  const encoded = [];
  const notes = [];
  for (const [i, column] of model.inputs.entries()) {
    const text = form.elements["input-" + i].value;
    if (column.values) {
      column.values.forEach((value, k) => encoded.push(String(k) === text ? 1 : 0));
      continue;
    }
    const value = readNumber(text.trim());
    if (value === undefined) {
      answer.replaceChildren(paragraph("note", column.symbol + ": " + text.trim() +
        " could be read in two ways; write it without a separator of thousands."));
      return;
    }
    if (!Number.isFinite(value)) {
      answer.replaceChildren(paragraph("note", column.symbol + ": type a number, such as " +
        formatNumber((column.min + column.max) / 2, column.digits || 4) + "."));
      return;
    }
    encoded.push(value);
    const note = outside(column, value);
    if (note) notes.push(note);
  }
  showAnswer(encoded, notes);
}

form.addEventListener("input", update);
form.addEventListener("submit", (event) => event.preventDefault());
update();
`;
