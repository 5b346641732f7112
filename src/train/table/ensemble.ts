/**
 * Several networks of one shape as one: side by side, each with its own weights, and the mean of
 * their answers. It is a perceptron as any other, so it is kept, asked and exported as one.
 */
import type { MlpShape } from "../../models/mlp.ts";
import { mlp } from "../../models/mlp.ts";
import type { Sequential } from "../../nn/sequential.ts";
import { tensor } from "../../tensor/create.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { entropies, squares } from "./alarm.ts";
import { weighRows, weightsOfClasses } from "./class-weights.ts";
import type { TrainedNetwork } from "./network.ts";
import { trainNetwork } from "./network.ts";
import { scaleRows } from "./scaled-rows.ts";

/** A network and its shape. */
export interface Joined {
  readonly network: Sequential;
  readonly shape: MlpShape;
}

/** Joins networks of one shape into one that answers the mean of their answers. */
export async function joinNetworks(
  networks: readonly Sequential[],
  shape: MlpShape,
): Promise<Joined> {
  const count = networks.length;
  const wide = { ...shape, hidden: shape.hidden.map((width) => width * count) };
  const widths = [shape.inputs, ...shape.hidden, shape.outputs];
  const joined = mlp(wide);
  const state = { ...joined.stateDict() };
  for (let layer = 0; layer + 1 < widths.length; layer++) {
    const [inner, outer] = [widths[layer]!, widths[layer + 1]!];
    const [first, last] = [layer === 0, layer + 2 === widths.length];
    const size = last ? outer : outer * count;
    const across = first ? inner : inner * count;
    const weight = new Float32Array(size * across);
    const bias = new Float32Array(size);
    for (const [k, network] of networks.entries()) {
      const own = network.stateDict();
      const values = await own[`${2 * layer}.weight`]!.data();
      const shifts = await own[`${2 * layer}.bias`]!.data();
      const share = last ? 1 / count : 1;
      const [row, column] = [last ? 0 : k * outer, first ? 0 : k * inner];
      for (let i = 0; i < outer; i++) bias[row + i]! += share * Number(shifts[i]);
      values.forEach((value, i) => {
        const at = (row + Math.floor(i / inner)) * across + column + (i % inner);
        weight[at]! += share * Number(value);
      });
    }
    state[`${2 * layer}.weight`] = tensor(weight, { shape: [size, across] });
    state[`${2 * layer}.bias`] = tensor(bias);
  }
  joined.loadStateDict(state);
  return { network: joined.eval(), shape: wide };
}

/** Trains as many networks as the options say, by the seeds that follow, and joins them. */
export async function trainMembers(
  ...[train, options, watch = {}, held, workshops, earlier, onSave]: Parameters<typeof trainNetwork>
): Promise<TrainedNetwork> {
  const { ensemble = 1, seed } = options;
  if (ensemble === 1) {
    return trainNetwork(train, options, watch, held, workshops, earlier, onSave);
  }
  const members: TrainedNetwork[] = [];
  for (let k = 0; k < ensemble && (k === 0 || watch.shouldStop?.() !== true); k++) {
    const own = { ...options, seed: seed + k };
    const { onStart: _, ...later } = watch;
    members.push(await trainNetwork(train, own, k === 0 ? watch : later, held, workshops));
  }
  const first = members[0]!;
  const joined = await joinNetworks(
    members.map(({ network }) => network),
    first.shape,
  );
  const rows = weighRows(
    scaleRows(train, first.xScaler, first.yScaler),
    weightsOfClasses(train, options),
  );
  const x = tensor(rows.x, { shape: [rows.rows, train.width] });
  const answers = Float64Array.from(await noGrad(() => joined.network.forward(x)).data());
  const judge = train.classes === undefined ? squares : entropies;
  return {
    ...{ ...first, ...joined },
    finalLoss: judge(answers, rows.y, rows.y.length / rows.rows).loss,
    parameters: members.reduce((sum, { parameters }) => sum + parameters, 0),
  };
}
