/** Runs `nabla inspect`: what a safetensors file holds, and whether its checksum is right. */
import { host } from "#host";
import { digitsFor, formatNumber, showText } from "../core/format.ts";
import { rangeOf } from "../data/scaler.ts";
import { quantityOf } from "../data/units.ts";
import type { SafetensorsFile } from "../io/safetensors.ts";
import { decodeSafetensors } from "../io/safetensors.ts";
import { describeMlp } from "../models/mlp.ts";
import type { TrainedColumn } from "../train/table/dataset.ts";
import { FittedModel } from "../train/table/fitted.ts";
import type { FittedParts } from "../train/table/model-parts.ts";
import { modelFile, usable } from "./model-file.ts";
import { commandName } from "./name.ts";
import { alignRows, byteSize, count, listSome, quote } from "./words.ts";

/** Says what a run folder's model, or any safetensors file, holds. */
export async function inspect(path: string, { json }: { readonly json?: boolean }): Promise<void> {
  const file = await modelFile(path);
  const bytes = await host.readBytes(file);
  const content = usable(file, () => decodeSafetensors(bytes));
  const ours = content.metadata["nabla.format"]?.startsWith("nabla-fit-") ?? false;
  const parts = ours ? usable(file, () => FittedModel.decode(bytes)).parts : undefined;
  if (json) {
    const object = describeJson(file, bytes.length, content, parts);
    host.write("stdout", `${JSON.stringify(object, null, 2)}\n`);
    return;
  }
  const lines = [
    `${showText(file, 300)}: ${byteSize(bytes.length)}, ${checksum(content)}`,
    ...(parts === undefined ? describeMetadata(content) : describeNetwork(parts, content)),
    "",
    ...describeTensors(content),
  ];
  if (parts !== undefined) {
    lines.push("", `Next: ${await commandName()} report ${quote(path)}`);
    if (path === file) lines.pop(); // a report needs the folder
  }
  host.write("stdout", `${lines.join("\n").trimEnd()}\n`);
}

function checksum({ checked }: SafetensorsFile): string {
  return checked ? "checksum verified" : "no checksum";
}

function describeNetwork(parts: FittedParts, { metadata }: SafetensorsFile): string[] {
  const { shape, inputs, outputs, xScaler, yScaler, provenance } = parts;
  const classes = outputs[0]!.values;
  const { optimizer, lr, epochs, seed, finalLoss } = provenance;
  const scaling = [xScaler.kind, ...(classes ? [] : [yScaler.kind])];
  const columns = [
    ...inputs.map((column) => ["input", showText(column.name), describeRange(column)]),
    ...outputs.map((column) => ["target", showText(column.name), describeRange(column)]),
  ];
  const [first, second] = [0, 1].map((j) => Math.max(...columns.map((row) => row[j]!.length)));
  return [
    `Network  ${describeMlp(shape)}`,
    ...columns.map(([role, name, range]) =>
      `  ${role!.padEnd(first!)}  ${name!.padEnd(second!)}  ${range}`.trimEnd(),
    ),
    `Scaling  ${[...new Set(scaling)].join(" (inputs), ")}`,
    `Trained  ${optimizer === "sgd" ? "gradient descent" : "Adam"}, rate ${formatNumber(lr)}, ` +
      `${count(epochs, "epoch")}, seed ${seed}, final loss ${formatNumber(finalLoss)}`,
    `Version  Nabla ${showText(metadata["nabla.version"] ?? "unknown")}`,
  ];
}

function describeRange({ name, min, max, values }: TrainedColumn): string {
  if (values !== undefined) {
    return `${count(values.length, "kind")}: ${listSome(values, 8, 20)}`;
  }
  const { unit } = quantityOf(name);
  const digits = digitsFor(min, max, 4);
  return `${formatNumber(min, { digits })} to ${formatNumber(max, { digits, unit })}`;
}

function describeMetadata({ metadata }: SafetensorsFile): string[] {
  const lines = Object.entries(metadata).map(
    ([key, value]) => `  ${showText(key)}: ${showText(value, 200)}`,
  );
  return lines.length === 0 ? ["No metadata."] : ["Metadata", ...lines];
}

/** More tensors than these are listed in JSON only. */
const MOST_LISTED = 500;

function describeTensors({ tensors }: SafetensorsFile): string[] {
  const all = Object.entries(tensors);
  const rows = all.slice(0, MOST_LISTED).map(([name, { dtype, shape, data }]) => {
    const [low, high] = data.length === 0 ? [NaN, NaN] : rangeOf(data);
    return [
      showText(name),
      dtype,
      `[${shape.join(", ")}]`,
      String(data.length),
      formatNumber(low),
      formatNumber(high),
    ];
  });
  const sum = all.reduce((total, [, { data }]) => total + data.length, 0);
  const head = ["tensor", "dtype", "shape", "numbers", "min", "max"];
  const more = all.length > MOST_LISTED ? [`… and ${all.length - MOST_LISTED} more`] : [];
  return [...alignRows([head, ...rows]), ...more, `${count(all.length, "tensor")}, ${sum} numbers`];
}

function describeJson(
  file: string,
  bytes: number,
  { tensors, metadata, checked }: SafetensorsFile,
  parts: FittedParts | undefined,
): unknown {
  const list = Object.entries(tensors).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  const common = { file, bytes, checksum: checked ? "verified" : "none", tensors: list };
  if (parts === undefined) return { ...common, metadata };
  const { shape, inputs, outputs, xScaler, yScaler, provenance } = parts;
  const parameters = Object.values(tensors).reduce((sum, { data }) => sum + data.length, 0);
  return {
    ...common,
    version: metadata["nabla.version"],
    network: { text: describeMlp(shape), parameters, ...shape },
    inputs,
    outputs,
    scalers: { x: xScaler, y: yScaler },
    provenance,
  };
}
