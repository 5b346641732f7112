/** Writes a predictor in TypeScript: one file of a few KB that imports nothing. */
import { spellingOf } from "../models/activations.ts";
import { spellErf } from "./erf.ts";
import { spellComment, spellFloat32, spellList, spellNumber, spellText } from "./literals.ts";
import type { InputColumn, LinearLayer, Network } from "./network.ts";
import { isText } from "./network.ts";

/** What every predictor has in common. */
const RUNTIME = `/** Lists what the training data did not cover: \`predict\` answers there too, without ground. */
export function outside(row: readonly (number | string)[]): string[] {
  return INPUTS.flatMap((column, i) => {
    if ("values" in column) {
      const known = column.values.includes(String(row[i]));
      return known ? [] : [\`\${column.name}: \${String(row[i])} was not in the training data\`];
    }
    const { name, min, max } = column;
    const value = Number(row[i]);
    if (value >= min && value <= max) return [];
    const by = value < min ? \`\${min - value} below\` : \`\${value - max} above\`;
    return [\`\${name} = \${value} is \${by} the training range (\${min} to \${max})\`];
  });
}

/** Spreads a row over the network's inputs: texts become one input of 0 or 1 for each known. */
function encode(row: readonly (number | string)[]): number[] {
  if (row.length !== INPUTS.length) {
    const names = INPUTS.map(({ name }) => name).join(", ");
    throw new RangeError(\`\${row.length} values; need \${INPUTS.length}: \${names}\`);
  }
  return INPUTS.flatMap((column, i) =>
    "values" in column
      ? column.values.map((value) => (value === String(row[i]) ? 1 : 0))
      : [Number(row[i])],
  );
}

function forward(row: readonly (number | string)[]): number[] {
  let values = encode(row).map((x, j) => (x - X_OFFSET[j]!) / X_SCALE[j]!);
  LAYERS.forEach((neurons, k) => {
    values = neurons.map((neuron) => {
      let sum = neuron[values.length]!;
      values.forEach((value, j) => (sum += neuron[j]! * value));
      return k < LAYERS.length - 1 ? activation(sum) : sum;
    });
  });
  return values;
}
`;

/** Writes a predictor without dependencies; `predict(row)` answers in the units of the data. */
export function exportTypescript(network: Network): string {
  const { inputs, outputs, layers, xScaler, yScaler, activation, classes } = network;
  const { javascript, usesErf } = spellingOf(activation);
  const helpers = usesErf ? `\n${spellErf(": number")}\n` : "";
  const numbers = (values: readonly number[]): string => spellList(values.map(spellNumber), "");
  return `/**
 * ${spellComment(network.command)}
 *
 * The fitted network as a function, written by Nabla ${network.version}. Input columns, in this
 * order: ${spellComment(inputs.map(({ name }) => name).join(", "))}. Predicted:
 * ${spellComment(outputs.join(", "))}.
 */

/** An input column: numbers with their range in training, or texts that are known. */
export type Column =
  | { readonly name: string; readonly min: number; readonly max: number }
  | { readonly name: string; readonly values: readonly string[] };

/** The input columns. */
export const INPUTS: readonly Column[] = [
${inputs.map((column) => `  ${spellColumn(column)},`).join("\n")}
];

/** The predicted columns. */
export const OUTPUTS: readonly string[] = ${spellList(outputs.map(spellText), "")};
${classes ? `\n/** The classes of the target. */\nexport const CLASSES: readonly string[] = ${spellList(classes.map(spellText), "")};\n` : ""}
const X_OFFSET: readonly number[] = ${numbers(xScaler.offset)};
const X_SCALE: readonly number[] = ${numbers(xScaler.scale)};
${classes ? "" : `const Y_OFFSET: readonly number[] = ${numbers(yScaler.offset)};\nconst Y_SCALE: readonly number[] = ${numbers(yScaler.scale)};\n`}
/** Each layer as rows: the weights of one neuron, then its bias. */
const LAYERS: readonly (readonly (readonly number[])[])[] = [
${layers.map(spellLayer).join("\n")}
];
${helpers}
function activation(z: number): number {
  return ${javascript};
}

${spellPredict(classes !== undefined)}

${RUNTIME}`;
}

function spellColumn(column: InputColumn): string {
  const name = spellText(column.name);
  if (isText(column)) {
    return `{ name: ${name}, values: ${spellList(column.values.map(spellText), "  ")} }`;
  }
  return `{ name: ${name}, min: ${spellNumber(column.min)}, max: ${spellNumber(column.max)} }`;
}

function spellLayer({ inputs, outputs, weight, bias }: LinearLayer): string {
  const rows = Array.from({ length: outputs }, (_, i) => {
    const row = [...weight.subarray(i * inputs, (i + 1) * inputs), bias[i]!];
    return `    ${spellList(row.map(spellFloat32), "    ")},`;
  });
  return `  [\n${rows.join("\n")}\n  ],`;
}

function spellPredict(classes: boolean): string {
  if (!classes) {
    return `/** Predicts one row, given in the order of INPUTS; returns numbers in the order of OUTPUTS. */
export function predict(row: readonly (number | string)[]): number[] {
  return forward(row).map((y, j) => y * Y_SCALE[j]! + Y_OFFSET[j]!);
}`;
  }
  return `/** Gives the probability of each class for one row, in the order of CLASSES. */
export function probabilities(row: readonly (number | string)[]): number[] {
  const scores = forward(row);
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / sum);
}

/** Predicts the class of one row, given in the order of INPUTS. */
export function predict(row: readonly (number | string)[]): string {
  const chances = probabilities(row);
  return CLASSES[chances.indexOf(Math.max(...chances))]!;
}`;
}
