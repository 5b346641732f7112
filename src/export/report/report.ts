/** A run as one HTML page to keep: data, network, curves, errors, how to repeat it, a predictor. */
import { digitsFor, formatNumber, showText } from "../../core/format.ts";
import type { Quantity } from "../../data/units.ts";
import { quantityOf } from "../../data/units.ts";
import type { Confusion } from "../../plot/confusion.ts";
import { confusionPicture } from "../../plot/confusion.ts";
import type { Network } from "../network.ts";
import { isText } from "../network.ts";
import { dataPictures, lossPicture } from "./pictures.ts";
import type { Cell } from "./page.ts";
import { commandBlock, facts, makePage, numberCell, paragraph, picture } from "./page.ts";
import { section, table } from "./page.ts";
import type { ExtraTable, ReportData, ReportFinding, ReportSource } from "./source.ts";

/** Writes the page. */
export function makeReport(source: ReportSource): Promise<string> {
  const { network, data } = source;
  const targets = network.outputs.map((name) => showText(quantityOf(name).symbol)).join(", ");
  const inputs = network.inputs.map(({ name }) => showText(quantityOf(name).symbol));
  const over = inputs.length > 3 ? `${inputs.length} columns` : inputs.join(", ");
  const title = `${targets} ${network.classes ? "from" : "over"} ${over}`;
  const beside = network.inputs.length < 5 && !network.classes && typeof data !== "string";
  const pictures = typeof data === "string" ? [] : dataPictures(network, data, beside);
  const sections = [
    ...findingsSection(source.findings),
    predictorSection(network, beside),
    ...pictures,
    lossPicture(source),
    ...(typeof data === "string"
      ? [section("Data", "half", paragraph(data))]
      : [errorSection(network, data), columnSection(data)]),
    ...source.tables.map(extraSection),
    networkSection(source),
  ];
  const halves = sections.filter((text) => text.startsWith('<section class="half"')).length;
  sections.push(repeatSection(source, halves % 2 === 1 ? "half" : "")); // no gap beside it
  return makePage({
    title: `${title} (${showText(source.source)})`,
    subtitle: source.summary,
    model: modelOf(network),
    sections,
  });
}

/** What the page's script computes with. */
function modelOf(network: Network): unknown {
  const { activation, classes, xScaler, yScaler, layers, inputs, outputs } = network;
  return {
    activation,
    xScaler,
    yScaler,
    ...(classes ? { classes: classes.map((name) => showText(name)) } : {}),
    inputs: inputs.map((column) => ({
      ...{ ...column, ...shown(column.name) },
      ...(isText(column) ? {} : { digits: digitsFor(column.min, column.max, 4) }),
    })),
    outputs: outputs.map(shown),
    layers: layers.map((layer) => ({
      ...layer,
      // The shortest decimals that give the float32 back.
      weight: Array.from(layer.weight, (w) => Number(w.toPrecision(9))),
      bias: Array.from(layer.bias, (b) => Number(b.toPrecision(9))),
    })),
  };
}

function shown(name: string): Quantity {
  const { symbol, unit } = quantityOf(name);
  return { symbol: showText(symbol), unit };
}

function predictorSection({ inputs }: Network, beside: boolean): string {
  const fields = inputs.map((column, i) => {
    const { symbol, unit } = shown(column.name);
    const label = unit === "" ? symbol : `${symbol} (${unit})`;
    if (isText(column)) {
      const options = column.values.map(
        (value, k) => `<option value="${k}">${escape(showText(value))}</option>`,
      );
      return `<label>${escape(label)}<select name="input-${i}">${options.join("")}</select></label>`;
    }
    const { min, max } = column;
    const middle = formatNumber((min + max) / 2, { digits: digitsFor(min, max, 3) });
    const digits = digitsFor(min, max, 4);
    const range = `${formatNumber(min, { digits })}–${formatNumber(max, { digits })}`;
    return (
      `<label>${escape(`${label}, ${range}`)}` +
      `<input name="input-${i}" inputmode="decimal" autocomplete="off" value="${middle}"></label>`
    );
  });
  const form =
    `<form id="predictor" class="live"><div class="many">${fields.join("\n")}</div>` +
    `<output id="answer" aria-live="polite"></output></form>`;
  return section("Predict", beside ? "slim" : "", form);
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** What is wrong, why it matters and what to try, where there is anything to say. */
function findingsSection(findings: readonly ReportFinding[]): string[] {
  if (findings.length === 0) return [];
  const content = findings.flatMap(({ severity, message, why, try: cure }) => [
    paragraph(`${severity}: ${message}`, severity === "note" ? "" : "outside"),
    paragraph(`${why} ${cure}`, "note"),
  ]);
  return [section("Findings", "", ...content)];
}

function errorSection({ classes, outputs }: Network, data: ReportData): string {
  const head: Cell[] = ["", ...data.errorHead.map(numberCell)];
  const rows = data.errors.map(({ label, cells }) => [label, ...cells.map(numberCell)]);
  const units = [...new Set(outputs.map((name) => quantityOf(name).unit))];
  const content = [table(head, rows)];
  const one = units.length === 1 && units[0] !== "" && !classes;
  if (one) content.push(paragraph(`In ${units[0]!}.`, "note"));
  if (classes && data.confusion) {
    const counted = { classes, confusion: data.confusion, which: data.judged! };
    content.push(...(classes.length > MOST_IN_TABLE ? drawnMatrix : writtenMatrix)(counted));
  }
  if (!data.unseen) {
    const text =
      "No rows were held out: these are errors on the rows of training. " +
      "nabla fit --val 0.2 holds out a fifth.";
    content.push(paragraph(text, "note"));
  }
  return section("Errors", "half", ...content);
}

/** More classes than these make a table wider than a phone. */
const MOST_IN_TABLE = 6;
/** So many mistakes are listed beside a picture. */
const MOST_MISTAKES = 12;

function writtenMatrix({ classes, confusion, which }: Confusion): string[] {
  const names = classes.map((name) => showText(name, 30));
  const counts = confusion.map((row, i) => [
    names[i]!,
    ...row.map((n, j) => ({ text: String(n), kind: `number ${kindOf(n, i === j)}` })),
  ]);
  const text = `Rows: the true class; columns: what the network says (${which}).`;
  return [paragraph(text, "note"), table(["", ...names.map(columnName)], counts)];
}

/** The name of a class over its column; unlike words it may be broken anywhere. */
function columnName(text: string): Cell {
  return { text, kind: "number name" };
}

/** The matrix as a picture, and the commonest mistakes in words, which a phone shows too. */
function drawnMatrix(counted: Confusion): string[] {
  const { classes, confusion } = counted;
  const mistakes = confusion
    .flatMap((row, i) => row.map((n, j) => ({ n, from: classes[i]!, to: classes[j]!, i, j })))
    .filter(({ n, i, j }) => n > 0 && i !== j)
    .sort((a, b) => b.n - a.n);
  const rows = mistakes
    .slice(0, MOST_MISTAKES)
    .map(({ n, from, to }) => [showText(from, 30), showText(to, 30), numberCell(String(n))]);
  const more = mistakes.length - rows.length;
  return [
    picture(confusionPicture(counted), "Confusion of the classes"),
    ...(rows.length === 0 ? [] : [table(["class", "taken for", numberCell("rows")], rows)]),
    ...(more > 0 ? [paragraph(`and ${more} more pairs of classes`, "note")] : []),
  ];
}

function kindOf(count: number, right: boolean): string {
  if (count === 0) return "";
  return right ? "hit" : "miss";
}

function columnSection({ rows, columns }: ReportData): string {
  const lines = columns.map(({ name, role, range, middle }) => [
    showText(name),
    role,
    numberCell(range),
    numberCell(middle),
  ]);
  return section(
    "Data",
    "half",
    table(["column", "role", numberCell("range"), numberCell("mean")], lines),
    paragraph(`${rows} rows.`, "note"),
  );
}

function extraSection({ heading, note, head, rows }: ExtraTable): string {
  const lines = rows.map(([first, ...rest]): Cell[] => [first!, ...rest.map(numberCell)]);
  const content = table(["", ...head.map(numberCell)], lines);
  return section(heading, "half", content, paragraph(note, "note"));
}

function networkSection({ network, settings }: ReportSource): string {
  const { layers, activation, classes } = network;
  const rows = layers.map(({ inputs, outputs }, k) => [
    `layer ${k + 1}`,
    numberCell(`${inputs} → ${outputs}`),
    k < layers.length - 1 ? activation : classes ? "softmax" : "linear",
    numberCell(String((inputs + 1) * outputs)),
  ]);
  const head = ["", numberCell("size"), "activation", numberCell("parameters")];
  return section("Network", "half", table(head, rows), facts(settings));
}

function repeatSection({ network, source }: ReportSource, width: string): string {
  return section(
    "Repeat it",
    width,
    paragraph(`With Nabla ${network.version} and ${showText(source)}, bit by bit the same:`),
    commandBlock(network.command),
    paragraph("The model file answers too: nabla predict, nabla export.", "note"),
  );
}
