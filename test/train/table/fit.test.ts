/** The library's side of `nabla fit`: the loop, the fitted model and its file. */
import { describe, expect, it } from "vitest";
import { parseCsv } from "../../../src/data/csv.ts";
import { decodeSafetensors, encodeSafetensors } from "../../../src/io/safetensors.ts";
import { countParameters, describeMlp, mlp } from "../../../src/models/mlp.ts";
import type { Column } from "../../../src/train/table/dataset.ts";
import { makeDataset } from "../../../src/train/table/dataset.ts";
import type { FitResult } from "../../../src/train/table/fit.ts";
import { fitTable } from "../../../src/train/table/fit.ts";
import { FittedModel } from "../../../src/train/table/fitted.ts";
import { LossHistory } from "../../../src/train/table/loss-history.ts";
import { FIT_DEFAULTS } from "../../../src/train/table/options.ts";
import { readFile } from "../../support/files.ts";

const table = parseCsv(readFile("data/n2_cp.csv"));
const column = (name: string): { name: string; values: Float64Array } => ({
  name,
  values: table.numbers(name),
});
const fitColumns = (x: Column, y: Column, options = FIT_DEFAULTS): Promise<FitResult> =>
  fitTable(makeDataset([x], [y]), options);
const [T, CP] = [column("T_K"), column("Cp_kJ_per_kgK")];

describe("the losses of a fit", () => {
  it("are bounded in number, evenly", () => {
    const history = new LossHistory(100_000);
    for (let epoch = 0; epoch < 100_000; epoch++) history.add(epoch, 1);
    expect(history.losses.length).toBeLessThanOrEqual(20_000);
    expect(history.epochs.slice(0, 3)).toEqual([0, 5, 10]);
  });
});

describe("a perceptron", () => {
  it("is described and counted", () => {
    const shape = { inputs: 2, hidden: [32, 8], outputs: 1, activation: "relu" } as const;
    expect(describeMlp(shape)).toBe("2 → 32 (relu) → 8 (relu) → 1");
    expect(countParameters(mlp(shape))).toBe(3 * 32 + 33 * 8 + 9);
    expect(() => mlp({ ...shape, hidden: [0] })).toThrow(/whole numbers/);
  });
});

describe("a fit", () => {
  it("beats the cubic polynomial on nitrogen, and its file predicts the same", async () => {
    const fit = await fitColumns(T, CP);
    expect(fit.finalLoss).toBeLessThan(2e-4);
    expect(fit.training.metrics[0]!.rmse).toBeLessThan(fit.baseline.metrics![0]!.rmse);
    expect(fit.parameters).toBe(31);
    const again = FittedModel.decode(await fit.model.encode());
    expect(await again.predict(T.values)).toEqual(fit.predicted);
    expect(again.outsideRange([275])).toEqual([{ column: "T_K", value: 275, min: 300, max: 2000 }]);
    expect(again.outsideRange([300])).toEqual([]);
    expect(again.parts.provenance).toMatchObject({ seed: 42, epochs: 5000, optimizer: "adam" });
  });

  it("learns 50 K between the rows it saw within 1e-3", async () => {
    const every = (start: number, { name, values }: typeof T): typeof T => ({
      name,
      values: values.filter((_, i) => i % 2 === start),
    });
    const errors = await Promise.all(
      [1, 2, 3].map(async (seed) => {
        const options = { ...FIT_DEFAULTS, epochs: 20_000, seed };
        const { model } = await fitColumns(every(0, T), every(0, CP), options);
        const answers = await model.predict(every(1, T).values);
        const truth = every(1, CP).values;
        return Math.max(...answers.map((value, i) => Math.abs(value / truth[i]! - 1)));
      }),
    );
    expect(errors.filter((error) => error < 1e-3).length).toBeGreaterThanOrEqual(2);
  });

  it("refuses a file that is honest in form but not in content", async () => {
    const fit = await fitColumns(T, CP, { ...FIT_DEFAULTS, epochs: 1 });
    const { tensors, metadata } = decodeSafetensors(await fit.model.encode());
    const refused = (change: Record<string, string>): (() => FittedModel) => {
      const bytes = encodeSafetensors(tensors, { ...metadata, ...change });
      return () => FittedModel.decode(bytes);
    };
    const wide = { kind: "mlp", inputs: 1, hidden: [999999, 999999], outputs: 1 };
    expect(refused({})).not.toThrow();
    expect(refused({ "nabla.format": "nabla-fit-2" })).toThrow(/\(nabla-fit-2\); this is/);
    expect(refused({ "nabla.architecture": "{}" })).toThrow(/describes no network/);
    expect(
      refused({ "nabla.architecture": JSON.stringify({ ...wide, activation: "tanh" }) }),
    ).toThrow(/0\.weight is \[10, 1\], its network needs \[999999, 1\];.*4\.weight is missing/);
    expect(refused({ "nabla.inputs": "[]" })).toThrow(/nabla.inputs lists no columns/);
    expect(refused({ "nabla.scalers": "[1]" })).toThrow(/fitted scaler/);
    expect(refused({ "nabla.scalers": "{" })).toThrow(/not a description/);
    const inputs = JSON.stringify([{ name: "T_K", min: 300, max: 2000, vaules: ["a"] }]);
    const two = { kind: "none", offset: [0, 0], scale: [1, 1] };
    const many = {
      "nabla.architecture": metadata["nabla.architecture"]!.replace("activation", "activaton"),
      "nabla.inputs": inputs,
      "nabla.scalers": JSON.stringify({ x: two, y: { kind: "none", offset: [0], scale: [0] } }),
      "nabla.provenance": '{"seed":1,"epochs":1,"optimizer":"adam","lr":"0.1","finalLoss":1}',
    };
    expect(refused(many)).toThrow(
      new RegExp(
        'architecture has an unknown key "activaton" \\(activation\\?\\).*; ' +
          'nabla.inputs has an unknown key "vaules" \\(values\\?\\); ' +
          "nabla.scalers.y is not the description of a fitted scaler; " +
          'nabla.provenance has no valid "lr"',
      ),
    );
    const { "2.bias": bias, ...others } = tensors;
    const changed = { ...others, "4.bias": bias! };
    expect(() => FittedModel.decode(encodeSafetensors(changed, metadata))).toThrow(
      'the tensor 2.bias is missing; the tensor "4.bias" is not part of its network.',
    );
    const without = encodeSafetensors(tensors, {});
    expect(() => FittedModel.decode(without)).toThrow(/no network written by nabla fit/);
  });
});
