/** A straight line through house prices, trained by five lines of code that run one at a time. */
import type { Tensor } from "nabla";
import { manualSeed, nn, optim, rand, randn, tensor } from "nabla";
import { fitPolynomial, regressionMetrics } from "nabla/data";
import type { Curve } from "../../parts/engine/history.ts";
import { History } from "../../parts/engine/history.ts";
import type { Experiment, Run } from "../../parts/engine/protocol.ts";
import { restoreTraining, saveTraining } from "../../parts/engine/training.ts";
import type { LoopSettings } from "./settings.ts";
import { DEFAULTS, LINES } from "./settings.ts";

/** What the page shows. */
export interface LoopReading {
  /** The line that runs next, from 0. */
  readonly next: number;
  readonly epoch: number;
  readonly w: number;
  readonly b: number;
  /** The gradients as they are held now; null where there are none. */
  readonly dw: number | null;
  readonly db: number | null;
  readonly loss: number | null;
  readonly history: Curve;
  readonly houses: { readonly x: readonly number[]; readonly y: readonly number[] };
  /** The loss of the best straight line, computed directly. */
  readonly best: number;
  readonly divergedAt: number | null;
  /** Where the loop stood when the rate or the lines were changed last. */
  readonly since: { readonly epoch: number; readonly loss: number | null };
}

/** A hundred invented houses: size in thousand square feet, price in thousand dollars. */
function houses(): { size: Tensor; price: Tensor } {
  manualSeed(42);
  const size = rand([100, 1]).mul(4.3).add(0.5);
  const noise = randn([100, 1]).mul(16);
  return { size, price: size.mul(200).add(50).add(noise) };
}

/** The loop with its state between two lines. */
class Loop implements Run<LoopSettings, LoopReading> {
  private settings: LoopSettings;
  private readonly data = houses();
  private readonly points = {
    x: Array.from(this.data.size.dataSync()),
    y: Array.from(this.data.price.dataSync()),
  };
  private readonly best: number;
  private readonly model = new nn.Linear(1, 1);
  private readonly lossFn = new nn.MSELoss();
  private readonly optimizer: optim.SGD;
  private readonly history = new History();
  private prediction: Tensor | null = null;
  private loss: Tensor | null = null;
  private next = 0;
  private epoch = 0;
  private divergedAt: number | null = null;
  private since: LoopReading["since"] = { epoch: 0, loss: null };

  constructor(settings: LoopSettings) {
    this.settings = settings;
    const { x, y } = this.points;
    const { rmse } = regressionMetrics(x.map(fitPolynomial(x, y, 1).at), y);
    this.best = rmse * rmse;
    this.model.loadStateDict({ weight: tensor([[0]]), bias: tensor([0]) });
    this.optimizer = new optim.SGD(this.model.parameters(), { lr: settings.rate });
  }

  /** Runs one line, or passes over it where it is left out. */
  step(): void {
    if (this.divergedAt !== null) return;
    const line = LINES[this.next]!;
    if (line !== this.settings.leave) this.runLine(line);
    this.next = (this.next + 1) % LINES.length;
    if (this.next === 0) this.endEpoch();
  }

  private runLine(line: (typeof LINES)[number]): void {
    if (line === "forward") this.prediction = this.model.forward(this.data.size);
    else if (line === "loss")
      this.loss = this.lossFn.forward(this.held("forward"), this.data.price);
    else if (line === "backward") this.held("loss").backward();
    else if (line === "update") this.optimizer.step();
    else this.optimizer.zeroGrad();
  }

  private held(what: "forward" | "loss"): Tensor {
    const value = what === "forward" ? this.prediction : this.loss;
    if (value !== null) return value;
    const name = what === "forward" ? "prediction" : "loss";
    throw new Error(`"${name}" does not exist: the line that makes it was left out.`);
  }

  private endEpoch(): void {
    const loss = this.loss?.itemSync() ?? NaN;
    if (this.history.wants(this.epoch) && Number.isFinite(loss)) this.history.add(this.epoch, loss);
    this.epoch++;
    const weight = this.model.weight.itemSync();
    if (!Number.isFinite(weight) || Math.abs(weight) > 1e9) this.divergedAt = this.epoch;
  }

  read(): LoopReading {
    const [weight, bias] = this.model.parameters();
    return {
      ...{ next: this.next, epoch: this.epoch, divergedAt: this.divergedAt, best: this.best },
      ...{ w: weight!.itemSync(), b: bias!.itemSync() },
      dw: weight!.grad?.itemSync() ?? null,
      db: bias!.grad?.itemSync() ?? null,
      loss: this.loss?.itemSync() ?? null,
      history: this.history.read(),
      since: this.since,
      houses: this.points,
    };
  }

  set(changes: Partial<LoopSettings>): void {
    this.settings = { ...this.settings, ...changes };
    this.since = { epoch: this.epoch, loss: this.loss?.itemSync() ?? null };
    this.optimizer.paramGroups[0]!.lr = this.settings.rate;
  }

  /** Between two epochs only: what a line has left behind cannot be copied. */
  snapshot(): unknown {
    const training = saveTraining(this.model, this.optimizer);
    return { training, epoch: this.epoch, since: this.since, history: this.history.save() };
  }

  restore(snapshot: unknown): void {
    const saved = snapshot as Pick<LoopReading, "epoch" | "since"> &
      Record<"training" | "history", unknown>;
    restoreTraining(saved.training, this.model, this.optimizer);
    this.optimizer.zeroGrad();
    this.history.restore(saved.history);
    this.epoch = saved.epoch;
    this.next = 0;
    this.since = saved.since;
    this.prediction = this.loss = this.divergedAt = null;
  }
}

/** The experiment of the lesson on the training loop. */
export const experiment: Experiment<LoopSettings, LoopReading> = {
  defaults: DEFAULTS,
  start: (settings) => new Loop(settings),
};
