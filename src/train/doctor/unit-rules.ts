/** Rules about units: rectifiers that are dead, activations that are flat, answers all alike. */
import type { TypedArray } from "../../core/dtype.ts";
import { formatNumber } from "../../core/format.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Criterion } from "./criterion.ts";
import type { Finding, Severity } from "./finding.ts";
import { found } from "./finding.ts";
import { makerOf } from "./loss-rules.ts";
import type { Call, Observation } from "./observe.ts";
import { numbersIn } from "./observe.ts";

/** In a batch of fewer rows a unit may be 0 for all of them and live. */
const FEW_ROWS = 8;

/** Rectified units that are 0 for every row, layer by layer. */
export async function deadUnits({ calls, step, complete }: Observation): Promise<Finding[]> {
  const findings = await Promise.all(
    calls.map(async (call): Promise<Finding[]> => {
      if (call.operation !== "relu" && call.operation !== "relu6") return [];
      const [input] = call.inputs as [Tensor];
      const [units, inner] = layout(input, call);
      if (units === 0 || (input.numel() / units < FEW_ROWS && !complete)) return [];
      const dead = countDead(await numbersIn(input), units, inner);
      const severity = severityOf(dead / units);
      if (severity === undefined) return [];
      return [found("dead-relu", severity, { dead, units }, { layer: placeOf(call), step })];
    }),
  );
  return findings.flat();
}

function severityOf(share: number): Severity | undefined {
  if (share === 1) return "error";
  if (share >= 0.8) return "warning";
  return share >= 0.4 ? "note" : undefined;
}

/** How many units there are, and how many neighbouring numbers belong to one of them. */
function layout({ shape }: Tensor, call: Call): [units: number, inner: number] {
  if (shape.length < 2) return [0, 1];
  const maker = makerOf(call)?.operation ?? "";
  const channels = shape.length > 3 || (shape.length === 3 && /^conv|Norm$/.test(maker));
  if (!channels || maker === "layerNorm") return [shape.at(-1)!, 1];
  return [shape[1]!, shape.slice(2).reduce((product, n) => product * n, 1)];
}

function countDead(values: TypedArray, units: number, inner: number): number {
  const alive = new Uint8Array(units);
  values.forEach((value, i) => {
    if (value > 0) alive[Math.floor(i / inner) % units] = 1;
  });
  return units - alive.reduce((sum, one) => sum + one, 0);
}

/** The layer that a function belongs to: its module, or the layer before it. */
function placeOf(call: Call): string {
  const before = makerOf(call);
  return call.leaf || before === undefined ? call.layer : `${before.layer}, ${call.operation}`;
}

/** From here on an activation is all but flat: its slope is below a twentieth. */
const FLAT: Readonly<Record<string, number>> = { tanh: 2.2, sigmoid: 4.4 };

/** Activations that are mostly flat; those that answer are meant to be sure. */
export async function saturation({ calls, output, step }: Observation): Promise<Finding[]> {
  const answering = new Set(calls.filter((call) => !call.inside).flatMap(({ from }) => from));
  const findings = await Promise.all(
    calls.map(async (call): Promise<Finding[]> => {
      const limit = FLAT[call.operation];
      if (limit === undefined || call.output === output || answering.has(call)) return [];
      const values = await numbersIn(call.inputs[0]!);
      let flat = 0;
      for (const value of values) if (Math.abs(value) > limit) flat++;
      const share = flat / values.length;
      if (!(share > 0.5)) return [];
      const figures = { share, activation: call.operation };
      return [found("saturation", "warning", figures, { layer: placeOf(call), step })];
    }),
  );
  return findings.flat();
}

/** A network whose answer is the same for all rows, while the targets differ. */
export function oneAnswer(
  criteria: readonly Criterion[],
  { step, complete }: Pick<Observation, "step" | "complete">,
): Finding[] {
  return criteria.flatMap(({ input, inputs, targets }) => {
    const rows = input.shape[0] ?? 0;
    if ((rows < FEW_ROWS && !complete) || inputs.length === 0) return [];
    const width = inputs.length / rows;
    const first = inputs.slice(0, width);
    const alike = inputs.every((x, i) => {
      const own = Number(first[i % width]);
      return Math.abs(Number(x) - own) <= 1e-5 * (Math.abs(own) + 1e-3);
    });
    const each = targets.length / rows;
    const same = targets.every((t, i) => t === targets[i % each]);
    if (!alike || same) return [];
    const answer = Array.from(first.slice(0, 4), (x) => formatNumber(Number(x))).join(", ");
    const figures = { answer: width > 4 ? `${answer}, …` : answer, rows };
    return [found("one-answer", "error", figures, { step })];
  });
}
