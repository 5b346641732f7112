/** What is to be said of a fit to a table: its columns and rows, how it went, what it became. */
import { formatNumber } from "../../core/format.ts";
import { takeColumn, takeRows } from "../../data/rows.ts";
import type { ClassMetrics } from "../../data/metrics.ts";
import { CrossEntropyLoss, MSELoss } from "../../nn/loss.ts";
import { tensor } from "../../tensor/create.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { DataColumn, Dataset, Encoded } from "../table/dataset.ts";
import { widthOf } from "../table/dataset.ts";
import type { FittedModel } from "../table/fitted.ts";
import { neverAnswered } from "./comparison-rules.ts";
import { batchLoss, judgeEnd, judgePass } from "./examine.ts";
import type { Finding } from "./finding.ts";
import { found, worstFirst } from "./finding.ts";
import type { LossCurve } from "./history-rules.ts";
import { memorisation } from "./history-rules.ts";
import { observe } from "./observe.ts";
import { examineTable } from "./table-rules.ts";

/** A fit, as far as it is judged. */
export interface JudgedFit {
  readonly model: FittedModel;
  /** The rows trained on, in the units of the table. */
  readonly data: Encoded;
  readonly epochs: number;
  readonly history: LossCurve;
  /** The epoch whose weights were kept, where held-out rows decided. */
  readonly bestEpoch?: number;
  /** What the network says of these rows: row-major in their units, or class numbers. */
  readonly predicted: Float64Array;
  readonly training: { readonly classMetrics?: ClassMetrics };
  /** How much a row of each class counted, where not each as each other. */
  readonly classWeights?: readonly number[];
  readonly held?: { readonly data: Encoded };
}

/** So many rows are looked at: they cost about as much as one epoch of a table of that size. */
const MOST_ROWS = 512;

/** Fewer epochs than these are tried out, not trained. */
const ENOUGH_EPOCHS = 100;

/** Judges a fit; the worst finding first. */
export async function examineFit(fit: JudgedFit): Promise<Finding[]> {
  const { data, held, history, training, bestEpoch, epochs, model } = fit;
  const scaled = model.parts.xScaler.toJSON().kind !== "none";
  const findings = [
    ...examineRows(data, held?.data, scaled),
    ...(bestEpoch === undefined ? memorisation(history) : []),
    ...neverAnswers(training.classMetrics, epochs),
  ];
  const seen = await observePass(fit);
  const tried = epochs < ENOUGH_EPOCHS ? [] : await judgeEnd(seen);
  const ended = tried.map((finding) => (finding.rule === "one-answer" ? inUnits(fit) : finding));
  return worstFirst([...findings, ...(await judgePass(seen)), ...ended]);
}

/** The one answer as the table spells it, where the network's is scaled. */
function inUnits({ predicted, data }: JudgedFit): Finding {
  const { classes, targets, outputs, rows } = data;
  const answer =
    classes === undefined
      ? outputs.map((_, j) => formatNumber(predicted[j % targets]!)).join(", ")
      : classes[predicted[0]!]!;
  return found("one-answer", "error", { answer, rows });
}

/** Judges the rows of a table, those held out behind those trained on. */
function examineRows(data: Encoded, held: Encoded | undefined, scaled: boolean): Finding[] {
  const table = tableOf(data);
  if (held === undefined) return examineTable(table, { scaled });
  const other = tableOf(held);
  const join = (column: DataColumn, more: DataColumn): DataColumn => ({
    name: column.name,
    ...("texts" in column
      ? { texts: [...column.texts, ...(more as { texts: readonly string[] }).texts] }
      : {
          values: Float64Array.of(...column.values, ...(more as { values: Float64Array }).values),
        }),
  });
  const rows = data.rows + held.rows;
  const whole = {
    inputs: table.inputs.map((column, j) => join(column, other.inputs[j]!)),
    outputs: table.outputs.map((column, j) => join(column, other.outputs[j]!)),
    rows,
  } as Dataset;
  const heldRows = Array.from({ length: held.rows }, (_, i) => data.rows + i);
  return examineTable(whole, { scaled, held: heldRows });
}

/** Returns encoded rows as the columns that they came from. */
function tableOf({ inputs, outputs, classes, rows, x, y, width, targets }: Encoded): Dataset {
  let at = 0;
  const left = inputs.map((column): DataColumn => {
    const { name, values } = column;
    const place = at;
    at += widthOf([column]);
    if (values === undefined) return { name, values: takeColumn(x, width, place) };
    const texts = Array.from({ length: rows }, (_, row) => {
      return values.find((__, k) => x[row * width + place + k] === 1) ?? "";
    });
    return { name, texts };
  });
  const right = outputs.map(({ name }, j): DataColumn =>
    classes === undefined
      ? { name, values: takeColumn(y, targets, j) }
      : { name, texts: Array.from(y, (k) => classes[k]!) },
  );
  return { inputs: left, outputs: right, rows };
}

function neverAnswers(metrics: ClassMetrics | undefined, epochs: number): Finding[] {
  return metrics === undefined || epochs < ENOUGH_EPOCHS ? [] : neverAnswered(metrics);
}

/** One pass over some of the rows, scaled as they were for training. */
async function observePass({ model, data, epochs, classWeights }: JudgedFit) {
  const { xScaler, yScaler } = model.parts;
  const { rows, width, targets, classes } = data;
  const stride = Math.ceil(rows / MOST_ROWS);
  const some = Array.from({ length: Math.ceil(rows / stride) }, (_, i) => i * stride);
  const x = tensor(xScaler.transformFloat32(takeRows(data.x, width, some)), {
    shape: [some.length, width],
  });
  const wanted = takeRows(data.y, targets, some);
  const y: Tensor =
    classes === undefined
      ? tensor(yScaler.transformFloat32(wanted), { shape: [some.length, targets] })
      : classTargets(wanted, classes.length, classWeights);
  const loss = classes === undefined ? new MSELoss() : new CrossEntropyLoss();
  const lossOf = batchLoss(model.network, loss);
  return observe(model.network, () => lossOf(x, y), { step: epochs, complete: true });
}

/** Class numbers; where classes count differently, the weight of each row in its column. */
function classTargets(
  wanted: Float64Array,
  classes: number,
  weights: readonly number[] | undefined,
): Tensor {
  if (weights === undefined) return tensor(Int32Array.from(wanted), { dtype: "int32" });
  const shares = new Float32Array(wanted.length * classes);
  wanted.forEach((k, row) => (shares[row * classes + k] = weights[k]!));
  return tensor(shares, { shape: [wanted.length, classes] });
}
