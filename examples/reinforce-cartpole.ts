/**
 * Policy gradients (REINFORCE, Williams, 1992): a cart balances a pole. Nobody shows it how: a
 * network gives the chance of pushing right, the cart tries, and what was done before a long ride
 * is made more likely. The physics are those of Barto, Sutton and Anderson (1983), as in Gym's
 * CartPole-v1.
 */
import type { Tensor } from "nabla";
import { compile, manualSeed, nn, noGrad, optim, rand, tensor } from "nabla";
import { Bernoulli } from "nabla/distributions";
import { figure, line, panel, points } from "nabla/plot";
import { savePicture } from "./scratch/save-picture.ts";

const CARTS = 16;
const LONGEST = 500;
const ROUNDS = 60;
const DISCOUNT = 0.99;

/** Position, speed, angle and its speed; the pole's angle is 0 upright, in radians. */
type State = [x: number, v: number, angle: number, turn: number];

/** The state 0.02 s after a push of 10 N to the right or to the left. */
function push([x, v, angle, turn]: State, right: boolean): State {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const pull = ((right ? 10 : -10) + 0.05 * turn * turn * sin) / 1.1;
  const turning = (9.8 * sin - cos * pull) / (0.5 * (4 / 3 - (0.1 * cos * cos) / 1.1));
  const speeding = pull - (0.05 * turning * cos) / 1.1;
  return [x + 0.02 * v, v + 0.02 * speeding, angle + 0.02 * turn, turn + 0.02 * turning];
}

const hasFallen = ([x, , angle]: State): boolean =>
  Math.abs(x) > 2.4 || Math.abs(angle) > (12 * Math.PI) / 180;

/** What all carts saw and did in one round: as many rows as pushes. */
interface Ride {
  readonly states: number[][];
  readonly actions: number[];
  /** What came after each push: 1 for each moment that the pole stood, later ones discounted. */
  readonly returns: number[];
  readonly lengths: number[];
}

/** Lets all carts ride until they fall, together: one call of the policy serves them all. */
async function ride(policy: (states: Tensor) => Tensor): Promise<Ride> {
  const start = (await rand([CARTS, 4]).sub(0.5).mul(0.1).toArray()) as State[];
  const rides = start.map((state) => ({ now: state, states: [] as State[], did: [] as number[] }));
  const riding = new Set(rides);
  for (let t = 0; t < LONGEST && riding.size > 0; t++) {
    const chance = await policy(tensor(rides.map(({ now }) => now))).data();
    const dice = await rand([CARTS]).data();
    rides.forEach((cart, i) => {
      if (!riding.has(cart)) return;
      const right = dice[i]! < chance[i]!;
      cart.states.push(cart.now);
      cart.did.push(right ? 1 : 0);
      cart.now = push(cart.now, right);
      if (hasFallen(cart.now)) riding.delete(cart);
    });
  }
  const returns = rides.flatMap(({ did }) => {
    let sum = 0;
    return did.map(() => (sum = 1 + DISCOUNT * sum)).reverse();
  });
  return {
    states: rides.flatMap(({ states }) => states),
    actions: rides.flatMap(({ did }) => did),
    returns,
    lengths: rides.map(({ did }) => did.length),
  };
}

/** What a run gives back: the mean length of the rides of each round, in pushes of at most 500. */
export interface CartPoleRun {
  readonly means: readonly number[];
  readonly svg: string;
}

/** Runs the program. */
export async function run(
  print: (line: string) => void = console.log,
  rounds = ROUNDS,
): Promise<CartPoleRun> {
  manualSeed(2);
  const network = new nn.Sequential(new nn.Linear(4, 32), new nn.Tanh(), new nn.Linear(32, 1));
  const optimizer = new optim.Adam(network.parameters(), { lr: 0.02 });
  const policy = compile((states: Tensor) =>
    noGrad(() => network.forward(states).sigmoid().flatten()),
  );
  const [means, each]: [number[], [number, number][]] = [[], []];
  for (let round = 1; round <= rounds; round++) {
    const { states, actions, returns, lengths } = await ride(policy);
    const worth = tensor(returns);
    const better = worth.sub(worth.mean()).div(worth.std().add(1e-6));
    const logits = network.forward(tensor(states)).flatten();
    const loss = new Bernoulli({ logits }).logProb(tensor(actions)).neg().mul(better).mean();
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    means.push(lengths.reduce((sum, n) => sum + n, 0) / CARTS);
    for (const length of lengths) each.push([round, length]);
    if (round % 10 === 0)
      print(`round ${round}  mean ride ${means.at(-1)!.toFixed(0)} of ${LONGEST}`);
  }
  const [x, y] = [0, 1].map((axis) => each.map((one) => one[axis]!));
  const series = [
    points(x!, y!, { label: "one cart", width: 2, color: "#bbbbbb" }),
    line(
      means.map((_, k) => k + 1),
      means,
      { label: `mean of ${CARTS}` },
    ),
  ];
  const labels = { xLabel: "round", yLabel: "pushes before the pole falls" };
  const svg = figure([[panel(series, labels)]], { title: "A cart learns to balance a pole" });
  savePicture("reinforce-cartpole", svg, print);
  return { means, svg };
}
