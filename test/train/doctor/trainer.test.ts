/** The doctor as a callback of a Trainer: what it finds, whom it tells, that no bit changes. */
import { describe, expect, it } from "vitest";
import type { Tensor } from "nabla";
import { manualSeed, nn, noGrad, optim, tensor } from "nabla";
import { DataLoader, TensorDataset } from "nabla/data";
import type { Finding, TrainerOptions } from "nabla/train";
import { Doctor, Trainer } from "nabla/train";
import { classes, curve, only, rulesOf, twoLayers } from "../../support/patients.ts";

const mse = new nn.MSELoss();

interface Told {
  readonly findings: readonly Finding[];
  readonly warnings: readonly string[];
}

/** Trains with a doctor beside it; returns what it found and what the trainer told. */
async function trained(
  model: nn.Module,
  [x, y]: readonly [Tensor, Tensor],
  options: Partial<TrainerOptions> & { readonly lr?: number; readonly batchSize?: number } = {},
): Promise<Told> {
  const { lr = 0.02, batchSize = 16, ...more } = options;
  const doctor = new Doctor();
  const warnings: string[] = [];
  const optimizer = new optim.Adam(model.parameters(), { lr });
  const trainer = new Trainer(model, {
    ...{ loss: mse, optimizer, epochs: 40, ...more },
    callbacks: [doctor, { onWarning: ({ message }) => void warnings.push(message) }],
  });
  await trainer.fit(new DataLoader(new TensorDataset(x, y), { batchSize, shuffle: true }));
  return { findings: doctor.findings, warnings };
}

describe("a doctor of a trainer", () => {
  it("finds nothing in healthy trainings", async () => {
    const ofCurve = await trained(twoLayers(1, 1), curve(), { clipGradNorm: 1 });
    expect([rulesOf(ofCurve.findings), ofCurve.warnings]).toEqual([[], []]);
    const loss = new nn.CrossEntropyLoss();
    const ofClasses = await trained(twoLayers(2, 3), classes(), { loss, accumulate: 2 });
    expect([rulesOf(ofClasses.findings), ofClasses.warnings]).toEqual([[], []]);
  });

  it("changes no bit", async () => {
    const bits = async (look: boolean): Promise<number[]> => {
      const model = twoLayers(1, 1).append(new nn.Dropout(0.2));
      if (look) await trained(model, curve());
      else {
        const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
        const loader = new DataLoader(new TensorDataset(...curve()), {
          ...{ batchSize: 16, shuffle: true },
        });
        await new Trainer(model, { loss: mse, optimizer, epochs: 40 }).fit(loader);
      }
      return model.parameters().flatMap((p) => Array.from(p.dataSync()));
    };
    expect(await bits(true)).toEqual(await bits(false));
  });

  it("tells of dead units, one answer and a loss that stays, when it sees them", async () => {
    const [x, y] = curve();
    const model = twoLayers(1, 1, new nn.ReLU());
    noGrad(() => model.parameters()[1]!.set(tensor(new Array<number>(12).fill(-9))));
    const { findings, warnings } = await trained(model, [x, y.add(3)]);
    expect(only(findings, "dead-relu")).toMatchObject({ layer: "1 (ReLU)", step: 0 });
    expect(only(findings, "one-answer").severity).toBe("error");
    expect(warnings[0]).toBe(
      "error: Layer 1 (ReLU): 12 of 12 units give 0 for every row. " +
        "Try another seed, LeakyReLU, or a smaller rate.",
    );
  });

  it("tells of updates that are too large, and of shapes that broadcast", async () => {
    const [x, y] = curve();
    const { findings } = await trained(twoLayers(1, 1), [x, y.reshape([-1])], { lr: 5, epochs: 3 });
    expect(rulesOf(findings)).toContain("error broadcast");
    expect(only(findings, "update-ratio").figures.ratio).toBeGreaterThan(0.5);
  });

  it("names the layer whose gradient is not finite, though the pass back is over", async () => {
    class Root extends nn.Module {
      a = new nn.Linear(1, 4);
      b = new nn.Linear(4, 1);
      forward(input: Tensor): Tensor {
        return this.b.forward(this.a.forward(input).mul(0).sqrt());
      }
    }
    manualSeed(1);
    const doctor = new Doctor();
    const model = new Root();
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const trainer = new Trainer(model, { loss: mse, optimizer, epochs: 2, callbacks: [doctor] });
    const data = new DataLoader(new TensorDataset(...curve()), { batchSize: 64 });
    await expect(trainer.fit(data)).rejects.toThrow("diverged");
    expect(only(doctor.findings, "non-finite")).toMatchObject({
      ...{ layer: "a (Linear)", figures: { pass: "backward" } },
    });
  });
});
