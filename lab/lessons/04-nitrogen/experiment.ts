/** The nitrogen network: 1-H-1 on the real data, one epoch a step, the step compiled. */
import { compile, manualSeed, nn, noGrad, optim, randn, randperm, tensor } from "nabla";
import type { Tensor } from "nabla";
import { fitPolynomial, IdentityScaler, MinMaxScaler } from "nabla/data";
import type { Experiment, Run } from "../../parts/engine/protocol.ts";
import { History } from "../../parts/engine/history.ts";
import { restoreTraining, saveTraining } from "../../parts/engine/training.ts";
import { CAPACITIES, TEMPERATURES } from "./data.ts";
import type { NitrogenSettings } from "./settings.ts";
import { DEFAULTS } from "./settings.ts";

/** Points of a curve or of the data, in K and kJ/(kg·K). */
export interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** What the page shows. */
export interface NitrogenReading {
  readonly epoch: number;
  /** The mean squared error that training reduces: scaled where the data is. */
  readonly loss: number;
  /** The same on held-out rows; null where every row is trained on. */
  readonly heldOutLoss: number | null;
  readonly history: {
    readonly epochs: readonly number[];
    readonly losses: readonly number[];
    readonly heldOut: readonly number[];
  };
  readonly training: Points;
  readonly heldOut: Points;
  readonly network: Points;
  readonly cubic: Points;
  /** Predictions outside the training range. */
  readonly at275: number;
  readonly at2100: number;
  /** The epoch at which the loss stopped being a number; null while all is well. */
  readonly divergedAt: number | null;
  readonly parameters: number;
  /** Weights of the first units, into and out of them. */
  readonly into: readonly number[];
  readonly out: readonly number[];
  /** The variance of the target in the units of the loss. */
  readonly variance: number;
}

/** The noise of the noisy rows, in kJ/(kg·K). */
const NOISE = 0.03;

/** How many hidden units the picture shows. */
const SHOWN = 12;

/** Where curves are drawn, and the two temperatures outside the data. */
const GRID = [...Array.from({ length: 101 }, (_, i) => 200 + 20 * i), 275, 2100];

const ACTIVATIONS = { tanh: nn.Tanh, relu: nn.ReLU, sigmoid: nn.Sigmoid } as const;

/** Splits the data: everything, or a noisy part to learn from and the clean rest. */
function choose(rows: NitrogenSettings["rows"]): { training: Points; heldOut: Points } {
  const pick = (indices: readonly number[], noise: ArrayLike<number> = []): Points => ({
    x: indices.map((i) => TEMPERATURES[i]!),
    y: indices.map((i, k) => CAPACITIES[i]! + NOISE * (noise[k] ?? 0)),
  });
  const all = TEMPERATURES.map((_, i) => i);
  if (rows === "all") return { training: pick(all), heldOut: pick([]) };
  manualSeed(7); // the same rows and the same noise for every network
  const inner = Array.from(randperm(33).dataSync().slice(0, 10), (i) => i + 1);
  const chosen = [0, ...inner, 34].sort((a, b) => a - b); // both ends: no held-out row lies outside
  const rest = all.filter((i) => !chosen.includes(i));
  return { training: pick(chosen, randn([12]).dataSync()), heldOut: pick(rest) };
}

function column(values: ArrayLike<number>): Tensor {
  return tensor(Float32Array.from(values), { shape: [values.length, 1] });
}

/** One network in training. */
class Nitrogen implements Run<NitrogenSettings, NitrogenReading> {
  private readonly data: ReturnType<typeof choose>;
  private readonly model: nn.Sequential;
  private readonly optimizer: optim.Adam | optim.SGD;
  private readonly lossFn = new nn.MSELoss();
  private readonly history = new History();
  private readonly train: () => Tensor;
  private readonly xScaler: IdentityScaler | MinMaxScaler;
  private readonly yScaler: IdentityScaler | MinMaxScaler;
  private readonly cubic: readonly number[];
  private epoch = 0;
  private divergedAt: number | null = null;

  constructor({ hidden, activation, optimizer, rate, scale, rows, seed }: NitrogenSettings) {
    this.data = choose(rows);
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
    this.note(this.lossOn(this.data.training)!);
  }

  step(): void {
    if (this.divergedAt !== null) return;
    const loss = this.train().itemSync(); // of the weights before this update
    this.epoch++;
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
    const training = saveTraining(this.model, this.optimizer);
    return { epoch, divergedAt, training, history: this.history.save() };
  }

  restore(snapshot: unknown): void {
    const saved = snapshot as { epoch: number; divergedAt: number | null } & Record<
      string,
      unknown
    >;
    restoreTraining(saved["training"], this.model, this.optimizer);
    this.history.restore(saved["history"]);
    this.epoch = saved.epoch;
    this.divergedAt = saved.divergedAt;
  }
}

/** The experiment of the nitrogen lesson. */
export const experiment: Experiment<NitrogenSettings, NitrogenReading> = {
  defaults: DEFAULTS,
  start: (settings) => new Nitrogen(settings),
};
