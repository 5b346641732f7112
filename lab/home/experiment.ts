/** The network of the home page: 1-10-1, learning points that the pointer moves. */
import { compile, manualSeed, nn, noGrad, optim, tensor } from "nabla";
import type { Tensor } from "nabla";
import type { Experiment, Run } from "../parts/engine/protocol.ts";
import { restoreTraining, saveTraining } from "../parts/engine/training.ts";
import type { HomeSettings } from "./settings.ts";
import { DEFAULTS, PLACES } from "./settings.ts";

/** What the page shows. */
export interface HomeReading {
  readonly loss: number;
  readonly curve: { readonly x: readonly number[]; readonly y: readonly number[] };
  readonly into: readonly number[];
  readonly out: readonly number[];
  /** Activity of the hidden units at the place that is pointed at, and the answer there. */
  readonly activity: readonly number[];
  readonly answer: number;
}

const GRID = Array.from({ length: 101 }, (_, i) => i / 50 - 1);

function column(values: readonly number[]): Tensor {
  return tensor(Float32Array.from(values), { shape: [values.length, 1] });
}

class Home implements Run<HomeSettings, HomeReading> {
  private settings: HomeSettings;
  private readonly first = new nn.Linear(1, 10);
  private readonly last = new nn.Linear(10, 1);
  private readonly model = new nn.Sequential(this.first, new nn.Tanh(), this.last);
  private readonly lossFn = new nn.MSELoss();
  private readonly optimizer = new optim.Adam(this.model.parameters(), { lr: 0.02 });
  private readonly places = column(PLACES.map((x) => 3 * x));
  private readonly grid = column(GRID.map((x) => 3 * x));
  private targets: Tensor;
  private readonly train = compile((x: Tensor, y: Tensor) => {
    const loss = this.lossFn.forward(this.model.forward(x), y);
    loss.backward();
    this.optimizer.step();
    this.optimizer.zeroGrad();
    return loss;
  });

  constructor(settings: HomeSettings) {
    this.settings = settings;
    this.targets = column(settings.heights);
  }

  step(): void {
    this.train(this.places, this.targets);
  }

  read(): HomeReading {
    return noGrad(() => {
      const hidden = this.first.forward(column([3 * this.settings.at])).tanh();
      return {
        loss: this.lossFn.forward(this.model.forward(this.places), this.targets).itemSync(),
        curve: { x: GRID, y: Array.from(this.model.forward(this.grid).dataSync()) },
        into: Array.from(this.first.weight.dataSync()),
        out: Array.from(this.last.weight.dataSync()),
        activity: Array.from(hidden.dataSync()),
        answer: this.last.forward(hidden).itemSync(),
      };
    });
  }

  set(changes: Partial<HomeSettings>): void {
    this.settings = { ...this.settings, ...changes };
    if (changes.heights) this.targets = column(changes.heights);
  }

  snapshot(): unknown {
    return saveTraining(this.model, this.optimizer);
  }

  restore(snapshot: unknown): void {
    restoreTraining(snapshot, this.model, this.optimizer);
  }
}

/** The experiment of the home page. */
export const experiment: Experiment<HomeSettings, HomeReading> = {
  defaults: DEFAULTS,
  start(settings) {
    manualSeed(3);
    return new Home(settings);
  },
};
