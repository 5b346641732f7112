/** Writes the inputs of a network as a JSON Schema, by which other programs check what they ask. */
import { quantityOf } from "../data/units.ts";
import type { InputColumn, Network } from "./network.ts";
import { isText } from "./network.ts";

/**
 * Writes a schema (draft 2020-12) of one row: every input by its name, numbers within their range
 * in training, texts among those that are known. What it refuses is answered without ground.
 */
export function exportSchema({ inputs, outputs, classes, command, version }: Network): string {
  const properties = Object.fromEntries(inputs.map((column) => [column.name, describe(column)]));
  const answers = classes ? `one of ${classes.join(", ")}` : "in the units of the data";
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `Inputs of ${outputs.join(", ")}`,
    description: `One row for ${command} (Nabla ${version}); predicts ${outputs.join(", ")}, ${answers}.`,
    type: "object",
    properties,
    required: inputs.map(({ name }) => name),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function describe(column: InputColumn): object {
  if (isText(column)) return { enum: column.values };
  const { unit } = quantityOf(column.name);
  return {
    type: "number",
    minimum: column.min,
    maximum: column.max,
    description: `${unit === "" ? "" : `In ${unit}; `}the range of the training data.`,
  };
}
