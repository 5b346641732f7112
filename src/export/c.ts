/** Writes a predictor in C99: one file that needs nothing but the C library and its mathematics. */
import { spellingOf } from "../models/activations.ts";
import { spellComment, spellFloat32, spellNumber } from "./literals.ts";
import type { InputColumn, LinearLayer, Network } from "./network.ts";
import { isText } from "./network.ts";

/** What every predictor has in common, behind its numbers. */
const RUNTIME = String.raw`/* The number of a text of column i, for its place in a row; -1 for one that was not there. */
int nabla_kind(int i, const char *text) {
  for (int k = 0; k < INPUTS[i].kinds; k++)
    if (strcmp(INPUTS[i].values[k], text) == 0) return k;
  return -1;
}

/* Whether column i of a row lies outside the training data: -1 below, 1 above or not known. */
int nabla_outside(const double row[NABLA_INPUTS], int i) {
  if (INPUTS[i].kinds > 0) return row[i] >= 0 && row[i] < INPUTS[i].kinds ? 0 : 1;
  return row[i] < INPUTS[i].min ? -1 : row[i] <= INPUTS[i].max ? 0 : 1;
}

static void layer(int inputs, int outputs, const float *weight, const float *bias,
                  const float *x, float *y, int last) {
  for (int i = 0; i < outputs; i++) {
    float sum = bias[i];
    for (int j = 0; j < inputs; j++) sum += weight[i * inputs + j] * x[j];
    y[i] = last ? sum : activation(sum);
  }
}`;

const MAIN = String.raw`#ifndef NABLA_NO_MAIN
/* The values of one row after the other, as arguments; texts as they stand in the table. */
int main(int count, char **words) {
  if (count < 2 || (count - 1) % NABLA_INPUTS != 0) {
    fprintf(stderr, "give %d values for each row:", NABLA_INPUTS);
    for (int i = 0; i < NABLA_INPUTS; i++) fprintf(stderr, " %s", INPUTS[i].name);
    fprintf(stderr, "\n");
    return 2;
  }
  for (int first = 1; first < count; first += NABLA_INPUTS) {
    double row[NABLA_INPUTS], answer[NABLA_ANSWERS];
    for (int i = 0; i < NABLA_INPUTS; i++) {
      char *word = words[first + i], *end = word;
      row[i] = INPUTS[i].kinds > 0 ? nabla_kind(i, word) : strtod(word, &end);
      if (INPUTS[i].kinds == 0 && (end == word || *end != 0 || !isfinite(row[i]))) {
        fprintf(stderr, "%s: \"%s\" is not a number\n", INPUTS[i].name, word);
        return 2;
      }
      if (nabla_outside(row, i))
        fprintf(stderr, "%s = %s is outside the training data\n", INPUTS[i].name, word);
    }
    nabla_predict(row, answer);
    PRINT
  }
  return 0;
}
#endif
`;

const PRINT_NUMBERS = String.raw`for (int j = 0; j < NABLA_ANSWERS; j++) printf("%s%.9g", j == 0 ? "" : " ", answer[j]);
    printf("\n");`;
const PRINT_CLASS = String.raw`int best = nabla_class(answer);
    printf("%s %.6f\n", NABLA_CLASSES[best], answer[best]);`;

/** Writes one file of C; `nabla_predict` answers in the units of the data. */
export function exportC(network: Network): string {
  const { inputs, outputs, layers, xScaler, yScaler, activation, classes } = network;
  const list = (names: readonly string[]): string => comment(names.join(", "));
  const units = classes
    ? []
    : [`Y_OFFSET[] = ${numbers(yScaler.offset)}`, `Y_SCALE[] = ${numbers(yScaler.scale)}`];
  const scalers = [
    `X_OFFSET[] = ${numbers(xScaler.offset)}`,
    `X_SCALE[] = ${numbers(xScaler.scale)}`,
    ...units,
  ].map((one) => `static const double ${one};`);
  const answers = `const char *const NABLA_${classes ? "CLASSES" : "OUTPUTS"}[]`;
  return `/* ${comment(network.command)}

   The fitted network as a function, written by Nabla ${network.version}. Input columns, in this
   order: ${list(inputs.map(({ name }) => name))}.
   Predicted: ${list(outputs)}.
   Compile it:  cc -std=c99 -O2 FILE.c -lm    (with -DNABLA_NO_MAIN for a program of your own) */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NABLA_INPUTS ${inputs.length}
#define NABLA_ANSWERS ${layers.at(-1)!.outputs}

/* An input column: numbers with their range in training, or the texts that are known. */
typedef struct {
  const char *name;
  double min, max;
  int kinds;
  const char *const *values;
} nabla_column;

${spellColumns(inputs)}

${answers} = ${wrapped((classes ?? outputs).map(spellCText))};

${scalers.join("\n")}

${layers.map(spellLayer).join("\n")}

static float activation(float z) { return ${spellingOf(activation).c}; }

${RUNTIME}

${spellPredict(network)}
${MAIN.replace("PRINT", () => (classes ? PRINT_CLASS : PRINT_NUMBERS))}`;
}

/** Makes text fit for a comment: compilers warn of one that seems to begin in another. */
function comment(text: string): string {
  return spellComment(text).replaceAll("/*", "/ *");
}

function numbers(values: readonly number[]): string {
  return wrapped(values.map(spellDouble));
}

/** Whole numbers beyond C's integers are doubles when they have a point. */
function spellDouble(value: number): string {
  const text = spellNumber(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function spellFloat(value: number): string {
  const text = spellFloat32(value);
  return `${/^-?\d+$/.test(text) ? `${text}.0` : text}f`;
}

/** Puts items between braces, in lines of a hundred characters. */
function wrapped(items: readonly string[]): string {
  const lines = [""];
  for (const item of items) {
    if (lines.at(-1)!.length + item.length > 92) lines.push("");
    lines[lines.length - 1] += `${lines.at(-1) === "" ? "" : " "}${item},`;
  }
  const inner = lines.join("\n    ").replace(/,$/, "");
  return lines.length === 1 && inner.length < 70 ? `{${inner}}` : `{\n    ${inner}}`;
}

/** Spells text as UTF-8: what is no plain letter as three octal digits, which end by themselves. */
function spellCText(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const spelled = Array.from(bytes, (byte) => {
    const mark = String.fromCharCode(byte);
    // A question mark could begin a trigraph.
    const plain = byte > 31 && byte < 127 && !/["\\?]/.test(mark);
    return plain ? mark : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `"${spelled.join("")}"`;
}

function spellColumns(inputs: readonly InputColumn[]): string {
  const kinds = inputs.flatMap((column, i) =>
    isText(column)
      ? [`static const char *const KINDS_${i}[] = ${wrapped(column.values.map(spellCText))};\n`]
      : [],
  );
  const columns = inputs.map((column, i) => {
    const name = spellCText(column.name);
    if (isText(column)) return `{${name}, 0, 0, ${column.values.length}, KINDS_${i}}`;
    return `{${name}, ${spellDouble(column.min)}, ${spellDouble(column.max)}, 0, NULL}`;
  });
  const rows = columns.map((column) => `    ${column}`).join(",\n");
  return `${kinds.join("")}static const nabla_column INPUTS[] = {\n${rows}};`;
}

function spellLayer({ weight, bias }: LinearLayer, k: number): string {
  const spell = (name: string, values: Float32Array): string =>
    `static const float ${name}${k + 1}[] = ${wrapped(Array.from(values, spellFloat))};`;
  return `${spell("W", weight)}\n${spell("B", bias)}`;
}

function spellPredict({ layers, inputs, classes }: Network): string {
  const widths = [layers[0]!.inputs, ...layers.map(({ outputs }) => outputs)];
  const spread = inputs.map((column, i) =>
    isText(column)
      ? `  for (int k = 0; k < ${column.values.length}; k++) given[at++] = row[${i}] == k;`
      : `  given[at++] = row[${i}];`,
  );
  const steps = layers.map(({ inputs: from, outputs: to }, k) => {
    const last = Number(k === layers.length - 1);
    return `  layer(${from}, ${to}, W${k + 1}, B${k + 1}, v${k}, v${k + 1}, ${last});`;
  });
  const result = `v${layers.length}`;
  const answer = classes
    ? `  float top = ${result}[0];
  for (int j = 1; j < NABLA_ANSWERS; j++)
    if (${result}[j] > top) top = ${result}[j];
  double sum = 0;
  for (int j = 0; j < NABLA_ANSWERS; j++) sum += answer[j] = exp((double)${result}[j] - top);
  for (int j = 0; j < NABLA_ANSWERS; j++) answer[j] /= sum;`
    : `  for (int j = 0; j < NABLA_ANSWERS; j++) answer[j] = ${result}[j] * Y_SCALE[j] + Y_OFFSET[j];`;
  const what = classes ? "the probability of each class" : "the answers in the units of the data";
  const chosen = `

/* The most likely class, given what nabla_predict wrote. */
int nabla_class(const double answer[NABLA_ANSWERS]) {
  int best = 0;
  for (int j = 1; j < NABLA_ANSWERS; j++)
    if (answer[j] > answer[best]) best = j;
  return best;
}`;
  return `/* Writes ${what}; returns how many inputs lie outside the training data. */
int nabla_predict(const double row[NABLA_INPUTS], double answer[NABLA_ANSWERS]) {
  double given[${widths[0]!}];
  float ${widths.map((width, k) => `v${k}[${width}]`).join(", ")};
  int at = 0, outside = 0;
${spread.join("\n")}
  for (int j = 0; j < at; j++) v0[j] = (float)((given[j] - X_OFFSET[j]) / X_SCALE[j]);
${steps.join("\n")}
${answer}
  for (int i = 0; i < NABLA_INPUTS; i++) outside += nabla_outside(row, i) != 0;
  return outside;
}${classes ? chosen : ""}
`;
}
