/** Records on the tape whose gradient is a host function and not derived from a graph. */
import { Builder } from "../ir/builder.ts";
import { fill } from "../ir/words.ts";
import { Specialization } from "../runtime/function.ts";
import { deviceOf, maskOf, newRecord } from "./call.ts";
import type { TapeRecord, Value } from "./value.ts";

/** Makes the record of a call with its own rule: cotangents to one gradient per wanted input. */
export function customRecord(
  name: string,
  inputs: readonly Value[],
  outputs: readonly Value[],
  custom: TapeRecord["custom"],
): TapeRecord {
  const b = new Builder();
  const graph = {
    inputs: inputs.map(({ type }) => b.input(type)),
    outputs: outputs.map(({ type }) => fill(b, type.dtype, type.shape, 0)),
  };
  const device = deviceOf(name, inputs);
  const spec = new Specialization(name, graph, 0, maskOf(inputs), device, null);
  return newRecord(spec, inputs, [], [], [], [], custom);
}
