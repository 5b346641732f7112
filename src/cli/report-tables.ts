/** The tables of a report about rows that a network had not seen: cross-validation, and a sweep. */
import { formatNumber, showText } from "../core/format.ts";
import { quantityOf } from "../data/units.ts";
import type { ExtraTable } from "../export/report/source.ts";
import type { Run } from "./read-run.ts";
import type { Json } from "./run-config.ts";
import { isObject } from "./run-config.ts";
import type { SweepResult } from "./sweep-file.ts";
import { errorCells, namesOf, percent } from "./words.ts";

/** Describes the cross-validation that the last line of metrics.jsonl has, if there was one. */
export function foldsTable({ records, model }: Run): ExtraTable[] {
  const found = objectAt(records.at(-1), "crossValidation");
  const folds: unknown = found?.["folds"];
  if (found === undefined || !Array.isArray(folds)) return [];
  const { outputs } = model.parts;
  const names = namesOf(outputs);
  const classes = model.classes !== undefined;
  const head = names.flatMap((name) => {
    const symbol = showText(quantityOf(name).symbol);
    const of = names.length === 1 ? "" : `${symbol}: `;
    return classes ? ["right"] : [`${of}RMSE`, `${of}largest`, `${of}R²`];
  });
  const cells = (one: Json | undefined): string[] =>
    names.flatMap((name) => metricCells(objectAt(objectAt(one, "metrics"), name), classes));
  const all = (folds as unknown[]).map((fold, k) => [
    `fold ${k + 1}`,
    ...cells(isObject(fold) ? fold : undefined),
  ]);
  const shown = all.slice(0, all.length > 20 ? 0 : undefined);
  return [
    {
      heading: `Cross-validation in ${all.length} folds`,
      note: "Each row was predicted by a network that had not seen it.",
      head,
      rows: [...shown, ["all rows", ...cells(found)]],
    },
  ];
}

function metricCells(metrics: Json | undefined, classes: boolean): string[] {
  const number = (key: string): number => {
    const value = metrics?.[key];
    return typeof value === "number" ? value : NaN;
  };
  if (classes) return [percent(number("accuracy"))];
  return errorCells({ rmse: number("rmse"), maxAbs: number("maxAbs"), r2: number("r2") });
}

/** Describes a sweep over the same table. */
export function sweepTable(sweep: SweepResult | undefined, { model }: Run): ExtraTable[] {
  if (sweep === undefined) return [];
  const { option, judge, rows, enough, asked } = sweep;
  const show = (error: number): string =>
    model.classes === undefined ? formatNumber(error) : percent(error);
  const notes = [`${showText(sweep.error)}, by ${showText(judge)}.`];
  if (enough !== undefined) {
    notes.push(`More stops helping at ${showText(option)} ${showText(enough)}.`);
  }
  if (rows.length < asked)
    notes.push(`${rows.length} of ${asked} settings; the others diverged or were not reached.`);
  return [
    {
      heading: `Sweep over ${showText(option)}`,
      note: notes.join(" "),
      head: ["parameters", "training", showText(judge)],
      rows: rows.map(({ setting, parameters, trainingError, heldOutError }) => [
        showText(setting),
        String(parameters),
        show(trainingError),
        show(heldOutError),
      ]),
    },
  ];
}

function objectAt(value: Json | undefined, key: string): Json | undefined {
  const found = value !== undefined && Object.hasOwn(value, key) ? value[key] : undefined;
  return isObject(found) ? found : undefined;
}
