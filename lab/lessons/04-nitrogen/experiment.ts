/** The nitrogen network: 1-H-1 on the real data, one epoch a step, the step compiled. */
import { compile, manualSeed, nn, noGrad, optim, tensor } from "nabla";
import type { Tensor } from "nabla";
import { fitPolynomial, IdentityScaler, MinMaxScaler } from "nabla/data";
import type { Experiment, Run } from "../../parts/engine/protocol.ts";
import { History } from "../../parts/engine/history.ts";
import { restoreTraining, saveTraining } from "../../parts/engine/training.ts";
import { Visits } from "../../parts/engine/visits.ts";
import type { NitrogenReading, Points } from "./reading.ts";
import { chooseRows } from "./rows.ts";
import type { NitrogenSettings } from "./settings.ts";
import { DEFAULTS } from "./settings.ts";

/** How many hidden units the picture shows. */
const SHOWN = 12;

/** Where curves are drawn, and the two temperatures outside the data. */
const GRID = [...Array.from({ length: 101 }, (_, i) => 200 + 20 * i), 275, 2100];

const ACTIVATIONS = { tanh: nn.Tanh, relu: nn.ReLU, sigmoid: nn.Sigmoid } as const;

function column(values: ArrayLike<number>): Tensor {
  return tensor(Float32Array.from(values), { shape: [values.length, 1] });
}

/** One network in training. */
class Nitrogen implements Run<NitrogenSettings, NitrogenReading> {
  private readonly data: ReturnType<typeof chooseRows>;
  private readonly model: nn.Sequential;
  private readonly optimizer: optim.Adam | optim.SGD;
  private readonly lossFn = new nn.MSELoss();
  private readonly history = new History();
  private readonly train: () => Tensor;
  private readonly doctor: Visits;
  private readonly xScaler: IdentityScaler | MinMaxScaler;
  private readonly yScaler: IdentityScaler | MinMaxScaler;
  private readonly cubic: readonly number[];
  private epoch = 0;
  private divergedAt: number | null = null;

  constructor({ hidden, activation, optimizer, rate, scale, rows, seed }: NitrogenSettings) {
    this.data = chooseRows(rows);
    const { x, y } = this.data.training;
    const scaler = (on: boolean): MinMaxScaler | IdentityScaler =>
      on ? new MinMaxScaler() : new IdentityScaler();
    this.xScaler = scaler(scale !== "none").fit(x);
    this.yScaler = scaler(scale === "both").fit(y);
    this.cubic = GRID.map(fitPolynomial(x, y, 3).at);
    manualSeed(seed);
    const bend = new ACTIVATIONS[activation]();
    this.model = new nn.Sequential(new nn.Linear(1, hidden), bend, new nn.Linear(hidden, 1));
    const Rule = optimizer === "adam" ? optim.Adam : optim.SGD;
    this.optimizer = new Rule(this.model.parameters(), { lr: rate });
    const [inputs, targets] = [
      column(this.xScaler.transform(x)),
      column(this.yScaler.transform(y)),
    ];
    const step = compile((a: Tensor, b: Tensor) => {
      const loss = this.lossFn.forward(this.model.forward(a), b);
      loss.backward();
      this.optimizer.step();
      this.optimizer.zeroGrad();
      return loss;
    });
    this.train = () => step(inputs, targets);
    this.doctor = new Visits(this.model, { loss: this.lossFn, batch: [inputs, targets] });
    this.note(this.lossOn(this.data.training)!);
  }

  step(): void {
    if (this.divergedAt !== null) return;
    const loss = this.train().itemSync(); // of the weights before this update
    this.epoch++;
    this.doctor.after(this.epoch);
    if (!Number.isFinite(loss)) this.divergedAt = this.epoch;
    else if (this.history.wants(this.epoch)) this.note(this.lossOn(this.data.training)!);
  }

  private note(loss: number): void {
    this.history.add(this.epoch, loss, this.lossOn(this.data.heldOut) ?? undefined);
  }

  /** The mean squared error in the units of training; null without rows. */
  private lossOn({ x, y }: Points): number | null {
    if (x.length === 0) return null;
    const [inputs, targets] = [
      column(this.xScaler.transform(x)),
      column(this.yScaler.transform(y)),
    ];
    return noGrad(() => this.lossFn.forward(this.model.forward(inputs), targets)).itemSync();
  }

  read(): NitrogenReading {
    const inputs = column(this.xScaler.transform(GRID));
    const scaled = noGrad(() => this.model.forward(inputs)).dataSync();
    const y = Array.from(this.yScaler.inverseTransform(scaled));
    const grid = GRID.slice(0, 101);
    const target = this.yScaler.transform(this.data.training.y);
    const mean = target.reduce((a, b) => a + b) / target.length;
    return {
      ...{ epoch: this.epoch, divergedAt: this.divergedAt, history: this.history.read() },
      ...{ loss: this.lossOn(this.data.training)!, heldOutLoss: this.lossOn(this.data.heldOut) },
      ...this.data,
      network: { x: grid, y: y.slice(0, 101) },
      cubic: { x: grid, y: this.cubic.slice(0, 101) },
      ...{ at275: y[101]!, at2100: y[102]! },
      into: this.weights("0.weight"),
      out: this.weights("2.weight"),
      parameters: this.model.parameters().reduce((sum, p) => sum + p.numel(), 0),
      variance: target.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / target.length,
      findings: this.doctor.findings,
    };
  }

  private weights(name: string): number[] {
    return Array.from(this.model.stateDict()[name]!.dataSync().slice(0, SHOWN));
  }

  /** The rate changes in mid-run; everything else needs a new network. */
  set({ rate }: Partial<NitrogenSettings>): void {
    if (rate !== undefined) this.optimizer.paramGroups[0]!.lr = rate;
  }

  snapshot(): unknown {
    const { epoch, divergedAt } = this;
    const { findings } = this.doctor;
    const training = saveTraining(this.model, this.optimizer);
    return { epoch, divergedAt, findings, training, history: this.history.save() };
  }

  restore(snapshot: unknown): void {
    const saved = snapshot as Pick<NitrogenReading, "epoch" | "divergedAt" | "findings"> &
      Record<"training" | "history", unknown>;
    restoreTraining(saved.training, this.model, this.optimizer);
    this.history.restore(saved.history);
    this.epoch = saved.epoch;
    this.doctor.findings = saved.findings;
    this.divergedAt = saved.divergedAt;
  }
}

/** The experiment of the nitrogen lesson. */
export const experiment: Experiment<NitrogenSettings, NitrogenReading> = {
  defaults: DEFAULTS,
  start: (settings) => new Nitrogen(settings),
};
