/**
 * A graph convolution network (Kipf and Welling, 2017) on Zachary's karate club (1977): 34 members,
 * 78 friendships. The club broke in two after a quarrel between its instructor and its president.
 * The network is told the side of these two alone and finds the side of the others.
 */
import type { Tensor } from "nabla";
import { compile, eye, linalg, manualSeed, nn, noGrad, optim, tensor, zeros } from "nabla";
import { figure, line, panel, points } from "nabla/plot";
import { savePicture } from "./scratch/save-picture.ts";

const STEPS = 200;

/** The friends of each member that have a higher number; members count from 0. */
const FRIENDS: Readonly<Record<number, string>> = {
  ...{ 0: "1 2 3 4 5 6 7 8 10 11 12 13 17 19 21 31", 1: "2 3 7 13 17 19 21 30" },
  ...{ 2: "3 7 8 9 13 27 28 32", 3: "7 12 13", 4: "6 10", 5: "6 10 16", 6: "16" },
  ...{ 8: "30 32 33", 9: "33", 13: "33", 14: "32 33", 15: "32 33", 18: "32 33", 19: "33" },
  ...{ 20: "32 33", 22: "32 33", 23: "25 27 29 32 33", 24: "25 27 31", 25: "31", 26: "29 33" },
  ...{ 27: "33", 28: "31 33", 29: "32 33", 30: "32 33", 31: "32 33", 32: "33" },
};

/** The members that stayed with the instructor (0); the others went with the president (33). */
const STAYED = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 16, 17, 19, 21]);

const MEMBERS = 34;
const EDGES = Object.entries(FRIENDS).flatMap(([a, friends]) =>
  friends.split(" ").map((b) => [Number(a), Number(b)] as const),
);

/** D^−½ (A + 1) D^−½: what a member hears is its friends' mean, itself among them. */
function normalizedAdjacency(): Tensor {
  const ends = EDGES.flatMap(([a, b]) => [a * MEMBERS + b, b * MEMBERS + a]);
  const index = tensor(ends, { dtype: "int32" });
  const ones = zeros([ends.length]).add(1);
  const friends = zeros([MEMBERS * MEMBERS]).scatterAdd(0, index, ones);
  const withSelf = friends.reshape([MEMBERS, MEMBERS]).add(eye(MEMBERS));
  const scale = withSelf.sum(1).rsqrt();
  return withSelf.mul(scale.unsqueeze(1)).mul(scale.unsqueeze(0));
}

/** Two rounds of hearing what the friends know. */
class GCN extends nn.Module {
  first = new nn.Linear(MEMBERS, 8, { bias: false });
  second = new nn.Linear(8, 2, { bias: false });

  /** The two scores of each member, from `[N, N]` and features `[N, F]`. */
  forward(adjacency: Tensor, x: Tensor): Tensor {
    const heard = adjacency.matmul(this.first.forward(x)).tanh();
    return adjacency.matmul(this.second.forward(heard));
  }
}

/** What a run gives back. */
export interface KarateRun {
  /** The members put on the wrong side. */
  readonly wrong: readonly number[];
  readonly svg: string;
}

/** Runs the program. */
export async function run(print: (line: string) => void = console.log): Promise<KarateRun> {
  manualSeed(4);
  const [adjacency, x] = [normalizedAdjacency(), eye(MEMBERS)];
  const model = new GCN();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01, weightDecay: 5e-4 });
  const told = tensor([0, MEMBERS - 1], { dtype: "int32" });
  const sides = tensor([0, 1], { dtype: "int32" });
  const step = compile(() => {
    const scores = model.forward(adjacency, x).indexSelect(0, told);
    const loss = nn.functional.crossEntropy(scores, sides);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  for (let k = 1; k <= STEPS; k++) {
    const loss = step();
    if (k % 50 === 0)
      print(`step ${String(k).padStart(3)}  loss ${(await loss.item()).toFixed(4)}`);
  }
  const scores = noGrad(() => model.forward(adjacency, x));
  const margin = await scores.select(1, 1).sub(scores.select(1, 0)).data();
  const wrong = [...margin].flatMap((m, i) => (m < 0 === STAYED.has(i) ? [] : [i]));
  print(
    `of ${MEMBERS} members ${MEMBERS - wrong.length} on the right side; wrong: ${wrong.join(", ")}`,
  );

  // members who know the same people stand at one height: the third eigenvector
  const { eigenvectors } = linalg.eigh(adjacency.to("float64"));
  const height = await eigenvectors.select(1, MEMBERS - 3).data();
  const at = (i: number): [number, number] => [margin[i]!, height[i]!];
  const friendships = EDGES.map(([a, b]) => {
    const [[x0, y0], [x1, y1]] = [at(a), at(b)];
    return line([x0, x1], [y0, y1], { color: "#cccccc", width: 0.8 });
  });
  const side = (stayed: boolean, label: string, color: string): ReturnType<typeof points> => {
    const mine = Array.from(margin, (_, i) => i).filter((i) => STAYED.has(i) === stayed);
    const [xs, ys] = [0, 1].map((axis) => mine.map((i) => at(i)[axis]!));
    return points(xs!, ys!, { label, color, width: 5 });
  };
  const halves = [side(true, "with the instructor", "#0072b2")];
  halves.push(side(false, "with the president", "#d55e00"));
  const labels = { xLabel: "what the network says: instructor (left) or president (right)" };
  const svg = figure(
    [[panel([...friendships, ...halves], { ...labels, yLabel: "third eigenvector" })]],
    {
      ...{ height: 520, title: "A karate club breaks in two" },
      subtitle: "Two members' sides were told; colours are what happened",
    },
  );
  savePicture("gcn-karate", svg, print);
  return { wrong, svg };
}
