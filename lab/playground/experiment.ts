/** The playground: any small network on points of the plane, one epoch a step, updates compiled. */
import { cell, compile, manualSeed, noGrad, ones, optim, tensor, where } from "nabla";
import type { Tensor } from "nabla";
import type { Finding } from "nabla/train";
import type { Curve } from "../parts/engine/history.ts";
import { History } from "../parts/engine/history.ts";
import type { Experiment, Run } from "../parts/engine/protocol.ts";
import { restoreTraining, saveTraining } from "../parts/engine/training.ts";
import { Visits } from "../parts/engine/visits.ts";
import { byteOf, CELLS, MIDDLES } from "./maps.ts";
import { Net } from "./net.ts";
import type { Split } from "./rows.ts";
import { featuresAt, makeRows, targetsOf } from "./rows.ts";
import type { PlaygroundSettings } from "./settings.ts";
import { DEFAULTS, featuresOf, isFit } from "./settings.ts";

/** What the page shows. */
export interface PlaygroundReading {
  readonly epoch: number;
  readonly divergedAt: number | null;
  readonly loss: number;
  readonly heldOutLoss: number;
  /** Shares of points on their side; for heights R². */
  readonly score: number;
  readonly heldOutScore: number;
  readonly history: Curve;
  readonly rows: Split;
  /** Weights of each layer, `out` rows of `in` numbers each, and its biases. */
  readonly layers: readonly Layer[];
  /**
   * The answer of every neuron of every layer over the square, from −1 (0) to 1 (255): `CELLS`²
   * bytes each, row by row from the top.
   */
  readonly maps: Uint8Array;
  readonly findings: readonly Finding[];
}

/** What a layer has learned. */
export interface Layer {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly inputs: number;
}

const RULES = {
  sgd: optim.SGD,
  momentum: optim.SGD,
  rmsprop: optim.RMSprop,
  adam: optim.Adam,
  adamw: optim.AdamW,
} as const;

/** The middles of the cells, as points. */
const SQUARE = MIDDLES.flatMap(([x, y]) => [x, y, 0]);

/** Half the mean squared error, as the TensorFlow Playground counts it. */
function halfSquare(output: Tensor, target: Tensor): Tensor {
  return output.sub(target).square().mean().mul(0.5);
}

/** One network in training. */
class Playground implements Run<PlaygroundSettings, PlaygroundReading> {
  private readonly net: Net;
  private readonly optimizer: optim.Optimizer;
  private readonly rows: Split;
  private readonly batches: ReturnType<typeof cut>;
  private readonly update: (x: Tensor, y: Tensor) => Tensor;
  private readonly answers: (x: Tensor) => Tensor;
  private readonly square: Tensor;
  private readonly whole: Record<keyof Split, readonly [Tensor, Tensor]>;
  private readonly history = new History();
  private readonly doctor: Visits;
  private readonly fits: boolean;
  private epoch = 0;
  private divergedAt: number | null = null;

  constructor(settings: PlaygroundSettings) {
    const { data, features, layers, activation, init, optimizer, rate, batch } = settings;
    this.fits = isFit(data);
    this.rows = makeRows(settings);
    manualSeed(settings.seed);
    const inputs = Math.max(1, featuresOf(features).length);
    const widths = [inputs, ...layers, 1];
    this.net = new Net({ widths, activation, init, bounded: !this.fits });
    const Rule = RULES[optimizer as keyof typeof RULES] as typeof optim.SGD;
    const momentum = optimizer === "momentum" ? { momentum: 0.9 } : {};
    this.optimizer = new Rule(this.net.parameters(), { lr: rate, ...momentum });
    const pair = (points: readonly number[]): readonly [Tensor, Tensor] => [
      featuresAt(points, features),
      targetsOf(points),
    ];
    this.whole = { training: pair(this.rows.training), heldOut: pair(this.rows.heldOut) };
    this.square = featuresAt(SQUARE, features);
    this.batches = cut(this.whole.training, batch);
    const penalise = this.penalty(settings);
    this.update = compile((x: Tensor, y: Tensor) => {
      const loss = halfSquare(this.net.forward(x), y);
      loss.backward();
      penalise(() => this.optimizer.step());
      this.optimizer.zeroGrad();
      return loss;
    });
    this.answers = compile((x: Tensor) => noGrad(() => this.net.forward(x)));
    this.doctor = new Visits(this.net, { loss: halfSquare, batch: this.whole.training });
    this.note();
  }

  /**
   * The Playground's penalties: after the update, by the weights before it; a weight that L1 carries
   * across 0 is dead from then on.
   */
  private penalty({ penalty, penaltyRate }: PlaygroundSettings): (step: () => void) => void {
    if (penalty === "none" || penaltyRate === 0) return (step) => step();
    const weights = [...this.net.layers].map(({ weight }) => weight);
    const alive = penalty === "l1" ? weights.map((w) => cell(ones([...w.shape]))) : [];
    return (step) => {
      const before = weights.map((w) => w.detach().clone());
      step();
      noGrad(() =>
        weights.forEach((w, i) => {
          const pull = (penalty === "l1" ? before[i]!.sign() : before[i]!).mul(
            this.rate * penaltyRate,
          );
          const next = w.sub(pull);
          if (penalty === "l2") return w.set(next);
          const living = alive[i]!.mul(where(w.mul(next).lt(0), 0, 1));
          alive[i]!.set(living);
          w.set(next.mul(living));
        }),
      );
    };
  }

  private get rate(): number {
    return this.optimizer.paramGroups[0]!.lr as number;
  }

  step(): void {
    if (this.divergedAt !== null || this.batches.later.length === 0) return;
    let loss: Tensor | undefined;
    const { update } = this; // without `this`, whose contents would be looked at in each call
    const batches = this.epoch === 0 ? this.batches.first : this.batches.later;
    for (const [x, y] of batches) loss = update(x, y);
    this.epoch++;
    if (this.history.wants(this.epoch)) {
      this.doctor.after(this.epoch);
      this.note();
    } else if (!Number.isFinite(loss!.itemSync())) this.divergedAt = this.epoch;
  }

  private note(): void {
    const loss = this.lossOn("training");
    if (!Number.isFinite(loss)) {
      this.divergedAt = this.epoch;
      return;
    }
    this.history.add(this.epoch, loss, this.lossOn("heldOut"));
  }

  private lossOn(part: keyof Split): number {
    return this.measure(part).loss;
  }

  /** The loss of a part, and its share of points on their side, or its R². */
  private measure(part: keyof Split): { loss: number; score: number } {
    const { answers } = this;
    const [x, y] = this.whole[part];
    const target = y.dataSync();
    if (target.length === 0) return { loss: NaN, score: NaN };
    const output = answers(x).dataSync();
    let [sum, right, total] = [0, 0, 0];
    for (let i = 0; i < target.length; i++) {
      const [want, got] = [target[i]! as number, output[i]! as number];
      sum += (got - want) * (got - want);
      total += want;
      if (got > 0 === want > 0) right++;
    }
    const n = target.length;
    const mean = total / n;
    let spread = 0;
    for (const want of target) spread += ((want as number) - mean) * ((want as number) - mean);
    return { loss: sum / n / 2, score: this.fits ? 1 - sum / spread : right / n };
  }

  read(): PlaygroundReading {
    const [training, heldOut] = [this.measure("training"), this.measure("heldOut")];
    return {
      ...{ epoch: this.epoch, divergedAt: this.divergedAt, history: this.history.read() },
      ...{ loss: training.loss, heldOutLoss: heldOut.loss },
      ...{ score: training.score, heldOutScore: heldOut.score },
      ...{ rows: this.rows, maps: this.maps(), findings: this.doctor.findings },
      layers: [...this.net.layers].map(({ weight, bias }) => ({
        weight: (weight.dataSync() as Float32Array).slice(),
        bias: (bias!.dataSync() as Float32Array).slice(),
        inputs: weight.shape[1]!,
      })),
    };
  }

  private maps(): Uint8Array {
    const answers = noGrad(() => this.net.answers(this.square));
    const cells = CELLS * CELLS;
    const maps = new Uint8Array(cells * answers.reduce((sum, { shape }) => sum + shape[1]!, 0));
    let at = 0;
    for (const answer of answers) {
      const values = answer.dataSync() as Float32Array;
      const width = answer.shape[1]!;
      for (let neuron = 0; neuron < width; neuron++) {
        for (let i = 0; i < cells; i++) {
          maps[at++] = byteOf(values[i * width + neuron]!);
        }
      }
    }
    return maps;
  }

  /** The rate, and weights by hand (`weight`: layer, to, from or −1 for the bias, value). */
  set({ rate, edit }: Partial<PlaygroundSettings> & { edit?: readonly number[] }): void {
    if (rate !== undefined) this.optimizer.paramGroups[0]!.lr = rate;
    if (edit === undefined) return;
    const [layer, to, from, value] = edit as [number, number, number, number];
    this.net.edit(layer, to, from < 0 ? null : from, value);
  }

  snapshot(): unknown {
    const { epoch, divergedAt } = this;
    const training = saveTraining(this.net, this.optimizer as optim.SGD);
    return { epoch, divergedAt, training, history: this.history.save() };
  }

  restore(snapshot: unknown): void {
    const saved = snapshot as Pick<PlaygroundReading, "epoch" | "divergedAt"> &
      Record<"training" | "history", unknown>;
    restoreTraining(saved.training, this.net, this.optimizer as optim.SGD);
    this.history.restore(saved.history);
    this.epoch = saved.epoch;
    this.divergedAt = saved.divergedAt;
  }
}

type Batch = readonly [x: Tensor, y: Tensor];

/**
 * Cuts rows into the batches of the first epoch and those of every later one, in the order of the rows,
 * as the TensorFlow Playground does: what is left at the end of an epoch joins the first batch of the
 * next.
 */
function cut([x, y]: Batch, size: number): { first: readonly Batch[]; later: readonly Batch[] } {
  const n = x.shape[0]!;
  const count = Math.floor(n / size);
  if (count === 0) return n === 0 ? { first: [], later: [] } : { first: [[x, y]], later: [[x, y]] };
  const pick = (rows: readonly number[]): Batch => {
    const index = tensor(rows, { dtype: "int32" });
    return [x.indexSelect(0, index), y.indexSelect(0, index)];
  };
  const range = (from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_, i) => from + i);
  const first = range(0, count).map((i) => pick(range(i * size, (i + 1) * size)));
  const left = range(count * size, n);
  if (left.length === 0) return { first, later: first };
  return { first, later: [pick([...left, ...range(0, size)]), ...first.slice(1)] };
}

/** The experiment of the playground. */
export const experiment: Experiment<PlaygroundSettings, PlaygroundReading> = {
  defaults: DEFAULTS,
  start: (settings) => new Playground(settings),
};
